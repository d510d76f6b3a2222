import { CloudwatchMetricAlarm } from "@cdktf/provider-aws/lib/cloudwatch-metric-alarm";
import { DataAwsS3Bucket } from "@cdktf/provider-aws/lib/data-aws-s3-bucket";
import { KmsAlias } from "@cdktf/provider-aws/lib/kms-alias";
import { KmsKey } from "@cdktf/provider-aws/lib/kms-key";
import { KmsKeyPolicy } from "@cdktf/provider-aws/lib/kms-key-policy";
import { LambdaFunction } from "@cdktf/provider-aws/lib/lambda-function";
import { LambdaFunctionEventInvokeConfig } from "@cdktf/provider-aws/lib/lambda-function-event-invoke-config";
import { LambdaPermission } from "@cdktf/provider-aws/lib/lambda-permission";
import { AwsProvider } from "@cdktf/provider-aws/lib/provider";
import { S3Bucket } from "@cdktf/provider-aws/lib/s3-bucket";
import { S3BucketNotification } from "@cdktf/provider-aws/lib/s3-bucket-notification";
import { SnsTopic } from "@cdktf/provider-aws/lib/sns-topic";
import { SnsTopicPolicy } from "@cdktf/provider-aws/lib/sns-topic-policy";
import { SqsQueue, type SqsQueueConfig } from "@cdktf/provider-aws/lib/sqs-queue";
import { SqsQueuePolicy } from "@cdktf/provider-aws/lib/sqs-queue-policy";
import { type App, TerraformStack, Token } from "cdktf";
import * as fc from "fast-check";
import type { Handler } from "../../modules/compute";
import { keyPolicy, provideFacts, queuePolicy, ServiceRole, type Statement } from "../../modules/core";
import {
  type BucketDestination,
  type BucketDestinationProps,
  BucketNotifications,
  FanOut,
  functionDestination,
  QueueConsumer,
  queueDestination,
  TopicConsumer,
  topicDestination,
} from "../../modules/event-processing";
import { loopsIn, mayMeet } from "../../modules/event-processing/bucket-notifications/loop";
import { Bucket, bucketNotification } from "../../modules/storage";
import {
  edgeMatchers,
  type Synthesized,
  someFacts,
  statementsOf,
  synthesize,
  synthesizeApp,
} from "../../testing";

expect.extend(edgeMatchers);

type Destinations = Readonly<Record<string, BucketDestinationProps>>;

const CREATED = { events: ["s3:ObjectCreated:*"] } as const;
const FROM_BUCKET = {
  ArnLike: { "aws:SourceArn": "${aws_s3_bucket.pictures.arn}" },
  StringEquals: { "aws:SourceAccount": "123456789012" },
};
const bucketIn = (stack: TerraformStack, id = "pictures") =>
  new Bucket(stack, id, { encryption: "service-managed" });

/** A handler without code. */
const handler = (stack: TerraformStack, id = "resize"): Handler => {
  const role = new ServiceRole(stack, `${id}-role`, { service: "lambda.amazonaws.com" });
  const lambda = new LambdaFunction(stack, id, { functionName: id, role: role.role.arn });
  return {
    lambda,
    timeoutSeconds: 20,
    permissions: role.policy,
    get allowed() {
      return role.allowed;
    },
    allow: (sid, statement) => role.allow(sid, statement),
  };
};

/** A bucket "pictures" whose events lead to what `to` makes. */
const notified = (
  to: (stack: TerraformStack, bucket: Bucket) => BucketDestination | Destinations,
  watch: Partial<BucketDestinationProps> = {},
): Synthesized =>
  synthesize((stack) => {
    const bucket = bucketIn(stack);
    const made = to(stack, bucket);
    const destinations =
      "bind" in made
        ? { all: { ...CREATED, ...watch, to: made as BucketDestination } }
        : (made as Destinations);
    new BucketNotifications(stack, "events", { bucket, destinations });
  });
const notification = (result: Synthesized) => result.at("pictures/notification", S3BucketNotification);
const statement = (policy: string, sid: string) => statementsOf(policy).find(({ Sid }) => Sid === sid);

/** A queue whose ARN is a reference, as of one that is made here. */
const queueIn = (stack: TerraformStack, config: Partial<SqsQueueConfig> = {}, id = "queue") =>
  new SqsQueue(stack, id, { name: id, ...config });

