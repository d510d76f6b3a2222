import { LambdaEventSourceMapping } from "@cdktf/provider-aws/lib/lambda-event-source-mapping";
import type { SqsQueue } from "@cdktf/provider-aws/lib/sqs-queue";
import { Construct } from "constructs";
import type { Handler } from "../../compute";
import { Checks, sidOf } from "../../core";
import { checkFilters, type EventConditions, filterCriteria } from "../event-filter";
import { checkFedOnce, checkSameStack, noteFeeder } from "../feeders";
import { alarmOnIteratorAge, alarmOnLostFailures } from "../function-alarms";
import { alarmOnDepth } from "../queue-alarms";
import { deadLetterQueue } from "../queues";
import {
  allowReading,
  arnOfSource,
  checkReaders,
  checkSource,
  isTable,
  type KinesisSource,
  noteReader,
  retentionSecondsOf,
  type TableSource,
} from "./stream-source";

export interface StreamConsumerProps {
  /** Runs for each batch of one shard, in order, and answers with the first record that failed: `{ batchItemFailures: […] }`. */
  readonly handler: Handler;
  /** A `Table` with `stream`, or a Kinesis stream. */
  readonly source: TableSource | KinesisSource;
  /** Where a new consumer begins: `"TRIM_HORIZON"` with the oldest record there is, `"LATEST"` with what comes after it was
   * made, which may miss records of its first minutes. Changing it replaces the mapping. */
  readonly startingPosition: "TRIM_HORIZON" | "LATEST";
  /** Records at once, 1 to 10,000. @default 100 */
  readonly batchSize?: number;
  /** Seconds to wait for a fuller batch, 0 to 300. @default 0 */
  readonly batchingWindowSeconds?: number;
  /** Batches of one shard at once, 1 to 10; records of one key stay in order. @default 1 */
  readonly parallelizationFactor?: number;
  /** Times that a failed batch is tried again, 0 to 10,000; halving it does not count. @default 5 */
  readonly maximumRetries?: number;
  /**
   * Seconds after which a record is set aside untried, 60 to 604,800, and no more than the stream keeps: of a table, and of a
   * Kinesis stream without a retention of its own, 86,400. Left at its default it leaves 18 hours
   * to fetch the record from a stream that keeps a day. @default 21,600
   */
  readonly maximumRecordAgeSeconds?: number;
  /**
   * Which records reach the handler; one of at most five must match. Of a table by the record itself, such as
   * `[{ eventName: ["INSERT"], dynamodb: { NewImage: { kind: { S: ["order"] } } } }]`; of a Kinesis stream by its JSON data,
   * such as `[{ kind: ["order"] }]`, without the `data` that AWS's examples put around it: data that is no JSON matches
   * nothing. @default - every record
   */
  readonly filter?: readonly EventConditions[];
  /** Age in seconds of the last record of a batch at which the alarm goes off, 1 or more. @default 900 */
  readonly alarmAtAgeSeconds?: number;
}

/**
 * A function that reads a stream in order: `table or Kinesis stream → mapping (filter) → function`, and what failed every
 * try, halved down to the record, `→ failures → alarm`.
 *
 * A record that fails holds up its shard until its tries are used up or it is too old: both are finite here, where AWS tries
 * for ever. **The queue of failures holds positions, not data**: the stream, shard and sequence numbers by which the records
 * are fetched while the stream still has them. SQS encrypts it; there is nothing of yours in it.
 * Makes a mapping, a queue, and alarms on failures and on age, and once a function one on what could not even be set aside
 * (0.10 USD a month each).
 */
export class StreamConsumer extends Construct {
  readonly mapping: LambdaEventSourceMapping;
  /** Where records that failed every try are told of, kept for 14 days. */
  readonly failures: SqsQueue;

  constructor(scope: Construct, id: string, props: StreamConsumerProps) {
    super(scope, id);
    const { handler, source } = props;
    checkProps(this, props);
    noteFeeder(this, handler, { arn: arnOfSource(source) });
    noteReader(this, source);
    allowReading(this, handler, source);
    this.failures = this.makeFailures(handler);
    alarmOnIteratorAge(this, "age-alarm", handler, props.alarmAtAgeSeconds ?? 900);
    this.mapping = new LambdaEventSourceMapping(this, "Default", {
      eventSourceArn: arnOfSource(source),
      functionName: handler.lambda.arn,
      startingPosition: props.startingPosition,
      batchSize: props.batchSize ?? 100,
      maximumBatchingWindowInSeconds: props.batchingWindowSeconds ?? 0,
      parallelizationFactor: props.parallelizationFactor ?? 1,
      bisectBatchOnFunctionError: true,
      maximumRetryAttempts: props.maximumRetries ?? 5,
      maximumRecordAgeInSeconds: props.maximumRecordAgeSeconds ?? 21_600,
      functionResponseTypes: ["ReportBatchItemFailures"],
      filterCriteria: filterCriteria(props.filter, fieldOf(props)),
      destinationConfig: { onFailure: { destinationArn: this.failures.arn } },
      // AWS tries both at creation: reading, and sending to the queue.
      dependsOn: [handler.permissions],
    });
  }

