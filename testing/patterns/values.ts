import { Address4, Address6 } from "ip-address";
import type { Value } from "../../modules/event-processing/event-pattern";
import type { Field } from "./fields";

type Actual = Field["value"];

/** What each operator asks of a value; the operand was checked before. `exists` asks about the field and stands apart. */
const OPERATORS: Readonly<Record<string, (actual: Actual, operand: never) => boolean>> = {
  prefix: (actual, operand: Affix) =>
    typeof actual === "string" &&
    (typeof operand === "string" ? actual.startsWith(operand) : ignoringCase("^", operand, "").test(actual)),
  suffix: (actual, operand: Affix) =>
    typeof actual === "string" &&
    (typeof operand === "string" ? actual.endsWith(operand) : ignoringCase("", operand, "$").test(actual)),
  "equals-ignore-case": (actual, operand: string) =>
    typeof actual === "string" && ignoringCase("^", { "equals-ignore-case": operand }, "$").test(actual),
  wildcard: isLike,
  numeric: (actual, operand: readonly unknown[]) => typeof actual === "number" && isWithin(actual, operand),
  cidr: (actual, operand: string) => typeof actual === "string" && isIn(actual, operand),
  "anything-but": isAnythingBut,
};

type Affix = string | { readonly "equals-ignore-case": string };

/** Whether a value that is there satisfies one member of a pattern's list. */
export function satisfies(actual: Actual, expected: Value): boolean {
  if (typeof expected !== "object" || expected === null) return isSame(actual, expected);
  const [[operator, operand]] = Object.entries(expected) as [[string, unknown]];
  if (operator === "exists") return operand === true;
  return (OPERATORS[operator] as (actual: Actual, operand: unknown) => boolean)(actual, operand);
}

/** Kinds are told apart, numbers are compared as numbers, addresses as addresses however they are written. */
function isSame(actual: Actual, expected: Actual): boolean {
  if (actual === expected) return true;
  if (typeof actual !== "string" || typeof expected !== "string") return false;
  const [one, other] = [addressOf(actual), addressOf(expected)];
  return one !== undefined && one.constructor === other?.constructor && one.bigInt() === other.bigInt();
}

/** Any value but the excluded ones: also one of another kind, such as a number where a prefix is excluded. */
function isAnythingBut(actual: Actual, operand: unknown): boolean {
  if (typeof operand !== "object" || Array.isArray(operand)) {
    return ![operand].flat().some((each) => each === actual);
  }
  const [[operator, excluded]] = Object.entries(operand as object) as [[string, unknown]];
  return ![excluded].flat().some((each) => satisfies(actual, { [operator]: each } as unknown as Value));
}

/**
 * Each character may stand in its lower or its upper case, one by one as in AWS's matcher: `ß` takes `SS`, but `ss` does
 * not take `ß`.
 */
function ignoringCase(
  begin: string,
  { "equals-ignore-case": text }: Exclude<Affix, string>,
  end: string,
): RegExp {
  const source = [...text]
    .map((character) => `(?:${literally(character.toLowerCase())}|${literally(character.toUpperCase())})`)
    .join("");
  return new RegExp(`${begin}${source}${end}`);
}

function literally(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\/-]/g, "\\$&");
}

/** `*` is any characters, a backslash takes the sign after it as it is. Greedy from the left, so that no text is slow. */
function isLike(actual: Actual, form: string): boolean {
  if (typeof actual !== "string") return false;
  const parts = [""];
  for (const [token] of form.matchAll(/\\?./gs)) {
    if (token === "*") parts.push("");
    else parts[parts.length - 1] += token.slice(-1);
  }
  const [first = "", ...others] = parts;
  const last = others.pop();
  if (last === undefined) return actual === first;
  if (!actual.startsWith(first)) return false;
  let at = first.length;
  for (const part of others) {
    const found = actual.indexOf(part, at);
    if (found === -1) return false;
    at = found + part.length;
  }
  return actual.length - last.length >= at && actual.endsWith(last);
}

const COMPARISONS: Readonly<Record<string, (a: number, b: number) => boolean>> = {
  "=": (a, b) => a === b,
  "<": (a, b) => a < b,
  "<=": (a, b) => a <= b,
  ">": (a, b) => a > b,
  ">=": (a, b) => a >= b,
};

function isWithin(actual: number, [comparison, bound, ...others]: readonly unknown[]): boolean {
  const holds = COMPARISONS[comparison as string]?.(actual, bound as number) ?? false;
  return holds && (others.length === 0 || isWithin(actual, others));
}

function isIn(actual: string, range: string): boolean {
  const [network = "", mask = ""] = range.split("/");
  const [address, first] = [addressOf(actual), addressOf(network)];
  if (address === undefined || first === undefined || address.constructor !== first.constructor) return false;
  const free = BigInt((address instanceof Address4 ? 32 : 128) - Number(mask));
  return address.bigInt() >> free === first.bigInt() >> free;
}

/** An address as AWS's matcher reads one: four decimal numbers, or IPv6 without a dotted part. (aws/event-ruler, `CIDR`.) */
function addressOf(text: string): Address4 | Address6 | undefined {
  if (/^\d+(\.\d+){3}$/.test(text)) {
    const plain = text.split(".").map(Number).join(".");
    return Address4.isValid(plain) ? new Address4(plain) : undefined;
  }
  return /^[\da-f:]+$/i.test(text) && Address6.isValid(text) ? new Address6(text) : undefined;
}
