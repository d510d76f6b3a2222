import type { S3Bucket } from "@cdktf/provider-aws/lib/s3-bucket";
import { S3BucketNotification } from "@cdktf/provider-aws/lib/s3-bucket-notification";
import { dependable, type ITerraformDependable, TerraformStack } from "cdktf";
import { Construct } from "constructs";
import { watchForSecondOwners } from "../../core";
import { commonEvents, encodedFilter, type Watch } from "./watch";

/** Where S3 sends, by what it is. */
export type NotificationTarget =
  | { readonly queueArn: string }
  | { readonly topicArn: string }
  | { readonly lambdaFunctionArn: string };

/** One part of a bucket's notification: what it tells of, and whom. */
export interface NotificationPart extends Watch {
  readonly to: NotificationTarget;
  /** Policies and permissions that let S3 in there: it tries every target when the notification is written. */
  readonly after: readonly ITerraformDependable[];
}

/** Amazon S3 endpoints and quotas, "Event notifications". */
const PARTS_LIMIT = 100;

/**
 * The one owner of a bucket's notification: patterns add parts, and S3 gets all of them at once, in the same order whatever
 * the order in which they came. The switch to EventBridge is one more part of the same document.
 *
 * S3 replaces the whole document at each write, so two owners would overwrite each other (terraform-provider-aws#501). A
 * second owner in the same stack is an error, and so are parts that S3 would refuse beside each other.
 */
export class BucketNotification extends Construct {
  /** Depend on it where events must not be missed. */
  readonly resource: S3BucketNotification;
  private readonly parts = new Map<string, NotificationPart>();

  private constructor(
    private readonly owned: S3Bucket,
    id: string,
  ) {
    super(owned, id);
    this.resource = new S3BucketNotification(this, "Default", { bucket: owned.bucket });
    watchForSecondOwners(TerraformStack.of(this), {
      kind: "bucket notification",
      type: S3BucketNotification.tfResourceType,
      subject: "bucketInput",
      remedy: "remove one and add its targets to the other",
    });
    this.node.addValidation({ validate: () => [...this.overlaps(), ...this.excess()] });
  }

  /** The notification of a bucket, made at the first call. */
  static of(bucket: S3Bucket): BucketNotification {
    return BucketNotification.find(bucket) ?? new BucketNotification(bucket, CHILD);
  }

  /** The notification of a bucket, where anybody asked for one. */
  static find(bucket: S3Bucket): BucketNotification | undefined {
    return bucket.node.tryFindChild(CHILD) as BucketNotification | undefined;
  }

  /**
   * Adds a part. Check its watch with `checkWatch` first.
   * @param who the path of whoever asks: S3's id of the part, which each event carries as `configurationId`
   * @throws Error on a second part of the same name
   */
  add(who: string, part: NotificationPart): void {
    if (this.parts.has(who)) {
      throw new Error(
        `bucket notification "${this.owned.node.path}": "${who}" is there already: choose another name`,
      );
    }
    this.parts.set(who, part);
    this.write();
  }

  /** Has S3 tell EventBridge of every event, beside whatever else it tells: rules on the default bus choose among them. */
  sendToEventBridge(): void {
    this.resource.eventbridge = true;
  }

  private get sorted(): readonly (readonly [string, NotificationPart])[] {
    return [...this.parts].sort(([a], [b]) => (a < b ? -1 : 1));
  }

  private write(): void {
    const parts = this.sorted.map(([id, { to, after, events, prefix, suffix }]) => ({
      to,
      after,
      settings: {
        id,
        events: [...events],
        filterPrefix: encodedFilter(prefix),
        filterSuffix: encodedFilter(suffix),
      },
    }));
    const queues = parts.flatMap(({ to, settings }) => ("queueArn" in to ? [{ ...to, ...settings }] : []));
    const topics = parts.flatMap(({ to, settings }) => ("topicArn" in to ? [{ ...to, ...settings }] : []));
    const functions = parts.flatMap(({ to, settings }) =>
      "lambdaFunctionArn" in to ? [{ ...to, ...settings }] : [],
    );
    if (queues.length > 0) this.resource.putQueue(queues);
    if (topics.length > 0) this.resource.putTopic(topics);
    if (functions.length > 0) this.resource.putLambdaFunction(functions);
    this.resource.dependsOn = [...new Set(parts.flatMap(({ after }) => after))].map(dependable);
  }

  private overlaps(): readonly string[] {
    return this.sorted.flatMap(([who, part], index) =>
      this.sorted.slice(index + 1).flatMap(([other, its]) => {
        const events = commonEvents(part, its);
        return events.length === 0
          ? []
          : [
              `bucket notification "${this.owned.node.path}": "${who}" (${wishOf(part)}) and "${other}" (${wishOf(its)}) ` +
                `both want ${events.join(", ")} of the same keys, and S3 tells of each once: give them prefixes or suffixes ` +
                "that exclude each other, or fan out behind one of them (an SNS topic, or EventBridge)",
            ];
      }),
    );
  }

  private excess(): readonly string[] {
    return this.parts.size <= PARTS_LIMIT
      ? []
      : [
          `bucket notification "${this.owned.node.path}": ${this.parts.size} parts, and S3 holds ${PARTS_LIMIT}: ` +
            "send to EventBridge and let rules choose",
        ];
  }
}

/** Id of the notification below its bucket. */
const CHILD = "notification";

function wishOf({ events, prefix = "", suffix = "" }: Watch): string {
  return `${events.join(", ")} of ${prefix}*${suffix}`;
}

/** The notification of a bucket: `bucket → queue, topic, function`, and the switch to EventBridge. */
export function bucketNotification(bucket: S3Bucket): BucketNotification {
  return BucketNotification.of(bucket);
}
