import type { KmsKey } from "@cdktf/provider-aws/lib/kms-key";
import type { LambdaEventSourceMapping } from "@cdktf/provider-aws/lib/lambda-event-source-mapping";
import type { SnsTopic } from "@cdktf/provider-aws/lib/sns-topic";
import { SnsTopicSubscription } from "@cdktf/provider-aws/lib/sns-topic-subscription";
import type { SqsQueue } from "@cdktf/provider-aws/lib/sqs-queue";
import type { ITerraformDependable } from "cdktf";
import { Construct } from "constructs";
import type { Handler } from "../../compute";
import { keyPolicy, type QueueRef, queuePolicy, sidOf } from "../../core";
import { ConsumedQueue, type ConsumedQueueProps } from "../consumed-queue";
import type { ConsumeOptions } from "../consumer";
import { type Filter, filterArguments } from "../filter-policy";
import { noteListener } from "../listeners";
import { alarmOnDepth } from "../queue-alarms";
import { deadLetterQueue, isSqsQueue, type Ordering } from "../queues";

interface SubscriptionProps {
  /**
   * Which messages it gets: `{ attributes: { kind: ["a"] } }`, or by what they say,
   * `{ body: { order: { total: [{ numeric: [">", 9] }] } } }`. `$or: [{ … }, { … }]` beside or below them joins alternatives
   * over several names. Five names at the topmost level, those in `$or` included. @default - every message
   */
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
       * A queue that exists, in this account, with its own dead letters and consumer: `consumed` is then undefined. Of an
       * `SqsQueue` of this stack, encrypted by SQS or with the fan-out's own key, the policy is extended here; of any other
       * the owner allows `sqs:SendMessage` to `sns.amazonaws.com` with the topic's ARN as `aws:SourceArn`, and grants its
       * key likewise. @default - a queue of its own
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
    if (props.filter === undefined && isSqsQueue(this.queue)) noteListener(topic, { queue: this.queue });
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
  consumeWith(handler: Handler, options?: ConsumeOptions): LambdaEventSourceMapping {
    if (this.consumed === undefined) {
      throw new Error(
        `subscriber "${this.node.path}": its queue was handed in, and we do not own its settings: ` +
          "consume it where it is made, or leave `queue` out",
      );
    }
    return this.consumed.consumeWith(handler, options);
  }

  private ownQueue({ key, ordering }: Source, props: SubscriptionProps & ConsumedQueueProps): ConsumedQueue {
    return new ConsumedQueue(this, "queue", { ordering: props.ordering ?? ordering, key }, props);
  }

  /** Lets the topic, and no other, send to both queues. A queue from elsewhere has an owner who does. */
  private permissions(topic: SnsTopic): ITerraformDependable[] {
    return [this.queue, this.undelivered].filter(isSqsQueue).map((queue) => {
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
