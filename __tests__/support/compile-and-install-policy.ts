import { installCheckov } from "../../scripts/policy/checkov";
import compile from "./compile";
import installMinistack from "./install-ministack";

/** Before the policy tests: the project's programs as they are now, the independent evaluator and the scanner. */
export default async function compileAndInstallPolicy(): Promise<void> {
  compile();
  await installMinistack();
  await installCheckov();
}
