import { copyFileSync, cpSync, existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import { shippable } from "../modules/compute/node-function/bundle";
import { BUNDLE_FILE, ZIP_FILE } from "../modules/compute/node-function/source";
import { command, OperatorError } from "./support/command";
import { projectRoot } from "./support/paths";
import { say } from "./support/print";
import { run } from "./support/process";

const dist = join(projectRoot, "dist");

/**
 * `npm run build`: makes `dist/` anew, which is what the package ships: the modules and the testing kit as CommonJS with
 * declarations, the other files that modules read (boot scripts), and every function bundled as a synthesis bundles it.
 */
command(async (signal) => {
  rmSync(dist, { recursive: true, force: true });
  const compiler = require.resolve("typescript/bin/tsc");
  const { code, stdout } = await run(process.execPath, [compiler, "-p", "tsconfig.dist.json"], {
    cwd: projectRoot,
    signal,
  });
  if (code !== 0) throw new OperatorError(stdout);
  copyData(join(projectRoot, "modules"), join(dist, "modules"));
  const functions = bundleFunctions(join(dist, "functions"));
  say(`dist/ holds the modules, the testing kit and the functions ${functions.join(", ")}`);
  return 0;
});

/** What the compiler leaves behind, but for the documentation, which the package holds in its own place. */
function copyData(from: string, to: string): void {
  const files = readdirSync(from, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && !/\.(ts|md)$/.test(entry.name))
    .map((entry) => relative(from, join(entry.parentPath, entry.name)));
  for (const file of files) cpSync(join(from, file), join(to, file));
}

/** @returns the names of the functions */
function bundleFunctions(to: string): string[] {
  const from = join(projectRoot, "functions");
  const names = readdirSync(from).filter((name) => existsSync(join(from, name, "handler.ts")));
  for (const name of names) {
    const { zip, facts } = shippable(join(from, name, "handler.ts"));
    const folder = join(to, name);
    mkdirSync(folder, { recursive: true });
    copyFileSync(zip, join(folder, ZIP_FILE));
    writeFileSync(join(folder, BUNDLE_FILE), `${JSON.stringify(facts)}\n`);
  }
  return names;
}
