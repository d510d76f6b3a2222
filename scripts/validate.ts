import { join } from "node:path";
import { command } from "./support/command";
import { outputFolder, projectRoot } from "./support/paths";
import { say, seconds } from "./support/print";
import { terraformBinary } from "./terraform/binary";
import { describeFault } from "./terraform/diagnostics";
import { readManifest, selectStacks } from "./terraform/manifest";
import { terraformEnvironment } from "./terraform/provider-mirror";
import { validateAll } from "./terraform/validation";

/**
 * `npm run validate [-- 'dev-*' …]`: every synthesised stack against the real provider's schema; needs no AWS.
 *
 * Exits 1 after all stacks were tried when one of them has a fault.
 */
command(async (signal) => {
  const patterns = process.argv.slice(2);
  const stacks = selectStacks(readManifest(outputFolder()), patterns.length > 0 ? patterns : ["*"]);
  const binary = await terraformBinary(signal);
  const env = { ...process.env, ...terraformEnvironment(join(projectRoot, ".local", "terraform")) };
  let faulty = 0;
  await validateAll(stacks, { binary, env, signal }, ({ id }, faults, milliseconds) => {
    say(`${faults.length === 0 ? "valid " : "FAULTY"}  ${id}  ${seconds(milliseconds)}`);
    for (const fault of faults) say(`  ${describeFault(fault)}`);
    if (faults.length > 0) faulty += 1;
  });
  say(faulty === 0 ? `${stacks.length} stacks are valid` : `${faulty} of ${stacks.length} stacks are faulty`);
  return faulty === 0 ? 0 : 1;
});