describe("notifications to a queue", () => {
  it("let the bucket, by ARN and account, send to the queue and nothing else", () => {
    const { policy } = notified((stack) => queueDestination(queueIn(stack))).one(SqsQueuePolicy);
    expect(statement(policy, "AllowBucketTestPicturesDefault")).toEqual({
      Sid: "AllowBucketTestPicturesDefault",
      Effect: "Allow",
      Principal: { Service: "s3.amazonaws.com" },
      Action: "sqs:SendMessage",
      Resource: "${aws_sqs_queue.queue.arn}",
      Condition: FROM_BUCKET,
    });
  });

  it("are named by the path of who asks, and carry events and filter", () => {
    const result = notified((stack) => queueDestination(queueIn(stack)), { prefix: "up/", suffix: ".jpg" });
    expect(notification(result).queue).toEqual([
      {
        id: "test/events/all",
        queue_arn: "${aws_sqs_queue.queue.arn}",
        events: ["s3:ObjectCreated:*"],
        filter_prefix: "up/",
        filter_suffix: ".jpg",
      },
    ]);
  });

  it("let the bucket use the queue's key, whichever attribute names it, and wait for both policies", () => {
    for (const named of ["arn", "id", "keyId"] as const) {
      const result = notified((stack) =>
        queueDestination(queueIn(stack, { kmsMasterKeyId: new KmsKey(stack, "key")[named] })),
      );
      expect(statement(result.one(KmsKeyPolicy).policy, "AllowBucketTestPicturesDefault")).toEqual({
        Sid: "AllowBucketTestPicturesDefault",
        Effect: "Allow",
        Principal: { Service: "s3.amazonaws.com" },
        Action: ["kms:Decrypt", "kms:GenerateDataKey"],
        Resource: "*",
        Condition: FROM_BUCKET,
      });
      expect(notification(result).depends_on).toEqual([
        result.addressAt("queue/policy", SqsQueuePolicy),
        result.addressAt("key/policy", KmsKeyPolicy),
      ]);
    }
  });

  it("ask for no key where SQS manages it", () => {
    const result = notified((stack) => queueDestination(queueIn(stack, { sqsManagedSseEnabled: true })));
    expect(Object.keys(result.resources(KmsKeyPolicy))).toEqual([]);
  });

  it("leave the policy of a queue made elsewhere to its owner", () => {
    const arn = "arn:aws:sqs:eu-west-1:123456789012:theirs";
    const result = notified(() => queueDestination({ arn, url: "https://…" }));
    expect(notification(result).queue).toMatchObject([{ queue_arn: arn }]);
    expect(Object.keys(result.resources(SqsQueuePolicy))).toEqual([]);
  });

  it("take a queue whose ARN is known at apply only", () => {
    const arn = Token.asString({ resolve: () => "${var.queue}" });
    expect(() => notified(() => queueDestination({ arn, url: "" }))).not.toThrow();
  });
});

describe("notifications to a topic", () => {
  it("let the bucket publish to a fan-out's topic and use its key, beside what the fan-out grants", () => {
    const result = notified((stack) =>
      topicDestination(new FanOut(stack, "uploads", { subscribers: { index: {} } }).topic),
    );
    expect(statement(result.one(SnsTopicPolicy).policy, "AllowBucketTestPicturesDefault")).toEqual({
      Sid: "AllowBucketTestPicturesDefault",
      Effect: "Allow",
      Principal: { Service: "s3.amazonaws.com" },
      Action: "sns:Publish",
      Resource: "${aws_sns_topic.uploads.arn}",
      Condition: FROM_BUCKET,
    });
    const sids = statementsOf(result.at("uploads/key/policy", KmsKeyPolicy).policy).map(({ Sid }) => Sid);
    expect(sids).toEqual([
      "AllowAccountThroughIam",
      "AllowBucketTestPicturesDefault",
      "AllowTopicTestUploads",
    ]);
    expect(notification(result).topic).toMatchObject([{ topic_arn: "${aws_sns_topic.uploads.arn}" }]);
    expect(notification(result).depends_on).toEqual([
      result.addressAt("uploads/policy", SnsTopicPolicy),
      result.addressAt("uploads/key/policy", KmsKeyPolicy),
    ]);
  });

  it("take a topic without encryption", () => {
    const result = notified((stack) => topicDestination(new SnsTopic(stack, "topic")));
    expect(notification(result).depends_on).toEqual([result.addressAt("topic/policy", SnsTopicPolicy)]);
  });

  it("leave the policy of a topic made elsewhere to its owner", () => {
    const result = notified(() => topicDestination({ arn: "arn:aws:sns:eu-west-1:123456789012:theirs" }));
    expect(Object.keys(result.resources(SnsTopicPolicy))).toEqual([]);
  });
});

