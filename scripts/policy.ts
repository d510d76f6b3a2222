import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { offlinePlan } from "./policy/offline-plan";
import { describeReports, faultsOf } from "./policy/report";
import { scanStacks } from "./policy/scan";
import { command } from "./support/command";
import { outputFolder } from "./support/paths";
import { say } from "./support/print";
import { terraformBinary } from "./terraform/binary";
import { readManifest, type SynthesisedStack, selectStacks } from "./terraform/manifest";
import { terraformEnvironment } from "./terraform/provider-mirror";

/**
 * `npm run policy [-- 'dev-*' …]`: checkov over synthesised stacks and their plans; needs no AWS.
 *
 * Exits 1 where a check fails that nobody skips beside the resource, and where a skip has nothing to skip.
 */
command(async (signal) => {
  const patterns = process.argv.slice(2);
  const stacks = selectStacks(readManifest(outputFolder()), patterns.length > 0 ? patterns : ["*"]);
  const binary = await terraformBinary(signal);
  const folder = mkdtempSync(join(tmpdir(), "plans-"));
  try {
    const env = { ...process.env, ...terraformEnvironment(folder) };
    const plan = (stack: SynthesisedStack) =>
      offlinePlan(stack, { binary, env, folder: join(folder, stack.id), signal });
    const reports = await scanStacks(stacks, { plan, signal });
    const faults = reports.flatMap(faultsOf);
    for (const fault of faults) say(fault);
    say(describeReports(reports));
    return faults.length === 0 ? 0 : 1;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
