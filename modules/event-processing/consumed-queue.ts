import { LambdaEventSourceMapping } from "@cdktf/provider-aws/lib/lambda-event-source-mapping";
import type { SqsQueue } from "@cdktf/provider-aws/lib/sqs-queue";
import { SqsQueueRedriveAllowPolicy } from "@cdktf/provider-aws/lib/sqs-queue-redrive-allow-policy";
import { Lazy } from "cdktf";
import { Construct } from "constructs";
import type { Handler } from "../compute";
import { Checks, decryptStatement, sidOf } from "../core";
import { alarmOnAge, alarmOnDepth } from "./queue-alarms";
import { DEAD_LETTER_RETENTION_SECONDS, deadLetterQueue, type QueueMould, queue } from "./queues";

export interface ConsumedQueueProps {
  /** Deliveries tried before a message is set aside, 1 to 1,000. @default 5 */
  readonly maxReceives?: number;
  /**
   * Seconds that a delivered message stays hidden, 0 to 43,200.
   * @default - six times the consumer's timeout plus its batching window, or 30 without a consumer
   */
  readonly visibilityTimeoutSeconds?: number;
  /** Seconds that an unread message is kept, 60 up to below the 14 days of its dead-letter queue. @default 345,600 */
  readonly retentionSeconds?: number;
  /** Age in seconds of the oldest message at which the alarm goes off. @default 900 */
  readonly alarmAtAgeSeconds?: number;
}

/** How a consumer takes messages. */
export interface ConsumeOptions {
  /** Messages at once: 1 to 10,000, above 10 with a window; FIFO 1 to 10. @default 10 */
  readonly batchSize?: number;
  /** Seconds to wait for a fuller batch, 0 to 300; FIFO knows none. @default 0 */
  readonly batchingWindowSeconds?: number;
  /** Copies of the function that this queue may keep busy, 2 to 1,000. @default - as many as the account has */
  readonly maximumConcurrency?: number;
}

/** AWS advises six tries' time: a throttled batch is retried within it (Lambda guide, "Using Lambda with Amazon SQS"). */
const VISIBILITY_PER_TIMEOUT = 6;
const DEFAULT_VISIBILITY_SECONDS = 30;

/** The faults of a queue's props, each name with its `prefix`. */
export function checkConsumedQueue(checks: Checks, props: ConsumedQueueProps, prefix = ""): void {
  checks.wholeNumber(`${prefix}maxReceives`, props.maxReceives, { min: 1, max: 1000 });
  checks.wholeNumber(`${prefix}visibilityTimeoutSeconds`, props.visibilityTimeoutSeconds, {
    min: 0,
    max: 43_200,
  });
  checks.wholeNumber(
    `${prefix}retentionSeconds`,
    props.retentionSeconds,
    { min: 60, max: DEAD_LETTER_RETENTION_SECONDS - 1 },
    "the dead-letter queue keeps messages for 14 days counted from when they were sent, and must outlast the queue",
  );
  checks.wholeNumber(`${prefix}alarmAtAgeSeconds`, props.alarmAtAgeSeconds, {
    min: 1,
    max: DEAD_LETTER_RETENTION_SECONDS,
  });
}

/**
 * A queue to be consumed: `queue → consumer`, and after `maxReceives` tries `→ dead-letter queue → alarm`.
 * Makes both queues, their TLS-only policies, the redrive policies of both sides, and two alarms: on a message set
 * aside, and on one that waits too long.
 */
export class ConsumedQueue extends Construct {
  readonly queue: SqsQueue;
  /** Messages that failed `maxReceives` times, kept for 14 days. */
  readonly deadLetters: SqsQueue;
  /** Set by `consumeWith`. */
  consumer?: LambdaEventSourceMapping;
  private neededVisibilitySeconds = DEFAULT_VISIBILITY_SECONDS;
  private readonly given: ConsumedQueueProps;
  private readonly mould: QueueMould;

  constructor(scope: Construct, id: string, mould: QueueMould, props: ConsumedQueueProps) {
    super(scope, id);
    this.given = props;
    this.mould = mould;
    this.deadLetters = deadLetterQueue(this, "dead-letters", mould);
    this.queue = queue(this, "Default", mould, {
      messageRetentionSeconds: props.retentionSeconds ?? 345_600,
      visibilityTimeoutSeconds: Lazy.numberValue({
        produce: () => props.visibilityTimeoutSeconds ?? this.neededVisibilitySeconds,
      }),
      redrivePolicy: JSON.stringify({
        deadLetterTargetArn: this.deadLetters.arn,
        maxReceiveCount: props.maxReceives ?? 5,
      }),
    });
    // A resource of its own: inline, each queue would name the other.
    new SqsQueueRedriveAllowPolicy(this, "redrive-allow", {
      queueUrl: this.deadLetters.url,
      redriveAllowPolicy: JSON.stringify({ redrivePermission: "byQueue", sourceQueueArns: [this.queue.arn] }),
    });
    alarmOnDepth(
      this,
      "dead-letters-alarm",
      this.deadLetters,
      `Messages of ${this.node.path} failed every try`,
    );
    alarmOnAge(this, "age-alarm", this.queue, props.alarmAtAgeSeconds ?? 900);
  }

