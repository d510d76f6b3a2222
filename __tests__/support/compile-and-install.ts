import { emulatorNames, installEmulator } from "../../scripts/local-aws/tools";
import compile from "./compile";

/** Before the e2e tests, which run beside each other: two installations at once would undo each other. */
export default async function compileAndInstall(): Promise<void> {
  compile();
  for (const name of emulatorNames) await installEmulator(name);
}
