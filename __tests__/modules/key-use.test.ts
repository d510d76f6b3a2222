import { IamRolePolicy } from "@cdktf/provider-aws/lib/iam-role-policy";
import { KinesisStream } from "@cdktf/provider-aws/lib/kinesis-stream";
import { KmsKey } from "@cdktf/provider-aws/lib/kms-key";
import { KmsKeyPolicy } from "@cdktf/provider-aws/lib/kms-key-policy";
import { AwsProvider } from "@cdktf/provider-aws/lib/provider";
import { SnsTopic } from "@cdktf/provider-aws/lib/sns-topic";
import { SqsQueue } from "@cdktf/provider-aws/lib/sqs-queue";
import type { Construct } from "constructs";
import { OtherRegion, ServiceRole } from "../../modules/core";
import {
  FanOut,
  QueueConsumer,
  queueTarget,
  streamTarget,
  topicTarget,
} from "../../modules/event-processing";
import { IngestStream } from "../../modules/event-processing/stream-ingest-api/ingest-stream";
import { Bucket, Table } from "../../modules/storage";
import { synthesize } from "../../testing";
import { someHandler } from "../support/some-handler";
import { viaService } from "../support/via-service";

/** A role at home, and a place and a provider in another region. */
interface World {
  readonly role: ServiceRole;
  readonly there: Construct;
  readonly provider: AwsProvider;
}

const world = (use: (world: World) => void) =>
  synthesize((stack) => {
    const provider = new AwsProvider(stack, "there", { region: "us-east-1", alias: "there" });
    const there = new OtherRegion(stack, "us-east-1", { region: "us-east-1", provider });
    use({ there, provider, role: new ServiceRole(stack, "role", { service: "ec2.amazonaws.com" }) });
  });

const keyConditions = (policy: unknown) =>
  (JSON.parse(policy as string).Statement as Record<string, unknown>[])
    .filter(({ Action }) => [Action].flat().some((action) => /^kms:(Decrypt|Gen)/.test(action as string)))
    .map(({ Condition }) => Condition);

const through = (service: string) => ({ StringEquals: viaService(service, "us-east-1") });

describe("a key of another region", () => {
  it.each<[string, string, (world: World) => void]>([
    [
      "sends to a queue",
      "sqs",
      ({ there, role }) => new QueueConsumer(there, "q", { handler: someHandler(there) }).grantSend(role),
    ],
    [
      "publishes to a topic",
      "sns",
      ({ there, role }) => new FanOut(there, "t", { subscribers: { billing: {} } }).grantPublish(role),
    ],
    ["reads objects", "s3", ({ there, role }) => new Bucket(there, "b").grant(role, "", "GetObject")],
    [
      "reads items",
      "dynamodb",
      ({ there, role }) => new Table(there, "t", { partitionKey: "id" }).grant(role, "GetItem"),
    ],
    ["puts records", "kinesis", ({ there, role }) => new IngestStream(there, "s", {}).grantPut(role)],
    [
      "sends to a queue with a provider of its own",
      "sqs",
      ({ provider, role }) => {
        const { arn: kmsMasterKeyId } = new KmsKey(provider, "k", { provider });
        queueTarget(new SqsQueue(provider, "q", { provider, kmsMasterKeyId })).bindToSchedule(role);
      },
    ],
    [
      "publishes to a topic with a provider of its own",
      "sns",
      ({ provider, role }) => {
        const { arn: kmsMasterKeyId } = new KmsKey(provider, "k", { provider });
        topicTarget(new SnsTopic(provider, "t", { provider, kmsMasterKeyId })).bindToSchedule(role);
      },
    ],
    [
      "puts into a stream with a provider of its own",
      "kinesis",
      ({ provider, role }) => {
        const { arn: kmsKeyId } = new KmsKey(provider, "k", { provider });
        streamTarget(new KinesisStream(provider, "s", { name: "s", provider, kmsKeyId })).bindToSchedule(
          role,
        );
      },
    ],
  ])("is used by a role at home that %s through %s of that region", (_, service, use) => {
    const result = world(use);
    expect(keyConditions(result.at("role/policy", IamRolePolicy).policy)).toEqual([through(service)]);
  });

  it("is used by a queue's function through SQS of that region", () => {
    const result = world(({ there, role }) => {
      new QueueConsumer(there, "q", { handler: someHandler(there) }).grantSend(role);
    });
    const { policy } = result.at("us-east-1/handler-role/policy", IamRolePolicy);
    expect(keyConditions(policy)).toEqual([through("sqs")]);
  });

  it("is used by publishers of another account through SNS of that region", () => {
    const result = world(({ there, role }) => {
      const fanOut = new FanOut(there, "t", { subscribers: { billing: {} } });
      fanOut.allowPublishFromAccount("210987654321");
      fanOut.grantPublish(role);
    });
    expect(keyConditions(result.one(KmsKeyPolicy).policy)).toContainEqual(through("sns"));
  });
});
