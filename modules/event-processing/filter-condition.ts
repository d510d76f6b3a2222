import { Token } from "cdktf";
import { Address4, Address6 } from "ip-address";

/** Any JSON scalar that a filter compares with. */
type Scalar = string | number | boolean | null;

type Comparison = "=" | "<" | "<=" | ">" | ">=";

/**
 * One condition on a value, as SNS knows them. Conditions in a list are alternatives. SNS developer guide, "Filter policies".
 */
export type Condition =
  | Scalar
  | { readonly prefix: string }
  | { readonly suffix: string }
  | { readonly "equals-ignore-case": string }
  | {
      readonly "anything-but":
        | string
        | number
        | readonly string[]
        | readonly number[]
        | { readonly prefix: string };
    }
  | {
      readonly numeric: readonly [Comparison, number] | readonly [">" | ">=", number, "<" | "<=", number];
    }
  /** IPv4 or IPv6, such as `10.0.0.0/24`. */
  | { readonly cidr: string }
  | { readonly exists: boolean };

/**
 * One condition on a value, as Lambda's event filtering knows them. Lambda developer guide, "Filter rule syntax": no ranges of
 * addresses, and nothing within `anything-but`.
 */
export type EventCondition =
  | Exclude<Condition, { readonly cidr: string } | { readonly "anything-but": unknown }>
  | { readonly "anything-but": string | number | readonly string[] | readonly number[] };

/** The operators of one filter language, by name. */
type Operators = Readonly<Record<string, Form>>;

/** What an operator takes: the check, and how it is said and shown to the reader. */
interface Form {
  readonly holds: (operand: unknown) => boolean;
  readonly allowed: string;
  readonly example: unknown;
}

const text = (example: string): Form => ({
  holds: (operand) => typeof operand === "string",
  allowed: "a string",
  example,
});

/** Source: SNS developer guide, "String value matching", "Numeric value matching", "Key matching". */
const SNS_OPERATORS = {
  prefix: text("order-"),
  suffix: text(".png"),
  "equals-ignore-case": text("paid"),
  "anything-but": {
    holds: isAnythingBut,
    allowed: "a string, a number, a list of strings, a list of numbers or { prefix }",
    example: ["draft", "test"],
  },
  numeric: {
    holds: isNumeric,
    allowed: "one comparison, or a range from low to high, of numbers from -1000000000 to 1000000000",
    example: [">=", 0, "<", 10],
  },
  cidr: { holds: isAddressRange, allowed: "an IPv4 or IPv6 range", example: "10.0.0.0/24" },
  exists: { holds: (operand) => typeof operand === "boolean", allowed: "true or false", example: true },
} satisfies Operators;

const { cidr: _unknown, ...shared } = SNS_OPERATORS;

/** For {@link conditionFault}: those that Lambda's event filtering has. */
export const EVENT_OPERATORS: Operators = {
  ...shared,
  "anything-but": {
    holds: (operand) => isAnythingBut(operand) && (Array.isArray(operand) || typeof operand !== "object"),
    allowed: "a string, a number, a list of strings or a list of numbers",
    example: ["draft", "test"],
  },
};

/** Words that are no names inside `$or` (aws/event-ruler, `RESERVED_FIELD_NAMES_IN_OR_RELATIONSHIP`). */
export const RESERVED_WORDS: readonly string[] = [
  ...Object.keys(SNS_OPERATORS),
  ...["exactly", "wildcard", "regex", "not-wildcard", "not-equals-ignore-case"],
  ...["=", "<", "<=", ">", ">="],
  ...["date-after", "date-on-or-after", "date-before", "date-on-or-before", "in-date-range"],
  ...["ip-address-in-range", "ip-address-not-in-range"],
];

/**
 * Why a condition would be refused, to be read after its path; nothing for one that is taken. What Terraform learns at apply
 * is let through.
 * @param operators of the language @default those of SNS
 */
export function conditionFault(condition: unknown, operators: Operators = SNS_OPERATORS): string | undefined {
  if (Token.isUnresolved(condition) || isScalar(condition)) return undefined;
  // JSON writes NaN and what is infinite as null.
  const given = typeof condition === "number" ? String(condition) : JSON.stringify(condition);
  if (typeof condition !== "object" || condition === null || Array.isArray(condition)) {
    return `must compare with a string, a finite number, true, false, null or an operator, got ${given}: write one of them`;
  }
  const [operator = "", ...others] = Object.keys(condition);
  const form = Object.hasOwn(operators, operator) ? operators[operator] : undefined;
  if (form === undefined || others.length > 0) {
    return `must use one operator of ${Object.keys(operators).join(", ")} a condition, got ${given}: write one condition for each`;
  }
  const operand = (condition as Readonly<Record<string, unknown>>)[operator];
  if (Token.isUnresolved(operand) || form.holds(operand)) return undefined;
  const example = JSON.stringify({ [operator]: form.example });
  return `must give ${operator} ${form.allowed}, got ${given}: write such as ${example}`;
}

function isScalar(value: unknown): boolean {
  return value === null || typeof value === "string" || typeof value === "boolean" || Number.isFinite(value);
}

/** SNS's matcher takes no empty list and no mixed one (aws/event-ruler, `JsonRuleCompiler`), and no suffix in it. */
function isAnythingBut(operand: unknown): boolean {
  if (Array.isArray(operand)) {
    return (
      operand.length > 0 &&
      (operand.every((each) => typeof each === "string") || operand.every((each) => Number.isFinite(each)))
    );
  }
  if (typeof operand !== "object" || operand === null)
    return typeof operand === "string" || Number.isFinite(operand);
  const [inner, ...others] = Object.entries(operand);
  return others.length === 0 && inner?.[0] === "prefix" && typeof inner[1] === "string";
}

/** SNS developer guide, "Filter policy constraints". */
const NUMERIC_LIMIT = 1_000_000_000;

/** One comparison, or two that bound a range whose bottom lies below its top. */
function isNumeric(operand: unknown): boolean {
  if (!Array.isArray(operand) || (operand.length !== 2 && operand.length !== 4)) return false;
  const comparisons = operand.length === 2 ? [/^(=|[<>]=?)$/] : [/^>=?$/, /^<=?$/];
  const sound = comparisons.every(
    (comparison, index) => comparison.test(String(operand[2 * index])) && isBound(operand[2 * index + 1]),
  );
  const [, bottom, , top] = operand;
  return (
    sound && (top === undefined || Token.isUnresolved(bottom) || Token.isUnresolved(top) || bottom < top)
  );
}

function isBound(value: unknown): boolean {
  return Token.isUnresolved(value) || (Number.isFinite(value) && Math.abs(value as number) <= NUMERIC_LIMIT);
}

function isAddressRange(operand: unknown): boolean {
  if (typeof operand !== "string" || !/^[^/]+\/\d+$/.test(operand)) return false;
  return Address4.isValid(operand) || Address6.isValid(operand);
}
