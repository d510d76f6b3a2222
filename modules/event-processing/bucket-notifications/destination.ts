import type { S3Bucket } from "@cdktf/provider-aws/lib/s3-bucket";
import { type ITerraformDependable, type TerraformResource, TerraformStack } from "cdktf";
import type { Construct } from "constructs";
import { type Checks, type Conditions, factsOf, regionOf } from "../../core";
import type { NotificationTarget, Watch } from "../../storage/bucket";
import type { AsyncFailures } from "../async-failures";
import { checkPlace } from "../receivers";

/** Who sends: a bucket, and what of it the destination wants to hear. */
export interface Sender {
  readonly bucket: S3Bucket;
  readonly watch: Watch;
  /** The construct that joins the two. */
  readonly scope: Construct;
  /** What its faults are called, such as `destinations.thumbnails`. */
  readonly place: string;
}

/** Where events arrive, and what lets S3 in there. */
export interface BoundDestination {
  readonly target: NotificationTarget;
  /** What must be there before the notification: S3 tries every target when it is written. */
  readonly after: readonly ITerraformDependable[];
  /** Events that a function failed; none for a queue and a topic, whose consumers have their own. */
  readonly failures?: AsyncFailures;
}

/** Where a bucket's notification can lead. Another kind is another object with these two. */
export interface BucketDestination {
  /** Records why S3 could not, or must not, send there. */
  check(checks: Checks, sender: Sender): void;
  /** Lets the bucket in, and nobody else. */
  bind(sender: Sender): BoundDestination;
}

export const S3 = "s3.amazonaws.com";

/** Binds S3 to one bucket: its ARN holds no account, and a name that was given up may be another's tomorrow. */
export function inNameOf({ bucket }: Sender): Conditions {
  return {
    ArnLike: { "aws:SourceArn": bucket.arn },
    StringEquals: { "aws:SourceAccount": factsOf(bucket).account },
  };
}

/** S3 as it sends for a bucket. */
export function senderS3({ bucket }: Sender) {
  return { service: "S3", stack: TerraformStack.of(bucket), region: regionOf(bucket) };
}

/** Records why S3 could not send to a resource made here, but for its key. */
export function checkHome(
  checks: Checks,
  sender: Sender,
  {
    what,
    resource,
    remedy,
  }: { readonly what: string; readonly resource: TerraformResource; readonly remedy: string },
): void {
  checkPlace(checks, senderS3(sender), {
    name: `${sender.place}.to`,
    resource,
    inStack:
      `and its policy would name the bucket while the notification names the ${what}: make the ${what} in the bucket's ` +
      `stack, ${remedy}`,
    inRegion: `${withinRegion(sender)}: make the ${what} there, or ${FORWARD}`,
  });
}

const FORWARD = "send to EventBridge and let a rule forward";
const withinRegion = ({ bucket }: Sender) => `and S3 sends within the bucket's region, ${regionOf(bucket)}`;

/** The same for one made elsewhere, as far as its ARN tells. */
export function checkArn(
  checks: Checks,
  sender: Sender,
  { what, service, arn }: { readonly what: string; readonly service: string; readonly arn: string },
): void {
  const form = new RegExp(`^arn:[\\w-]+:${service}:([\\w-]+):\\d{12}:[\\w-]+(\\.fifo)?$`);
  const { bucket, place } = sender;
  checks.matches(`${place}.to`, arn, form, `a ${what} by its ARN`);
  const region = form.exec(arn)?.[1];
  checks.that(
    region === undefined || region === regionOf(bucket),
    `${place}.to is in ${region}, ${withinRegion(sender)}: hand in a ${what} there, or ${FORWARD}`,
  );
}

/** S3 user guide, "Amazon S3 Event Notifications": neither a FIFO queue nor a FIFO topic is a destination. */
export function checkOrdering(checks: Checks, { place }: Sender, what: string, fifo: boolean): void {
  checks.that(
    !fifo,
    `${place}.to is a FIFO ${what}, and S3 sends to standard ones only: call bucket.sendToEventBridge() and let a rule send ` +
      "there, or hand in a standard one",
  );
}
