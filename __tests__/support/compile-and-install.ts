import { sweepWorkspaces } from "../../scripts/local-aws/test-workspaces";
import { emulatorNames, installEmulator } from "../../scripts/local-aws/tools";
import compile from "./compile";

/** Before the e2e tests, which run beside each other: two installations at once would undo each other. */
export default async function compileAndInstall(): Promise<void> {
  compile();
  const swept = await sweepWorkspaces();
  if (swept > 0) process.stdout.write(`ended what ${swept} killed tests had left running\n`);
  for (const name of emulatorNames) await installEmulator(name);
}
