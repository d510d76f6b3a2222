import { OperatorError } from "../support/command";
import { say } from "../support/print";
import { describeFault, TerraformError } from "../terraform/diagnostics";
import { Terraform } from "../terraform/driver";
import type { SynthesisedStack } from "../terraform/manifest";
import type { Change } from "../terraform/plan";
import { describeChange, printProgress } from "../terraform/report";
import { classify } from "./artefacts";
import { operatorEnvironment } from "./emulators";
import { emulatorOf } from "./services";
import type { EmulatorName } from "./tools";

export interface DeploymentProps {
  readonly binary: string;
  /** See `terraformEnvironment`. */
  readonly terraformEnv: Readonly<Record<string, string>>;
  /** See `accountEnvironment`. */
  readonly account: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal;
}

/** What became of one stack; times in milliseconds. */
export interface Deployed {
  readonly stack: string;
  /** How many resources each emulator holds. */
  readonly resources: Readonly<Record<EmulatorName, number>>;
  readonly outputs: Readonly<Record<string, unknown>>;
  readonly initMs: number;
  readonly applyMs: number;
  readonly planMs: number;
  /** Changes of the second plan that are an emulator's doing. */
  readonly artefacts: number;
}

function terraformFor(
  stack: SynthesisedStack,
  { binary, terraformEnv, account, signal }: DeploymentProps,
): Terraform {
  const env = { ...operatorEnvironment(), ...terraformEnv, ...account };
  return new Terraform(stack, { binary, env, signal, graceSeconds: 10 });
}

/**
 * Applies a stack to the local account and plans again: the second plan must be empty but for the emulators' artefacts.
 *
 * @throws TerraformError; OperatorError listing the changes that nothing explains
 */
export async function deploy(stack: SynthesisedStack, props: DeploymentProps): Promise<Deployed> {
  const terraform = terraformFor(stack, props);
  const tell = (line: string) => say(`${stack.id}  ${line}`);
  const initMs = await timed(() => terraform.init());
  const applyMs = await timed(() =>
    terraform.apply({ onProgress: (progress) => printProgress(progress, stack.id) }),
  );
  let changes: readonly Change[] = [];
  const planMs = await timed(async () => {
    const plan = await terraform.plan();
    terraform.discard(plan);
    changes = plan.changes;
  });
  const { explained, unexplained } = classify(changes);
  for (const { change, artefact } of explained)
    tell(`artefact: ${describeChange(change)} (${artefact.reason})`);
  if (unexplained.length > 0) {
    const list = unexplained.map((change) => `\n  ${describeChange(change)}`).join("");
    throw new OperatorError(
      `${stack.id}: the second plan is not empty, and no known artefact explains:${list}`,
    );
  }
  tell(
    explained.length === 0
      ? "second plan: empty"
      : `second plan: ${explained.length} artefacts, nothing else`,
  );
  return {
    stack: stack.id,
    resources: countByEmulator(await terraform.resources()),
    outputs: await terraform.outputs(),
    initMs,
    applyMs,
    planMs,
    artefacts: explained.length,
  };
}

/**
 * Destroys a stack; a failure is told and does not keep the others from being destroyed.
 *
 * @returns whether it worked
 */
export async function destroy(stack: SynthesisedStack, props: DeploymentProps): Promise<boolean> {
  const terraform = terraformFor(stack, props);
  try {
    await terraform.init();
    await terraform.destroy({ onProgress: (progress) => printProgress(progress, stack.id) });
    return true;
  } catch (error) {
    if (!(error instanceof TerraformError)) throw error;
    say(
      `${stack.id}  ${error.step} FAILED${error.faults.map((fault) => `\n    ${describeFault(fault)}`).join("")}`,
    );
    return false;
  }
}

function countByEmulator(addresses: readonly string[]): Deployed["resources"] {
  const count = { ministack: 0, moto: 0 };
  for (const address of addresses) count[emulatorOf(address.split(".")[0] ?? "")] += 1;
  return count;
}

async function timed(work: () => Promise<void>): Promise<number> {
  const started = Date.now();
  await work();
  return Date.now() - started;
}
