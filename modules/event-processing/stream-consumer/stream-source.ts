import { KinesisStream } from "@cdktf/provider-aws/lib/kinesis-stream";
import { TerraformStack, Token } from "cdktf";
import { Construct } from "constructs";
import type { Handler } from "../../compute";
import {
  type Checks,
  factsOf,
  type Grantee,
  isOfType,
  type KeyRef,
  keyStatement,
  resolveIn,
  type StreamRef,
  sidOf,
} from "../../core";

/** A table that streams its changes: a `Table` with `stream`. */
export interface TableSource {
  readonly streamArn: string;
  grantStreamRead(grantee: Grantee): void;
}

/** A Kinesis stream: the resource of the bindings, or one by ARN and name, with its key where it has one of yours. */
export interface KinesisSource extends StreamRef {
  /** The customer-managed key that encrypts it. @default - Kinesis's own, or none */
  readonly key?: KeyRef;
}

export type StreamSource = TableSource | KinesisSource;

export function isTable(source: StreamSource): source is TableSource {
  return "streamArn" in source;
}

export function arnOfSource(source: StreamSource): string {
  return isTable(source) ? source.streamArn : source.arn;
}

/**
 * Lets a function's role read the stream, as Lambda does for it. For Kinesis five calls (Lambda developer guide, "Process
 * Amazon Kinesis Data Streams records with Lambda"): not `SubscribeToShard`, which consumers of their own throughput need,
 * and not `ListStreams`, which knows no resource and which Lambda does without where it is told the stream.
 */
export function allowReading(scope: Construct, handler: Handler, source: StreamSource): void {
  if (isTable(source)) {
    source.grantStreamRead(handler);
    return;
  }
  handler.allow(sidOf("read", "stream", pathOf(source, scope)), {
    actions: [
      "kinesis:DescribeStream",
      "kinesis:DescribeStreamSummary",
      "kinesis:GetRecords",
      "kinesis:GetShardIterator",
      "kinesis:ListShards",
    ],
    resources: [source.arn],
    caller: "service",
  });
  if (source.key === undefined) return;
  const through = { service: "kinesis", region: factsOf(scope).region } as const;
  handler.allow(
    sidOf("decrypt", pathOf(source.key, scope), "kinesis"),
    keyStatement(source.key, through, "kms:Decrypt"),
  );
}

/** The hours for which Kinesis keeps a record unless told otherwise. */
const DEFAULT_RETENTION_HOURS = 24;

/**
 * How long the stream keeps a record, where it is made here: a table's for a day (DynamoDB developer guide, "Change data
 * capture for DynamoDB Streams"), a Kinesis stream as long as it says. Undefined where only its owner, or Terraform, knows.
 */
export function retentionSecondsOf(scope: Construct, source: StreamSource): number | undefined {
  if (isTable(source)) return 86_400;
  const stream = madeHere(scope, source);
  if (stream === undefined) return undefined;
  const hours = stream.retentionPeriodInput ?? DEFAULT_RETENTION_HOURS;
  return Token.isUnresolved(hours) ? undefined : hours * 3600;
}

/** The stream of this stack that an ARN refers to: a source with a key is handed in by its ARN and name. */
function madeHere(scope: Construct, source: KinesisSource): KinesisStream | undefined {
  const isStream = (node: object) => isOfType<KinesisStream>(node, KinesisStream.tfResourceType);
  if (isStream(source)) return source;
  const arn = resolveIn(scope, source.arn);
  return TerraformStack.of(scope)
    .node.findAll()
    .filter(isStream)
    .find((stream) => resolveIn(scope, stream.arn) === arn);
}

/** Which consumers read a table's stream, by their paths. */
const readers = new WeakMap<TableSource, string[]>();
/**
 * Lambda developer guide, "Using AWS Lambda with Amazon DynamoDB", "Simultaneous readers of a shard in DynamoDB Streams", and
 * DynamoDB Streams API reference, LimitExceededException: more than two are throttled.
 */
const MOST_READERS = 2;

/** Records that a table's stream has as many readers as a shard serves. */
export function checkReaders(checks: Checks, source: StreamSource): void {
  if (!isTable(source)) return;
  const others = readers.get(source) ?? [];
  checks.that(
    others.length < MOST_READERS,
    `source is read by "${others.join('" and "')}" already, and DynamoDB throttles more than ${MOST_READERS} readers of a ` +
      "shard: have one of them hand the records on, to a FanOut or a bus, or do both things in one function",
  );
}

/** Notes that a consumer reads a table's stream, for whoever comes next. */
export function noteReader(scope: Construct, source: StreamSource): void {
  if (isTable(source)) readers.set(source, [...(readers.get(source) ?? []), scope.node.path]);
}

/** Of the thing itself where it is made here, or of who uses it. */
function pathOf(thing: object, user: Construct): string {
  return Construct.isConstruct(thing) ? thing.node.path : user.node.path;
}

/** Records what is no stream that Lambda could read with what it is told. */
export function checkSource(checks: Checks, source: StreamSource): void {
  if (isTable(source)) return;
  if (!Token.isUnresolved(source.arn)) {
    checks.matches(
      "source",
      source.arn,
      /^arn:[\w-]+:kinesis:[\w-]+:\d{12}:stream\/[\w.-]+$/,
      "a Kinesis stream by its ARN, or a table with `stream`",
    );
  }
  const { kmsKeyIdInput: key, encryptionTypeInput: encryption } = source as Partial<KinesisStream>;
  const managed = key === undefined || /(^|:)alias\/aws\//.test(key);
  checks.that(
    encryption !== "KMS" || managed || source.key !== undefined,
    "source is encrypted with a key that the handler is not allowed to use, so that nothing would be read: hand in " +
      "{ arn, name, key }",
  );
}
