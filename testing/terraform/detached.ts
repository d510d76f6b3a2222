import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { TerraformProps } from "../../scripts/terraform/driver";
import { Terraform } from "../../scripts/terraform/driver";
import type { SynthesisedStack } from "../../scripts/terraform/manifest";
import { producerOf } from "../../scripts/terraform/remote-state";
import { writeStackFile } from "../../scripts/terraform/stack-file";
import type { Arguments } from "../arguments";
import { detach, outputsRead, stubFile } from "./detach";
import { fakeOfUse, fakeOfValue, stateOf } from "./fakes";
import { type ProviderSchema, providerSchema } from "./schema";
import { readStack } from "./stacks";
import { copyOf } from "./work-folder";

/** Values of outputs that a stack reads: producer → output → value. */
export type GivenOutputs = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

/** A copy of a stack that nothing ties to its account, initialised, with what it reads of other stacks planted. */
export interface Detached {
  readonly stack: SynthesisedStack;
  readonly json: Arguments;
  readonly terraform: Terraform;
}

interface DetachProps {
  /** Where the copy goes. */
  readonly folder: string;
  readonly props: TerraformProps;
  /** @default - made up */
  readonly given?: GivenOutputs;
  /** Whether somebody answers for AWS. @default false */
  readonly answered?: boolean;
}

/**
 * Copies and initialises a stack, so that Terraform can plan it anywhere.
 *
 * What it reads of other stacks is, in this order: what is `given`; what the one of the `producers` says of its output,
 * typed by the provider's schema; what its use makes it.
 * @throws TerraformError where `init` fails
 */
export async function detached(
  stack: SynthesisedStack,
  producers: readonly SynthesisedStack[],
  { folder, props, given = {}, answered }: DetachProps,
): Promise<Detached> {
  const copy = copyOf(stack, folder);
  const json = readStack(copy).json;
  writeStackFile(copy.folder, detach(json, { answered }));
  const terraform = new Terraform(copy, props);
  await terraform.init();
  for (const [state, outputs] of outputsRead(json)) {
    const producer = producerOf(state);
    const home = producers.find(({ id }) => id === producer);
    const made: Arguments = home === undefined ? {} : (readStack(home).json.output ?? {});
    const schema = home && (await providerSchema(copy, props));
    const values = [...outputs].map(([output, uses]) => [
      output,
      given[producer]?.[output] ?? promised(made[output], schema) ?? fakeOfUse(output, uses),
    ]);
    writeFileSync(join(copy.folder, stubFile(state)), stateOf(Object.fromEntries(values)));
  }
  return { stack: copy, json, terraform };
}

function promised(output: Arguments | undefined, schema: ProviderSchema | undefined): unknown {
  return output && schema && fakeOfValue(output.value, schema);
}
