import type { S3Bucket } from "@cdktf/provider-aws/lib/s3-bucket";
import { type ITerraformDependable, type TerraformResource, TerraformStack } from "cdktf";
import type { Construct } from "constructs";
import { type Checks, type Conditions, factsOf, regionOf } from "../../core";
import type { NotificationTarget, Watch } from "../../storage/bucket";
import type { AsyncFailures } from "../async-failures";

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

/**
 * Records why S3 could not send to a resource made here: one of another stack, whose policy would name the bucket while the
 * notification names the resource, or one of another region.
 */
export function checkPlace(
  checks: Checks,
  { bucket, place }: Sender,
  {
    what,
    resource,
    remedy,
  }: { readonly what: string; readonly resource: TerraformResource; readonly remedy: string },
): void {
  const home = TerraformStack.of(resource);
  checks.that(
    home === TerraformStack.of(bucket),
    `${place}.to is a ${what} of stack "${home.node.id}": its policy would name the bucket here while the notification ` +
      `names the ${what}, and the two stacks each other: make it in the bucket's stack, ${remedy}`,
  );
  const [theirs, ours] = [regionOf(resource), regionOf(bucket)];
  checks.that(
    theirs === ours,
    `${place}.to is a ${what} in ${theirs}, and S3 sends within the bucket's region, ${ours}: make the ${what} there, or ` +
      "send to EventBridge and let a rule forward",
  );
}

/** The same for one made elsewhere, as far as its ARN tells. */
export function checkArn(
  checks: Checks,
  { bucket, place }: Sender,
  { what, service, arn }: { readonly what: string; readonly service: string; readonly arn: string },
): void {
  const form = new RegExp(`^arn:[\\w-]+:${service}:([\\w-]+):\\d{12}:[\\w-]+(\\.fifo)?$`);
  checks.matches(`${place}.to`, arn, form, `a ${what} by its ARN`);
  const region = form.exec(arn)?.[1];
  checks.that(
    region === undefined || region === regionOf(bucket),
    `${place}.to is a ${what} in ${region}, and S3 sends within the bucket's region, ${regionOf(bucket)}: hand in a ` +
      `${what} there, or send to EventBridge and let a rule forward`,
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
