import { Token } from "cdktf";
import type { Checks } from "../../core";

/**
 * What S3 can tell of, in its own words; `*` is all of a family.
 * S3 user guide, "Supported event types for SQS, SNS, and Lambda".
 */
const EVENTS = [
  "s3:IntelligentTiering",
  "s3:LifecycleExpiration:*",
  "s3:LifecycleExpiration:Delete",
  "s3:LifecycleExpiration:DeleteMarkerCreated",
  "s3:LifecycleTransition",
  "s3:ObjectAcl:Put",
  "s3:ObjectCreated:*",
  "s3:ObjectCreated:CompleteMultipartUpload",
  "s3:ObjectCreated:Copy",
  "s3:ObjectCreated:Post",
  "s3:ObjectCreated:Put",
  "s3:ObjectRemoved:*",
  "s3:ObjectRemoved:Delete",
  "s3:ObjectRemoved:DeleteMarkerCreated",
  "s3:ObjectRestore:*",
  "s3:ObjectRestore:Completed",
  "s3:ObjectRestore:Delete",
  "s3:ObjectRestore:Post",
  "s3:ObjectTagging:*",
  "s3:ObjectTagging:Delete",
  "s3:ObjectTagging:Put",
  "s3:ReducedRedundancyLostObject",
  "s3:Replication:*",
  "s3:Replication:OperationFailedReplication",
  "s3:Replication:OperationMissedThreshold",
  "s3:Replication:OperationNotTracked",
  "s3:Replication:OperationReplicatedAfterThreshold",
] as const;

/** An event of S3, such as `s3:ObjectCreated:*`. */
export type BucketEvent = (typeof EVENTS)[number];

/** Which events on which objects somebody wants to hear of. */
export interface Watch {
  /** At least one, such as `["s3:ObjectCreated:*"]`. In a versioned bucket a plain delete is `s3:ObjectRemoved:DeleteMarkerCreated`. */
  readonly events: readonly BucketEvent[];
  /**
   * How the keys begin, as they are written, such as `day=2026/`: S3 wants some characters encoded, which is done here. No `*`
   * and no `%`, and 1 to 1,024 characters once it is encoded. A token is handed on as it is. @default - any way
   */
  readonly prefix?: string;
  /** How the keys end, likewise, such as `.jpg`. @default - any way */
  readonly suffix?: string;
}

/** S3 API reference, "FilterRule". */
const FILTER_LIMIT = 1024;
/** What `encodeURIComponent` leaves, and S3 does not count among the safe characters (S3 user guide, "Naming Amazon S3 objects"). */
const UNSAFE = /~/g;
/** A lone surrogate, which UTF-8 cannot write. */
const HALF_A_CHARACTER = /\p{Cs}/u;

/**
 * A prefix or suffix as S3 wants it: a space as `+`, and every other special character in `%` of UTF-8 (S3 user guide,
 * "Configuring event notifications using object key name filtering"; a plain `day=2026` is taken, and never matches:
 * aws/aws-cdk#28012). What Terraform learns only at apply is handed on.
 */
export function encodedFilter(value: string | undefined): string | undefined {
  if (value === undefined || Token.isUnresolved(value)) return value;
  const inUtf8 = encodeURIComponent(value).replace(UNSAFE, "%7E");
  return inUtf8.replaceAll("%2F", "/").replaceAll("%20", "+");
}

/** Records what S3, or the first object, would show to be wrong with a watch. Each name has its `prefix`. */
export function checkWatch(checks: Checks, place: string, { events, prefix, suffix }: Watch): void {
  checks.that(events.length > 0, `${place}events must name at least one event of S3: ${EVENTS.join(", ")}`);
  for (const event of events) checks.oneOf(`${place}events`, event, EVENTS);
  for (const [index, event] of events.entries()) {
    const other = events.find(
      (each, at) => at !== index && holds(each, event) && (each !== event || at < index),
    );
    checks.that(
      other === undefined,
      `${place}events names ${event}, which ${other} holds already: S3 refuses events that overlap, so leave it out`,
    );
  }
  checkFilter(checks, `${place}prefix`, prefix);
  checkFilter(checks, `${place}suffix`, suffix);
}

function checkFilter(checks: Checks, name: string, value: string | undefined): void {
  if (value === undefined || Token.isUnresolved(value)) return;
  checks.that(value !== "", `${name} is empty: leave it out to have every key`);
  checks.that(
    !value.includes("*"),
    `${name} has a *, got ${JSON.stringify(value)}: S3 knows no wildcards here; give both a prefix and a suffix, or filter in a ` +
      "rule of EventBridge",
  );
  checks.that(
    !value.includes("%"),
    `${name} has a %, got ${JSON.stringify(value)}: write it as the keys are, day=2026 and not day%3D2026, for it is encoded ` +
      "here; keys that themselves have one are for a rule of EventBridge",
  );
  const whole = !HALF_A_CHARACTER.test(value);
  checks.that(whole, `${name} has half a character (a lone surrogate), which no key has: write it in full`);
  const length = whole ? (encodedFilter(value)?.length ?? 0) : value.length;
  checks.that(
    length <= FILTER_LIMIT,
    `${name} must have at most ${FILTER_LIMIT} characters as S3 wants them encoded, got ${length}: watch a shorter one`,
  );
}

/** Whether one event is the other, or the family that it belongs to. */
function holds(event: BucketEvent, other: BucketEvent): boolean {
  return event === other || (event.endsWith(":*") && other.startsWith(event.slice(0, -1)));
}

/**
 * The events that two watches would both tell of, for some key; none where S3 takes the two. Otherwise it answers
 * "Configuration is ambiguously defined" at apply. What Terraform learns only then is let through.
 */
export function commonEvents(one: Watch, other: Watch): readonly BucketEvent[] {
  if (!overlap(one.prefix, other.prefix, (long, short) => long.startsWith(short))) return [];
  if (!overlap(one.suffix, other.suffix, (long, short) => long.endsWith(short))) return [];
  return one.events.flatMap((event) =>
    other.events.flatMap((each) => {
      if (holds(event, each)) return [each];
      return holds(each, event) ? [event] : [];
    }),
  );
}

function overlap(one = "", other = "", within: (long: string, short: string) => boolean): boolean {
  if (Token.isUnresolved(one) || Token.isUnresolved(other)) return false;
  return within(one, other) || within(other, one);
}