  private makeFailures(handler: Handler): SqsQueue {
    const queue = deadLetterQueue(this, "failures", { ordering: "standard" });
    handler.allow(sidOf("set", "aside", this.node.path), {
      actions: ["sqs:SendMessage"],
      resources: [queue.arn],
      caller: "service",
    });
    alarmOnDepth(this, "failures-alarm", queue, `Records of ${this.node.path} failed every try`);
    alarmOnLostFailures(handler);
    return queue;
  }
}

/** Where in a record the filter looks: a table's is written out whole, a Kinesis stream's for its data. */
function fieldOf({ source }: StreamConsumerProps): "data" | undefined {
  return isTable(source) ? undefined : "data";
}

/** Lambda API reference, CreateEventSourceMapping. */
const MAXIMUM_AGE_SECONDS = 604_800;
const FINITE = "AWS's -1 holds up the shard until the stream forgets the record";

function checkProps(scope: Construct, props: StreamConsumerProps): void {
  const { handler, source } = props;
  const checks = new Checks("stream-consumer", scope);
  checkSameStack(checks, scope, handler, "stream-consumer");
  checkSource(checks, source);
  checkFedOnce(checks, scope, handler, { arn: arnOfSource(source) });
  checkReaders(checks, source);
  checks.oneOf("startingPosition", props.startingPosition, ["TRIM_HORIZON", "LATEST"]);
  checks.wholeNumber("batchSize", props.batchSize, { min: 1, max: 10_000 });
  checks.wholeNumber("batchingWindowSeconds", props.batchingWindowSeconds, { min: 0, max: 300 });
  checks.wholeNumber("parallelizationFactor", props.parallelizationFactor, { min: 1, max: 10 });
  checks.wholeNumber("maximumRetries", props.maximumRetries, { min: 0, max: 10_000 }, FINITE);
  checkAge(checks, scope, props);
  checkFilters(checks, "filter", props.filter, fieldOf(props));
  if (isTable(source)) checkRecordFilters(checks, props.filter);
  checks.wholeNumber("alarmAtAgeSeconds", props.alarmAtAgeSeconds, { min: 1, max: 604_800 });
  checks.done();
}

/** What is set aside is fetched from the stream: an age that the stream does not keep sets aside nothing but lost positions. */
function checkAge(
  checks: Checks,
  scope: Construct,
  { source, maximumRecordAgeSeconds }: StreamConsumerProps,
): void {
  const kept = retentionSecondsOf(scope, source) ?? MAXIMUM_AGE_SECONDS;
  const remedy = isTable(source)
    ? "a table's stream forgets records after 24 hours, and what is set aside later is lost"
    : `the stream forgets records after ${kept / 3600} hours, and what is set aside later is lost: raise its retention`;
  checks.wholeNumber(
    "maximumRecordAgeSeconds",
    maximumRecordAgeSeconds,
    { min: 60, max: Math.min(kept, MAXIMUM_AGE_SECONDS) },
    kept < MAXIMUM_AGE_SECONDS ? remedy : FINITE,
  );
}

/** Of a table's record, Lambda filters by these (Lambda developer guide, "Using event filtering with a DynamoDB event source"). */
const RECORD_FIELDS = ["dynamodb", "eventName", "$or"];

function checkRecordFilters(checks: Checks, filters: StreamConsumerProps["filter"] = []): void {
  for (const [index, each] of filters.entries()) {
    const unknown = Object.keys(each ?? {}).filter((name) => !RECORD_FIELDS.includes(name));
    checks.that(
      unknown.length === 0,
      `filter[${index}] names ${unknown.join(", ")}, and a table's record has eventName and dynamodb: write ` +
        "{ dynamodb: { NewImage: { kind: { S: [ … ] } } } }",
    );
  }
}
