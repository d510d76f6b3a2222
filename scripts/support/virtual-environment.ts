import { createHash } from "node:crypto";
import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { OperatorError } from "./command";
import { projectRoot } from "./paths";
import { say, seconds } from "./print";
import { run } from "./process";

/**
 * Installs Python packages into a virtual environment of their own, `.tools/<name>`, unless it is there already.
 *
 * A virtual environment holds its own path and cannot be built aside and renamed: the marker, keyed by the pinned
 * requirements, is written last, and without it the folder is made anew.
 *
 * @param requirements the file that pins every package, transitive ones included
 * @returns the environment's Python
 * @throws OperatorError when a tool is missing or pip fails
 */
export async function installVirtualEnvironment(
  name: string,
  requirements: string,
  signal?: AbortSignal,
): Promise<string> {
  const folder = join(projectRoot, ".tools", name);
  const python = join(folder, "bin", "python");
  const marker = join(folder, ".installed");
  const key = createHash("sha256").update(folder).update(readFileSync(requirements)).digest("hex");
  const installed = existsSync(python) && existsSync(marker) && readFileSync(marker, "utf8") === key;
  if (installed) return python;

  const started = Date.now();
  say(`installing ${name} into ${folder} (once) …`);
  rmSync(folder, { recursive: true, force: true });
  await expect(`making ${folder}`, "python3", ["-m", "venv", folder], signal);
  const pip = [
    "-m",
    "pip",
    "install",
    "--disable-pip-version-check",
    "--no-input",
    "--quiet",
    "-r",
    requirements,
  ];
  await expect(`installing ${name}`, python, pip, signal);
  writeFileSync(marker, key);
  say(`installed ${name} in ${seconds(Date.now() - started)}`);
  return python;
}

async function expect(
  what: string,
  program: string,
  args: readonly string[],
  signal?: AbortSignal,
): Promise<void> {
  const { code, stderr } = await run(program, args, { signal, graceSeconds: 3 });
  if (code !== 0)
    throw new OperatorError(`${what} failed: ${stderr.trim().split("\n").slice(-5).join("\n  ")}`);
}
