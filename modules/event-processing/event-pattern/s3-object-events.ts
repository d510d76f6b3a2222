import type { EventPattern, NumberMatcher, TextMatcher } from "./event-pattern";

/** What happened to an object, in S3's words. S3 user guide, "Using EventBridge". */
export type S3ObjectEvent =
  | "Object Created"
  | "Object Deleted"
  | "Object Restore Initiated"
  | "Object Restore Completed"
  | "Object Restore Expired"
  | "Object Storage Class Changed"
  | "Object Access Tier Changed"
  | "Object ACL Updated"
  | "Object Tags Added"
  | "Object Tags Deleted";

/** How an object came or went; only `Object Created` and `Object Deleted` say it. */
export type S3ObjectReason =
  | "PutObject"
  | "POST Object"
  | "CopyObject"
  | "CompleteMultipartUpload"
  | "DeleteObject"
  | "Lifecycle Expiration";

export interface S3ObjectEventsProps {
  /**
   * What has the bucket's name: an `S3Bucket`, that of a `Bucket` of ours (`uploads.bucket`), or `{ bucket: "its-name" }`. It must
   * send its events to EventBridge (`uploads.sendToEventBridge()`).
   */
  readonly bucket: { readonly bucket: string };
  /** What happened. @default - created */
  readonly events?: readonly [S3ObjectEvent, ...S3ObjectEvent[]];
  /**
   * Keys, not URL-encoded as they are in S3's notifications; one of the list must hold. A beginning and an end together
   * are one wildcard: `match.wildcard("in/*.png")`.
   *
   * @default - every key
   */
  readonly key?: readonly (string | TextMatcher)[];
  /** Bytes, such as `match.numeric(">", 0)`. Events of deletion tell none. @default - every size */
  readonly size?: readonly (number | NumberMatcher)[];
  /** How it happened. @default - every reason */
  readonly reason?: readonly (S3ObjectReason | TextMatcher)[];
  /** The account that asked, twelve digits, or the service of AWS that did, such as `s3.amazonaws.com`. @default - anybody */
  readonly requester?: readonly (string | TextMatcher)[];
}

/**
 * The pattern of events on a bucket's objects, as S3 sends them to the default bus of the bucket's account and region.
 *
 * They tell the bucket's name, the object's key, size, etag, version-id and sequencer, the reason and the requester. They
 * tell **no** user metadata and **no** tags, not even those on tags: a target that needs them reads the object. S3 user
 * guide, "EventBridge event message structure".
 */
export function s3ObjectEvents(props: S3ObjectEventsProps): EventPattern {
  const { bucket, events = ["Object Created"], key, size, reason, requester } = props;
  const object = { ...(key && { key }), ...(size && { size }) };
  return {
    source: ["aws.s3"],
    "detail-type": events,
    detail: {
      bucket: { name: [bucket.bucket] },
      ...(Object.keys(object).length > 0 && { object }),
      ...(reason && { reason }),
      ...(requester && { requester }),
    },
  };
}
