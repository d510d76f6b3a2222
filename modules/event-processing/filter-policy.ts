import { Token } from "cdktf";
import type { AtLeastTwo, Checks } from "../core";
import { type Condition, FORMS } from "./filter-condition";
import { conditionFault, type Fields, isFields, type Name, RESERVED_WORDS } from "./matching";

/** Conditions on the attributes that travel with a message: all must hold. */
interface AttributeConditions {
  readonly [attribute: Name]: readonly Condition[];
  /** Alternatives over several attributes: one must hold, beside the conditions around it. */
  readonly $or?: AtLeastTwo<AttributeConditions>;
}

/** Conditions on fields of the message's JSON body, nested as the body is: all must hold. */
interface BodyConditions {
  readonly [field: Name]: readonly Condition[] | BodyConditions;
  /** Alternatives over several fields: one must hold, beside the conditions around it. */
  readonly $or?: AtLeastTwo<BodyConditions>;
}

/** Which messages a subscriber gets: conditions on the attributes that travel with a message, or on its JSON body. */
export type Filter = { readonly attributes: AttributeConditions } | { readonly body: BodyConditions };

/** SNS developer guide, "Filter policy constraints". */
const LIMITS = { keys: 5, combinations: 150, bytes: 256 * 1024 };

/** A filter in the form of `aws_sns_topic_subscription`. The scope is an error without a policy, so they come together. */
export function filterArguments(filter: Filter | undefined): {
  filterPolicy?: string;
  filterPolicyScope?: string;
} {
  if (filter === undefined) return {};
  return "body" in filter
    ? { filterPolicy: JSON.stringify(filter.body), filterPolicyScope: "MessageBody" }
    : { filterPolicy: JSON.stringify(filter.attributes), filterPolicyScope: "MessageAttributes" };
}

/** The faults of a filter, which SNS tells only at apply. */
export function checkFilter(checks: Checks, name: string, filter: Filter | undefined): void {
  if (filter === undefined) return;
  const scopes = Object.keys(filter);
  checks.that(
    scopes.length === 1 && ["attributes", "body"].includes(scopes[0] as string),
    `${name} must be { attributes } or { body }, got ${JSON.stringify(scopes)}: choose one`,
  );
  const policy: unknown = "body" in filter ? filter.body : filter.attributes;
  if (Token.isUnresolved(policy)) return;
  if (isFields(policy)) checkPolicy(checks, name, policy, "body" in filter);
  else checks.that(false, `${name} must hold names and their conditions, got ${JSON.stringify(policy)}`);
}

function checkPolicy(checks: Checks, name: string, policy: Fields, nested: boolean): void {
  const keys = keysOf(policy).size;
  checks.that(
    keys >= 1 && keys <= LIMITS.keys,
    `${name} must have 1 to ${LIMITS.keys} keys, those in $or included, got ${keys}: ` +
      (keys === 0 ? "leave the filter out to get every message" : "filter on fewer, or in the consumer"),
  );
  const reading = new Reading(nested);
  const combinations = reading.combinationsOf(policy, { path: name, depth: 1, alternative: false });
  for (const fault of reading.faults) checks.that(false, fault);
  checks.that(
    combinations <= LIMITS.combinations,
    `${name} has ${combinations} combinations of values, and SNS takes ${LIMITS.combinations} (values of each list, times ` +
      "its depth in the body, multiplied; alternatives of $or added): use fewer values or a prefix",
  );
  const bytes = Buffer.byteLength(JSON.stringify(policy));
  checks.that(
    bytes <= LIMITS.bytes,
    `${name} takes ${bytes} bytes, and SNS holds ${LIMITS.bytes}: use fewer values or a prefix`,
  );
}

/** The names of the topmost level, those in `$or` with it. Names below them do not count (same page, "Key counting"). */
function keysOf(policy: Fields): ReadonlySet<string> {
  const keys = Object.entries(policy).flatMap(([key, value]) =>
    key === "$or" && Array.isArray(value)
      ? value.filter(isFields).flatMap((each) => [...keysOf(each)])
      : [key],
  );
  return new Set(keys);
}

/** Where in a filter the reader stands. */
interface Place {
  readonly path: string;
  /** 1 for the topmost level; an alternative of `$or` is as deep as the `$or`. */
  readonly depth: number;
  /** Below a `$or`, where the words of operators are no names. */
  readonly alternative: boolean;
}

/** One walk through a policy, which notes every fault on the way. */
class Reading {
  readonly faults: string[] = [];

  /** @param nested whether names may lie below names, as in a body */
  constructor(private readonly nested: boolean) {}

  /** Combinations of values that SNS counts: those of each name multiplied. */
  combinationsOf(policy: Fields, place: Place): number {
    return Object.entries(policy).reduce(
      (product, [key, value]) => product * this.ofKey(key, value, { ...place, path: `${place.path}.${key}` }),
      1,
    );
  }

  private ofKey(key: string, value: unknown, place: Place): number {
    if (key === "$or") return this.ofAlternatives(value, place);
    if (place.alternative && RESERVED_WORDS.includes(key)) {
      this.faults.push(
        `${place.path} is a word of SNS's own, and with it the whole $or would count as a name: write { name: [{ ${key}: … }] }, ` +
          "or filter without $or",
      );
    }
    if (Array.isArray(value)) return this.ofList(value, place);
    if (this.nested && isFields(value) && Object.keys(value).length > 0) {
      return this.combinationsOf(value, { ...place, depth: place.depth + 1 });
    }
    this.faults.push(
      `${place.path} must be a list of conditions, got ${JSON.stringify(value)}: write [${JSON.stringify(value)}]`,
    );
    return 1;
  }

  private ofList(conditions: readonly unknown[], { path, depth }: Place): number {
    if (conditions.length === 0)
      this.faults.push(`${path} must hold at least one condition: an empty list matches nothing`);
    for (const condition of conditions) {
      const fault = conditionFault(condition, FORMS);
      if (fault !== undefined) this.faults.push(`${path} ${fault}`);
    }
    return conditions.length * depth;
  }

  /** SNS developer guide, "AND/OR logic": with fewer than two objects `$or` would be the name of an attribute. */
  private ofAlternatives(value: unknown, place: Place): number {
    const alternatives = Array.isArray(value) ? value : [];
    if (alternatives.length < 2) {
      this.faults.push(
        `${place.path} must be a list of at least two alternatives, got ${JSON.stringify(value)}: write [{ … }, { … }], or the conditions without $or`,
      );
    }
    return alternatives.reduce((sum: number, each: unknown, index) => {
      const path = `${place.path}[${index}]`;
      if (isFields(each) && Object.keys(each).length > 0)
        return sum + this.combinationsOf(each, { ...place, path, alternative: true });
      this.faults.push(
        `${path} must be an object of at least one name and its conditions, got ${JSON.stringify(each)}: write { name: [ … ] }, or leave it out`,
      );
      return sum;
    }, 0);
  }
}
