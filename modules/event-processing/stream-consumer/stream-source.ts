import type { KinesisStream } from "@cdktf/provider-aws/lib/kinesis-stream";
import { Token } from "cdktf";
import { Construct } from "constructs";
import type { Handler } from "../../compute";
import { type Checks, factsOf, type Grantee, type KeyRef, type StreamRef, sidOf } from "../../core";

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
  // By the key and not by the stream: streams that share one ask for the same statement.
  handler.allow(sidOf("decrypt", pathOf(source.key, scope), "kinesis"), {
    actions: ["kms:Decrypt"],
    resources: [source.key.arn],
    conditions: { StringEquals: { "kms:ViaService": `kinesis.${factsOf(scope).region}.amazonaws.com` } },
    caller: "service",
  });
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
