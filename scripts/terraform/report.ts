import { say } from "../support/print";
import type { Progress } from "./events";
import type { Change } from "./plan";

const verbs: Readonly<Record<string, string>> = {
  create: "created",
  update: "updated",
  delete: "deleted",
  replace: "replaced",
};

/**
 * Prints a line for each resource that is done, failed or keeps Terraform waiting; starts are left out.
 * @param stack opens the lines where several stacks are at work at once
 */
export function printProgress(
  { phase, done, total, path, type, action, seconds }: Progress,
  stack = "",
): void {
  if (phase === "started") return;
  const count = `${String(done).padStart(String(total).length)}/${total}`;
  const what = `${path} (${type})`;
  if (phase === "waiting") say(`${stack}  ${count}  … ${what}: ${action} since ${seconds} s`);
  else
    say(
      `${stack}  ${count}  ${phase === "failed" ? `FAILED to ${action}` : (verbs[action] ?? action)} ${what}, ${seconds} s`,
    );
}

const signs: Readonly<Record<string, string>> = { create: "+", update: "~", delete: "-", replace: "±" };

/** "~ dev-orders/audit/Default (aws_sqs_queue.x): visibility_timeout_seconds". */
export function describeChange({ action, path, address, attributes }: Change): string {
  const where = path === address ? address : `${path} (${address})`;
  return `${signs[action] ?? action} ${where}${attributes.length > 0 ? `: ${attributes.join(", ")}` : ""}`;
}
