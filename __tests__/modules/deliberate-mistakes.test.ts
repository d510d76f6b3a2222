import { CloudwatchEventTarget } from "@cdktf/provider-aws/lib/cloudwatch-event-target";
import { IamRole } from "@cdktf/provider-aws/lib/iam-role";
import { IamRolePolicy } from "@cdktf/provider-aws/lib/iam-role-policy";
import { KinesisStream } from "@cdktf/provider-aws/lib/kinesis-stream";
import { S3Bucket } from "@cdktf/provider-aws/lib/s3-bucket";
import { S3BucketNotification } from "@cdktf/provider-aws/lib/s3-bucket-notification";
import { SqsQueue, type SqsQueueConfig } from "@cdktf/provider-aws/lib/sqs-queue";
import type { TerraformStack } from "cdktf";
import {
  BucketNotifications,
  EventRules,
  FanOut,
  QueueConsumer,
  queueDestination,
  queueTarget,
  streamTarget,
} from "../../modules/event-processing";
import { Bucket } from "../../modules/storage";
import { synthesize } from "../../testing";
import { someHandler } from "../support/some-handler";

const queue = (stack: TerraformStack, id: string, settings: Partial<SqsQueueConfig> = {}) =>
  new SqsQueue(stack, id, { sqsManagedSseEnabled: true, ...settings });

const fifoWithStandardDeadLetters = (stack: TerraformStack) =>
  queue(stack, "fifo", {
    fifoQueue: true,
    contentBasedDeduplication: true,
    redrivePolicy: JSON.stringify({ maxReceiveCount: 3, deadLetterTargetArn: queue(stack, "aside").arn }),
  });

const created = (stack: TerraformStack, id: string, prefix?: string, suffix?: string) => ({
  events: ["s3:ObjectCreated:*" as const],
  prefix,
  suffix,
  to: queueDestination(queue(stack, id)),
});

const patternOf = (pattern: object) => (stack: TerraformStack) =>
  void new EventRules(stack, "orders", {
    rules: { paid: { pattern: pattern as never, targets: { to: { to: queueTarget(queue(stack, "q")) } } } },
  });

/**
 * What `terraform validate` and `plan` let through, or tell late (a stack with all of them was planned against provider
 * 5.100.0: 14 of 16 passed both), as far as it is of event processing: who makes it, and what is said before there is a plan.
 * A target of Kinesis without a role is no row: it cannot be written, as is shown below.
 * Not of this chapter: Valkey on a cluster, DAX's name and its single node, a replication group of one, a web ACL's region.
 */
