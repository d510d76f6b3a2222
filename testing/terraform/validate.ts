import { describeFault } from "../../scripts/terraform/diagnostics";
import type { SynthesisedStack } from "../../scripts/terraform/manifest";
import { validateAll } from "../../scripts/terraform/validation";
import { withTerraform } from "./work-folder";

/**
 * Holds stacks against the real provider's schema; needs no AWS.
 * @returns by stack id what the provider finds, each fault with construct path, address and message; none is valid
 */
export function validateStacks(
  stacks: readonly SynthesisedStack[],
): Promise<Readonly<Record<string, readonly string[]>>> {
  return withTerraform(undefined, async (_, props) => {
    const faults: Record<string, readonly string[]> = {};
    await validateAll(stacks, props, ({ id }, found) => {
      faults[id] = found.map(describeFault);
    });
    return faults;
  });
}