  /**
   * Runs the handler for each batch. It answers with the messages that failed; the others are done.
   *
   * Allows the handler: `sqs:ReceiveMessage`, `sqs:DeleteMessage`, `sqs:GetQueueAttributes`, and `kms:Decrypt` on the
   * queue's key. The mapping waits for that policy: AWS tries it at creation (terraform-provider-aws#14042).
   * @throws Error on a second consumer, on limits of AWS, and on a visibility timeout given below what the handler needs
   */
  consumeWith(handler: Handler, options: ConsumeOptions = {}): LambdaEventSourceMapping {
    const { batchSize = 10, batchingWindowSeconds = 0, maximumConcurrency } = options;
    this.neededVisibilitySeconds = VISIBILITY_PER_TIMEOUT * handler.timeoutSeconds + batchingWindowSeconds;
    this.checkConsumer(handler, { batchSize, batchingWindowSeconds, maximumConcurrency });
    handler.allow(sidOf("consume", this.node.path), {
      actions: ["sqs:DeleteMessage", "sqs:GetQueueAttributes", "sqs:ReceiveMessage"],
      resources: [this.queue.arn],
      caller: "service",
    });
    if (this.mould.key !== undefined)
      handler.allow(sidOf("read", this.mould.key.node.path), decryptStatement(this.mould.key));
    this.consumer = new LambdaEventSourceMapping(this, "consumer", {
      eventSourceArn: this.queue.arn,
      functionName: handler.lambda.arn,
      batchSize,
      maximumBatchingWindowInSeconds: batchingWindowSeconds,
      functionResponseTypes: ["ReportBatchItemFailures"],
      scalingConfig: maximumConcurrency === undefined ? undefined : { maximumConcurrency },
      dependsOn: [handler.permissions],
    });
    return this.consumer;
  }

  private checkConsumer(
    handler: Handler,
    { batchSize, batchingWindowSeconds, maximumConcurrency }: ConsumeOptions & { readonly batchSize: number },
  ): void {
    const fifo = this.mould.ordering === "fifo";
    const needed = this.neededVisibilitySeconds;
    const { visibilityTimeoutSeconds: given } = this.given;
    const checks = new Checks("consumer", this);
    checks.that(
      this.consumer === undefined,
      "has a consumer already, and two would share the messages: subscribe a second queue",
    );
    if (fifo) {
      checks.wholeNumber(
        "batchSize",
        batchSize,
        { min: 1, max: 10 },
        "a FIFO queue hands out ten messages at most",
      );
      checks.that(
        batchingWindowSeconds === 0,
        `batchingWindowSeconds must be 0 on a FIFO queue, got ${batchingWindowSeconds}`,
      );
    } else {
      checks.wholeNumber("batchSize", batchSize, { min: 1, max: 10_000 });
      checks.wholeNumber("batchingWindowSeconds", batchingWindowSeconds, { min: 0, max: 300 });
      checks.that(
        batchSize <= 10 || batchingWindowSeconds !== 0,
        `batchSize ${batchSize} needs a batchingWindowSeconds of at least 1: without a window AWS takes 10 at most`,
      );
    }
    checks.wholeNumber("maximumConcurrency", maximumConcurrency, { min: 2, max: 1000 });
    checks.that(
      maximumConcurrency === undefined ||
        handler.reservedConcurrency === undefined ||
        maximumConcurrency <= handler.reservedConcurrency,
      `maximumConcurrency ${maximumConcurrency} exceeds the handler's reservedConcurrency ${handler.reservedConcurrency}: ` +
        "the throttled tries would count as receives and fill the dead-letter queue",
    );
    checks.that(
      given === undefined || given >= needed,
      `visibilityTimeoutSeconds must be at least ${needed} (6 × the handler's timeout of ${handler.timeoutSeconds} s + ` +
        `the window of ${batchingWindowSeconds} s), got ${given}: leave it out to have it derived`,
    );
    checks.done();
  }
}
