import { KinesisStream } from "@cdktf/provider-aws/lib/kinesis-stream";
import { KmsKey } from "@cdktf/provider-aws/lib/kms-key";
import { LambdaEventSourceMapping } from "@cdktf/provider-aws/lib/lambda-event-source-mapping";
import { LambdaFunction } from "@cdktf/provider-aws/lib/lambda-function";
import { SnsTopic } from "@cdktf/provider-aws/lib/sns-topic";
import { SqsQueue } from "@cdktf/provider-aws/lib/sqs-queue";
import type { TerraformStack } from "cdktf";
import { type Handler, NodeFunction, type NoVariables } from "../../modules/compute";
import { StreamConsumer, type StreamConsumerProps } from "../../modules/event-processing";
import { Table } from "../../modules/storage";
import { checkEdges, edgeMatchers, synthesize } from "../../testing";
import { mutated, mutationsIn } from "../support/permission-mutation/mutations";

expect.extend(edgeMatchers);

const ACCOUNT = "123456789012";
const handler = (stack: TerraformStack) =>
  new NodeFunction<NoVariables>(stack, "handler", { source: "billing", environment: {} });

type Source = StreamConsumerProps["source"];

const table = (stack: TerraformStack): Source =>
  new Table(stack, "table", { partitionKey: "id", stream: "NEW_IMAGE" });

function encryptedStream(stack: TerraformStack): Source {
  const key = new KmsKey(stack, "key", { enableKeyRotation: true });
  const made = new KinesisStream(stack, "stream", { name: "s", encryptionType: "KMS", kmsKeyId: key.arn });
  return { arn: made.arn, name: made.name, key };
}

/** A consumer of a source, whose role may do what it must and whatever else. */
const consumer = (source: (stack: TerraformStack) => Source, extra?: Parameters<Handler["allow"]>[1]) =>
  synthesize((stack) => {
    const made = handler(stack);
    if (extra !== undefined) made.allow("Extra", extra);
    new StreamConsumer(stack, "consumer", {
      handler: made,
      source: source(stack),
      startingPosition: "LATEST",
    });
  });

/** What is missing once each permission of the handler's role but its log and traces is gone. */
function missing(source: (stack: TerraformStack) => Source): readonly string[] {
  const stack = consumer(source);
  return mutationsIn(stack)
    .filter(({ policy, sid }) => policy.path === "handler/role/policy" && !/^Write/.test(sid))
    .filter(({ part, policy: { statements }, sid }) => {
      const [statement] = statements.filter(({ Sid }) => Sid === sid);
      return part === "action" || (part === "statement" && typeof statement?.Action === "string");
    })
    .map((mutation) => {
      const { unpermitted } = checkEdges({ json: mutated(stack, mutation) });
      return unpermitted.map(({ kind, why }) => `${kind}: ${why}`).join("; ");
    });
}

describe("a mapping of a table's stream", () => {
  it("permits its edges and no more", () => {
    expect(consumer(table)).toPermitItsEdges();
  });

  it("needs four calls on the stream, the table's key and the queue of failures", () => {
    const reads = (action: string) =>
      `event source mapping reads table's stream: nothing allows dynamodb:${action}`;
    expect(missing(table)).toEqual([
      "event source mapping decrypts table's stream: nothing allows kms:Decrypt",
      reads("DescribeStream"),
      reads("GetRecords"),
      reads("GetShardIterator"),
      reads("ListStreams"),
      "function sets failed records aside in queue: nothing allows sqs:SendMessage",
    ]);
  });

  it("asks for the streams of its table at most, and for no item of it", () => {
    const unasked = (actions: readonly string[], resources: readonly string[]) =>
      checkEdges(consumer(table, { actions, resources })).unasked.map(
        ({ action, why }) => `${action}: ${why}`,
      );
    const streams = `arn:aws:dynamodb:eu-west-1:${ACCOUNT}:table/test_table/stream/*`;
    expect(unasked(["dynamodb:GetRecords"], [streams])).toEqual([
      'dynamodb:GetRecords: "Extra" says it already',
    ]);
    expect(unasked(["dynamodb:GetRecords"], ["*"])).toEqual([
      expect.stringMatching(/^dynamodb:GetRecords: wider than what is asked for/),
    ]);
    expect(unasked(["dynamodb:GetItem"], [streams.replace("/stream/*", "")])).toEqual([
      "dynamodb:GetItem: nothing here asks for it",
    ]);
  });
});

describe("a mapping of a Kinesis stream", () => {
  it("permits its edges and no more", () => {
    expect(consumer(encryptedStream)).toPermitItsEdges();
  });

  it("needs five calls on the stream, its key and the queue of failures", () => {
    const reads = (action: string) =>
      `event source mapping reads Kinesis stream: nothing allows kinesis:${action}`;
    expect(missing(encryptedStream)).toEqual([
      "event source mapping decrypts Kinesis stream: nothing allows kms:Decrypt",
      reads("DescribeStream"),
      reads("DescribeStreamSummary"),
      reads("GetRecords"),
      reads("GetShardIterator"),
      reads("ListShards"),
      "function sets failed records aside in queue: nothing allows sqs:SendMessage",
    ]);
  });

  it("needs no key where Kinesis's own encrypts the stream", () => {
    const kinds = checkEdges(
      consumer(
        (stack) =>
          new KinesisStream(stack, "stream", {
            name: "s",
            encryptionType: "KMS",
            kmsKeyId: "alias/aws/kinesis",
          }),
      ),
    ).edges.map(({ kind }) => kind);
    expect(kinds).toContain("event source mapping reads Kinesis stream");
    expect(kinds).not.toContain("event source mapping decrypts Kinesis stream");
  });

  it("may read with a throughput of its own, which nobody must allow", () => {
    const resources = [`arn:aws:kinesis:eu-west-1:${ACCOUNT}:stream/s`];
    const { unasked } = checkEdges(
      consumer(encryptedStream, { actions: ["kinesis:SubscribeToShard"], resources }),
    );
    expect(unasked).toEqual([]);
  });
});

describe("a mapping in raw bindings", () => {
  const mapped = (sourceArn: string, destinationArn: (stack: TerraformStack) => string) =>
    checkEdges(
      synthesize((stack) => {
        new LambdaEventSourceMapping(stack, "mapping", {
          eventSourceArn: sourceArn,
          functionName: new LambdaFunction(stack, "f", { functionName: "f", role: "arn:aws:iam::1:role/r" })
            .arn,
          destinationConfig: { onFailure: { destinationArn: destinationArn(stack) } },
        });
      }),
    );

  it.each([
    `arn:aws:dynamodb:eu-west-1:${ACCOUNT}:table/t/stream/2020`,
    `arn:aws:kinesis:eu-west-1:${ACCOUNT}:stream/s`,
  ])("is unresolved where %s stands elsewhere", (arn) => {
    const { unresolved } = mapped(arn, (stack) => new SqsQueue(stack, "q", { name: "q" }).arn);
    expect(unresolved.map(({ why }) => why)).toContain(`${arn} is not in these stacks`);
  });

  it("may set aside in a topic", () => {
    const { edges } = mapped(
      `arn:aws:kinesis:eu-west-1:${ACCOUNT}:stream/s`,
      (stack) => new SnsTopic(stack, "t", { name: "t" }).arn,
    );
    expect(edges.map(({ kind }) => kind)).toContain("function sets failed records aside in topic");
  });
});
