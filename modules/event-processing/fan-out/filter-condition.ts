import { Token } from "cdktf";
import {
  type Form,
  isAddressRange,
  isFields,
  isNumeric,
  isOneOrSeveral,
  isScalar,
  type NumericOperand,
  type Scalar,
  text,
  yesOrNo,
} from "../matching";

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
  | { readonly numeric: NumericOperand }
  /** IPv4 or IPv6, such as `10.0.0.0/24`. */
  | { readonly cidr: string }
  | { readonly exists: boolean };

/** SNS developer guide, "Filter policy constraints". */
const NUMERIC_LIMIT = 1_000_000_000;

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
    holds: (operand) => isNumeric(operand, (bound) => Math.abs(bound) <= NUMERIC_LIMIT),
    allowed: `one comparison, or a range from low to high, of numbers from -${NUMERIC_LIMIT} to ${NUMERIC_LIMIT}`,
    example: [">=", 0, "<", 10],
  },
  cidr: { holds: isAddressRange, allowed: "an IPv4 or IPv6 range", example: "10.0.0.0/24" },
  exists: yesOrNo,
};

const OPERATORS = Object.keys(FORMS);

/**
 * Why SNS would refuse a condition, to be read after its path; nothing for one that it takes. What Terraform learns at
 * apply is let through.
 */
export function conditionFault(condition: unknown): string | undefined {
  if (Token.isUnresolved(condition) || isScalar(condition)) return undefined;
  // JSON writes NaN and what is infinite as null.
  const given = typeof condition === "number" ? String(condition) : JSON.stringify(condition);
  if (!isFields(condition)) {
    return `must compare with a string, a finite number, true, false, null or an operator, got ${given}: write one of them`;
  }
  const [operator = "", ...others] = Object.keys(condition);
  const form = Object.hasOwn(FORMS, operator) ? FORMS[operator] : undefined;
  if (form === undefined || others.length > 0) {
    return `must use one operator of ${OPERATORS.join(", ")} a condition, got ${given}: write one condition for each`;
  }
  const operand = condition[operator];
  if (Token.isUnresolved(operand) || form.holds(operand)) return undefined;
  const example = JSON.stringify({ [operator]: form.example });
  return `must give ${operator} ${form.allowed}, got ${given}: write such as ${example}`;
}

/** SNS's matcher takes no suffix in it. */
function isAnythingBut(operand: unknown): boolean {
  if (isOneOrSeveral(operand, (each) => typeof each === "string", Number.isFinite)) return true;
  const [inner, ...others] = isFields(operand) ? Object.entries(operand) : [];
  return others.length === 0 && inner?.[0] === "prefix" && typeof inner[1] === "string";
}
