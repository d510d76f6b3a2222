import {
  type Forms,
  isAddressRange,
  isFields,
  isNumeric,
  isOneOrSeveral,
  type NumericOperand,
  type Scalar,
  text,
  yesOrNo,
} from "./matching";

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
export const FORMS: Forms = {
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

/** SNS's matcher takes no suffix in it. */
function isAnythingBut(operand: unknown): boolean {
  if (isOneOrSeveral(operand, (each) => typeof each === "string", Number.isFinite)) return true;
  const [inner, ...others] = isFields(operand) ? Object.entries(operand) : [];
  return others.length === 0 && inner?.[0] === "prefix" && typeof inner[1] === "string";
}
