import { join } from "node:path";
import { command } from "./support/command";
import { outputFolder, projectRoot } from "./support/paths";
import { say, seconds } from "./support/print";
import { terraformBinary } from "./terraform/binary";
import { describeFault } from "./terraform/diagnostics";
import { Terraform } from "./terraform/driver";
import { readManifest, selectStacks } from "./terraform/manifest";
import { terraformEnvironment } from "./terraform/provider-mirror";

/** Each provider process takes up to 660 MiB. */
const concurrency = 2;

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
  // One after the other: the registry's provider cache does not stand concurrent writers.
  const drivers = stacks.map((stack) => ({
    stack,
    terraform: new Terraform(stack, { binary, env, signal }),
  }));
  for (const { terraform } of drivers) await terraform.init({ backend: false });

  let faulty = 0;
  const queue = [...drivers];
  const work = async () => {
    for (let next = queue.shift(); next; next = queue.shift()) {
      const started = Date.now();
      const faults = await next.terraform.validate();
      say(`${faults.length === 0 ? "valid " : "FAULTY"}  ${next.stack.id}  ${seconds(Date.now() - started)}`);
      for (const fault of faults) say(`  ${describeFault(fault)}`);
      if (faults.length > 0) faulty += 1;
    }
  };
  await Promise.all(Array.from({ length: concurrency }, work));
  say(faulty === 0 ? `${stacks.length} stacks are valid` : `${faulty} of ${stacks.length} stacks are faulty`);
  return faulty === 0 ? 0 : 1;
});
