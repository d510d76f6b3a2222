import { S3Bucket } from "@cdktf/provider-aws/lib/s3-bucket";
import { TerraformStack } from "cdktf";
import { Construct } from "constructs";
import { Checks, isOfType } from "../../core";
import { type BucketNotification, bucketNotification, checkWatch, type Watch } from "../../storage/bucket";
import type { BoundDestination, BucketDestination, Sender } from "./destination";

export interface BucketDestinationProps extends Watch {
  /** `queueDestination(queue)`, `topicDestination(topic)` or `functionDestination(handler)`. */
  readonly to: BucketDestination;
}

export interface BucketNotificationsProps<Name extends string> {
  /** The bucket, made in this stack: its notification is extended, and other patterns may do so too. */
  readonly bucket: { readonly bucket: S3Bucket };
  /** Who hears of what. The key is part of S3's id of it, which each event carries as `configurationId`. */
  readonly destinations: Readonly<Record<Name, BucketDestinationProps>>;
}

/**
 * Tells others what happens to the objects of a bucket: `bucket → prefix, suffix → queue, topic, function`.
 *
 * It adds to the one notification that the bucket owns, and lets the bucket, and no other, in at each end: on the policy of
 * the queue, topic or function, and on its key, before the notification is written. Makes an invoke configuration, a queue of
 * failed events and an alarm (0.10 USD a month) for each function; the rest is paid by message and call.
 */
export class BucketNotifications<Name extends string> extends Construct {
  /** The bucket's, whoever else adds to it. */
  readonly notification: BucketNotification;
  readonly destinations: Readonly<Record<Name, BoundDestination>>;

  constructor(scope: Construct, id: string, props: BucketNotificationsProps<Name>) {
    super(scope, id);
    const { bucket } = props.bucket;
    checkProps(this, props);
    this.notification = bucketNotification(bucket);
    const bound = Object.entries<BucketDestinationProps>(props.destinations).map(([name, each]) => {
      const sender = senderOf(this, bucket, name, each);
      const destination = each.to.bind(sender);
      const { target: to, after } = destination;
      this.notification.add(`${this.node.path}/${name}`, { ...sender.watch, to, after });
      return [name, destination];
    });
    this.destinations = Object.fromEntries(bound);
  }
}

function senderOf(
  scope: Construct,
  bucket: S3Bucket,
  name: string,
  { to: _, ...watch }: BucketDestinationProps,
): Sender {
  return { bucket, watch, scope, place: `destinations.${name}` };
}

function checkProps<Name extends string>(scope: Construct, props: BucketNotificationsProps<Name>): void {
  const { bucket } = props.bucket;
  const checks = new Checks("bucket-notifications", scope);
  const ours = isOfType<S3Bucket>(bucket, S3Bucket.tfResourceType);
  checks.that(
    ours,
    "bucket must be one that is made here: the notification of any other has an owner elsewhere, and two would overwrite " +
      "each other; have its owner send to EventBridge and use a rule",
  );
  checks.that(
    !ours || TerraformStack.of(bucket) === TerraformStack.of(scope),
    `bucket is made in stack "${ours ? TerraformStack.of(bucket).node.id : ""}", and its notification would name what stands ` +
      "here: place this beside the bucket",
  );
  checks.done();
  const entries = Object.entries<BucketDestinationProps>(props.destinations);
  checks.that(entries.length > 0, "destinations must name at least one destination");
  for (const [name, each] of entries) {
    checks.that(/^[a-z][a-z0-9-]*$/.test(name), `destinations.${name}: a name is kebab-case`);
    checkWatch(checks, `destinations.${name}.`, each);
    each.to.check(checks, senderOf(scope, bucket, name, each));
  }
  checks.done();
}
