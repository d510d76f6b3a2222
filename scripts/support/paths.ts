import { existsSync } from "node:fs";
import { dirname, join, resolve } from "node:path";

/** The folder of package.json: two levels up in the source, three in `.build/`. */
export const projectRoot = findRoot(__dirname);

/** Where the app synthesises to: `CDKTF_OUTDIR` (the engine's own variable), else `cdktf.out` in the project. */
export function outputFolder(): string {
  return resolve(process.env.CDKTF_OUTDIR ?? join(projectRoot, "cdktf.out"));
}

function findRoot(folder: string): string {
  if (existsSync(join(folder, "package.json"))) return folder;
  const parent = dirname(folder);
  if (parent === folder) throw new Error(`no package.json above ${__dirname}`);
  return findRoot(parent);
}
