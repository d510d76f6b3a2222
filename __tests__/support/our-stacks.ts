import { allEnvironments, awsEnvironments } from "../../stacks/environments";
import type { SynthesisedStack } from "../../testing";
import { stackNames } from "./environment-stacks";
import type { Outputs } from "./terraform";

const names = (environments: readonly { readonly name: string }[]) => environments.map(({ name }) => name);

/** The id of every stack that main.ts makes. */
export const composedIds = names(allEnvironments).flatMap((name) =>
  stackNames.map((stack) => `${name}-${stack}`),
);
const bucketIds = names(awsEnvironments).map((name) => `${name}-state-bucket`);

/** The id of every stack of ours. */
export const ourIds = [...composedIds, ...bucketIds];

/** Synthesises every environment as main.ts composes it. */
export const composedStacks = (outputs: Outputs): readonly SynthesisedStack[] =>
  outputs.ofProgram("main", "main.js", [], { ENVIRONMENTS: names(allEnvironments).join(",") });

/** Synthesises every stack of ours with our own programs. */
export const ourStacks = (outputs: Outputs): readonly SynthesisedStack[] => [
  ...composedStacks(outputs),
  ...outputs.ofProgram("bootstrap", "scripts/bootstrap.js", names(awsEnvironments), {}),
];
