import { MalformedEventError } from "./errors";

/** An object that S3 says was created. */
export interface CreatedObject {
  readonly bucket: string;
  /** As it is, not as the event writes it. */
  readonly key: string;
  /** None where the next write to the key takes this one's place: in a bucket without versions, or that suspended them. */
  readonly versionId?: string;
  readonly eTag?: string;
  /** Hexadecimal digits; greater is later, see {@link isLater}. Only of the same key. */
  readonly sequencer: string;
}

/**
 * The records of an event. S3 tries a new notification of a queue or topic once with a test event, which has none.
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/notification-content-structure.html
 * @throws MalformedEventError when it is no event of S3
 */
export function recordsOf(event: unknown): readonly unknown[] {
  const { Records, Event } = fieldsOf(event);
  if (Event === "s3:TestEvent") return [];
  if (Array.isArray(Records)) return Records;
  throw new MalformedEventError(["it has no Records"]);
}

/**
 * The object that a record says was created; none where it says something else, such as a deletion.
 * @throws MalformedEventError naming every field that is missing
 */
export function createdObject(record: unknown): CreatedObject | undefined {
  const { eventSource, eventName, s3 } = fieldsOf(record);
  if (eventSource !== "aws:s3" || typeof eventName !== "string")
    throw new MalformedEventError(["a record is not from aws:s3"]);
  if (!eventName.startsWith("ObjectCreated:")) return undefined;
  const { bucket, object } = fieldsOf(s3);
  const { name } = fieldsOf(bucket);
  const { key, versionId, eTag, sequencer } = fieldsOf(object);
  const decoded = isText(key) ? decodedKey(key) : undefined;
  const faults = [
    isText(name) ? [] : ["s3.bucket.name is missing"],
    decoded === undefined ? ["s3.object.key is missing, or not URL-encoded"] : [],
    isText(sequencer) && /^[\dA-F]+$/i.test(sequencer)
      ? []
      : ["s3.object.sequencer is no hexadecimal number"],
  ].flat();
  if (faults.length > 0) throw new MalformedEventError(faults);
  return {
    bucket: name as string,
    key: decoded as string,
    versionId: isText(versionId) && versionId !== "null" ? versionId : undefined,
    eTag: isText(eTag) ? eTag : undefined,
    sequencer: sequencer as string,
  };
}

/**
 * Whether the one event of a key is later than the other. Sequencers differ in length: the shorter one is padded with zeros
 * on the right, and then they are compared as text (same page of the user guide).
 */
export function isLater(sequencer: string, than: string): boolean {
  const length = Math.max(sequencer.length, than.length);
  const padded = (each: string) => each.toUpperCase().padEnd(length, "0");
  return padded(sequencer) > padded(than);
}

/** Events write keys as forms do: `+` for a space, and everything else in `%` of UTF-8. */
function decodedKey(key: string): string | undefined {
  try {
    return decodeURIComponent(key.replaceAll("+", " "));
  } catch {
    return undefined;
  }
}

const isText = (value: unknown): value is string => typeof value === "string" && value !== "";

const fieldsOf = (value: unknown): Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};
