import type { KmsKey } from "@cdktf/provider-aws/lib/kms-key";
import type { SnsTopic } from "@cdktf/provider-aws/lib/sns-topic";
import { SnsTopicSubscription } from "@cdktf/provider-aws/lib/sns-topic-subscription";
import { SqsQueue } from "@cdktf/provider-aws/lib/sqs-queue";
import { type ITerraformDependable, Token } from "cdktf";
import { Construct } from "constructs";
import { type Checks, keyPolicy, type QueueRef, queuePolicy, sidOf } from "../../core";
import {
  ConsumedQueue,
  type ConsumedQueueProps,
  type ConsumeOptions,
  checkConsumedQueue,
} from "../consumed-queue";
import { alarmOnDepth } from "../queue-alarms";
import { deadLetterQueue, type Ordering } from "../queues";
import { checkFilter, type Filter, filterArguments } from "./filter-policy";

interface SubscriptionProps {
  /** Which messages it gets. @default - every message */
  readonly filter?: Filter;
  /**
   * `"raw"`: the queue holds what was published, its attributes beside it (at most ten, or SNS sets the message aside);
   * `"envelope"`: SNS's JSON around it. @default "raw"
   */
  readonly delivery?: "raw" | "envelope";
  /** A FIFO topic may feed a standard queue, which loses the order and the deduplication. @default - the topic's */
  readonly ordering?: Ordering;
}

/** A subscriber with a queue of its own, or with one that exists. */
export type SubscriberProps =
  | (SubscriptionProps & ConsumedQueueProps & { readonly queue?: undefined })
  | (SubscriptionProps & {
      /**
       * A queue that exists. Of an `SqsQueue` of this app the policy is extended here; of any other the owner allows
       * `sqs:SendMessage` to `sns.amazonaws.com` with the topic's ARN as `aws:SourceArn`, and grants its key likewise.
       */
      readonly queue: QueueRef;
    });

/** What a subscriber needs of its fan-out. */
interface Source {
  readonly topic: SnsTopic;
  readonly key?: KmsKey;
  readonly ordering: Ordering;
}

/**
 * One branch of a fan-out: `topic → subscription (filter) → queue`, and what SNS cannot deliver `→ undelivered → alarm`.
 */
export class Subscriber extends Construct {
  /** Where the messages arrive. */
  readonly queue: QueueRef;
  /** The queue with its dead letters and consumer; none where the queue was handed in. */
  readonly consumed?: ConsumedQueue;
  /** Messages that SNS could not deliver, kept for 14 days: the queue or its policy was gone. */
  readonly undelivered: SqsQueue;
  readonly subscription: SnsTopicSubscription;

  constructor(scope: Construct, id: string, source: Source, props: SubscriberProps) {
    super(scope, id);
    const { topic, key } = source;
    this.consumed = props.queue === undefined ? this.ownQueue(source, props) : undefined;
    this.queue = props.queue ?? (this.consumed as ConsumedQueue).queue;
    this.undelivered = deadLetterQueue(this, "undelivered", { ordering: source.ordering, key });
    alarmOnDepth(this, "undelivered-alarm", this.undelivered, `SNS could not deliver to ${this.node.path}`);
    this.subscription = new SnsTopicSubscription(this, "subscription", {
      topicArn: topic.arn,
      protocol: "sqs",
      endpoint: this.queue.arn,
      rawMessageDelivery: (props.delivery ?? "raw") === "raw",
      redrivePolicy: JSON.stringify({ deadLetterTargetArn: this.undelivered.arn }),
      ...filterArguments(props.filter),
      dependsOn: [...this.permissions(topic), ...(key === undefined ? [] : [keyPolicy(key).resource])],
    });
  }