describe("notifications to a function", () => {
  it("let the bucket, by ARN and account, invoke it", () => {
    const result = notified((stack) => functionDestination(handler(stack)));
    expect(result.at("resize/invoked-by-pictures", LambdaPermission)).toMatchObject({
      action: "lambda:InvokeFunction",
      function_name: "${aws_lambda_function.resize.function_name}",
      principal: "s3.amazonaws.com",
      source_arn: "${aws_s3_bucket.pictures.arn}",
      source_account: "123456789012",
    });
    expect(notification(result).lambda_function).toMatchObject([
      { lambda_function_arn: "${aws_lambda_function.resize.arn}" },
    ]);
  });

  it("set aside what it fails, with an alarm, and wait for that and for the permission", () => {
    let failures: SqsQueue | undefined;
    const result = synthesize((stack) => {
      const { destinations } = new BucketNotifications(stack, "events", {
        bucket: bucketIn(stack),
        destinations: { resize: { ...CREATED, to: functionDestination(handler(stack)) } },
      });
      failures = destinations.resize.failures?.queue;
    });
    expect(failures?.node.path).toBe("test/resize/failures/Default");
    expect(result.at("resize/failures/alarm", CloudwatchMetricAlarm)).toBeDefined();
    expect(notification(result).depends_on).toEqual([
      result.addressAt("resize/invoked-by-pictures", LambdaPermission),
      result.addressAt("resize/failures/config", LambdaFunctionEventInvokeConfig),
    ]);
  });

  it("need one permission for two reasons, and one for each bucket", () => {
    const result = synthesize((stack) => {
      const to = functionDestination(handler(stack));
      const [pictures, texts] = [bucketIn(stack), bucketIn(stack, "texts")];
      new BucketNotifications(stack, "a", {
        bucket: pictures,
        destinations: { jpg: { ...CREATED, suffix: ".jpg", to }, png: { ...CREATED, suffix: ".png", to } },
      });
      new BucketNotifications(stack, "b", { bucket: texts, destinations: { all: { ...CREATED, to } } });
    });
    expect(Object.keys(result.resources(LambdaPermission))).toHaveLength(2);
    expect(Object.keys(result.resources(LambdaFunctionEventInvokeConfig))).toHaveLength(1);
  });
});

describe("notifications of what is restored and replicated", () => {
  const kinds: Readonly<
    Record<string, readonly [make: (stack: TerraformStack) => BucketDestination, arn: object]>
  > = {
    queue: [(stack) => queueDestination(queueIn(stack)), { queue_arn: "${aws_sqs_queue.queue.arn}" }],
    topic: [
      (stack) => topicDestination(new SnsTopic(stack, "topic")),
      { topic_arn: "${aws_sns_topic.topic.arn}" },
    ],
    lambda_function: [
      (stack) => functionDestination(handler(stack)),
      { lambda_function_arn: "${aws_lambda_function.resize.arn}" },
    ],
  };
  const events = [
    ["s3:ObjectRestore:*"],
    ["s3:ObjectRestore:Post", "s3:ObjectRestore:Completed", "s3:ObjectRestore:Delete"],
    ["s3:Replication:*"],
    [
      "s3:Replication:OperationFailedReplication",
      "s3:Replication:OperationMissedThreshold",
      "s3:Replication:OperationReplicatedAfterThreshold",
      "s3:Replication:OperationNotTracked",
    ],
  ] as const satisfies readonly BucketDestinationProps["events"][];

  it.each(Object.keys(kinds).flatMap((kind) => events.map((each) => [kind, each] as const)))(
    "reach a %s by the names %j, and nothing else hears of them",
    (kind, asked) => {
      const [make, arn] = kinds[kind] as (typeof kinds)[string];
      const result = notified(make, { events: asked, prefix: "archive/" });
      const { "//": _, bucket, depends_on, ...rendered } = notification(result);
      expect(rendered).toEqual({
        [kind]: [{ id: "test/events/all", ...arn, events: asked, filter_prefix: "archive/" }],
      });
      expect(result).toPermitItsEdges();
    },
  );
});

