import { execFileSync } from "node:child_process";
import { mkdirSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { projectRoot } from "../../scripts/support/paths";
import compile from "./compile";

const folder = join(projectRoot, ".build", "package");

/** Before the tests of the package: what would be published, made anew by npm itself, which runs the build. */
export default function pack(): void {
  compile();
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const args = ["pack", "--silent", "--foreground-scripts=false", "--pack-destination", folder];
  execFileSync("npm", args, { cwd: projectRoot, stdio: ["ignore", "ignore", "inherit"] });
}

/** The tarball that {@link pack} made. */
export function tarball(): string {
  const [name, ...others] = readdirSync(folder);
  if (name === undefined || others.length > 0) throw new Error(`${folder} must hold one tarball`);
  return join(folder, name);
}
