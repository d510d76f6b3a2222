import { execFileSync } from "node:child_process";
import { mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { projectRoot } from "../../scripts/support/paths";
import compile from "./compile";

const folder = join(projectRoot, ".build", "package");

/** What an older build left, where the source is long gone. */
const stale = join(projectRoot, "dist", "modules", "gone", "index.js");

/** Before the tests of the package: what would be published, made anew by npm itself, which runs the build. */
export default function pack(): void {
  compile();
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  mkdirSync(dirname(stale), { recursive: true });
  writeFileSync(stale, "");
  const args = ["pack", "--silent", "--foreground-scripts=false", "--pack-destination", folder];
  execFileSync("npm", args, { cwd: projectRoot, stdio: ["ignore", "ignore", "inherit"] });
}

/** The tarball that {@link pack} made. */
export function tarball(): string {
  const [name, ...others] = readdirSync(folder);
  if (name === undefined || others.length > 0) throw new Error(`${folder} must hold one tarball`);
  return join(folder, name);
}
