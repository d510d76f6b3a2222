import { createHash } from "node:crypto";
import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { OperatorError } from "../support/command";
import { projectRoot } from "../support/paths";
import { say, seconds } from "../support/print";
import { cannotBeRun, run } from "../support/process";
import { terraformBinary } from "../terraform/binary";

export const emulatorNames = ["ministack", "moto"] as const;
export type EmulatorName = (typeof emulatorNames)[number];

const remedies = {
  python3: "install Python ≥ 3.10 (Debian: apt-get install python3; macOS: brew install python)",
  venv: "Python's venv module is missing (Debian: apt-get install python3-venv)",
  openssl: "install openssl (Debian: apt-get install openssl; macOS: brew install openssl)",
} as const;

/**
 * Installs an emulator into its own virtual environment, `.tools/<name>`, unless it is there already.
 *
 * A virtual environment holds its own path and cannot be built aside and renamed: the marker, keyed by the pinned
 * requirements, is written last, and without it the folder is made anew.
 *
 * @returns the environment's Python
 * @throws OperatorError when a tool is missing or pip fails
 */
export async function installEmulator(name: EmulatorName, signal?: AbortSignal): Promise<string> {
  const requirements = join(projectRoot, "scripts", "local-aws", `requirements-${name}.txt`);
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

/**
 * Looks for everything that the local AWS needs.
 *
 * @returns the Terraform program: see `terraformBinary`
 * @throws OperatorError with one line for each missing tool
 */
export async function requireTools(signal?: AbortSignal): Promise<string> {
  const [terraform, python, venv, openssl] = await Promise.all([
    terraformBinary(signal).catch((error: unknown) => {
      if (error instanceof OperatorError && !signal?.aborted) return error;
      throw error;
    }),
    works("python3", ["-c", "import sys; sys.exit(sys.version_info < (3, 10))"], signal),
    works("python3", ["-c", "import venv, ensurepip"], signal),
    works("openssl", ["version"], signal),
  ]);
  const missing = [
    ...(terraform instanceof OperatorError ? [terraform.message] : []),
    ...(python ? [] : [remedies.python3]),
    ...(python && !venv ? [remedies.venv] : []),
    ...(openssl ? [] : [remedies.openssl]),
  ];
  if (terraform instanceof OperatorError || missing.length > 0)
    throw new OperatorError(`the local AWS needs more tools:\n  ${missing.join("\n  ")}`);
  return terraform;
}

async function works(program: string, args: readonly string[], signal?: AbortSignal): Promise<boolean> {
  try {
    return (await run(program, args, { signal })).code === 0;
  } catch (error) {
    if (cannotBeRun(error)) return false;
    throw error;
  }
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
