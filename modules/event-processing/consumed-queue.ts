import type { LambdaEventSourceMapping } from "@cdktf/provider-aws/lib/lambda-event-source-mapping";
import type { SqsQueue } from "@cdktf/provider-aws/lib/sqs-queue";
import { SqsQueueRedriveAllowPolicy } from "@cdktf/provider-aws/lib/sqs-queue-redrive-allow-policy";
import { Lazy, Token } from "cdktf";
import { Construct } from "constructs";
import type { Handler } from "../compute";
import { allowKeyUse, Checks, regionOf, sidOf } from "../core";
import {
  type ConsumeOptions,
  checkConsumer,
  checkRetention,
  eventSource,
  neededVisibilitySeconds,
  withDefaults,
} from "./consumer";
import { noteListener } from "./listeners";
import { alarmOnAge, alarmOnDepth } from "./queue-alarms";
import {
  DEAD_LETTER_RETENTION_SECONDS,
  DEFAULT_RETENTION_SECONDS,
  deadLetterQueue,
  type FifoSettings,
  type QueueMould,
  queue,
} from "./queues";

export interface ConsumedQueueProps {
  /** Deliveries tried before a message is set aside, 1 to 1,000; at least 5 for a function. @default 5 */
  readonly maxReceives?: number;
  /**
   * Seconds that a delivered message stays hidden, 0 to 43,200.
   * @default - six times the consumer's timeout plus its batching window, or 30 without a consumer
   */
  readonly visibilityTimeoutSeconds?: number;
  /** Seconds that an unread message is kept, 60 up to below the 14 days of its dead-letter queue, and as long as all its tries
   * take: `maxReceives` × the visibility timeout. @default 345,600 */
  readonly retentionSeconds?: number;
  /**
   * Age in seconds of the oldest message at which the alarm goes off.
   * @default - 900, or twice the visibility timeout where that is more and known at synthesis
   */
  readonly alarmAtAgeSeconds?: number;
}

const DEFAULT_VISIBILITY_SECONDS = 30;
const DEFAULT_ALARM_AGE_SECONDS = 900;

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
  if (props.visibilityTimeoutSeconds !== undefined) {
    checkRetention(checks, prefix, props, props.visibilityTimeoutSeconds);
  }
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
  private mapping?: LambdaEventSourceMapping;
  private derivedVisibilitySeconds = DEFAULT_VISIBILITY_SECONDS;
  private readonly given: ConsumedQueueProps;
  private readonly mould: QueueMould;

  /** @param fifo of the queue; its dead-letter queue keeps the deduplication ids that messages have */
  constructor(
    scope: Construct,
    id: string,
    mould: QueueMould,
    props: ConsumedQueueProps,
    fifo: FifoSettings = {},
  ) {
    super(scope, id);
    this.given = props;
    this.mould = mould;
    this.deadLetters = deadLetterQueue(this, "dead-letters", mould);
    this.queue = queue(this, "Default", mould, {
      messageRetentionSeconds: props.retentionSeconds ?? DEFAULT_RETENTION_SECONDS,
      visibilityTimeoutSeconds: Lazy.numberValue({ produce: () => this.visibilitySeconds }),
      redrivePolicy: JSON.stringify({
        deadLetterTargetArn: this.deadLetters.arn,
        maxReceiveCount: props.maxReceives ?? 5,
      }),
      ...fifo,
    });
    // A resource of its own: inline, each queue would name the other.
    new SqsQueueRedriveAllowPolicy(this, "redrive-allow", {
      queueUrl: this.deadLetters.url,
      redriveAllowPolicy: JSON.stringify({ redrivePermission: "byQueue", sourceQueueArns: [this.queue.arn] }),
    });
    this.node.addValidation({ validate: () => this.faultsWithoutConsumer() });
    alarmOnDepth(
      this,
      "dead-letters-alarm",
      this.deadLetters,
      `Messages of ${this.node.path} failed every try`,
    );
    alarmOnAge(this, "age-alarm", this.queue, Lazy.numberValue({ produce: () => this.alarmAgeSeconds }));
  }

  /** What takes the messages; none before `consumeWith`. */
  get consumer(): LambdaEventSourceMapping | undefined {
    return this.mapping;
  }

  private get visibilitySeconds(): number {
    return this.given.visibilityTimeoutSeconds ?? this.derivedVisibilitySeconds;
  }

  /** A message that failed once is hidden for the visibility timeout: an alarm below twice that would call at one retry. */
  private get alarmAgeSeconds(): number {
    const { alarmAtAgeSeconds } = this.given;
    if (alarmAtAgeSeconds !== undefined || Token.isUnresolved(this.visibilitySeconds)) {
      return alarmAtAgeSeconds ?? DEFAULT_ALARM_AGE_SECONDS;
    }
    return Math.max(DEFAULT_ALARM_AGE_SECONDS, 2 * this.visibilitySeconds);
  }

  /** With a consumer of ours, how long a message is hidden was known, and checked, when it was given or derived. */
  private faultsWithoutConsumer(): string[] {
    const checks = new Checks("queue", this);
    if (this.mapping === undefined && this.given.visibilityTimeoutSeconds === undefined) {
      checkRetention(checks, "", this.given, DEFAULT_VISIBILITY_SECONDS);
    }
    return checks.messages();
  }

  /**
   * Runs the handler for each batch. It answers with the messages that failed; the others are done.
   *
   * Allows the handler: `sqs:ReceiveMessage`, `sqs:DeleteMessage`, `sqs:GetQueueAttributes`, and `kms:Decrypt` on the
   * queue's key, through SQS. The mapping waits for that policy: AWS tries it at creation (terraform-provider-aws#14042). It
   * stands beside the function, which may live in another stack than the queue.
   * @throws Error on a second consumer, on limits of AWS, and on a visibility timeout given below what the handler needs
   */
  consumeWith(handler: Handler, options: ConsumeOptions = {}): LambdaEventSourceMapping {
    const { key, ordering } = this.mould;
    const consumption = withDefaults(options);
    const checks = new Checks("consumer", this);
    checks.that(
      this.mapping === undefined,
      "has a consumer already, and two would share the messages: subscribe a second queue",
    );
    checkConsumer(checks, handler, consumption, { ...this.given, ordering });
    checks.done();
    if (this.given.visibilityTimeoutSeconds === undefined) {
      this.derivedVisibilitySeconds = neededVisibilitySeconds(handler, consumption);
    }
    handler.allow(sidOf("consume", this.node.path), {
      actions: ["sqs:DeleteMessage", "sqs:GetQueueAttributes", "sqs:ReceiveMessage"],
      resources: [this.queue.arn],
      caller: "service",
    });
    if (key !== undefined)
      allowKeyUse(handler, key, { service: "sqs", region: regionOf(this.queue) }, "kms:Decrypt");
    if (options.filter === undefined) noteListener(this.queue, { handler });
    this.mapping = eventSource(handler, this.queue, consumption);
    return this.mapping;
  }
}
