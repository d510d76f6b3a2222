import { dataStores } from "../../modules/core/data-stores";
import { OperatorError } from "../support/command";
import type { SynthesisedStack } from "./manifest";
import type { Change } from "./plan";
import { describeChange } from "./report";
import { readStackFile } from "./stack-file";

/**
 * Refuses a plan that deletes data where the environment prevents it. Terraform itself refuses only while the resource is
 * in the code: removed or renamed, it takes `prevent_destroy` with it.
 * @throws OperatorError listing the stores that would go, and the remedy
 */
export function refuseDataLoss(stack: SynthesisedStack, changes: readonly Change[]): void {
  const written = readStackFile<{ "//"?: { deletion?: string } }>(stack.folder);
  if (written["//"]?.deletion !== "prevent") return;
  const lost = changes.filter(
    ({ action, type }) => (action === "delete" || action === "replace") && dataStores.has(type),
  );
  if (lost.length === 0) return;
  throw new OperatorError(
    `${stack.id}: this plan deletes data, and the environment prevents it:\n${lost.map((change) => `  ${describeChange(change)}`).join("\n")}\n` +
      'keep these resources under their old ids, or first set the environment\'s deletion to "allow" in a change of its own',
  );
}
