import { Token } from "cdktf";
import { Address4, Address6 } from "ip-address";

/** Any JSON scalar that a filter compares with. */
type Scalar = string | number | boolean | null;

type Comparison = "=" | "<" | "<=" | ">" | ">=";

/** One condition on a value. Conditions in a list are alternatives. SNS developer guide, "Filter policies". */
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
const FORMS: Readonly<Record<string, Form>> = {
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
};

const OPERATORS = Object.keys(FORMS);

/** Words that are no names inside `$or` (aws/event-ruler, `RESERVED_FIELD_NAMES_IN_OR_RELATIONSHIP`). */
export const RESERVED_WORDS: readonly string[] = [
  ...OPERATORS,
  ...["exactly", "wildcard", "regex", "not-wildcard", "not-equals-ignore-case"],
  ...["=", "<", "<=", ">", ">="],
  ...["date-after", "date-on-or-after", "date-before", "date-on-or-before", "in-date-range"],
  ...["ip-address-in-range", "ip-address-not-in-range"],
];

/**
 * Why SNS would refuse a condition, to be read after its path; nothing for one that it takes. What Terraform learns at
 * apply is let through.
 */
export function conditionFault(condition: unknown): string | undefined {
  if (Token.isUnresolved(condition) || isScalar(condition)) return undefined;
  // JSON writes NaN and what is infinite as null.
  const given = typeof condition === "number" ? String(condition) : JSON.stringify(condition);
  if (typeof condition !== "object" || condition === null || Array.isArray(condition)) {
    return `must compare with a string, a finite number, true, false, null or an operator, got ${given}: write one of them`;
  }
  const [operator = "", ...others] = Object.keys(condition);
  const form = Object.hasOwn(FORMS, operator) ? FORMS[operator] : undefined;
  if (form === undefined || others.length > 0) {
    return `must use one operator of ${OPERATORS.join(", ")} a condition, got ${given}: write one condition for each`;
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
