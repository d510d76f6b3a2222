import type { AtLeastTwo } from "../../core";
import type { NumericOperand } from "../matching";
import type { DetailPattern } from "./event-pattern";

type AtLeastOne<T> = readonly [T, ...T[]];

/** One as a value, several as a list: AWS takes both, and the shorter one reads better in the console. */
const oneOrList = <T>(values: AtLeastOne<T>): T | readonly T[] => (values.length === 1 ? values[0] : values);

function anythingButThese(...texts: AtLeastOne<string>): {
  readonly "anything-but": string | readonly string[];
};
function anythingButThese(...numbers: AtLeastOne<number>): {
  readonly "anything-but": number | readonly number[];
};
function anythingButThese(...values: AtLeastOne<string | number>) {
  return { "anything-but": oneOrList(values) };
}

/**
 * Operators of event patterns by name, for the lists of an `EventPattern` beside plain values. Each needs the field to be
 * there, but for `exists(false)`; those on text match text only, not the digits of a number.
 */
export const match = {
  /** Text that begins so: `match.prefix("order-")`. */
  prefix: Object.assign((beginning: string) => ({ prefix: beginning }), {
    /** … in whatever case. */
    ignoringCase: (beginning: string) => ({ prefix: { "equals-ignore-case": beginning } }),
  }),
  /** Text that ends so: `match.suffix(".png")`. */
  suffix: Object.assign((end: string) => ({ suffix: end }), {
    /** … in whatever case. */
    ignoringCase: (end: string) => ({ suffix: { "equals-ignore-case": end } }),
  }),
  /** This text in whatever case. */
  ignoringCase: (text: string) => ({ "equals-ignore-case": text }),
  /** Text of this form, where `*` is any characters: `match.wildcard("in/*.png")`. `\*` is the sign, `\\` a backslash. */
  wildcard: (form: string) => ({ wildcard: form }),
  /** A number: `match.numeric(">", 0)`, or one in a range from low to high: `match.numeric(">=", 0, "<", 10)`. */
  numeric: <const Operand extends NumericOperand>(...operand: Operand) => ({ numeric: operand }),
  /** An address in a range, IPv4 up to /31 or IPv6 up to /127. */
  cidr: (range: string) => ({ cidr: range }),
  /** Any value, null included (`true`), or no such field (`false`). An object or an empty list counts as no value. */
  exists: (expected: boolean) => ({ exists: expected }),
  /** Any value but these, all texts or all numbers. An event without the field does not match. */
  anythingBut: Object.assign(anythingButThese, {
    /** … but what begins with one of these. */
    prefix: (...beginnings: AtLeastOne<string>) => ({ "anything-but": { prefix: oneOrList(beginnings) } }),
    /** … but what ends with one of these. */
    suffix: (...ends: AtLeastOne<string>) => ({ "anything-but": { suffix: oneOrList(ends) } }),
    /** … but these in whatever case. */
    ignoringCase: (...texts: AtLeastOne<string>) => ({
      "anything-but": { "equals-ignore-case": oneOrList(texts) },
    }),
    /** … but what has one of these forms. */
    wildcard: (...forms: AtLeastOne<string>) => ({ "anything-but": { wildcard: oneOrList(forms) } }),
  }),
  /**
   * One of several groups of conditions, beside those around it:
   * `detail: { kind: ["order"], ...match.anyOf({ total: [match.numeric(">", 5)] }, { urgent: [true] }) }`. Beside `detail` it is
   * `match.anyOf<EventPattern>(…)`.
   */
  anyOf: <Fields = DetailPattern>(...alternatives: AtLeastTwo<NoInfer<Fields>>) => ({ $or: alternatives }),
};
