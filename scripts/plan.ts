import { join } from "node:path";
import { command } from "./support/command";
import { outputFolder, projectRoot } from "./support/paths";
import { say, seconds, table } from "./support/print";
import { terraformBinary } from "./terraform/binary";
import { refuseDataLoss } from "./terraform/data-loss";
import { Terraform } from "./terraform/driver";
import { readManifest, type SynthesisedStack, selectStacks } from "./terraform/manifest";
import { describeChanges } from "./terraform/plan";
import { terraformEnvironment } from "./terraform/provider-mirror";
import { describeChange } from "./terraform/report";

/**
 * `npm run plan -- 'dev-*' …`: what an apply of these stacks would change, in dependency order.
 *
 * Exits 0 with changes too; 1 when a stack cannot be planned, or would lose data that its environment keeps.
 */
command(async (signal) => {
  const stacks = selectStacks(readManifest(outputFolder()), process.argv.slice(2));
  const binary = await terraformBinary(signal);
  const env = { ...process.env, ...terraformEnvironment(join(projectRoot, ".local", "terraform")) };
  const rows: Record<string, string>[] = [];
  const pending = new Set<string>();
  for (const stack of stacks) {
    const started = Date.now();
    say(`${stack.id}: planning …`);
    const terraform = new Terraform(stack, { binary, env, signal, graceSeconds: 120 });
    const plan = await terraform
      .init()
      .then(() => terraform.plan())
      .catch((error: unknown) => {
        explainOrder(stack, pending);
        throw error;
      });
    terraform.discard(plan);
    if (!plan.empty) pending.add(stack.id);
    for (const change of plan.changes) say(`  ${describeChange(change)}`);
    refuseDataLoss(stack, plan.changes);
    rows.push({ stack: stack.id, plan: describeChanges(plan.changes), time: seconds(Date.now() - started) });
  }
  say(`\n${table(rows)}`);
  return 0;
});

/** A stack that reads another's outputs is planned against that one's state as it is, not as it will be. */
function explainOrder(stack: SynthesisedStack, pending: ReadonlySet<string>): void {
  const first = stack.dependencies.filter((id) => pending.has(id));
  if (first.length > 0)
    say(
      `  ${stack.id} reads outputs of ${first.join(", ")}: apply ${first.length > 1 ? "those" : "that"} first`,
    );
}
