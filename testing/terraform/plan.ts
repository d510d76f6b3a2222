import { describeFault, type Fault, TerraformError } from "../../scripts/terraform/diagnostics";
import type { SynthesisedStack } from "../../scripts/terraform/manifest";
import type { Change } from "../../scripts/terraform/plan";
import { twoAtATime } from "../../scripts/terraform/two-at-a-time";
import { type Detached, detached, type GivenOutputs } from "./detached";
import { NOWHERE, withTerraform } from "./work-folder";

export type { Change, GivenOutputs };

export interface PlanStacksProps {
  /**
   * The variables of an emulator that answers data sources, e.g. `{ AWS_ENDPOINT_URL, AWS_ACCESS_KEY_ID, … }`.
   * @default - nobody answers, and a data source that asks AWS is a fault
   */
  readonly emulator?: Readonly<Record<string, string>>;
  /** The stacks whose outputs they read. @default - the same ones */
  readonly producers?: readonly SynthesisedStack[];
  /** Values of outputs of other stacks. @default - made up, of the type that the provider or their use says */
  readonly outputs?: GivenOutputs;
  /** Aborting interrupts Terraform. */
  readonly signal?: AbortSignal;
}

/** What a plan of a stack in an empty account came to. */
export interface PlannedStack {
  /** What would be made, by construct path; empty where there are faults. */
  readonly changes: readonly Change[];
  /** What `terraform show -json` tells of the plan; none where there are faults. */
  readonly document?: string;
  /** Each with construct path, address and message; none when the stack can be planned. */
  readonly faults: readonly string[];
}

/**
 * Plans stacks with the real provider in copies that nothing ties to an account: backend, account guard and role are
 * replaced, and outputs of other stacks are planted. No AWS is needed, but for data sources that ask one.
 * @returns by stack id
 */
export function planStacks(
  stacks: readonly SynthesisedStack[],
  { emulator, producers = stacks, outputs: given, signal }: PlanStacksProps = {},
): Promise<Readonly<Record<string, PlannedStack>>> {
  return withTerraform(
    emulator,
    async (folder, props) => {
      const planned: Record<string, PlannedStack> = {};
      const answered = emulator !== undefined;
      const ready: Detached[] = [];
      // One after the other: the registry's provider cache does not stand concurrent writers.
      for (const stack of stacks) {
        planned[stack.id] = await attempt(async () => {
          ready.push(await detached(stack, producers, { folder, props, given, answered }));
          return { changes: [] };
        });
      }
      await twoAtATime(ready, async ({ stack, terraform }) => {
        planned[stack.id] = await attempt(() => terraform.plan());
      });
      return planned;
    },
    signal,
  );
}

async function attempt(
  plan: () => Promise<Pick<PlannedStack, "changes" | "document">>,
): Promise<PlannedStack> {
  try {
    const { changes, document } = await plan();
    return { changes, document, faults: [] };
  } catch (error) {
    if (error instanceof TerraformError) return { changes: [], faults: error.faults.map(describe) };
    throw error;
  }
}

function describe(fault: Fault): string {
  if (!fault.message.includes(NOWHERE)) return describeFault(fault);
  return describeFault({
    ...fault,
    message: "asks AWS, and nobody answers here: give the variables of an emulator that does",
  });
}
