import { say } from "../../../scripts/support/print";
import type { StackJson, Synthesized } from "../../../testing";
import { checkEdges } from "../../../testing/edges";
import { eachInTurn } from "./each-in-turn";
import type { LivePolicies } from "./live-policies";
import { type Mutation, mutated, mutationsIn } from "./mutations";

/** A promise of a pattern (or a refusal that it owes), tried on the live stack. */
export interface Behaviour {
  readonly name: string;
  /** Construct paths, below the stack, of the policies that bear on it. */
  readonly concerns: RegExp;
  /** Who says so: the emulator, which enforces, or our evaluator over the live policy, where the emulator cannot. @default "emulator" */
  readonly by?: "emulator" | "evaluator";
  /** Whether the promise was kept. Answers from what is seen to happen either way, never from time running out. */
  readonly holds: () => Promise<boolean>;
}

export interface Subject {
  /** The stack whose permissions are judged. */
  readonly stack: Synthesized;
  /** Those it refers to, for the edge check. */
  readonly others?: readonly StackJson[];
  readonly live: Pick<LivePolicies, "during">;
  /** What must work: breaks when a permission goes. */
  readonly behaviours: readonly Behaviour[];
  /** What must be refused: comes through when a restriction goes. */
  readonly probes: readonly Behaviour[];
  /**
   * Whether trials of policies that bear on nothing in common do not disturb each other either, as by draining one queue: they
   * are tried beside each other, since a trial mostly waits. @default false - one after the other
   */
  readonly beside?: boolean;
}

/** What one mutation showed. */
export interface Judgement {
  readonly policy: string;
  readonly sid: string;
  readonly what: string;
  /** The behaviour or probe that turned red. */
  readonly red: Behaviour | undefined;
  /** What the edge check then said. */
  readonly edgeCheck: string | undefined;
  readonly verdict: "necessary" | "superfluous";
}

/**
 * Calls whose permission the emulator does not ask for: the poller's own, an encrypted edge's, and those it never makes
 * (docs/local-aws.md). Only the edge check shows that they are needed: taken away, nothing would be seen to fail.
 */
const NOT_ENFORCED =
  /^(ec2|kms|logs|xray):|^sqs:(ReceiveMessage|DeleteMessage|GetQueueAttributes)$|^(dynamodb|kinesis):(DescribeStream(Summary)?|GetRecords|GetShardIterator|ListShards|ListStreams)$/;

/**
 * Takes each permission and each restriction away in turn and puts it back: a behaviour, a probe or the edge check must
 * turn red, or it is superfluous.
 * @throws Error where something is red before anything was taken away, or still is at the end
 */
export async function judgePermissions(subject: Subject): Promise<readonly Judgement[]> {
  const { stack, live, behaviours, probes, beside = false } = subject;
  await allHold([...behaviours, ...probes], "before anything was taken away");
  const before = faults(subject, stack);
  const touched = ({ policy }: Mutation) =>
    beside
      ? [policy.path, ...[...behaviours, ...probes].filter(({ concerns }) => concerns.test(policy.path))]
      : [live];
  const judgements = await eachInTurn(mutationsIn(stack), touched, async (mutation) => {
    const { policy, sid, what, takes } = mutation;
    const tried = takes === "permission" ? behaviours : probes;
    const red = await firstRed(mutation, live, tried);
    const [edgeCheck] = faults(subject, { json: mutated(stack, mutation) }).filter(
      (fault) => !before.includes(fault),
    );
    const verdict = red === undefined && edgeCheck === undefined ? "superfluous" : "necessary";
    const judgement = { policy: policy.path, sid, what, red, edgeCheck, verdict } as const;
    say(lineOf(judgement));
    return judgement;
  });
  await allHold([...behaviours, ...probes], "at the end, with everything put back");
  say(summaryOf(judgements));
  return judgements;
}

/** "120 taken away in turn: 120 necessary (40 shown by the emulator, 4 by the evaluator, 110 by the edge check), 0 superfluous". */
function summaryOf(judgements: readonly Judgement[]): string {
  const count = (which: (each: Judgement) => boolean) => judgements.filter(which).length;
  const necessary = count(({ verdict }) => verdict === "necessary");
  return (
    `${judgements.length} taken away in turn: ${necessary} necessary ` +
    `(${count(({ red }) => red !== undefined && shownBy(red) === "emulator")} shown by the emulator, ` +
    `${count(({ red }) => red !== undefined && shownBy(red) === "evaluator")} by the evaluator, ` +
    `${count(({ edgeCheck }) => edgeCheck !== undefined)} by the edge check), ` +
    `${judgements.length - necessary} superfluous`
  );
}

/** What nothing needs, a line each. */
export function superfluousOf(judgements: readonly Judgement[]): readonly string[] {
  return judgements
    .filter(({ verdict }) => verdict === "superfluous")
    .map(({ policy, sid, what }) => `${policy}: ${sid} ${what}`);
}

async function firstRed(
  mutation: Mutation,
  live: Subject["live"],
  tried: readonly Behaviour[],
): Promise<Behaviour | undefined> {
  const { policy, actions, takes, locksOut } = mutation;
  const unseen = takes === "permission" && actions.every((action) => NOT_ENFORCED.test(action));
  const concerned = tried.filter(
    (each) => each.concerns.test(policy.path) && !(unseen && shownBy(each) === "emulator"),
  );
  if (concerned.length === 0 || locksOut) return undefined;
  return live.during(mutation, async () => {
    for (const each of concerned) if (!(await each.holds())) return each;
    return undefined;
  });
}

/** A line for each thing that the edge check finds wrong, each line once. */
function faults({ others = [] }: Subject, stack: StackJson): readonly string[] {
  const { unpermitted, withoutSource, withoutTls } = checkEdges([stack, ...others]);
  return [
    ...unpermitted.map(({ kind, from, to, why }) => `${kind}, ${from} → ${to}: ${why}`),
    ...withoutSource.map(({ policy, sid, service }) => `${policy}, ${sid}: ${service} may act for anybody`),
    ...withoutTls.map((path) => `${path} can be called without TLS`),
  ];
}

async function allHold(all: readonly Behaviour[], when: string): Promise<void> {
  for (const { name, holds } of all)
    if (!(await holds())) throw new Error(`${when}: "${name}" does not hold`);
}

function shownBy({ by = "emulator" }: Behaviour): "emulator" | "evaluator" {
  return by;
}

function lineOf({ verdict, policy, sid, what, red, edgeCheck }: Judgement): string {
  const by = [red && `${shownBy(red)}: ${red.name}`, edgeCheck && `edge check: ${edgeCheck}`].filter(Boolean);
  return `${verdict}  ${policy}  ${sid} ${what}${by.map((each) => `\n    ${each}`).join("")}`;
}
