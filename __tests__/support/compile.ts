import { execFileSync } from "node:child_process";
import { projectRoot } from "../../scripts/support/paths";

/** Before the tests of a layer: the project's programs, compiled as they are now. */
export default function compile(): void {
  execFileSync("npm", ["run", "--silent", "compile"], { cwd: projectRoot, stdio: "inherit" });
}
