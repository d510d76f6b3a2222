import { Token } from "cdktf";
import { Address4, Address6 } from "ip-address";
import { nearest } from "./nearest";

/**
 * What filter policies of SNS and event patterns of EventBridge have in common: both are read by the matcher that AWS
 * publishes as aws/event-ruler. They differ in their operators and limits.
 */

/** Any JSON scalar that a filter or a pattern compares with. */
export type Scalar = string | number | boolean | null;

type Comparison = "=" | "<" | "<=" | ">" | ">=";

/** One comparison, or two that bound a range from low to high. */
export type NumericOperand =
  | readonly [Comparison, number]
  | readonly [">" | ">=", number, "<" | "<=", number];

type Letter<Text extends string> = Text extends `${infer First}${infer Rest}` ? First | Letter<Rest> : never;
/**
 * A name of an attribute or a field. Written by its first character, so that `$or`, which holds something else, is none
 * and a misspelt `$and` does not compile.
 */
export type Name =
  `${Letter<"abcdefghijklmnopqrstuvwxyz"> | Letter<"ABCDEFGHIJKLMNOPQRSTUVWXYZ"> | Letter<"0123456789_-.">}${string}`;

/** Words that are no names inside `$or` (aws/event-ruler, `RESERVED_FIELD_NAMES_IN_OR_RELATIONSHIP`). */
export const RESERVED_WORDS: readonly string[] = [
  ...["exactly", "prefix", "suffix", "equals-ignore-case", "anything-but", "wildcard", "numeric", "cidr"],
  ...["exists", "regex", "not-wildcard", "not-equals-ignore-case"],
  ...["=", "<", "<=", ">", ">="],
  ...["date-after", "date-on-or-after", "date-before", "date-on-or-before", "in-date-range"],
  ...["ip-address-in-range", "ip-address-not-in-range"],
];

/** What an operator takes: the check, and how it is said and shown to the reader. */
export interface Form {
  readonly holds: (operand: unknown) => boolean;
  readonly allowed: string;
  readonly example: unknown;
}

/** An operator that takes a string. */
export const text = (example: string): Form => ({
  holds: (operand) => typeof operand === "string",
  allowed: "a string",
  example,
});

/** An operator that takes true or false. */
export const yesOrNo: Form = {
  holds: (operand) => typeof operand === "boolean",
  allowed: "true or false",
  example: true,
};

/** What a service's operators take, by name. */
export type Forms = Readonly<Record<string, Form>>;

/**
 * Why a service would refuse a condition on a value, to be read after its path; nothing for one that it takes. What
 * Terraform learns at apply is let through.
 */
export function conditionFault(condition: unknown, forms: Forms): string | undefined {
  if (Token.isUnresolved(condition) || isScalar(condition)) return undefined;
  // JSON writes NaN and what is infinite as null.
  const given = typeof condition === "number" ? String(condition) : JSON.stringify(condition);
  if (!isFields(condition)) {
    return `must compare with a string, a finite number, true, false, null or an operator, got ${given}: write one of them`;
  }
  const [operator = "", ...others] = Object.keys(condition);
  const form = Object.hasOwn(forms, operator) ? forms[operator] : undefined;
  if (form === undefined || others.length > 0) {
    const known = Object.keys(forms);
    const meant = nearest(operator, known);
    const remedy = form !== undefined ? "write one condition for each" : `write ${meant ?? "one of them"}`;
    return `must hold conditions of one operator each (${known.join(", ")}), got ${given}: ${remedy}`;
  }
  const operand = condition[operator];
  if (Token.isUnresolved(operand) || form.holds(operand)) return undefined;
  const example = JSON.stringify({ [operator]: form.example });
  return `must give ${operator} ${form.allowed}, got ${given}: write such as ${example}`;
}

/** Fields and what is said of them, as they are found, before anything was checked. */
export type Fields = Readonly<Record<string, unknown>>;

/** An object of fields, and neither a list nor what only Terraform knows. */
export function isFields(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value) && !Token.isUnresolved(value);
}

/** What JSON holds as one value; it writes NaN and what is infinite as null. */
function isScalar(value: unknown): value is Scalar {
  return value === null || typeof value === "string" || typeof value === "boolean" || Number.isFinite(value);
}

/** One value, or several of one kind and at least one: the matcher takes no empty list and no mixed one. */
export function isOneOrSeveral(operand: unknown, ...kinds: ((value: unknown) => boolean)[]): boolean {
  const values: readonly unknown[] = Array.isArray(operand) ? operand : [operand];
  return values.length > 0 && kinds.some((isOfKind) => values.every(isOfKind));
}

/** One comparison, or two that bound a range whose bottom lies below its top. */
export function isNumeric(operand: unknown, isBound: (bound: number) => boolean): boolean {
  if (!Array.isArray(operand) || (operand.length !== 2 && operand.length !== 4)) return false;
  const comparisons = operand.length === 2 ? [/^(=|[<>]=?)$/] : [/^>=?$/, /^<=?$/];
  const sound = comparisons.every((comparison, index) => {
    const bound: unknown = operand[2 * index + 1];
    return (
      comparison.test(String(operand[2 * index])) &&
      (Token.isUnresolved(bound) || (typeof bound === "number" && isBound(bound)))
    );
  });
  const [, bottom, , top] = operand;
  return (
    sound && (top === undefined || Token.isUnresolved(bottom) || Token.isUnresolved(top) || bottom < top)
  );
}

/** An IPv4 or IPv6 range with its mask; host bits may be set. */
export function isAddressRange(operand: unknown): operand is string {
  if (typeof operand !== "string" || !/^[^/]+\/\d+$/.test(operand)) return false;
  return Address4.isValid(operand) || Address6.isValid(operand);
}