describe("a function that writes where it is told of", () => {
  const allowing = (
    statement: (bucket: Bucket) => Partial<Statement>,
    watch: Partial<BucketDestinationProps> = {},
  ) =>
    notified((stack, bucket) => {
      const resize = handler(stack);
      // Granted after the destination is bound, and by whoever: what counts is what it may do in the end.
      const given = {
        actions: ["s3:PutObject"],
        resources: [`${bucket.bucket.arn}/*`],
        ...statement(bucket),
      };
      return {
        all: { ...CREATED, ...watch, to: { ...functionDestination(resize), bind: bindThen(resize, given) } },
      };
    });
  const bindThen =
    (resize: Handler, given: Statement): BucketDestination["bind"] =>
    (sender) => {
      const bound = functionDestination(resize).bind(sender);
      resize.allow("Later", given);
      return bound;
    };

  it("is rejected with what it may do, on which keys, and a remedy", () => {
    expect(() =>
      notified(
        (stack, bucket) => {
          const resize = handler(stack);
          bucket.grant(resize, "uploads/thumbnails/", "PutObject");
          return functionDestination(resize);
        },
        { prefix: "uploads/", suffix: ".jpg" },
      ),
    ).toThrow(
      /bucket-notifications "test\/events": destinations\.all: function "test\/resize" may s3:PutObject on uploads\/thumbnails\/\* and is told of s3:ObjectCreated:\* on uploads\/\*\.jpg, .* let it write below a prefix that it does not watch/,
    );
  });

  it.each<[string, (bucket: Bucket) => Partial<Statement>, Partial<BucketDestinationProps>?]>([
    ["the whole bucket", () => ({}), { prefix: "uploads/" }],
    ["everything", () => ({ resources: ["*"] }), { prefix: "uploads/" }],
    ["every bucket", () => ({ resources: ["arn:aws:s3:::*"] })],
    ["the bucket and more by a wildcard", ({ bucket }) => ({ resources: [`${bucket.arn}*`] })],
    ["by the bucket's name", () => ({ resources: ["arn:aws:s3:::*/*"] })],
    ["a prefix above", ({ bucket }) => ({ resources: [`${bucket.arn}/up*`] }), { prefix: "uploads/" }],
    ["one key", ({ bucket }) => ({ resources: [`${bucket.arn}/uploads/index.jpg`] }), { prefix: "uploads/" }],
    ["a suffix within", ({ bucket }) => ({ resources: [`${bucket.arn}/*.thumb.jpg`] }), { suffix: ".jpg" }],
    [
      "characters that S3 wants encoded in filters",
      ({ bucket }) => ({ resources: [`${bucket.arn}/day=2026/*`] }),
      { prefix: "day=2026/" },
    ],
    [
      "what a variable of IAM stands for",
      ({ bucket }) => ({ resources: [`${bucket.arn}/$\${aws:PrincipalTag/team}/*`] }),
      { prefix: "uploads/" },
    ],
    [
      "by a version",
      ({ bucket }) => ({ actions: ["s3:PutObjectVersionTagging"], resources: [`${bucket.arn}/*`] }),
      { events: ["s3:ObjectTagging:Put"] },
    ],
    [
      "the end of tags of a version",
      () => ({ actions: ["s3:DeleteObjectVersionTagging"] }),
      { events: ["s3:ObjectTagging:Delete"] },
    ],
    ["any call", () => ({ actions: ["s3:*"] })],
    ["calls that begin so", () => ({ actions: ["s3:Put*"] })],
    ["all calls", () => ({ actions: ["*"] })],
    [
      "deleting",
      () => ({ actions: ["s3:DeleteObject"] }),
      { events: ["s3:ObjectRemoved:DeleteMarkerCreated"] },
    ],
    ["tagging", () => ({ actions: ["s3:PutObjectTagging"] }), { events: ["s3:ObjectTagging:*"] }],
    ["restoring", () => ({ actions: ["s3:RestoreObject"] }), { events: ["s3:ObjectRestore:Post"] }],
    ["access lists", () => ({ actions: ["s3:PutObjectAcl"] }), { events: ["s3:ObjectAcl:Put"] }],
  ])("is rejected where it may write: %s", (_, statement, watch = {}) => {
    expect(() => allowing(statement, watch)).toThrow(/would invoke itself without end/);
  });

  it("is rejected where it names the bucket by the name it is given", () => {
    expect(() =>
      synthesize((stack) => {
        const bucket = new S3Bucket(stack, "pictures", { bucket: "pictures" });
        const resize = handler(stack);
        resize.allow("Write", { actions: ["s3:PutObject"], resources: ["arn:aws:s3:::pictures/*"] });
        new BucketNotifications(stack, "events", {
          bucket: { bucket },
          destinations: { all: { ...CREATED, to: functionDestination(resize) } },
        });
      }),
    ).toThrow(/may s3:PutObject on \*/);
  });

  it.each<[string, (bucket: Bucket) => Partial<Statement>, Partial<BucketDestinationProps>?]>([
    [
      "another prefix",
      ({ bucket }) => ({ resources: [`${bucket.arn}/thumbnails/*`] }),
      { prefix: "uploads/" },
    ],
    [
      "another prefix of characters that S3 wants encoded",
      ({ bucket }) => ({ resources: [`${bucket.arn}/day=2027/*`] }),
      { prefix: "day=2026/" },
    ],
    ["another suffix", ({ bucket }) => ({ resources: [`${bucket.arn}/*.webp`] }), { suffix: ".jpg" }],
    ["another bucket", () => ({ resources: ["arn:aws:s3:::thumbnails/*"] })],
    ["a bucket whose name begins so", ({ bucket }) => ({ resources: [`${bucket.arn}-2/*`] })],
    ["the bucket itself, and no object", ({ bucket }) => ({ resources: [bucket.arn] })],
    ["reading", () => ({ actions: ["s3:GetObject", "s3:GetObject*"] })],
    ["deleting what was created", () => ({ actions: ["s3:DeleteObject"] })],
    ["another service", () => ({ actions: ["sqs:*"], resources: ["*"] })],
    [
      "events of replication, which no call of its own leads to",
      () => ({}),
      { events: ["s3:Replication:*"] },
    ],
  ])("is let be: %s", (_, statement, watch = {}) => {
    expect(() => allowing(statement, watch)).not.toThrow();
  });

  describe("behind a queue or a topic", () => {
    const CREATED_BELOW = { prefix: "uploads/" };
    const behind = (
      lead: (stack: TerraformStack, resize: Handler) => BucketDestination,
      prefix = "uploads/",
    ) =>
      notified((stack, bucket) => {
        const resize = handler(stack);
        const to = lead(stack, resize);
        bucket.grant(resize, prefix, "PutObject");
        return to;
      }, CREATED_BELOW);
    const filter = [{ kind: ["order"] }] as const;

    it.each<[string, (stack: TerraformStack, handler: Handler) => BucketDestination, RegExp]>([
      [
        "a queue",
        (stack, resize) => queueDestination(new QueueConsumer(stack, "work", { handler: resize }).queue),
        /function "test\/resize", to which queue "test\/work\/Default\/Default" leads, may s3:PutObject on uploads\/\*/,
      ],
      [
        "a topic",
        (stack, resize) => topicDestination(new TopicConsumer(stack, "news", { handler: resize }).topic),
        /function "test\/resize", to which topic "test\/news\/Default" leads, may s3:PutObject/,
      ],
      [
        "a topic and its queue",
        (stack, resize) => {
          const uploads = new FanOut(stack, "uploads", { subscribers: { resize: {} } });
          uploads.subscribers.resize.consumeWith(resize);
          return topicDestination(uploads.topic);
        },
        /to which topic "test\/uploads\/Default" leads, may s3:PutObject/,
      ],
    ])("is rejected: %s", (_, lead, message) => {
      expect(() => behind(lead)).toThrow(message);
      expect(() => behind(lead, "thumbnails/")).not.toThrow();
    });

    it.each<[string, (stack: TerraformStack, handler: Handler) => BucketDestination]>([
      [
        "a queue's consumer",
        (stack, resize) =>
          queueDestination(new QueueConsumer(stack, "work", { handler: resize, filter }).queue),
      ],
      [
        "a topic's consumer",
        (stack, resize) =>
          topicDestination(
            new TopicConsumer(stack, "news", { handler: resize, filter: { attributes: { kind: ["a"] } } })
              .topic,
          ),
      ],
      [
        "a subscription",
        (stack, resize) => {
          const resized = { filter: { attributes: { kind: ["a"] } } };
          const uploads = new FanOut(stack, "uploads", { subscribers: { resized } });
          uploads.subscribers.resized.consumeWith(resize);
          return topicDestination(uploads.topic);
        },
      ],
    ])("is let be where it filters, which may keep off what it writes: %s", (_, lead) => {
      expect(() => behind(lead)).not.toThrow();
    });

    it("is let be in another stack, whose statements are not read from here", () => {
      expect(() =>
        synthesizeApp((app: App) => {
          const [here, there] = ["here", "there"].map((id) => {
            const stack = new TerraformStack(app, id);
            new AwsProvider(stack, "aws", { region: "eu-west-1" });
            provideFacts(stack, someFacts);
            return stack;
          }) as [TerraformStack, TerraformStack];
          const bucket = bucketIn(here);
          const resize = handler(there);
          const uploads = new FanOut(here, "uploads", { subscribers: { resize: {} } });
          uploads.subscribers.resize.consumeWith(resize);
          bucket.grant(resize, "", "PutObject");
          const destinations = { all: { ...CREATED, to: topicDestination(uploads.topic) } };
          new BucketNotifications(here, "events", { bucket, destinations });
        }),
      ).not.toThrow();
    });
  });

  it("is found whatever the pattern, prefix and suffix", () => {
    const text = fc.stringMatching(/^[ab/]{0,4}$/);
    const pattern = fc.stringMatching(/^[ab/*?]{0,5}$/);
    fc.assert(
      fc.property(pattern, text, text, fc.stringMatching(/^[ab/]{0,8}$/), (keys, prefix, suffix, key) => {
        const form = new RegExp(`^${keys.replaceAll("*", ".*").replaceAll("?", ".")}$`);
        const meets = form.test(key) && key.startsWith(prefix) && key.endsWith(suffix);
        return !meets || mayMeet(keys, { prefix, suffix });
      }),
      { numRuns: 3000 },
    );
  });

  it("is told once for each call and resource", () => {
    const bucket = { arn: "arn", name: "pictures" };
    const both = [{ actions: ["s3:PutObject", "s3:Put*"], resources: ["arn/a/*", "arn/b/*"] }];
    expect(
      loopsIn(both, bucket, { events: ["s3:ObjectCreated:Put", "s3:ObjectCreated:Copy"], prefix: "a/" }),
    ).toEqual([{ action: "s3:PutObject", keys: "a/*" }]);
  });
});

describe("several patterns", () => {
  const patterns = {
    first: (stack: TerraformStack, bucket: Bucket, queue: SqsQueue) =>
      new BucketNotifications(stack, "first", {
        bucket,
        destinations: { jpg: { ...CREATED, suffix: ".jpg", to: queueDestination(queue) } },
      }),
    second: (stack: TerraformStack, bucket: Bucket, queue: SqsQueue) => {
      bucket.sendToEventBridge();
      return new BucketNotifications(stack, "second", {
        bucket,
        destinations: {
          png: { ...CREATED, suffix: ".png", to: queueDestination(queue) },
          removed: {
            events: ["s3:ObjectRemoved:*"],
            to: topicDestination(stack.node.findChild("topic") as SnsTopic),
          },
        },
      });
    },
    third: (stack: TerraformStack, _: Bucket, queue: SqsQueue) =>
      new BucketNotifications(stack, "third", {
        bucket: stack.node.findChild("others") as Bucket,
        destinations: { all: { ...CREATED, to: queueDestination(queue) } },
      }),
  };
  const inOrder = (names: readonly (keyof typeof patterns)[]) =>
    synthesize((stack) => {
      const kmsMasterKeyId = new KmsKey(stack, "key").arn;
      const bucket = bucketIn(stack);
      bucketIn(stack, "others");
      const queue = queueIn(stack, { kmsMasterKeyId });
      new SnsTopic(stack, "topic", { kmsMasterKeyId });
      for (const name of names) patterns[name](stack, bucket, queue);
    });

  it("share bucket, queue, topic and key, in any order, and permit their edges and no more", () => {
    const [one, other] = [inOrder(["first", "second", "third"]), inOrder(["third", "second", "first"])];
    for (const type of [S3BucketNotification, SqsQueuePolicy, SnsTopicPolicy, KmsKeyPolicy]) {
      expect(one.resources(type)).toEqual(other.resources(type));
    }
    expect(Object.keys(one.resources(S3BucketNotification))).toHaveLength(2);
    expect(notification(one)).toMatchObject({
      eventbridge: true,
      queue: [{ id: "test/first/jpg" }, { id: "test/second/png" }],
      topic: [{ id: "test/second/removed" }],
    });
    expect(one).toPermitItsEdges();
  });

  it("stand beside a part that somebody adds by hand", () => {
    const result = notified((stack, bucket) => {
      const queueArn = "arn:aws:sqs:eu-west-1:123456789012:by-hand";
      bucketNotification(bucket.bucket).add("by-hand", {
        events: ["s3:ObjectRemoved:*"],
        to: { queueArn },
        after: [],
      });
      return queueDestination(queueIn(stack));
    });
    expect(notification(result).queue).toHaveLength(2);
  });

  it("are rejected with both paths where they want the same event of the same keys", () => {
    expect(() =>
      synthesize((stack) => {
        const bucket = bucketIn(stack);
        for (const [id, events, prefix] of [
          ["all", ["s3:ObjectCreated:*"], "uploads/"],
          ["puts", ["s3:ObjectCreated:Put"], "uploads/2024/"],
        ] as const) {
          const to = queueDestination(queueIn(stack, {}, `queue-${id}`));
          new BucketNotifications(stack, id, { bucket, destinations: { queue: { events, prefix, to } } });
        }
      }),
    ).toThrow(
      /bucket notification "test\/pictures\/Default": "test\/all\/queue" \(s3:ObjectCreated:\* of uploads\/\*\) and "test\/puts\/queue" \(s3:ObjectCreated:Put of uploads\/2024\/\*\) both want s3:ObjectCreated:Put of the same keys.*fan out behind one of them/s,
    );
  });

  it("are rejected within one pattern too", () => {
    expect(() =>
      notified((stack) => ({
        one: { ...CREATED, to: queueDestination(queueIn(stack, {}, "a")) },
        two: { ...CREATED, suffix: ".jpg", to: queueDestination(queueIn(stack, {}, "b")) },
      })),
    ).toThrow(
      /"test\/events\/one" \(s3:ObjectCreated:\* of \*\) and "test\/events\/two" \(s3:ObjectCreated:\* of \*\.jpg\) both want/,
    );
  });
});

describe("notifications", () => {
  const AWS_KEY = "alias/aws/sqs";

  it.each<[string, (stack: TerraformStack) => BucketDestination, RegExp]>([
    [
      "a FIFO queue, with EventBridge as the remedy",
      (stack) => queueDestination(queueIn(stack, { name: "q.fifo", fifoQueue: true })),
      /destinations\.all\.to is a FIFO queue, and S3 sends to standard ones only: call bucket\.sendToEventBridge\(\)/,
    ],
    [
      "a FIFO queue by its ARN",
      () => queueDestination({ arn: "arn:aws:sqs:eu-west-1:123456789012:q.fifo", url: "" }),
      /to is a FIFO queue/,
    ],
    [
      "a FIFO topic",
      (stack) => topicDestination(new SnsTopic(stack, "topic", { name: "t.fifo", fifoTopic: true })),
      /to is a FIFO topic, .* call bucket\.sendToEventBridge\(\)/,
    ],
    [
      "a FIFO topic by its ARN",
      () => topicDestination({ arn: "arn:aws:sns:eu-west-1:123456789012:t.fifo" }),
      /to is a FIFO topic/,
    ],
    [
      "a queue with an AWS-managed key",
      (stack) => queueDestination(queueIn(stack, { kmsMasterKeyId: AWS_KEY })),
      /to is encrypted with an AWS-managed key, whose policy lets no AWS service send.*or a queue with SQS's own/,
    ],
    [
      "a topic with the key of SNS",
      (stack) => topicDestination(new SnsTopic(stack, "topic", { kmsMasterKeyId: "alias/aws/sns" })),
      /to is encrypted with an AWS-managed key/,
    ],
    [
      "a fan-out that SNS encrypts",
      (stack) =>
        topicDestination(
          new FanOut(stack, "f", { encryption: "service-managed", subscribers: { a: {} } }).topic,
        ),
      /to is encrypted with an AWS-managed key.*: encrypt it with a KmsKey of this stack/,
    ],
    [
      "a queue with a key made elsewhere",
      (stack) =>
        queueDestination(queueIn(stack, { kmsMasterKeyId: "arn:aws:kms:eu-west-1:123456789012:key/1234" })),
      /to is encrypted with a key made elsewhere.*let its owner grant S3/,
    ],
    [
      "a queue that names its key by an alias",
      (stack) => {
        const alias = new KmsAlias(stack, "alias", {
          name: "alias/mine",
          targetKeyId: new KmsKey(stack, "key").keyId,
        });
        return queueDestination(queueIn(stack, { kmsMasterKeyId: alias.name }));
      },
      /or named by an alias/,
    ],
    [
      "a queue with a key whose policy is written inline",
      (stack) =>
        queueDestination(queueIn(stack, { kmsMasterKeyId: new KmsKey(stack, "key", { policy: "{}" }).arn })),
      /encrypted with a key with an inline policy/,
    ],
    [
      "a queue whose policy is written inline",
      (stack) => queueDestination(queueIn(stack, { policy: "{}" })),
      /queue policy "test\/queue": its policy is written inline/,
    ],
    [
      "a queue of another region",
      () => queueDestination({ arn: "arn:aws:sqs:us-east-1:123456789012:q", url: "" }),
      /to is in us-east-1, and S3 sends within the bucket's region, eu-west-1/,
    ],
    [
      "a queue made by a provider of another region",
      (stack) => {
        const provider = new AwsProvider(stack, "aws-us", { region: "us-east-1", alias: "us" });
        return queueDestination(queueIn(stack, { provider }));
      },
      /to is in us-east-1.*make the queue there/,
    ],
    [
      "a topic of another region",
      () => topicDestination({ arn: "arn:aws:sns:us-east-1:123456789012:t" }),
      /to is in us-east-1.*hand in a topic there/,
    ],
    [
      "a queue that is none",
      () => queueDestination({ arn: "arn:aws:sns:eu-west-1:123456789012:t", url: "" }),
      /to must be a queue by its ARN/,
    ],
    ["a topic that is none", () => topicDestination({ arn: "orders" }), /to must be a topic by its ARN/],
  ])("reject %s", (_, to, message) => {
    expect(() => notified(to)).toThrow(message);
  });

  const stacks = (build: (here: TerraformStack, there: TerraformStack) => void) =>
    synthesizeApp((app: App) => {
      const [here, there] = ["here", "there"].map((id) => {
        const stack = new TerraformStack(app, id);
        new AwsProvider(stack, "aws", { region: "eu-west-1" });
        provideFacts(stack, someFacts);
        return stack;
      }) as [TerraformStack, TerraformStack];
      build(here, there);
    });

  it.each<[string, (there: TerraformStack) => BucketDestination, RegExp]>([
    [
      "queue",
      (there) => queueDestination(queueIn(there)),
      /to is made in stack "there".*make the queue in the bucket's stack, or hand in \{ arn, url \}/,
    ],
    [
      "topic",
      (there) => topicDestination(new SnsTopic(there, "topic")),
      /to is made in stack "there".*or hand in \{ arn \}/,
    ],
    [
      "function",
      (there) => functionDestination(handler(there)),
      /to is made in stack "there".*or send to a queue there, or to EventBridge/,
    ],
  ])("reject a %s of another stack", (_, to, message) => {
    expect(() =>
      stacks((here, there) => {
        const destinations = { all: { ...CREATED, to: to(there) } };
        new BucketNotifications(here, "events", { bucket: bucketIn(here), destinations });
      }),
    ).toThrow(message);
  });

  it("reject a bucket of another stack", () => {
    expect(() =>
      stacks((here, there) => {
        const destinations = { all: { ...CREATED, to: queueDestination(queueIn(there)) } };
        new BucketNotifications(here, "events", { bucket: bucketIn(there), destinations });
      }),
    ).toThrow(/bucket is made in stack "there".*place this beside the bucket/);
  });

  it("reject a bucket that was looked up: its notification has an owner elsewhere", () => {
    expect(() =>
      synthesize((stack) => {
        const bucket = new DataAwsS3Bucket(stack, "theirs", { bucket: "theirs" }) as unknown as S3Bucket;
        const destinations = { all: { ...CREATED, to: queueDestination(queueIn(stack)) } };
        new BucketNotifications(stack, "events", { bucket: { bucket }, destinations });
      }),
    ).toThrow(/bucket must be one that is made here.*have its owner send to EventBridge/);
  });

  it("reject a bucket whose notification somebody else writes", () => {
    expect(() =>
      notified((stack, bucket) => {
        new S3BucketNotification(stack, "theirs", { bucket: bucket.bucket.id });
        return queueDestination(queueIn(stack));
      }),
    ).toThrow(/"test\/pictures\/Default\/notification\/Default" and "test\/theirs" both write it/);
  });

  it("reject having no destination, and names that are not kebab-case", () => {
    expect(() => notified(() => ({}) as Destinations)).toThrow(
      /destinations must name at least one destination/,
    );
    expect(() =>
      notified((stack) => ({ Jpg_: { ...CREATED, to: queueDestination(queueIn(stack)) } })),
    ).toThrow(/destinations\.Jpg_: a name is kebab-case/);
  });

  it("reject several faults at once, each with its destination", () => {
    const faulty = { events: [], prefix: "", suffix: "*.jpg" };
    expect(() =>
      notified((stack) => ({ a: { ...faulty, to: queueDestination(queueIn(stack, { fifoQueue: true })) } })),
    ).toThrow(
      /bucket-notifications "test\/events": 4 faults\n {2}- destinations\.a\.events .*\n {2}- destinations\.a\.prefix .*\n {2}- destinations\.a\.suffix .*\n {2}- destinations\.a\.to is a FIFO queue/,
    );
  });

  it("leave the policies of the destinations to be extended", () => {
    const result = notified((stack) => {
      const kmsKey = new KmsKey(stack, "key");
      const made = queueIn(stack, { kmsMasterKeyId: kmsKey.arn });
      const more = { principal: "*", actions: ["sqs:SendMessage"], resources: ["x"] } as const;
      queuePolicy(made).add("More", more);
      keyPolicy(kmsKey).add("More", { ...more, actions: ["kms:Decrypt"] });
      return queueDestination(made);
    });
    for (const { policy } of [result.one(SqsQueuePolicy), result.one(KmsKeyPolicy)]) {
      expect(statement(policy, "More")).toBeDefined();
      expect(statement(policy, "AllowBucketTestPicturesDefault")).toBeDefined();
    }
  });
});
