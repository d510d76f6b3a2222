import { type Forms, isAddressRange, isFields, isNumeric, isOneOrSeveral, text, yesOrNo } from "../matching";

/** EventBridge user guide, "Numeric matching". */
const NUMERIC_LIMIT = 5_000_000_000;
/** Digits to the right of the decimal point; AWS's matcher refuses a threshold of more (same page). */
const DECIMALS = 6;

const isText = (value: unknown) => typeof value === "string";
const isSomeText = (value: unknown) => isText(value) && value !== "";

/**
 * What each operator takes. EventBridge user guide, "Comparison operators for use in event patterns", and the compiler
 * that reads them: aws/event-ruler, `JsonRuleCompiler`.
 */
export const FORMS: Forms = {
  prefix: affix("order-"),
  suffix: affix(".png"),
  "equals-ignore-case": text("paid"),
  wildcard: {
    holds: isWildcard,
    allowed: "a string without ** in which \\ stands before * or \\ only",
    example: "in/*.png",
  },
  "anything-but": {
    holds: isAnythingBut,
    allowed:
      "strings or numbers, one or a list of one kind, or { prefix }, { suffix }, { equals-ignore-case } or { wildcard } with one or a list of strings",
    example: ["draft", "test"],
  },
  numeric: {
    holds: (operand) => isNumeric(operand, isBound),
    allowed: `one comparison, or a range from low to high, of numbers from -${NUMERIC_LIMIT} to ${NUMERIC_LIMIT} with up to ${DECIMALS} decimals`,
    example: [">=", 0, "<", 10],
  },
  cidr: {
    holds: isSeveralAddresses,
    allowed: "an IPv4 range up to /31 or an IPv6 range up to /127 (a single address is a plain value)",
    example: "10.0.0.0/24",
  },
  exists: yesOrNo,
};

/** A string, or one in whatever case. */
function affix(example: string): Forms[string] {
  return {
    holds: (operand) => isText(operand) || isText(innerOf(operand, ["equals-ignore-case"])?.operand),
    allowed: "a string or { equals-ignore-case } with one",
    example,
  };
}

function isWildcard(operand: unknown): boolean {
  return typeof operand === "string" && /^(?:[^*\\]|\\[*\\]|\*(?!\*))*$/s.test(operand);
}

/** What stands in each object that `anything-but` takes. An empty prefix or suffix would exclude every text. */
const EXCLUDED: Readonly<Record<string, (value: unknown) => boolean>> = {
  prefix: isSomeText,
  suffix: isSomeText,
  "equals-ignore-case": isText,
  wildcard: isWildcard,
};

function isAnythingBut(operand: unknown): boolean {
  if (isOneOrSeveral(operand, isText, Number.isFinite)) return true;
  const inner = innerOf(operand, Object.keys(EXCLUDED));
  return inner !== undefined && isOneOrSeveral(inner.operand, EXCLUDED[inner.operator] as typeof isText);
}

/** The one operator in an object, if it is one of these. */
function innerOf(value: unknown, operators: readonly string[]) {
  const [inner, ...others] = isFields(value) ? Object.entries(value) : [];
  if (inner === undefined || others.length > 0 || !operators.includes(inner[0])) return undefined;
  return { operator: inner[0], operand: inner[1] };
}

function isBound(bound: number): boolean {
  return Math.abs(bound) <= NUMERIC_LIMIT && Number(bound.toFixed(DECIMALS)) === bound;
}

/** AWS's matcher wants variable bits, and reads no dotted part in IPv6 (aws/event-ruler, `CIDR`). */
function isSeveralAddresses(operand: unknown): boolean {
  if (!isAddressRange(operand)) return false;
  const [address, mask] = operand.split("/") as [string, string];
  return address.includes(":") ? /^[\da-f:]+$/i.test(address) && Number(mask) < 128 : Number(mask) < 32;
}