  /**
   * Runs the handler for each batch of the subscriber's own queue. See `ConsumedQueue.consumeWith`.
   * @throws Error where the queue was handed in: its owner consumes it
   */
  consumeWith(handler: Parameters<ConsumedQueue["consumeWith"]>[0], options?: ConsumeOptions): void {
    if (this.consumed === undefined) {
      throw new Error(
        `subscriber "${this.node.path}": its queue was handed in, and we do not own its settings: ` +
          "consume it where it is made, or leave `queue` out",
      );
    }
    this.consumed.consumeWith(handler, options);
  }

  private ownQueue({ key, ordering }: Source, props: SubscriptionProps & ConsumedQueueProps): ConsumedQueue {
    return new ConsumedQueue(this, "queue", { ordering: props.ordering ?? ordering, key }, props);
  }

  /** Lets the topic, and no other, send to both queues. A queue from elsewhere has an owner who does. */
  private permissions(topic: SnsTopic): ITerraformDependable[] {
    return [this.queue, this.undelivered]
      .filter((queue): queue is SqsQueue => isOwnQueue(queue))
      .map((queue) => {
        const policy = queuePolicy(queue);
        policy.add(sidOf("allow", "topic", topic.node.path), {
          principal: { Service: "sns.amazonaws.com" },
          actions: ["sqs:SendMessage"],
          resources: [queue.arn],
          conditions: { ArnEquals: { "aws:SourceArn": topic.arn } },
        });
        return policy.resource;
      });
  }
}

/** By Terraform type and not by class: two copies of the bindings may be loaded. */
function isOwnQueue(queue: QueueRef): queue is SqsQueue {
  return (queue as Partial<SqsQueue>).terraformResourceType === SqsQueue.tfResourceType;
}

/** The faults of one subscriber, each name with its `prefix`. */
export function checkSubscriber(
  checks: Checks,
  prefix: string,
  topic: Ordering,
  props: SubscriberProps,
): void {
  const { ordering, delivery, filter, queue } = props;
  checks.oneOf(`${prefix}ordering`, ordering, ["standard", "fifo"]);
  checks.oneOf(`${prefix}delivery`, delivery, ["raw", "envelope"]);
  checks.that(
    !(topic === "standard" && ordering === "fifo"),
    `${prefix}ordering is "fifo" on a standard topic, which has no order to keep: make the fan-out "fifo"`,
  );
  checkFilter(checks, `${prefix}filter`, filter);
  if (queue === undefined) {
    checkConsumedQueue(checks, props, prefix);
    return;
  }
  const settings = [
    "maxReceives",
    "visibilityTimeoutSeconds",
    "retentionSeconds",
    "alarmAtAgeSeconds",
  ] as const;
  for (const setting of settings) {
    checks.that(
      (props as ConsumedQueueProps)[setting] === undefined,
      `${prefix}${setting} belongs to the queue handed in: set it where that queue is made`,
    );
  }
  checks.matches(
    `${prefix}queue`,
    queue.arn,
    /^arn:[\w-]+:sqs:[\w-]+:\d{12}:[\w-]+(\.fifo)?$/,
    "an SQS queue by its ARN (raw delivery and redrive reach no other endpoint here; put a queue before it)",
  );
  const fifoQueue = Token.isUnresolved(queue.arn) ? fifoOf(queue) : queue.arn.endsWith(".fifo");
  const wanted = ordering ?? topic;
  checks.that(
    fifoQueue === undefined || fifoQueue === (wanted === "fifo"),
    `${prefix}queue is a ${fifoQueue ? "FIFO" : "standard"} queue, and the subscriber's ordering is "${wanted}": ` +
      (topic === "fifo"
        ? 'set ordering: "standard" and lose the order, or hand in a FIFO queue'
        : "SNS refuses it: hand in a standard queue"),
  );
}

/** What an `SqsQueue` of this app says of itself; unknown for any other. */
function fifoOf(queue: QueueRef): boolean | undefined {
  return isOwnQueue(queue) ? queue.fifoQueueInput === true : undefined;
}
