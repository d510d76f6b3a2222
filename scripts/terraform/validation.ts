import { type Fault, TerraformError } from "./diagnostics";
import { Terraform, type TerraformProps } from "./driver";
import type { SynthesisedStack } from "./manifest";
import { twoAtATime } from "./two-at-a-time";

/**
 * Holds stacks against the real provider's schema, two at a time; needs no AWS. Every stack is tried, whatever is wrong
 * with the others.
 *
 * @param onResult called for each stack as soon as its faults are known; `milliseconds` of its validation alone
 */
export async function validateAll(
  stacks: readonly SynthesisedStack[],
  props: TerraformProps,
  onResult: (stack: SynthesisedStack, faults: readonly Fault[], milliseconds: number) => void,
): Promise<void> {
  const ready: { readonly stack: SynthesisedStack; readonly terraform: Terraform }[] = [];
  // One after the other: the registry's provider cache does not stand concurrent writers.
  for (const stack of stacks) {
    const terraform = new Terraform(stack, props);
    const faults = await faultsOf(() => terraform.init({ backend: false }).then(() => []));
    if (faults.length > 0) onResult(stack, faults, 0);
    else ready.push({ stack, terraform });
  }
  await twoAtATime(ready, async ({ stack, terraform }) => {
    const started = Date.now();
    onResult(stack, await faultsOf(() => terraform.validate()), Date.now() - started);
  });
}

/** What a step found; one that fails has found why. */
async function faultsOf(step: () => Promise<readonly Fault[]>): Promise<readonly Fault[]> {
  try {
    return await step();
  } catch (error) {
    if (error instanceof TerraformError) return error.faults;
    throw error;
  }
}
