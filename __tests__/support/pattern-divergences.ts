import { alternativesOf, type FieldCondition } from "../../modules/event-processing/event-pattern";
import { type Field, fieldsOf } from "../../testing/patterns/fields";
import type { PatternCase } from "./pattern-cases";

const RULER = "https://github.com/aws/event-ruler/blob/main/src/main/software/amazon/event/ruler";
const GUIDE = "https://docs.aws.amazon.com/eventbridge/latest/userguide";

/** Where ministack's matcher answers otherwise than the one that AWS runs and publishes. */
interface PatternDivergence {
  readonly what: string;
  /** What we follow. */
  readonly source: string;
  /** Whether a condition on an event has it: such a pair is not compared. */
  has(condition: FieldCondition, event: PatternCase["event"], fields: readonly Field[]): boolean;
}

/** A list that shrinks: an entry under which the two agree on every pair is a failure. */
export const patternDivergences: readonly PatternDivergence[] = [
  {
    what: "an absent field below a list is looked for in each member by itself, not among all that the conditions before it left",
    source: `${RULER}/NameState.java#getNameTransitions`,
    has: ({ path, values }, event) =>
      values.some((each) => (each as { exists?: unknown } | null)?.exists === false) &&
      liesBelowList(path, event),
  },
  {
    what: "a name with a dot in the event is not the way to a field below",
    source: `${RULER}/Path.java`,
    has: ({ path }, event) => path.startsWith("detail.dotted") && "dotted.name" in (event.detail as object),
  },
  {
    what: "an address is equal to its own spelling only",
    source: `${RULER}/CIDR.java#ipToRangeIfPossible`,
    has: ({ path, values }, _, fields) =>
      values.some((value) => isAddress(value)) &&
      fields.some((field) => field.path === path && isAddress(field.value) && !values.includes(field.value)),
  },
];

/** The divergences of a sound pattern and an event, by what they are. */
export function divergencesOfPattern({ pattern, event }: PatternCase): readonly string[] {
  const conditions = alternativesOf(pattern as object).flat();
  const fields = fieldsOf(event);
  return patternDivergences
    .filter(({ has }) => conditions.some((each) => has(each, event, fields)))
    .map(({ what }) => what);
}

/** What we refuse though AWS takes it: a rule that never matches, or that reads otherwise than it is written. */
export const stricter: readonly {
  readonly what: string;
  readonly because: string;
  readonly fault: RegExp;
}[] = [
  {
    what: "a field that no event has",
    because: "a misspelt name never matches",
    fault: / is no field of an event \(/,
  },
  {
    what: "fields below a field that holds text",
    because: "never matches",
    fault: / holds no fields in any event/,
  },
  {
    what: "values where detail holds fields",
    because: "never matches, or always with exists",
    fault: /\.detail must be an object of fields, got a list/,
  },
  {
    what: "a number, true, false or null where events hold text",
    because: "never matches; an account is text too",
    fault: / is text in every event/,
  },
  {
    what: "two conditions on one field in one alternative",
    because: "AWS keeps the last that is written and drops the other",
    fault: / has two conditions in one alternative/,
  },
  {
    what: "a $or that AWS reads as the name of a field",
    because: `${GUIDE}/eb-create-pattern-operators.html: too few alternatives, no list, or a word of its own in them`,
    fault:
      /\.\$or(\[\d+\]\S*)? (must be |is a word of AWS's own)|\.\$or\S* (must be a list|must name|must hold conditions of one operator)/,
  },
  {
    what: "a number beyond what AWS documents",
    because: `${GUIDE}/eb-create-pattern-operators.html, "Numeric matching"`,
    fault: / must give numeric .*got \{"numeric":\[.*(5000000001|1e-7)/,
  },
  {
    what: "the operator exactly",
    because: "is not documented; a plain value says the same",
    fault: / must hold conditions of one operator each .*got \{"exactly":"/,
  },
];

function liesBelowList(path: string, event: object): boolean {
  const names = path.split(".").slice(0, -1);
  let level: readonly unknown[] = [event];
  for (const name of names) {
    level = level.flatMap((each) =>
      typeof each === "object" && each !== null ? [(each as Record<string, unknown>)[name]].flat(9) : [],
    );
    if (level.length > 1) return true;
  }
  return false;
}

function isAddress(value: unknown): boolean {
  return typeof value === "string" && /^\d+(\.\d+){3}$|^[\da-f:]*:[\da-f:]*$/i.test(value);
}
