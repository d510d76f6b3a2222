import type { AtLeastTwo } from "../../core";
import type { Name, NumericOperand, Scalar } from "../matching";

/** A string in whatever case. */
interface IgnoringCase {
  readonly "equals-ignore-case": string;
}

type OneOrSeveral<T> = T | readonly T[];

type Existence = { readonly exists: boolean };

/** What `match` makes for fields that hold text. */
export type TextMatcher =
  | Existence
  | IgnoringCase
  | { readonly prefix: string | IgnoringCase }
  | { readonly suffix: string | IgnoringCase }
  | { readonly wildcard: string }
  /** IPv4 up to /31 or IPv6 up to /127; one address is a plain value. */
  | { readonly cidr: string }
  | {
      readonly "anything-but":
        | OneOrSeveral<string>
        | { readonly prefix: OneOrSeveral<string> }
        | { readonly suffix: OneOrSeveral<string> }
        | { readonly "equals-ignore-case": OneOrSeveral<string> }
        | { readonly wildcard: OneOrSeveral<string> };
    };

/** What `match` makes for fields that hold numbers. */
export type NumberMatcher =
  | Existence
  | { readonly numeric: NumericOperand }
  | { readonly "anything-but": OneOrSeveral<number> };

/** What one value of an event is compared with: itself, or an operator, best made by `match`. */
export type Value = Scalar | TextMatcher | NumberMatcher;

type Texts = readonly (string | TextMatcher)[];

/**
 * Conditions on the fields of an event's `detail`, nested as it is: all must hold, and of each list one value. A list in
 * the event holds if one of its members does; fields of one object in a list must hold in the same object.
 */
export interface DetailPattern {
  readonly [field: Name]: readonly Value[] | DetailPattern;
  /** Alternatives over several fields: one must hold, beside the conditions around it. */
  readonly $or?: AtLeastTwo<DetailPattern>;
}

/**
 * Which events a rule, an archive or a replay takes: conditions on their fields, under AWS's names. All must hold, and of
 * each list one value. EventBridge user guide, "Event pattern syntax" and "Comparison operators for use in event patterns".
 */
export interface EventPattern {
  /** Who sent it, such as `aws.s3`; your own events need another beginning than `aws.`. */
  readonly source?: Texts;
  readonly "detail-type"?: Texts;
  readonly detail?: DetailPattern;
  /** Twelve digits as text. */
  readonly account?: Texts;
  readonly region?: Texts;
  /** ARNs. */
  readonly resources?: Texts;
  /** e.g. `2026-11-26T04:00:00Z`, to be compared as text. */
  readonly time?: Texts;
  readonly id?: Texts;
  readonly version?: Texts;
  /** Only replayed events have it: `[match.exists(false)]` leaves them out. */
  readonly "replay-name"?: Texts;
  /** Alternatives over several fields: one must hold, beside the conditions around it. */
  readonly $or?: AtLeastTwo<EventPattern>;
}

/** The fields that an event has beside its sender's `detail`. */
export const ENVELOPE = [
  ...["source", "detail-type", "detail", "account", "region", "resources", "time", "id", "version"],
  "replay-name",
] as const satisfies readonly string[];

/** A pattern as `aws_cloudwatch_event_rule` and `aws_cloudwatch_event_archive` take it. */
export function eventPatternJson(pattern: EventPattern): string {
  return JSON.stringify(pattern);
}
