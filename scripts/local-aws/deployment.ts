import { OperatorError } from "../support/command";
import { say } from "../support/print";
import { describeFault, TerraformError } from "../terraform/diagnostics";
import { Terraform } from "../terraform/driver";
import type { SynthesisedStack } from "../terraform/manifest";
import type { Change } from "../terraform/plan";
import { describeChange, printProgress } from "../terraform/report";
import { classify } from "./artefacts";
import type { Emulator } from "./emulators";
import { operatorEnvironment } from "./emulators";

export interface DeploymentProps {
  readonly binary: string;
  /** See `terraformEnvironment`. */
  readonly terraformEnv: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal;
}

/** What became of one stack; times in milliseconds. */
export interface Deployed {
  readonly stack: string;
  readonly emulator: string;
  readonly resources: number;
  readonly outputs: Readonly<Record<string, unknown>>;
  readonly initMs: number;
  readonly applyMs: number;
  readonly planMs: number;
  /** Changes of the second plan that are the emulator's doing. */
  readonly artefacts: number;
}

export function terraformFor(
  stack: SynthesisedStack,
  emulator: Emulator,
  { binary, terraformEnv, signal }: DeploymentProps,
): Terraform {
  const env = { ...operatorEnvironment(), ...terraformEnv, ...emulator.env };
  return new Terraform(stack, { binary, env, signal, graceSeconds: 10 });
}

/**
 * Applies a stack to its emulator and plans again: the second plan must be empty but for the emulator's artefacts.
 *
 * @throws TerraformError; OperatorError listing the changes that nothing explains
 */
export async function deploy(
  stack: SynthesisedStack,
  emulator: Emulator,
  props: DeploymentProps,
): Promise<Deployed> {
  const terraform = terraformFor(stack, emulator, props);
  say(`\n${stack.id} → ${emulator.name}`);
  const initMs = await timed(() => terraform.init());
  const applyMs = await timed(() => terraform.apply({ onProgress: printProgress }));
  let changes: readonly Change[] = [];
  const planMs = await timed(async () => {
    const plan = await terraform.plan();
    terraform.discard(plan);
    changes = plan.changes;
  });
  const { explained, unexplained } = classify(emulator.name, changes);
  for (const { change, artefact } of explained)
    say(`  artefact: ${describeChange(change)} (${artefact.reason})`);
  if (unexplained.length > 0) {
    const list = unexplained.map((change) => `\n  ${describeChange(change)}`).join("");
    throw new OperatorError(
      `${stack.id}: the second plan is not empty, and no known artefact explains:${list}`,
    );
  }
  say(
    explained.length === 0
      ? "  second plan: empty"
      : `  second plan: ${explained.length} artefacts, nothing else`,
  );
  return {
    stack: stack.id,
    emulator: emulator.name,
    resources: (await terraform.resources()).length,
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
export async function destroy(
  stack: SynthesisedStack,
  emulator: Emulator,
  props: DeploymentProps,
): Promise<boolean> {
  const terraform = terraformFor(stack, emulator, props);
  say(`\n${stack.id} ← ${emulator.name}`);
  try {
    await terraform.init();
    await terraform.destroy({ onProgress: printProgress });
    return true;
  } catch (error) {
    if (!(error instanceof TerraformError)) throw error;
    say(`  ${error.step} FAILED${error.faults.map((fault) => `\n    ${describeFault(fault)}`).join("")}`);
    return false;
  }
}

async function timed(work: () => Promise<void>): Promise<number> {
  const started = Date.now();
  await work();
  return Date.now() - started;
}
