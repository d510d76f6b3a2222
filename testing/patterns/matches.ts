import {
  type Alternative,
  alternativesOf,
  type FieldCondition,
  patternFaults,
  type Value,
} from "../../modules/event-processing/event-pattern";
import { type Field, fieldsOf, type Membership, together } from "./fields";
import { satisfies } from "./values";

/** A pattern against an event: whether it matches and, if not, which conditions fail in each alternative. */
export interface Match {
  readonly matches: boolean;
  readonly why: readonly string[];
}

/**
 * Whether EventBridge would give an event to a rule with this pattern. Held against another implementation over thousands
 * of generated pairs (`__tests__/policy`).
 *
 * @param pattern as an `EventPattern` or the JSON text of a rule
 * @param event the whole envelope as EventBridge delivers it, with `source`, `detail-type` and `detail`
 * @throws Error with everything that is wrong with the pattern, when it refers to what only Terraform knows, or when the
 * event is no object
 */
export function matchesPattern(pattern: object | string, event: object): boolean {
  const text = typeof pattern === "string" ? pattern : JSON.stringify(pattern);
  // Compared as text it would match nothing, and a test that expects no match would pass on that.
  const [reference] = text.match(/(?<!\$)\$\{[^}]*\}/) ?? [];
  if (reference !== undefined) {
    throw new Error(
      `the pattern refers to ${reference}, which only Terraform knows: read the rule of the synthesised stack, and say ` +
        "what it stands for in toMatchEvent(event, given)",
    );
  }
  return match(pattern, event).matches;
}

/** {@link matchesPattern}, with the reason. */
export function match(pattern: object | string, event: object): Match {
  const alternatives = alternativesOf(sound(pattern));
  const fields = fieldsOf(asJson(event));
  const matches = alternatives.some((alternative) => holds(alternative, fields, new Map()));
  return { matches, why: matches ? [] : [...new Set(alternatives.flatMap((each) => failing(each, fields)))] };
}

function sound(pattern: object | string): object {
  const read: unknown = typeof pattern === "string" ? readJson(pattern) : JSON.parse(JSON.stringify(pattern));
  const faults = patternFaults(read);
  if (faults.length > 0)
    throw new Error(`no pattern that EventBridge matches:\n  - ${faults.join("\n  - ")}`);
  return read as object;
}

function readJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new Error(`no event pattern but ${text}: ${(error as Error).message}`);
  }
}

/** What travels is JSON: dates as text, nothing undefined. */
function asJson(event: object): object {
  const read: unknown = JSON.parse(JSON.stringify(event) ?? "null");
  if (typeof read === "object" && read !== null && !Array.isArray(read)) return read;
  throw new Error(
    `no event but ${JSON.stringify(read)}: give the envelope with source, detail-type and detail`,
  );
}

/**
 * Whether every condition holds from the first on, all in members of lists that go together. The order is AWS's, by path:
 * an absent field must be so among the members that the conditions before it chose. (aws/event-ruler, `ACFinder`.)
 */
function holds([condition, ...others]: Alternative, fields: readonly Field[], bound: Membership): boolean {
  if (condition === undefined) return true;
  const found = fields
    .filter(({ path }) => path === condition.path)
    .map((field) => ({ ...field, bound: together(bound, field.membership) }))
    .filter((field) => field.bound !== undefined);
  if (found.length === 0) return mayBeAbsent(condition) && holds(others, fields, bound);
  return found.some((field) => isOneOf(condition, field) && holds(others, fields, field.bound as Membership));
}

const isOneOf = ({ values }: FieldCondition, { value }: Field): boolean =>
  values.some((expected) => satisfies(value, expected as Value));

const mayBeAbsent = ({ values }: FieldCondition): boolean =>
  values.some((expected) => (expected as { exists?: boolean } | null)?.exists === false);

function failing(alternative: Alternative, fields: readonly Field[]): readonly string[] {
  const alone = alternative.filter((condition) => !holds([condition], fields, new Map()));
  return alone.length === 0
    ? [`${alternative.map(({ path }) => path).join(", ")}: each holds, but not in the same member of a list`]
    : alone.map(({ path, values }) => `${path}: ${found(path, fields)} is none of ${JSON.stringify(values)}`);
}

function found(path: string, fields: readonly Field[]): string {
  const values = fields.filter((field) => field.path === path).map(({ value }) => JSON.stringify(value));
  return values.length === 0 ? "no value" : values.join(", ");
}
