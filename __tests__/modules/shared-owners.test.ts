import { KmsKey } from "@cdktf/provider-aws/lib/kms-key";
import { KmsKeyPolicy } from "@cdktf/provider-aws/lib/kms-key-policy";
import { S3BucketNotification } from "@cdktf/provider-aws/lib/s3-bucket-notification";
import { S3BucketPolicy } from "@cdktf/provider-aws/lib/s3-bucket-policy";
import { SnsTopic } from "@cdktf/provider-aws/lib/sns-topic";
import { SnsTopicPolicy } from "@cdktf/provider-aws/lib/sns-topic-policy";
import { SqsQueue } from "@cdktf/provider-aws/lib/sqs-queue";
import { SqsQueuePolicy } from "@cdktf/provider-aws/lib/sqs-queue-policy";
import type { TerraformStack } from "cdktf";
import { NodeFunction, type NoVariables } from "../../modules/compute";
import {
  BucketNotifications,
  EventRouter,
  EventRules,
  FanOut,
  QueueConsumer,
  queueDestination,
  queueTarget,
  TopicConsumer,
  topicDestination,
  topicTarget,
} from "../../modules/event-processing";
import { Bucket } from "../../modules/storage";
import { edgeMatchers, type Synthesized, statementsOf, synthesize } from "../../testing";

expect.extend(edgeMatchers);

function shared(stack: TerraformStack) {
  const key = new KmsKey(stack, "key");
  return {
    key,
    bucket: new Bucket(stack, "bucket", { encryption: key }),
    queue: new SqsQueue(stack, "queue", { kmsMasterKeyId: key.arn }),
    topic: new SnsTopic(stack, "topic", { kmsMasterKeyId: key.arn }),
  };
}
type Shared = ReturnType<typeof shared>;

const handlerIn = (stack: TerraformStack, id: string) =>
  new NodeFunction<NoVariables>(stack, id, { source: "billing", environment: {} });

const both = ({ queue, topic }: Shared) => ({
  queue: { to: queueTarget(queue) },
  topic: { to: topicTarget(topic) },
});

/** Each extends what it can of the four. */
const patterns = {
  notifications: (stack, { bucket, queue, topic }) =>
    new BucketNotifications(stack, "notifications", {
      bucket,
      destinations: {
        created: { events: ["s3:ObjectCreated:*"], suffix: ".jpg", to: queueDestination(queue) },
        removed: { events: ["s3:ObjectRemoved:*"], to: topicDestination(topic) },
      },
    }),
  "more notifications": (stack, { bucket, queue, topic }) =>
    new BucketNotifications(stack, "more", {
      bucket,
      destinations: {
        created: { events: ["s3:ObjectCreated:*"], suffix: ".png", to: queueDestination(queue) },
        restored: { events: ["s3:ObjectRestore:*"], to: topicDestination(topic) },
      },
    }),
  router: (stack, all) =>
    new EventRouter(stack, "router", {
      bucket: all.bucket,
      encryption: all.key,
      routes: { all: { targets: both(all) } },
    }),
  rules: (stack, all) =>
    new EventRules(stack, "rules", {
      encryption: all.key,
      rules: { paid: { pattern: { source: ["shop"] }, targets: both(all) } },
    }),
  "fan-out": (stack, { key, queue }) =>
    new FanOut(stack, "fan-out", { encryption: key, subscribers: { billing: {}, theirs: { queue } } }),
  consumers: (stack, { key: encryption, topic }) => {
    new TopicConsumer(stack, "news", { handler: handlerIn(stack, "reader"), topic, encryption });
    new QueueConsumer(stack, "jobs", { handler: handlerIn(stack, "worker"), encryption });
  },
} as const satisfies Record<string, (stack: TerraformStack, all: Shared) => unknown>;
type Pattern = keyof typeof patterns;

const inOrder = (order: readonly Pattern[]): Synthesized =>
  synthesize((stack) => {
    const all = shared(stack);
    for (const name of order) patterns[name](stack, all);
  });
const sids = (policy: string) => statementsOf(policy).map(({ Sid }) => Sid);

describe("patterns of several kinds on one queue, topic, key and bucket", () => {
  const names = Object.keys(patterns) as Pattern[];
  // Each is first and is last, and each two meet in both orders; all 720 would take minutes.
  const rotations = names.map((_, at) => [...names.slice(at), ...names.slice(0, at)]);
  const orders = rotations.flatMap((order) => [order, [...order].reverse()]);
  const first = inOrder(names);

  it("stand in one policy each, and in one notification", () => {
    expect(sids(first.at("queue/policy", SqsQueuePolicy).policy)).toEqual([
      "AllowBucketTestBucketDefault",
      "AllowRules",
      expect.stringMatching(/^AllowTopicTestFanOutDefault/),
      "DenyWithoutTls",
    ]);
    expect(sids(first.at("topic/policy", SnsTopicPolicy).policy)).toEqual([
      "AllowBucketTestBucketDefault",
      "AllowRules",
      "DenyWithoutTls",
    ]);
    expect(sids(first.at("key/policy", KmsKeyPolicy).policy)).toEqual([
      "AllowAccountThroughIam",
      "AllowBucketTestBucketDefault",
      "AllowEventsTestTopic",
      "AllowRules",
      expect.stringMatching(/^AllowTopicTestFanOut/),
      "AllowTopicTestTopic",
    ]);
    const policies = [
      first.at("queue/policy", SqsQueuePolicy),
      first.at("topic/policy", SnsTopicPolicy),
      first.at("key/policy", KmsKeyPolicy),
    ];
    for (const { policy } of policies) {
      const rules = statementsOf(policy).find(({ Sid }) => Sid === "AllowRules");
      expect(Object.values(rules?.Condition ?? {})).toEqual([
        {
          "aws:SourceArn": [
            expect.stringContaining("router_rules_all"),
            expect.stringContaining("rules_paid"),
          ],
        },
      ]);
    }
    expect(Object.keys(first.resources(S3BucketPolicy))).toHaveLength(1);
    expect(first.one(S3BucketNotification)).toMatchObject({
      eventbridge: true,
      queue: [{ id: "test/more/created" }, { id: "test/notifications/created" }],
      topic: [{ id: "test/more/restored" }, { id: "test/notifications/removed" }],
    });
  });

  it.each(orders.map((order) => [order.join(", "), order] as const))(
    "come to the same, whose edges are permitted, in the order %s",
    (_, order) => {
      const result = inOrder(order);
      expect(result.json.resource).toEqual(first.json.resource);
      expect(result).toPermitItsEdges();
    },
  );
});
