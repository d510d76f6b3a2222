import { Token } from "cdktf";
import type { Checks } from "../../core";

/** Any JSON scalar that a filter compares with. */
type Scalar = string | number | boolean | null;

/** One condition on a value. Conditions in a list are alternatives. SNS developer guide, "Filter policy". */
type Condition =
  | Scalar
  | { readonly prefix: string }
  | { readonly suffix: string }
  | { readonly "equals-ignore-case": string }
  | {
      readonly "anything-but":
        | Scalar
        | readonly Scalar[]
        | { readonly prefix: string }
        | { readonly suffix: string };
    }
  | { readonly numeric: readonly (string | number)[] }
  | { readonly cidr: string }
  | { readonly exists: boolean };

/** Conditions on fields of the message's JSON body, nested as the body is. */
interface BodyConditions {
  readonly [field: string]: readonly Condition[] | BodyConditions;
}

/** Which messages a subscriber gets: conditions on the attributes that travel with a message, or on its JSON body. */
export type Filter =
  | { readonly attributes: Readonly<Record<string, readonly Condition[]>> }
  | { readonly body: BodyConditions };

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
  checks.that(
    "body" in filter !== "attributes" in filter,
    `${name} must be { attributes } or { body }, got ${JSON.stringify(Object.keys(filter))}`,
  );
  const policy = "body" in filter ? filter.body : filter.attributes;
  const keys = Object.keys(policy);
  checks.that(
    keys.length >= 1 && keys.length <= LIMITS.keys,
    `${name} must have 1 to ${LIMITS.keys} keys, got ${keys.length}${keys.length === 0 ? ": leave the filter out to get every message" : ""}`,
  );
  const leaves = leavesOf(policy, "body" in filter);
  for (const { path, fault } of leaves)
    if (fault !== undefined) checks.that(false, `${name}.${path} ${fault}`);
  const combinations = leaves.reduce((product, { values, depth }) => product * values * depth, 1);
  checks.that(
    combinations <= LIMITS.combinations,
    `${name} has ${combinations} combinations of values, and SNS takes ${LIMITS.combinations} ` +
      "(values of each list, times its depth in the body, multiplied): use fewer values or a prefix",
  );
  const bytes = Buffer.byteLength(JSON.stringify(policy));
  checks.that(bytes <= LIMITS.bytes, `${name} takes ${bytes} bytes, and SNS holds ${LIMITS.bytes}`);
}

interface Leaf {
  readonly path: string;
  readonly depth: number;
  readonly values: number;
  readonly fault?: string;
}

function leavesOf(policy: BodyConditions, nested: boolean, above: readonly string[] = []): Leaf[] {
  return Object.entries(policy).flatMap(([key, value]): Leaf[] => {
    const path = [...above, key];
    const place = { path: path.join("."), depth: path.length };
    if (Array.isArray(value)) return [{ ...place, values: value.length, fault: listFault(value) }];
    if (nested && typeof value === "object" && value !== null && Object.keys(value).length > 0) {
      return leavesOf(value as BodyConditions, nested, path);
    }
    return [
      {
        ...place,
        values: 1,
        fault: `must be a list of conditions, got ${JSON.stringify(value)}: write [${JSON.stringify(value)}]`,
      },
    ];
  });
}

const OPERATORS = ["prefix", "suffix", "equals-ignore-case", "anything-but", "numeric", "cidr", "exists"];

function listFault(conditions: readonly unknown[]): string | undefined {
  if (Token.isUnresolved(conditions)) return undefined;
  if (conditions.length === 0) return "must hold at least one condition: an empty list matches nothing";
  for (const condition of conditions) {
    if (typeof condition !== "object" || condition === null || Token.isUnresolved(condition)) continue;
    const [operator, ...others] = Object.keys(condition);
    if (operator === undefined || others.length > 0 || !OPERATORS.includes(operator)) {
      return `must use one operator of ${OPERATORS.join(", ")} a condition, got ${JSON.stringify(condition)}`;
    }
    if (operator === "numeric" && !isNumericRange((condition as { numeric: unknown }).numeric)) {
      return `must compare as ["=", 1] or [">", 0, "<=", 9], got ${JSON.stringify(condition)}`;
    }
  }
  return undefined;
}

/** One comparison, or two that bound a range. SNS developer guide, "Numeric value matching". */
function isNumericRange(value: unknown): boolean {
  if (!Array.isArray(value) || (value.length !== 2 && value.length !== 4)) return false;
  const operators = value.length === 2 ? [/^(=|[<>]=?)$/] : [/^>=?$/, /^<=?$/];
  return operators.every(
    (operator, index) => operator.test(String(value[2 * index])) && typeof value[2 * index + 1] === "number",
  );
}
