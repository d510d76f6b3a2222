import type { App } from "cdktf";
import { say, table } from "../../scripts/support/print";
import type { Environment } from "../../stacks/environment";
import { allEnvironments } from "../../stacks/environments";
import { prod } from "../../stacks/environments/prod";
import { StateBucketStack } from "../../stacks/state-bucket-stack";
import { type StackJson, synthesize, synthesizeApp } from "../../testing";
import { eventTargets, rulesForEach, schedulesForEach } from "../fixtures/event-targets";
import { pictures } from "../fixtures/pictures";
import { stacksOf } from "../support/environment-stacks";
import { placeExamples } from "../support/examples";
import { type CasesOf, casesOf, ownersOf } from "../support/permissions/cases";
import { collectorStacks, consumerCases } from "../support/permissions/consumers";
import { eventTargetCases } from "../support/permissions/event-targets";
import { exampleBusCases, placePublishers, publisherCases } from "../support/permissions/publishers";
import { narrowingsOf, type Widening, wideningsOf } from "../support/permissions/widen";
import { type Case, pathOf, World } from "../support/permissions/world";

type Resource = Parameters<typeof pathOf>[0];

/** Everything that an environment consists of, its state bucket too where it has one. */
function everythingOf(environment: Environment): readonly StackJson[] {
  const bucket = (app: App) => void new StateBucketStack(app, environment);
  return [
    ...stacksOf(environment),
    ...(environment.state.kind === "s3" ? Object.values(synthesizeApp(bucket)) : []),
  ];
}

/** Every kind of target, each called by a rule and by a schedule. */
const eventTargetStacks = (): readonly StackJson[] => [
  synthesize((stack) => {
    const targets = eventTargets(stack);
    rulesForEach(stack, targets);
    schedulesForEach(stack, targets);
  }),
];

interface Tried {
  readonly stacks: () => readonly StackJson[];
  /** What is done in these stacks beside what each pattern does everywhere. */
  readonly beside?: CasesOf;
}

const worlds: Readonly<Record<string, Tried>> = {
  ...Object.fromEntries(allEnvironments.map((each) => [each.name, { stacks: () => everythingOf(each) }])),
  examples: {
    stacks: () => [synthesize(placeExamples)],
    beside: (world, owner) => [...consumerCases(world, owner), ...exampleBusCases(owner)],
  },
  pictures: { stacks: () => [synthesize((stack) => void pictures(stack))] },
  publishers: { stacks: () => [synthesize(placePublishers)], beside: publisherCases },
  "prod with a trail of its own": { stacks: () => everythingOf({ ...prod, accountTrail: "make" }) },
  consumers: { stacks: collectorStacks, beside: consumerCases },
  "event targets": { stacks: eventTargetStacks, beside: eventTargetCases },
};

/** Whether a statement lets in to methods of an API, of which its policy tells one from another. */
function allowsMethods({ statements }: Widening["policy"], sid: string): boolean {
  return statements.some(
    (each) =>
      each.sid === sid && each.effect === "Allow" && each.actions?.some((a) => a.startsWith("execute-api:")),
  );
}

/** Widenings that no request could show, and why. */
const WITHOUT_MEANING = [
  {
    matches: ({ ofResource, ofPart, how, sid, policy }: Widening) =>
      ofResource && !ofPart && how === "resource *" && !allowsMethods(policy, sid),
    reason:
      "a resource's own policy bears on that resource alone: `*` names nothing more than the whole of it, but where an API lets its methods be called",
  },
];

const told = ({ why, expected, principal, action, resource, context }: Case) =>
  `${JSON.stringify(principal)} ${action} ${resource} ${JSON.stringify(context ?? {})} must be ${expected}: ${why}`;

describe.each(Object.entries(worlds))("the policies of %s", (name, { stacks, beside }) => {
  let world: World;
  let cases: ReadonlyMap<Resource, readonly Case[]>;

  beforeAll(() => {
    world = new World(stacks());
    cases = new Map(
      ownersOf(world).map((owner) => [owner, [...casesOf(world, owner), ...(beside?.(world, owner) ?? [])]]),
    );
  });

  it("allow what each pattern needs, and refuse all that is tried beside it", () => {
    expect(
      [...cases.values()]
        .flat()
        .filter((one) => !world.holds(one))
        .map(told),
    ).toEqual([]);
  });

  it("are each tried with something to allow and something to refuse", () => {
    const untried = [...cases].filter(([, all]) => new Set(all.map(({ expected }) => expected)).size < 2);
    expect(untried.map(([owner]) => pathOf(owner))).toEqual([]);
    expect(cases.size).toBeGreaterThan(4);
  });

  it("turn a case red when any one of their statements, or an action of it, is gone", () => {
    const unneeded = world.policies.flatMap(({ owner, policy }) =>
      narrowingsOf(policy)
        .filter(({ policy: to }) => !cases.get(owner)?.some((one) => !world.holds(one, { from: policy, to })))
        .map(({ sid, how }) => `${pathOf(owner)}/${sid}: ${how}`),
    );
    expect(unneeded).toEqual([]);
  });

  it("turn a case red when any one of their statements is widened", () => {
    const widenings = world.policies.flatMap(({ owner, policy }) =>
      wideningsOf(policy).map((widening) => ({
        widening,
        where: `${pathOf(owner)}/${widening.sid}: ${widening.how}`,
        caught: cases.get(owner)?.some((one) => !world.holds(one, { from: policy, to: widening.policy })),
        meaningless: WITHOUT_MEANING.some(({ matches }) => matches(widening)),
      })),
    );
    const uncaught = widenings.filter(({ caught, meaningless }) => !caught && !meaningless);
    expect(uncaught.map(({ where }) => where)).toEqual([]);
    // An exception that is caught after all is none.
    expect(widenings.filter(({ caught, meaningless }) => caught && meaningless)).toEqual([]);
    const all = [...cases.values()].flat();
    const count = (expected: Case["expected"]) => all.filter((one) => one.expected === expected).length;
    say(
      `\n${table([
        {
          policies: name,
          documents: world.policies.length,
          allowed: count("allowed"),
          refused: count("refused"),
          "widenings caught": widenings.filter(({ caught }) => caught).length,
          "without meaning": widenings.filter(({ meaningless }) => meaningless).length,
        },
      ])}`,
    );
  });
});