const mistakes: readonly (readonly [
  what: string,
  make: (stack: TerraformStack) => void,
  path: string,
  remedy: RegExp,
])[] = [
  [
    "overlapping S3 filters for one event",
    (stack) =>
      void new BucketNotifications(stack, "told", {
        bucket: new Bucket(stack, "bucket"),
        destinations: {
          all: created(stack, "a", "in/"),
          jpg: created(stack, "b", "in/cats/", ".jpg"),
        },
      }),
    "test/told",
    /prefixes or suffixes that exclude each other/,
  ],
  [
    "two notifications of one bucket",
    (stack) => {
      const bucket = new Bucket(stack, "bucket");
      new BucketNotifications(stack, "told", { bucket, destinations: { all: created(stack, "a") } });
      new S3BucketNotification(stack, "another", { bucket: bucket.bucket.bucket, eventbridge: true });
    },
    "test/another",
    /remove one and add its targets to the other/,
  ],
  [
    "S3 to a FIFO queue",
    (stack) =>
      void new BucketNotifications(stack, "told", {
        bucket: new Bucket(stack, "bucket"),
        destinations: {
          all: {
            events: ["s3:ObjectCreated:*"],
            to: queueDestination(queue(stack, "fifo", { fifoQueue: true })),
          },
        },
      }),
    "test/told",
    /EventBridge/,
  ],
  [
    "a visibility timeout below the function's",
    (stack) =>
      void new QueueConsumer(stack, "jobs", {
        handler: someHandler(stack, "handler", { timeoutSeconds: 300 }),
        visibilityTimeoutSeconds: 30,
      }),
    "test/jobs",
    /leave it out to have it derived/,
  ],
  [
    "a batch of 100 without a window",
    (stack) => void new QueueConsumer(stack, "jobs", { handler: someHandler(stack), batchSize: 100 }),
    "test/jobs",
    /needs a batchingWindowSeconds of at least 1/,
  ],
  [
    "a FIFO queue with a standard dead-letter queue, as a rule's target",
    (stack) => {
      const to = queueTarget(fifoWithStandardDeadLetters(stack), { messageGroupId: "orders" });
      new EventRules(stack, "orders", {
        rules: { paid: { pattern: { source: ["shop"] }, targets: { to: { to } } } },
      });
    },
    "test/orders",
    /is a standard one, which SQS refuses: make both of one kind/,
  ],
  [
    "a FIFO queue with a standard dead-letter queue, as a fan-out's subscriber",
    (stack) =>
      void new FanOut(stack, "orders", {
        ordering: "fifo",
        subscribers: { theirs: { queue: fifoWithStandardDeadLetters(stack) } },
      }),
    "test/orders",
    /is a standard one, which SQS refuses: make both of one kind/,
  ],
  [
    "a FIFO queue for what a standard topic does not deliver in order",
    (stack) =>
      void new FanOut(stack, "orders", { subscribers: { billing: { ordering: "fifo" as "standard" } } }),
    "test/orders",
    /make the fan-out "fifo"/,
  ],
  [
    "a misspelt operator of an event pattern",
    patternOf({ source: [{ prefx: "shop" }] }),
    "test/orders",
    /write prefix/,
  ],
  [
    "a leaf of an event pattern that is no list",
    patternOf({ source: "shop" }),
    "test/orders",
    /write \["shop"\]/,
  ],
  [
    "six targets on a rule",
    (stack) =>
      void new EventRules(stack, "orders", {
        rules: {
          paid: {
            pattern: { source: ["shop"] },
            targets: Object.fromEntries(
              ["a", "b", "c", "d", "e", "f"].map((id) => [id, { to: queueTarget(queue(stack, id)) }]),
            ),
          },
        },
      }),
    "test/orders",
    /second rule|another rule|split/,
  ],
  [
    "raw delivery to a function",
    (stack) =>
      void new FanOut(stack, "orders", {
        subscribers: {
          billing: { queue: { arn: "arn:aws:lambda:eu-west-1:123456789012:function:billing", url: "" } },
        },
      }),
    "test/orders",
    /put a queue before it/,
  ],
  [
    "a filter value of SNS that is no list",
    (stack) =>
      void new FanOut(stack, "orders", {
        subscribers: { billing: { filter: { attributes: { kind: "paid" as never } } } },
      }),
    "test/orders",
    /write \["paid"\]/,
  ],
];

describe("a mistake that Terraform lets through is refused at synthesis with path and remedy", () => {
  it.each(mistakes)("rejects %s", (_, make, path, remedy) => {
    let message = "";
    try {
      synthesize(make);
    } catch (error) {
      message = (error as Error).message;
    }
    expect(message).toContain(`"${path}`);
    expect(message).toMatch(remedy);
  });

  it("cannot be written: a target of Kinesis without a role, since the target makes its role", () => {
    const result = synthesize((stack) => {
      const stream = new KinesisStream(stack, "stream", {
        name: "s",
        streamModeDetails: { streamMode: "ON_DEMAND" },
      });
      new EventRules(stack, "orders", {
        rules: { paid: { pattern: { source: ["shop"] }, targets: { stream: { to: streamTarget(stream) } } } },
      });
    });
    const role = result.addressAt("orders/paid/stream/role", IamRole);
    expect(result.one(CloudwatchEventTarget).role_arn).toBe(`\${${role}.arn}`);
    expect(JSON.stringify(result.one(IamRolePolicy))).toContain("kinesis:PutRecord");
  });

  it("cannot be written with dead letters that we make: those of a FIFO queue are FIFO too", () => {
    const result = synthesize((stack) => {
      new QueueConsumer(stack, "jobs", { handler: someHandler(stack), ordering: "fifo" });
    });
    const queues = Object.values(result.resources(SqsQueue));
    expect(queues.length).toBeGreaterThan(1);
    expect(queues.map(({ fifo_queue }) => fifo_queue)).toEqual(queues.map(() => true));
  });

  it("refuses a bucket's notification twice only where it is the same bucket's", () => {
    const result = synthesize((stack) => {
      const bucket = new S3Bucket(stack, "other", {});
      new S3BucketNotification(stack, "its", { bucket: bucket.bucket, eventbridge: true });
      new BucketNotifications(stack, "told", {
        bucket: new Bucket(stack, "bucket"),
        destinations: { all: created(stack, "a") },
      });
    });
    expect(Object.values(result.resources(S3BucketNotification))).toHaveLength(2);
  });
});
