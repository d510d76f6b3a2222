import { describeReports, faultsOf } from "./policy/report";
import { scanStacks } from "./policy/scan";
import { command } from "./support/command";
import { outputFolder } from "./support/paths";
import { say } from "./support/print";
import { readManifest, selectStacks } from "./terraform/manifest";

/**
 * `npm run policy [-- 'dev-*' …]`: checkov over synthesised stacks and their plans; needs no AWS.
 *
 * Exits 1 where a check fails that nobody skips beside the resource, and where a skip has nothing to skip.
 */
command(async (signal) => {
  const patterns = process.argv.slice(2);
  const stacks = selectStacks(readManifest(outputFolder()), patterns.length > 0 ? patterns : ["*"]);
  const reports = await scanStacks(stacks, signal);
  const faults = reports.flatMap(faultsOf);
  for (const fault of faults) say(fault);
  say(describeReports(reports));
  return faults.length === 0 ? 0 : 1;
});
