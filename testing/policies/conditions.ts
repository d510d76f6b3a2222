import { Address4, Address6 } from "ip-address";
import type { PolicyStatement } from "./policy";
import { contextValue, fill, isArnLike, isLike, plain, type Reading } from "./wildcards";

type Filled = NonNullable<ReturnType<typeof fill>>;

/** Compares a value of the request with one of the policy; nothing where the two cannot be compared. */
type Comparison = (actual: string, expected: Filled) => boolean | undefined;

interface Operator {
  readonly compare: Comparison;
  /** Holds where no value of the policy compares equal, and where the request does not have the key. */
  readonly negated?: boolean;
  /** Policy variables are read in strings and ARNs only. */
  readonly variables?: boolean;
}

const equal: Comparison = (actual, expected) => actual === plain(expected);
const equalIgnoringCase: Comparison = (actual, expected) =>
  actual.toLowerCase() === plain(expected).toLowerCase();
const ordered =
  (read: (text: string) => number | undefined, holds: (a: number, b: number) => boolean): Comparison =>
  (actual, expected) => {
    const [a, b] = [read(actual), read(plain(expected))];
    return a === undefined || b === undefined ? undefined : holds(a, b);
  };

/** The operators of IAM by lower-case name. IAM user guide, "IAM JSON policy elements: Condition operators". */
const OPERATORS: Readonly<Record<string, Operator>> = {
  stringequals: { compare: equal, variables: true },
  stringnotequals: { compare: equal, variables: true, negated: true },
  stringequalsignorecase: { compare: equalIgnoringCase, variables: true },
  stringnotequalsignorecase: { compare: equalIgnoringCase, variables: true, negated: true },
  stringlike: { compare: isLike, variables: true },
  stringnotlike: { compare: isLike, variables: true, negated: true },
  arnequals: { compare: isArnLike, variables: true },
  arnlike: { compare: isArnLike, variables: true },
  arnnotequals: { compare: isArnLike, variables: true, negated: true },
  arnnotlike: { compare: isArnLike, variables: true, negated: true },
  bool: { compare: equalIgnoringCase },
  binaryequals: { compare: equal },
  ipaddress: { compare: inRange },
  notipaddress: { compare: inRange, negated: true },
  ...comparisons("numeric", readNumber),
  ...comparisons("date", readDate),
};

function comparisons(
  prefix: string,
  read: (text: string) => number | undefined,
): Readonly<Record<string, Operator>> {
  return {
    [`${prefix}equals`]: { compare: ordered(read, (a, b) => a === b) },
    [`${prefix}notequals`]: { compare: ordered(read, (a, b) => a === b), negated: true },
    [`${prefix}lessthan`]: { compare: ordered(read, (a, b) => a < b) },
    [`${prefix}lessthanequals`]: { compare: ordered(read, (a, b) => a <= b) },
    [`${prefix}greaterthan`]: { compare: ordered(read, (a, b) => a > b) },
    [`${prefix}greaterthanequals`]: { compare: ordered(read, (a, b) => a >= b) },
  };
}

/**
 * Whether a request meets every condition of a statement. An unknown operator, and a variable that the request cannot
 * fill, are met by nothing.
 */
export function meets({ conditions }: PolicyStatement, reading: Reading): boolean {
  return conditions.every(({ operator, key, values }) => meetsOne(operator, key, values, reading));
}

function meetsOne(operator: string, key: string, values: readonly string[], reading: Reading): boolean {
  const { set, name, ifExists } = partsOf(operator);
  const given = contextValue(reading.context, key);
  if (name === "null")
    return values.some((value) => (value.toLowerCase() === "true") === (given === undefined));
  const known = OPERATORS[name];
  if (known === undefined) return false;
  const { negated = false, variables = false } = known;
  const actual = given === undefined ? [] : [given].flat();
  // An empty text counts as no value for ForAllValues (IAM user guide, "Multivalued context keys").
  const present = set === "all" ? actual.filter((value) => value !== "") : actual;
  if (present.length === 0) return ifExists || set === "all" || (negated && set === undefined);
  const expected = values.map((value) => fill(value, variables ? reading : { ...reading, version: "" }));
  if (expected.some((each) => each === undefined)) return false;
  const met = (value: string) => compareAll(known.compare, negated, value, expected as readonly Filled[]);
  if (set === "all") return present.every(met);
  if (set === "any") return present.some(met);
  // A plain operator is for one value: what AWS does with several is not documented.
  return present.length === 1 && met(present[0] as string);
}

function compareAll(
  compare: Comparison,
  negated: boolean,
  value: string,
  expected: readonly Filled[],
): boolean {
  const answers = expected.map((each) => compare(value, each));
  return negated ? answers.every((answer) => answer === false) : answers.some((answer) => answer === true);
}

/** `ForAnyValue:StringLikeIfExists` → set, name and suffix. */
function partsOf(operator: string): {
  readonly set?: "all" | "any";
  readonly name: string;
  readonly ifExists: boolean;
} {
  const [, quantifier, name = "", suffix] =
    /^(?:(forallvalues|foranyvalue):)?(.*?)(ifexists)?$/.exec(operator.toLowerCase()) ?? [];
  const set = quantifier === undefined ? undefined : quantifier === "forallvalues" ? "all" : "any";
  return { set, name, ifExists: suffix !== undefined };
}

function readNumber(text: string): number | undefined {
  const number = text.trim() === "" ? Number.NaN : Number(text);
  return Number.isNaN(number) ? undefined : number;
}

/** ISO 8601, or seconds since 1970. */
function readDate(text: string): number | undefined {
  const time = /^\d+(\.\d+)?$/.test(text) ? Number(text) * 1000 : Date.parse(text);
  return Number.isNaN(time) ? undefined : time;
}

function inRange(actual: string, expected: Filled): boolean | undefined {
  const range = plain(expected);
  for (const family of [Address4, Address6]) {
    if (family.isValid(actual) && family.isValid(range)) {
      // Each family compares with its own only; the constructor belongs to the family that took both texts.
      return new family(actual).isInSubnet(new family(range) as Address4 & Address6);
    }
  }
  return Address4.isValid(range) || Address6.isValid(range) ? false : undefined;
}
