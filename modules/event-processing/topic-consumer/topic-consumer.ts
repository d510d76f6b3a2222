import type { KmsKey } from "@cdktf/provider-aws/lib/kms-key";
import type { LambdaPermission } from "@cdktf/provider-aws/lib/lambda-permission";
import type { SnsTopic } from "@cdktf/provider-aws/lib/sns-topic";
import { SnsTopicSubscription } from "@cdktf/provider-aws/lib/sns-topic-subscription";
import type { SqsQueue } from "@cdktf/provider-aws/lib/sqs-queue";
import { Construct } from "constructs";
import { allowInvocation, type Handler } from "../../compute";
import { type Encryption, type Grantee, keyFor, keyPolicy, queuePolicy, type TopicRef } from "../../core";
import { AsyncFailures } from "../async-failures";
import { noteFeeder } from "../feeders";
import { type Filter, filterArguments } from "../filter-policy";
import { noteListener } from "../listeners";
import { alarmOnDepth, alarmOnLoss } from "../queue-alarms";
import { deadLetterQueue } from "../queues";
import { allowTopic, grantPublish, isSnsTopic, topic } from "../topics";
import { checkTopicConsumer } from "./check-topic-consumer";

export interface TopicConsumerProps {
  /** Runs for each message, which SNS hands over in its envelope: `event.Records[0].Sns.Message`. */
  readonly handler: Handler;
  /**
   * A topic that exists, standard and of this region: an `SnsTopic`, that of another consumer (`first.topic`), or one made
   * elsewhere by its ARN. That of another account must allow `sns:Subscribe` to this one. @default - a topic of its own
   */
  readonly topic?: TopicRef;
  /**
   * Which messages it gets: `{ attributes: { kind: ["a"] } }`, or by what they say, `{ body: { order: { kind: ["a"] } } }`.
   * What does not match goes nowhere from here; other subscriptions of the topic have filters of their own.
   * @default - every message
   */
  readonly filter?: Filter;
  /** Of the topic, where it is its own, and of the queue of undelivered messages: a key of its own, those of SNS and SQS, or
   * a key of this stack without inline policy. @default "customer-key" */
  readonly encryption?: Encryption;
}

/**
 * A function that a topic invokes: `publisher → topic → subscription (filter) → function`; what SNS cannot hand over
 * `→ undelivered → alarm`, and what the function failed three times `→ failed events → alarm`.
 *
 * Two ways to fail, two queues: SNS is done once Lambda has the message, so errors of the function never reach SNS's own
 * dead-letter queue. No batches and no back pressure: where either is needed, put a queue between (`FanOut`).
 * Makes a key (about 1 USD a month), a topic with an alarm, a queue with an alarm, and once a function a queue with two
 * alarms (0.10 USD a month each); the rest is paid by message.
 */
export class TopicConsumer extends Construct {
  /** Its own topic, or the one handed in. */
  readonly topic: TopicRef;
  readonly subscription: SnsTopicSubscription;
  readonly permission: LambdaPermission;
  /** Messages that SNS could not hand over, kept for 14 days: the function or its permission was gone. */
  readonly undelivered: SqsQueue;
  /** What the function failed three times; one for the function, whoever invokes it. */
  readonly failures: AsyncFailures;
  /** The key that encrypts what was made here; none where the services manage it. */
  readonly key?: KmsKey;

  constructor(scope: Construct, id: string, props: TopicConsumerProps) {
    super(scope, id);
    const { handler, encryption = "customer-key" } = props;
    checkTopicConsumer(this, props);
    this.key = keyFor(this, encryption, `Messages of ${this.node.path}`);
    this.topic = props.topic ?? this.ownTopic();
    noteFeeder(this, handler, this.topic);
    if (props.filter === undefined && isSnsTopic(this.topic)) noteListener(this.topic, { handler });
    this.failures = AsyncFailures.of(handler);
    this.undelivered = this.deadLetters();
    this.permission = allowInvocation(handler, { service: "sns.amazonaws.com", ...this.source() });
    this.subscription = new SnsTopicSubscription(this, "subscription", {
      topicArn: this.topic.arn,
      protocol: "lambda",
      endpoint: handler.lambda.arn,
      redrivePolicy: JSON.stringify({ deadLetterTargetArn: this.undelivered.arn }),
      ...filterArguments(props.filter),
      dependsOn: [
        this.permission,
        this.failures.config,
        queuePolicy(this.undelivered).resource,
        ...(this.key === undefined ? [] : [keyPolicy(this.key).resource]),
      ],
    });
  }

  /**
   * Allows publishing to the topic.
   * Actions: `sns:Publish`; with a customer key `kms:Decrypt` and `kms:GenerateDataKey` on it, through SNS only.
   * @throws Error where the topic was handed in: who owns it knows its key, and grants
   */
  grantPublish(grantee: Grantee): void {
    const { topic: own } = this;
    if (!isSnsTopic(own) || own.node.scope !== this) {
      throw new Error(
        `topic-consumer "${this.node.path}": its topic was handed in, and its key is not ours to grant: ` +
          "let the topic's owner grant, or leave `topic` out",
      );
    }
    grantPublish(grantee, own, this.key);
  }

  private ownTopic(): SnsTopic {
    const made = topic(this, "Default", { ordering: "standard", key: this.key });
    alarmOnLoss(this, "loss-alarm", made);
    return made;
  }

  /** Lets the topic, and no other, send to the queue of what it could not hand over, and use the key for it. */
  private deadLetters(): SqsQueue {
    const { topic: from, key } = this;
    const queue = deadLetterQueue(this, "undelivered", { ordering: "standard", key });
    queuePolicy(queue).add("AllowTopic", {
      principal: { Service: "sns.amazonaws.com" },
      actions: ["sqs:SendMessage"],
      resources: [queue.arn],
      conditions: { ArnEquals: { "aws:SourceArn": from.arn } },
    });
    if (key !== undefined) allowTopic(key, from, this);
    alarmOnDepth(this, "undelivered-alarm", queue, `SNS could not hand over to ${this.node.path}`);
    return queue;
  }

  private source() {
    const { topic: from } = this;
    return isSnsTopic(from) ? { source: from } : { source: from, via: this };
  }
}
