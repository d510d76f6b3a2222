import { join } from "node:path";
import { createInterface } from "node:readline/promises";
import { parseArgs } from "node:util";
import { command, OperatorError } from "./support/command";
import { outputFolder, projectRoot } from "./support/paths";
import { say, seconds, table } from "./support/print";
import { terraformBinary } from "./terraform/binary";
import { refuseDataLoss } from "./terraform/data-loss";
import { type Plan, Terraform } from "./terraform/driver";
import { readManifest, selectStacks } from "./terraform/manifest";
import { describeChanges } from "./terraform/plan";
import { terraformEnvironment } from "./terraform/provider-mirror";
import { describeChange, printProgress } from "./terraform/report";

/**
 * `npm run apply -- 'dev-*' … [--yes]`: plans and applies these stacks in dependency order.
 *
 * Each stack is planned after those it reads from were applied, shown and, without `--yes`, asked for; what was shown
 * is what is applied, unless it loses data that the environment keeps. Exits 1 when a stack fails or the answer is no; the later stacks are then left alone.
 */
command(async (signal) => {
  const { positionals, values } = parseArgs({
    args: process.argv.slice(2),
    options: { yes: { type: "boolean", default: false } },
    allowPositionals: true,
  });
  const stacks = selectStacks(readManifest(outputFolder()), positionals);
  if (!values.yes && !process.stdin.isTTY) {
    throw new OperatorError("there is no terminal to ask on: look at `npm run plan` first, then add --yes");
  }
  const binary = await terraformBinary(signal);
  const env = { ...process.env, ...terraformEnvironment(join(projectRoot, ".local", "terraform")) };
  const rows: Record<string, string>[] = [];
  for (const stack of stacks) {
    const started = Date.now();
    say(`${stack.id}: planning …`);
    // An interrupted apply to AWS may take minutes to finish what it has begun; killing it would lose its state.
    const terraform = new Terraform(stack, { binary, env, signal, graceSeconds: 900 });
    await terraform.init();
    const plan = await terraform.plan();
    for (const change of plan.changes) say(`  ${describeChange(change)}`);
    try {
      refuseDataLoss(stack, plan.changes);
    } catch (error) {
      terraform.discard(plan);
      throw error;
    }
    if (!plan.empty) {
      if (!values.yes) await confirm(stack.id, plan, terraform, signal);
      await terraform.apply({ plan, onProgress: printProgress });
    }
    terraform.discard(plan);
    rows.push({
      stack: stack.id,
      applied: describeChanges(plan.changes),
      time: seconds(Date.now() - started),
    });
  }
  say(`\n${table(rows)}`);
  return 0;
});

/** @throws OperatorError unless the answer is "yes" */
async function confirm(id: string, plan: Plan, terraform: Terraform, signal: AbortSignal): Promise<void> {
  const terminal = createInterface({ input: process.stdin, output: process.stdout });
  // While a line is being read the terminal hands Ctrl-C to readline; end of input is a no.
  terminal.on("SIGINT", () => process.kill(process.pid, "SIGINT"));
  const ended = new Promise<string>((resolve) => terminal.once("close", () => resolve("")));
  try {
    const question = terminal.question(
      `apply to ${id}: ${describeChanges(plan.changes)}? Only "yes" applies: `,
      { signal },
    );
    const answer = await Promise.race([question, ended]);
    if (answer.trim() !== "yes") throw new OperatorError(`${id}: not applied`);
  } catch (error) {
    terraform.discard(plan);
    throw signal.aborted ? signal.reason : error;
  } finally {
    terminal.close();
  }
}
