import type { KmsKey } from "@cdktf/provider-aws/lib/kms-key";
import type { LambdaEventSourceMapping } from "@cdktf/provider-aws/lib/lambda-event-source-mapping";
import type { SqsQueue } from "@cdktf/provider-aws/lib/sqs-queue";
import { Construct } from "constructs";
import type { Handler } from "../../compute";
import {
  allowKeyUse,
  Checks,
  checkEncryption,
  type Encryption,
  type Grantee,
  keyFor,
  regionOf,
  SEND_KEY_ACTIONS,
  sidOf,
} from "../../core";
import { ConsumedQueue, type ConsumedQueueProps, checkConsumedQueue } from "../consumed-queue";
import { type ConsumeOptions, checkConsumer, withDefaults } from "../consumer";
import { alarmOnManyWaiting } from "../queue-alarms";
import type { FifoSettings, Ordering } from "../queues";

export interface QueueConsumerProps extends ConsumedQueueProps, ConsumeOptions {
  /** Runs for each batch, and answers with the messages that failed: `{ batchItemFailures: […] }`. */
  readonly handler: Handler;
  /** `"fifo"` keeps the order of messages that share a group; one set aside after its tries is overtaken by those behind
   * it. Changing it replaces the queues. @default "standard" */
  readonly ordering?: Ordering;
  /** By what a FIFO queue knows a repeat within five minutes: the `"id"` that each sender must give, or a hash of the
   * `"content"`, which drops two equal messages that were both meant. FIFO only. @default "id" */
  readonly deduplication?: "id" | "content";
  /** `"standard"`: 300 calls a second of each kind for the whole queue; `"high"`: thousands, since repeats are known and
   * calls counted within each message group. FIFO only. @default "standard" */
  readonly throughput?: "standard" | "high";
  /** Of both queues: a key of its own, SQS's, or a key of this stack without inline policy. @default "customer-key" */
  readonly encryption?: Encryption;
  /** Messages waiting at once, for five minutes, at which the alarm goes off, 1 or more. @default 1,000 */
  readonly alarmAtDepth?: number;
}

/**
 * Work that waits for a function: `sender → queue → mapping → function`, and what failed every try `→ dead-letter queue →
 * alarm`.
 *
 * How long a message stays hidden is derived from the function's timeout, so that a throttled batch is tried again before
 * it comes back. Makes a key (about 1 USD a month), two queues, a mapping and three alarms (0.10 USD a month each); the rest
 * is paid by message.
 */
export class QueueConsumer extends Construct {
  /** The queue with its dead letters and what belongs to both. */
  readonly consumed: ConsumedQueue;
  readonly mapping: LambdaEventSourceMapping;
  /** The key that encrypts both queues; none where SQS manages it. */
  readonly key?: KmsKey;

  constructor(scope: Construct, id: string, props: QueueConsumerProps) {
    super(scope, id);
    const { handler, ordering = "standard", encryption = "customer-key" } = props;
    checkProps(this, props);
    this.key = keyFor(this, encryption, `Messages of ${this.node.path}`);
    const mould = { ordering, key: this.key };
    this.consumed = new ConsumedQueue(this, "Default", mould, props, fifoSettings(props));
    this.mapping = this.consumed.consumeWith(handler, props);
    alarmOnManyWaiting(this, "depth-alarm", this.queue, props.alarmAtDepth ?? DEFAULT_ALARM_DEPTH);
  }

  /** Where messages are sent. Its policy is extended through `queuePolicy`. */
  get queue(): SqsQueue {
    return this.consumed.queue;
  }

  /** Messages that failed `maxReceives` times, kept for 14 days. */
  get deadLetters(): SqsQueue {
    return this.consumed.deadLetters;
  }

  /**
   * Allows sending to the queue.
   * Actions: `sqs:SendMessage`; with a customer key `kms:Decrypt` and `kms:GenerateDataKey` on it, through SQS only.
   */
  grantSend(grantee: Grantee): void {
    grantee.allow(sidOf("send", this.node.path), {
      actions: ["sqs:SendMessage"],
      resources: [this.queue.arn],
    });
    const { key, queue } = this;
    if (key !== undefined)
      allowKeyUse(grantee, key, { service: "sqs", region: regionOf(queue) }, ...SEND_KEY_ACTIONS);
  }
}

const DEFAULT_ALARM_DEPTH = 1000;

/** SQS developer guide, "High throughput for FIFO queues": both settings, or the limit stays that of the whole queue. */
function fifoSettings({ ordering, deduplication, throughput }: QueueConsumerProps): FifoSettings {
  if (ordering !== "fifo") return {};
  return {
    contentBasedDeduplication: deduplication === "content" ? true : undefined,
    ...(throughput === "high"
      ? { deduplicationScope: "messageGroup", fifoThroughputLimit: "perMessageGroupId" }
      : {}),
  };
}

function checkProps(scope: Construct, props: QueueConsumerProps): void {
  const { handler, ordering = "standard", encryption = "customer-key" } = props;
  const checks = new Checks("queue-consumer", scope);
  checks.oneOf("ordering", ordering, ["standard", "fifo"]);
  checks.oneOf("deduplication", props.deduplication, ["id", "content"]);
  checks.oneOf("throughput", props.throughput, ["standard", "high"]);
  for (const setting of ["deduplication", "throughput"] as const) {
    checks.that(
      ordering === "fifo" || props[setting] === undefined,
      `${setting} is for FIFO queues: leave it out, or set ordering: "fifo"`,
    );
  }
  checkConsumedQueue(checks, props);
  checkConsumer(checks, handler, withDefaults(props), { ...props, ordering });
  checks.wholeNumber("alarmAtDepth", props.alarmAtDepth, { min: 1, max: Number.MAX_SAFE_INTEGER });
  checkEncryption(checks, scope, encryption);
  checks.done();
}
