import { CloudwatchMetricAlarm } from "@cdktf/provider-aws/lib/cloudwatch-metric-alarm";
import { DataAwsSqsQueue } from "@cdktf/provider-aws/lib/data-aws-sqs-queue";
import { IamRolePolicy } from "@cdktf/provider-aws/lib/iam-role-policy";
import { KmsKey } from "@cdktf/provider-aws/lib/kms-key";
import { KmsKeyPolicy } from "@cdktf/provider-aws/lib/kms-key-policy";
import { LambdaEventSourceMapping } from "@cdktf/provider-aws/lib/lambda-event-source-mapping";
import { LambdaFunction } from "@cdktf/provider-aws/lib/lambda-function";
import { AwsProvider } from "@cdktf/provider-aws/lib/provider";
import { SnsTopic } from "@cdktf/provider-aws/lib/sns-topic";
import { SnsTopicPolicy } from "@cdktf/provider-aws/lib/sns-topic-policy";
import { SnsTopicSubscription } from "@cdktf/provider-aws/lib/sns-topic-subscription";
import { SqsQueue } from "@cdktf/provider-aws/lib/sqs-queue";
import { SqsQueuePolicy } from "@cdktf/provider-aws/lib/sqs-queue-policy";
import { SqsQueueRedriveAllowPolicy } from "@cdktf/provider-aws/lib/sqs-queue-redrive-allow-policy";
import { type App, TerraformStack, Token } from "cdktf";
import * as fc from "fast-check";
import { type Handler, NodeFunction } from "../../modules/compute";
import { Checks, type Encryption, provideFacts, ServiceRole } from "../../modules/core";
import { FanOut, type SubscriberProps } from "../../modules/event-processing";
import { checkFilter, type Filter } from "../../modules/event-processing/filter-policy";
import { Network } from "../../modules/network";
import { Table } from "../../modules/storage";
import { type Synthesized, someFacts, statementsOf, synthesize, synthesizeApp } from "../../testing";

type Ordering = "standard" | "fifo";
interface Options {
  readonly ordering?: Ordering;
  readonly encryption?: Encryption;
}

/** A fan-out "orders" with the subscribers given. */
const fanOut = (
  subscribers: Readonly<Record<string, SubscriberProps>> = { billing: {} },
  options: Options = {},
  then: (fanOut: FanOut<string>, stack: TerraformStack) => void = () => undefined,
): Synthesized =>
  synthesize((stack) => then(new FanOut(stack, "orders", { subscribers, ...options }), stack));

/** A handler without code: what a queue needs to know of one. */
const handler = (stack: TerraformStack, settings: Partial<Handler> = {}): Handler => {
  const role = new ServiceRole(stack, "handler", { service: "lambda.amazonaws.com" });
  const lambda = new LambdaFunction(stack, "lambda", { functionName: "f", role: role.role.arn });
  return {
    lambda,
    timeoutSeconds: 20,
    permissions: role.policy,
    allowed: [],
    allow: (sid, s) => role.allow(sid, s),
    ...settings,
  };
};
const consumed = (
  options: Parameters<FanOut<string>["subscribers"][string]["consumeWith"]>[1] = {},
  props: SubscriberProps = {},
  settings: Partial<Handler> = {},
  fanOutOptions: Options = {},
) =>
  fanOut({ billing: props }, fanOutOptions, ({ subscribers }, stack) =>
    subscribers.billing?.consumeWith(handler(stack, settings), options),
  );

const sids = (policy: string) => statementsOf(policy).map(({ Sid }) => Sid);
const reference = (type: string, id: RegExp) =>
  expect.stringMatching(new RegExp(`^\\$\\{${type}\\.${id.source}`));

describe("a fan-out", () => {
  it("makes one queue, one dead-letter queue and one queue for the undelivered a subscriber", () => {
    const queues = fanOut({ billing: {}, audit: {} }).resources(SqsQueue);
    expect(
      Object.values(queues)
        .map(({ name }) => name)
        .sort(),
    ).toEqual([
      "test_orders_audit_queue",
      "test_orders_audit_queue_dead-letters",
      "test_orders_audit_undelivered",
      "test_orders_billing_queue",
      "test_orders_billing_queue_dead-letters",
      "test_orders_billing_undelivered",
    ]);
  });

  it("keeps the addresses of a subscriber when another one joins", () => {
    const alone = fanOut({ billing: {} }).addresses;
    expect(fanOut({ audit: {}, billing: {} }).addresses).toEqual(expect.arrayContaining(alone));
  });

  it("tries five times by default, as often as it is told otherwise, and then sets the message aside", () => {
    const redrive = (props: SubscriberProps) =>
      JSON.parse(fanOut({ billing: props }).at("orders/billing/queue", SqsQueue).redrive_policy);
    expect(redrive({})).toEqual({
      deadLetterTargetArn: reference("aws_sqs_queue", /orders_billing_queue_dead-letters_\w+\.arn/),
      maxReceiveCount: 5,
    });
    expect(redrive({ maxReceives: 3 }).maxReceiveCount).toBe(3);
  });

  it("lets only its own queue use a dead-letter queue", () => {
    const allow = fanOut().one(SqsQueueRedriveAllowPolicy);
    expect(allow.queue_url).toEqual(reference("aws_sqs_queue", /orders_billing_queue_dead-letters_\w+\.url/));
    expect(JSON.parse(allow.redrive_allow_policy)).toEqual({
      redrivePermission: "byQueue",
      sourceQueueArns: [reference("aws_sqs_queue", /orders_billing_queue_(?!dead)\w+\.arn/)],
    });
  });

  it("keeps what failed for 14 days, and unread messages for four unless told otherwise", () => {
    const result = fanOut();
    expect(result.at("orders/billing/queue/dead-letters", SqsQueue).message_retention_seconds).toBe(
      1_209_600,
    );
    expect(result.at("orders/billing/undelivered", SqsQueue).message_retention_seconds).toBe(1_209_600);
    expect(result.at("orders/billing/queue", SqsQueue).message_retention_seconds).toBe(345_600);
    const week = fanOut({ billing: { retentionSeconds: 604_800 } }).at("orders/billing/queue", SqsQueue);
    expect(week.message_retention_seconds).toBe(604_800);
  });

  it("delivers messages raw, or in SNS's envelope", () => {
    expect(fanOut().one(SnsTopicSubscription).raw_message_delivery).toBe(true);
    const envelope = fanOut({ billing: { delivery: "envelope" } });
    expect(envelope.one(SnsTopicSubscription).raw_message_delivery).toBe(false);
  });

  it("sets aside what it cannot deliver", () => {
    const { redrive_policy } = fanOut().one(SnsTopicSubscription);
    expect(JSON.parse(redrive_policy)).toEqual({
      deadLetterTargetArn: reference("aws_sqs_queue", /orders_billing_undelivered_\w+\.arn/),
    });
  });

  it("subscribes its queue to its topic", () => {
    expect(fanOut().one(SnsTopicSubscription)).toMatchObject({
      topic_arn: "${aws_sns_topic.orders.arn}",
      protocol: "sqs",
      endpoint: reference("aws_sqs_queue", /orders_billing_queue_(?!dead)\w+\.arn/),
    });
  });

  it("filters on attributes or on the body, and says the scope only with a policy", () => {
    const attributes = fanOut({ billing: { filter: { attributes: { kind: ["a"] } } } }).one(
      SnsTopicSubscription,
    );
    expect(attributes).toMatchObject({
      filter_policy: '{"kind":["a"]}',
      filter_policy_scope: "MessageAttributes",
    });
    const body = fanOut({ billing: { filter: { body: { order: { kind: ["a"] } } } } }).one(
      SnsTopicSubscription,
    );
    expect(body).toMatchObject({
      filter_policy: '{"order":{"kind":["a"]}}',
      filter_policy_scope: "MessageBody",
    });
    expect(fanOut().one(SnsTopicSubscription).filter_policy_scope).toBeUndefined();
  });

  it("subscribes after the policies that let SNS in, or first messages would be lost", () => {
    const needed = fanOut().one(SnsTopicSubscription).depends_on as string[];
    expect(needed.sort()).toEqual([
      expect.stringMatching(/^aws_kms_key_policy\.orders_key/),
      expect.stringMatching(/^aws_sqs_queue_policy\.orders_billing_queue_policy/),
      expect.stringMatching(/^aws_sqs_queue_policy\.orders_billing_undelivered_policy/),
    ]);
  });

  it.each(["orders/billing/queue", "orders/billing/undelivered"])(
    "lets its own topic, and no other, send to %s",
    (path) => {
      const policy = fanOut().at(`${path}/policy`, SqsQueuePolicy).policy;
      expect(statementsOf(policy).find(({ Effect }) => Effect === "Allow")).toEqual({
        Sid: "AllowTopicTestOrdersDefault",
        Effect: "Allow",
        Principal: { Service: "sns.amazonaws.com" },
        Action: "sqs:SendMessage",
        Resource: expect.stringContaining("orders_billing"),
        Condition: { ArnEquals: { "aws:SourceArn": "${aws_sns_topic.orders.arn}" } },
      });
    },
  );

  it("lets nobody send to a dead-letter queue: SQS moves messages itself", () => {
    const { policy } = fanOut().at("orders/billing/queue/dead-letters/policy", SqsQueuePolicy);
    expect(sids(policy)).toEqual(["DenyWithoutTls"]);
  });

  it("refuses calls without TLS on the topic and on every queue", () => {
    const result = fanOut();
    const policies = [...Object.values(result.resources(SqsQueuePolicy)), result.one(SnsTopicPolicy)];
    expect(policies).toHaveLength(4);
    for (const { policy } of policies) expect(sids(policy)).toContain("DenyWithoutTls");
  });
});

describe("encryption of a fan-out", () => {
  it("is one customer key for topic and queues, which its topic alone may use as a sender", () => {
    const result = fanOut();
    const encrypted = [result.one(SnsTopic), ...Object.values(result.resources(SqsQueue))];
    expect(encrypted).toHaveLength(4);
    for (const { kms_master_key_id } of encrypted) {
      expect(kms_master_key_id).toEqual(reference("aws_kms_key", /orders_key_\w+\.arn/));
    }
    const allow = statementsOf(result.one(KmsKeyPolicy).policy).find(
      ({ Principal }) => "Service" in Principal,
    );
    expect(allow).toMatchObject({
      Principal: { Service: "sns.amazonaws.com" },
      Action: ["kms:Decrypt", "kms:GenerateDataKey"],
      Condition: { ArnLike: { "aws:SourceArn": "${aws_sns_topic.orders.arn}" } },
    });
  });

  it("is left to the services on request", () => {
    const result = fanOut({ billing: {} }, { encryption: "service-managed" });
    expect(Object.keys(result.resources(KmsKey))).toEqual([]);
    expect(result.one(SnsTopic).kms_master_key_id).toBe("alias/aws/sns");
    for (const queue of Object.values(result.resources(SqsQueue))) {
      expect(queue).toMatchObject({ sqs_managed_sse_enabled: true });
      expect(queue.kms_master_key_id).toBeUndefined();
    }
  });

  it("takes a key of the app and adds to its policy", () => {
    const result = synthesize((stack) => {
      const key = new KmsKey(stack, "shared");
      for (const id of ["a", "b"]) new FanOut(stack, id, { subscribers: { x: {} }, encryption: key });
    });
    expect(sids(result.one(KmsKeyPolicy).policy)).toEqual([
      "AllowAccountThroughIam",
      "AllowTopicTestA",
      "AllowTopicTestB",
    ]);
  });

  it.each([
    ["an AWS-managed key", () => "alias/aws/sqs", /AWS-managed key/],
    ["a key made elsewhere", () => ({ arn: "arn:aws:kms:eu-west-1:1:key/x" }), /made elsewhere/],
    [
      "a key with an inline policy",
      (s: TerraformStack) => new KmsKey(s, "k", { policy: "{}" }),
      /inline policy/,
    ],
  ])("rejects %s", (_, encryption, message) => {
    expect(() =>
      synthesize((stack) => {
        new FanOut(stack, "orders", { subscribers: { x: {} }, encryption: encryption(stack) as Encryption });
      }),
    ).toThrow(message);
  });
});

describe("a FIFO fan-out", () => {
  const fifo = (subscribers: Record<string, SubscriberProps>) => fanOut(subscribers, { ordering: "fifo" });

  it("has a FIFO topic that drops repeats, and FIFO queues throughout", () => {
    const result = fifo({ billing: {} });
    expect(result.one(SnsTopic)).toMatchObject({
      name: "test_orders.fifo",
      fifo_topic: true,
      content_based_deduplication: true,
    });
    for (const queue of Object.values(result.resources(SqsQueue))) {
      expect(queue).toMatchObject({ fifo_queue: true, name: expect.stringMatching(/\.fifo$/) });
    }
  });

  it("feeds a standard queue where order does not matter; what it cannot deliver stays FIFO, as SNS demands", () => {
    const result = fifo({ report: { ordering: "standard" } });
    expect(result.at("orders/report/queue", SqsQueue).fifo_queue).toBeUndefined();
    expect(result.at("orders/report/queue/dead-letters", SqsQueue).fifo_queue).toBeUndefined();
    expect(result.at("orders/report/undelivered", SqsQueue).fifo_queue).toBe(true);
  });

  it("rejects a FIFO subscriber on a standard topic", () => {
    expect(() => fanOut({ billing: { ordering: "fifo" } })).toThrow(
      /fan-out "test\/orders": subscribers.billing.ordering is "fifo" on a standard topic.*make the fan-out "fifo"/,
    );
  });
});

describe("a queue handed in", () => {
  it("of the same app gets the statement in its policy", () => {
    const result = synthesize((stack) => {
      const queue = new SqsQueue(stack, "theirs", { name: "theirs" });
      new FanOut(stack, "orders", { subscribers: { theirs: { queue } } });
    });
    expect(sids(result.at("theirs/policy", SqsQueuePolicy).policy)).toEqual([
      "AllowTopicTestOrdersDefault",
      "DenyWithoutTls",
    ]);
    expect(result.one(SnsTopicSubscription).endpoint).toBe("${aws_sqs_queue.theirs.arn}");
  });

  it("from elsewhere is subscribed, and its policy is left to its owner", () => {
    const queue = { arn: "arn:aws:sqs:eu-west-1:123456789012:theirs", url: "https://sqs/theirs" };
    const result = fanOut({ theirs: { queue } });
    expect(result.one(SnsTopicSubscription).endpoint).toBe(queue.arn);
    expect(Object.values(result.resources(SqsQueue)).map(({ name }) => name)).toEqual([
      "test_orders_theirs_undelivered",
    ]);
    expect(Object.keys(result.resources(SqsQueuePolicy))).toHaveLength(1);
  });

  it.each([
    [
      "a standard queue on a FIFO topic",
      "theirs",
      "fifo",
      {},
      /queue is a standard queue.*set ordering: "standard"/,
    ],
    [
      "a FIFO queue on a standard topic",
      "theirs.fifo",
      "standard",
      {},
      /queue is a FIFO queue.*SNS refuses it/,
    ],
    [
      "a visibility",
      "theirs",
      "standard",
      { visibilityTimeoutSeconds: 30 },
      /visibilityTimeoutSeconds belongs to the queue/,
    ],
    ["a retention", "theirs", "standard", { retentionSeconds: 600 }, /retentionSeconds belongs to the queue/],
    [
      "an alarm's age",
      "theirs",
      "standard",
      { alarmAtAgeSeconds: 60 },
      /alarmAtAgeSeconds belongs to the queue/,
    ],
    ["a name that is none", "the irs", "standard", {}, /queue must be an SQS queue by its ARN/],
    ["receives", "theirs", "standard", { maxReceives: 5 }, /maxReceives belongs to the queue/],
  ] as const)("rejects %s", (_, name, ordering, settings, message) => {
    const queue = { arn: `arn:aws:sqs:eu-west-1:123456789012:${name}`, url: "u" };
    expect(() => fanOut({ theirs: { queue, ...settings } as SubscriberProps }, { ordering })).toThrow(
      message,
    );
  });

  it("is left to its owner where a data source looked it up: a policy of ours would replace theirs", () => {
    const result = synthesize((stack) => {
      const queue = new DataAwsSqsQueue(stack, "theirs", { name: "theirs" });
      new FanOut(stack, "orders", { subscribers: { theirs: { queue } } });
    });
    const policies = Object.values(result.resources(SqsQueuePolicy)).map(({ queue_url }) => queue_url);
    expect(policies).toEqual([expect.stringContaining("aws_sqs_queue.orders_theirs_undelivered")]);
    expect(result.one(SnsTopicSubscription).endpoint).toBe("${data.aws_sqs_queue.theirs.arn}");
  });

  it("rejects what is no queue, which raw delivery could not reach", () => {
    const queue = { arn: "arn:aws:lambda:eu-west-1:123456789012:function:f", url: "u" };
    expect(() => fanOut({ theirs: { queue } })).toThrow(
      /subscribers.theirs.queue must be an SQS queue by its ARN/,
    );
  });

  const withQueue = (
    make: (stack: TerraformStack, key: KmsKey) => { queue: SqsQueue; encryption?: Encryption },
  ) =>
    synthesize((stack) => {
      const { queue, encryption } = make(stack, new KmsKey(stack, "shared"));
      new FanOut(stack, "orders", { subscribers: { theirs: { queue } }, encryption });
    });

  it.each([
    ["the AWS-managed key", () => "alias/aws/sqs"],
    ["another key", (key: KmsKey) => key.arn],
  ])("rejects one encrypted with %s, where nothing would arrive", (_, keyOf) => {
    expect(() =>
      withQueue((stack, key) => ({
        queue: new SqsQueue(stack, "theirs", { name: "theirs", kmsMasterKeyId: keyOf(key) }),
      })),
    ).toThrow(/subscribers.theirs.queue is encrypted with a key that this fan-out does not grant to SNS/);
  });

  it.each(["arn", "keyId", "id"] as const)(
    "takes one encrypted with the fan-out's own key, by its %s",
    (attribute) => {
      expect(() =>
        withQueue((stack, key) => ({
          queue: new SqsQueue(stack, "theirs", { name: "theirs", kmsMasterKeyId: key[attribute] }),
          encryption: key,
        })),
      ).not.toThrow();
    },
  );

  it("rejects one of another stack, whose policy and the subscription would name each other", () => {
    expect(() =>
      synthesize((stack) => {
        const queue = new SqsQueue(new TerraformStack(stack.node.root as App, "other"), "theirs", {
          name: "theirs",
        });
        new FanOut(stack, "orders", { subscribers: { theirs: { queue } } });
      }),
    ).toThrow(/queue is made in stack "other".*hand in \{ arn, url \}/);
  });

  it("rejects one of another account, which must subscribe itself", () => {
    const queue = { arn: "arn:aws:sqs:eu-west-1:999999999999:theirs", url: "u" };
    expect(() => fanOut({ theirs: { queue } })).toThrow(
      /queue belongs to account 999999999999.*let that account subscribe/,
    );
  });

  it("rejects a resource that is no queue", () => {
    expect(() =>
      synthesize((stack) => {
        const lambda = new LambdaFunction(stack, "f", { functionName: "f", role: "r" });
        const queue = lambda as unknown as SqsQueue;
        new FanOut(stack, "orders", { subscribers: { theirs: { queue } } });
      }),
    ).toThrow(/queue is an aws_lambda_function: raw delivery and redrive reach queues only/);
  });

  it("rejects a FIFO queue of the app on a standard topic by what it says of itself", () => {
    expect(() =>
      synthesize((stack) => {
        const queue = new SqsQueue(stack, "theirs", { name: "x.fifo", fifoQueue: true });
        new FanOut(stack, "orders", { subscribers: { theirs: { queue } } });
      }),
    ).toThrow(/queue is a FIFO queue/);
  });

  it("rejects a queue of the app whose dead-letter queue is of the other kind", () => {
    const withDeadLetters = (fifoQueue?: boolean) => () =>
      synthesize((stack) => {
        const { arn } = new SqsQueue(stack, "aside", { fifoQueue });
        const queue = new SqsQueue(stack, "theirs", {
          fifoQueue: true,
          redrivePolicy: JSON.stringify({ deadLetterTargetArn: arn, maxReceiveCount: 3 }),
        });
        new FanOut(stack, "orders", { ordering: "fifo", subscribers: { theirs: { queue } } });
      });
    expect(withDeadLetters()).toThrow(
      /fan-out "test\/orders": subscribers.theirs.queue is a FIFO queue whose dead-letter queue "test\/aside" is a standard one/,
    );
    expect(withDeadLetters(true)).not.toThrow();
  });

  it("takes a standard queue on a FIFO topic once the loss of order is said", () => {
    const queue = { arn: "arn:aws:sqs:eu-west-1:123456789012:theirs", url: "u" };
    expect(() => fanOut({ theirs: { queue, ordering: "standard" } }, { ordering: "fifo" })).not.toThrow();
  });

  it("rejects a consumer: its owner consumes it", () => {
    const queue = { arn: "arn:aws:sqs:eu-west-1:123456789012:theirs", url: "u" };
    expect(() =>
      fanOut({ theirs: { queue } }, {}, ({ subscribers }, stack) =>
        subscribers.theirs?.consumeWith(handler(stack)),
      ),
    ).toThrow(/subscriber "test\/orders\/theirs": its queue was handed in/);
  });
});

describe("publishers", () => {
  it("may be allowed twice", () => {
    const result = fanOut({ billing: {} }, {}, (orders, stack) => {
      const one = handler(stack);
      orders.grantPublish(one);
      orders.grantPublish(one);
      for (let time = 0; time < 2; time++) orders.allowPublishFromAccount("210987654321");
    });
    expect(statementsOf(result.one(IamRolePolicy).policy)).toHaveLength(2);
    expect(statementsOf(result.one(SnsTopicPolicy).policy)).toHaveLength(2);
  });

  const viaSns = { "kms:ViaService": "sns.eu-west-1.amazonaws.com" };

  it("of the same account are allowed to publish, and to encrypt with the key", () => {
    const result = fanOut({ billing: {} }, {}, (orders, stack) => orders.grantPublish(handler(stack)));
    expect(statementsOf(result.one(IamRolePolicy).policy)).toEqual([
      expect.objectContaining({
        Action: ["kms:Decrypt", "kms:GenerateDataKey"],
        Resource: expect.stringMatching(/aws_kms_key\.orders_key/),
        Condition: { StringEquals: viaSns },
      }),
      expect.objectContaining({ Action: "sns:Publish", Resource: "${aws_sns_topic.orders.arn}" }),
    ]);
  });

  it("of another account are let in on the topic and on the key, through SNS only", () => {
    const result = fanOut({ billing: {} }, {}, (orders) => orders.allowPublishFromAccount("210987654321"));
    const principal = { AWS: "arn:aws:iam::210987654321:root" };
    expect(statementsOf(result.one(SnsTopicPolicy).policy)[0]).toEqual({
      Sid: "AllowAccount210987654321",
      Effect: "Allow",
      Principal: principal,
      Action: "sns:Publish",
      Resource: "${aws_sns_topic.orders.arn}",
    });
    expect(statementsOf(result.one(KmsKeyPolicy).policy)).toContainEqual({
      Sid: "AllowAccount210987654321PublishTestOrders",
      Effect: "Allow",
      Principal: principal,
      Action: ["kms:Decrypt", "kms:GenerateDataKey"],
      Resource: "*",
      Condition: { StringEquals: viaSns },
    });
  });

  it("of an organisation are let in by its id, on the topic and on the key", () => {
    const id = "o-a1b2c3d4e5";
    const result = fanOut({ billing: {} }, {}, (orders) => orders.allowPublishFromOrganization(id));
    const ofThem = { "aws:PrincipalOrgID": id };
    const byOrganization = ({ Sid }: { Sid?: string }) => Sid?.startsWith("AllowOrganization");
    expect(statementsOf(result.one(SnsTopicPolicy).policy).find(byOrganization)).toMatchObject({
      Principal: { AWS: "*" },
      Condition: { StringEquals: ofThem },
    });
    expect(statementsOf(result.one(KmsKeyPolicy).policy).find(byOrganization)).toMatchObject({
      Principal: { AWS: "*" },
      Condition: { StringEquals: { ...ofThem, ...viaSns } },
    });
  });

  it.each([
    [
      "an account that is none",
      (f: FanOut<string>) => f.allowPublishFromAccount("12"),
      /account must be 12 digits, got "12"/,
    ],
    [
      "an organisation that is none",
      (f: FanOut<string>) => f.allowPublishFromOrganization("acme"),
      /organizationId must be an organisation's id/,
    ],
  ])("rejects %s", (_, act, message) => {
    expect(() => fanOut({ billing: {} }, {}, act)).toThrow(message);
  });

  it.each(["xo-a1b2c3d4e5", "o-short", "o-a1b2c3d4e5!"])("rejects the organisation %s", (id) => {
    expect(() => fanOut({ billing: {} }, {}, (orders) => orders.allowPublishFromOrganization(id))).toThrow(
      /organizationId must be/,
    );
  });

  it.each([
    ["account", (f: FanOut<string>) => f.allowPublishFromAccount("210987654321")],
    ["organisation", (f: FanOut<string>) => f.allowPublishFromOrganization("o-a1b2c3d4e5")],
  ])("rejects another %s where the AWS-managed key would shut it out", (_, act) => {
    expect(() => fanOut({ billing: {} }, { encryption: "service-managed" }, act)).toThrow(
      /use encryption "customer-key"/,
    );
  });
});

describe("a consumer", () => {
  it("takes ten at once and says which of them failed", () => {
    expect(consumed().one(LambdaEventSourceMapping)).toMatchObject({
      batch_size: 10,
      maximum_batching_window_in_seconds: 0,
      function_response_types: ["ReportBatchItemFailures"],
      event_source_arn: reference("aws_sqs_queue", /orders_billing_queue_(?!dead)/),
      function_name: "${aws_lambda_function.lambda.arn}",
    });
  });

  it("waits for what its role may do, which AWS tries at creation", () => {
    const [needed, ...others] = consumed().one(LambdaEventSourceMapping).depends_on;
    expect(needed).toMatch(/^aws_iam_role_policy\.handler_policy/);
    expect(others).toEqual([]);
  });

  it("may read exactly its queue, and decrypt with exactly its key", () => {
    expect(statementsOf(consumed().one(IamRolePolicy).policy)).toEqual([
      expect.objectContaining({
        Action: ["sqs:DeleteMessage", "sqs:GetQueueAttributes", "sqs:ReceiveMessage"],
        Resource: reference("aws_sqs_queue", /orders_billing_queue_(?!dead)/),
      }),
      expect.objectContaining({ Action: "kms:Decrypt", Resource: reference("aws_kms_key", /orders_key/) }),
    ]);
  });

  it("needs no key where SQS manages it", () => {
    const { policy } = consumed({}, {}, {}, { encryption: "service-managed" }).one(IamRolePolicy);
    expect(statementsOf(policy).map(({ Action }) => Action)).toEqual([
      ["sqs:DeleteMessage", "sqs:GetQueueAttributes", "sqs:ReceiveMessage"],
    ]);
  });

  const visibility = (result: Synthesized) =>
    result.at("orders/billing/queue", SqsQueue).visibility_timeout_seconds;

  it("keeps a message hidden for six times its timeout plus the window, though it came after the queue", () => {
    expect(visibility(consumed({ batchingWindowSeconds: 7 }))).toBe(6 * 20 + 7);
    expect(visibility(fanOut())).toBe(30);
    expect(visibility(consumed({}, { visibilityTimeoutSeconds: 600 }))).toBe(600);
  });

  it("rejects a visibility timeout below what it needs, and takes one that just suffices", () => {
    expect(() => consumed({}, { visibilityTimeoutSeconds: 119 })).toThrow(
      /consumer "test\/orders\/billing\/queue": visibilityTimeoutSeconds must be at least 120 .*got 119: leave it out/,
    );
    expect(() => consumed({}, { visibilityTimeoutSeconds: 120 })).not.toThrow();
    expect(() => consumed({ batchingWindowSeconds: 1 }, { visibilityTimeoutSeconds: 120 })).toThrow(
      /at least 121/,
    );
  });

  it("is capped where asked", () => {
    const { scaling_config } = consumed({ maximumConcurrency: 5 }).one(LambdaEventSourceMapping);
    expect(scaling_config).toEqual({ maximum_concurrency: 5 });
    expect(consumed().one(LambdaEventSourceMapping).scaling_config).toBeUndefined();
  });

  it.each([
    [
      "a batch above ten without a window",
      { batchSize: 11 },
      {},
      /batchSize 11 needs a batchingWindowSeconds of at least 1/,
    ],
    ["an empty batch", { batchSize: 0 }, {}, /batchSize must be between 1 and 10000, got 0/],
    [
      "a batch that is too large",
      { batchSize: 10_001, batchingWindowSeconds: 1 },
      {},
      /batchSize must be between/,
    ],
    [
      "a window that is too long",
      { batchingWindowSeconds: 301 },
      {},
      /batchingWindowSeconds must be between 0 and 300/,
    ],
    ["a cap of one", { maximumConcurrency: 1 }, {}, /maximumConcurrency must be between 2 and 1000, got 1/],
    [
      "a cap above the function's own",
      { maximumConcurrency: 5 },
      { reservedConcurrency: 4 },
      /maximumConcurrency must be given and at most 4 \(the handler reserves 4\), got 5/,
    ],
  ])("rejects %s", (_, options, settings, message) => {
    expect(() => consumed(options, {}, settings)).toThrow(message);
  });

  it.each([
    ["a batch above ten", { batchSize: 11 }, /batchSize must be between 1 and 10, got 11/],
    ["a window", { batchingWindowSeconds: 1 }, /batchingWindowSeconds must be 0 on a FIFO queue, got 1/],
  ])("rejects %s on a FIFO queue", (_, options, message) => {
    expect(() => consumed(options, {}, {}, { ordering: "fifo" })).toThrow(message);
  });

  it("rejects none where the function's concurrency is reserved: the poller would be throttled", () => {
    expect(() => consumed({}, {}, { reservedConcurrency: 4 })).toThrow(
      /maximumConcurrency must be given and at most 4/,
    );
    expect(() => consumed({ maximumConcurrency: 4 }, {}, { reservedConcurrency: 4 })).not.toThrow();
  });

  it("rejects a cap that does not fit beside the function's other queues", () => {
    expect(() =>
      fanOut({ a: {}, b: {} }, {}, ({ subscribers }, stack) => {
        const one = handler(stack, { reservedConcurrency: 5 });
        subscribers.a?.consumeWith(one, { maximumConcurrency: 3 });
        subscribers.b?.consumeWith(one, { maximumConcurrency: 3 });
      }),
    ).toThrow(/at most 2 \(the handler reserves 5, and its other queues take 3\), got 3/);
  });

  it("rejects fewer than five receives, which throttling alone uses up", () => {
    expect(() => consumed({}, { maxReceives: 4 })).toThrow(
      /maxReceives must be at least 5 with a function, got 4/,
    );
    expect(() => consumed({}, { maxReceives: 5 })).not.toThrow();
  });

  it("may take from several queues", () => {
    const result = fanOut({ a: {}, b: {} }, {}, ({ subscribers }, stack) => {
      const one = handler(stack);
      subscribers.a?.consumeWith(one);
      subscribers.b?.consumeWith(one);
    });
    expect(Object.keys(result.resources(LambdaEventSourceMapping))).toHaveLength(2);
    expect(sids(result.one(IamRolePolicy).policy)).toEqual([
      "ConsumeTestOrdersAQueue",
      "ConsumeTestOrdersBQueue",
      "DecryptTestOrdersKeyDefaultSqs",
    ]);
  });

  it("need not reach SQS or the key from where it stands: the poller does", () => {
    expect(() =>
      synthesize((stack) => {
        const orders = new FanOut(stack, "orders", { subscribers: { billing: {} } });
        const environment = { TABLE_NAME: "t", IDEMPOTENCY_TABLE_NAME: "i" };
        const network = new Network(stack, "network");
        const placed = new NodeFunction<typeof environment>(stack, "f", {
          source: "billing",
          environment,
          network,
        });
        orders.subscribers.billing.consumeWith(placed);
        new Table(stack, "table", { partitionKey: "id" }).grant(placed, "PutItem");
      }),
    ).not.toThrow();
  });

  it("may live in another stack than the queue", () => {
    const stacks = synthesizeApp((app) => {
      const [theirs, ours] = ["theirs", "ours"].map((id) => {
        const stack = new TerraformStack(app, id);
        new AwsProvider(stack, "aws", { region: "eu-west-1" });
        provideFacts(stack, someFacts);
        return stack;
      }) as [TerraformStack, TerraformStack];
      const orders = new FanOut(theirs, "orders", { subscribers: { billing: {} } });
      orders.subscribers.billing.consumeWith(handler(ours));
    });
    expect(stacks.ours?.one(LambdaEventSourceMapping).event_source_arn).toMatch(
      /data\.terraform_remote_state/,
    );
  });

  it("lets tokens through, and asks for the visibility that it cannot derive from one", () => {
    const unknown = Token.asNumber({ resolve: () => "${var.x}" });
    expect(() => consumed({}, {}, { timeoutSeconds: unknown })).toThrow(
      /visibilityTimeoutSeconds cannot be derived/,
    );
    expect(visibility(consumed({}, { visibilityTimeoutSeconds: 60 }, { timeoutSeconds: unknown }))).toBe(60);
    expect(visibility(consumed({}, { visibilityTimeoutSeconds: unknown }))).toBe("${var.x}");
    expect(() =>
      consumed({ maximumConcurrency: unknown }, { maxReceives: unknown }, { reservedConcurrency: 4 }),
    ).not.toThrow();
    expect(() => consumed({ batchSize: unknown }, {}, { reservedConcurrency: unknown })).not.toThrow();
  });

  it("rejects a second one", () => {
    expect(() =>
      fanOut({ billing: {} }, {}, ({ subscribers }, stack) => {
        const one = handler(stack);
        subscribers.billing?.consumeWith(one);
        subscribers.billing?.consumeWith(one);
      }),
    ).toThrow(/has a consumer already.*subscribe a second queue/);
  });
});

describe("alarms of a fan-out", () => {
  it("go off when SNS could not even set a message aside", () => {
    expect(fanOut().at("orders/loss-alarm", CloudwatchMetricAlarm)).toMatchObject({
      namespace: "AWS/SNS",
      metric_name: "NumberOfNotificationsFailedToRedriveToDlq",
      dimensions: { TopicName: "${aws_sns_topic.orders.name}" },
      statistic: "Sum",
      threshold: 1,
    });
  });

  it("on age allow for two tries of a slow consumer", () => {
    const age = (result: Synthesized) =>
      result.at("orders/billing/queue/age-alarm", CloudwatchMetricAlarm).threshold;
    expect(age(fanOut())).toBe(900);
    expect(age(consumed({}, {}, { timeoutSeconds: 900 }))).toBe(2 * 6 * 900);
    expect(age(consumed({}, { alarmAtAgeSeconds: 60 }, { timeoutSeconds: 900 }))).toBe(60);
  });

  it("on age go off after 900 s where the visibility timeout is known at apply only", () => {
    const visibilityTimeoutSeconds = Token.asNumber({ resolve: () => "${var.x}" });
    const age = (alarmAtAgeSeconds?: number) =>
      fanOut({ billing: { visibilityTimeoutSeconds, alarmAtAgeSeconds } }).at(
        "orders/billing/queue/age-alarm",
        CloudwatchMetricAlarm,
      ).threshold;
    expect(age()).toBe(900);
    expect(age(60)).toBe(60);
  });

  const alarms = () => fanOut({ billing: { alarmAtAgeSeconds: 60 } });

  it.each([
    [
      "a message that failed every try",
      "orders/billing/queue/dead-letters-alarm",
      "ApproximateNumberOfMessagesVisible",
      "test_orders_billing_queue_dead-letters",
      1,
    ],
    [
      "a message that was not delivered",
      "orders/billing/undelivered-alarm",
      "ApproximateNumberOfMessagesVisible",
      "test_orders_billing_undelivered",
      1,
    ],
    [
      "a message that waits too long",
      "orders/billing/queue/age-alarm",
      "ApproximateAgeOfOldestMessage",
      "test_orders_billing_queue",
      60,
    ],
  ])("go off at %s, on the queue itself, and call the environment", (_, path, metric, queue, threshold) => {
    const result = alarms();
    const { dimensions, ...made } = result.at(path, CloudwatchMetricAlarm);
    expect(made).toMatchObject({
      period: 60,
      evaluation_periods: metric === "ApproximateAgeOfOldestMessage" ? 3 : 1,
      alarm_description: expect.stringMatching(/test\/orders\/billing/),
      namespace: "AWS/SQS",
      metric_name: metric,
      threshold,
      statistic: "Maximum",
      comparison_operator: "GreaterThanOrEqualToThreshold",
      treat_missing_data: "notBreaching",
      alarm_actions: ["arn:aws:sns:eu-west-1:123456789012:alarms"],
    });
    const [type, id] = /aws_sqs_queue\.([\w-]+)/.exec(dimensions.QueueName ?? "") ?? [];
    expect(type).toBeDefined();
    expect(result.resources(SqsQueue)[id as string]?.name).toBe(queue);
  });
});

describe("refusals of a fan-out", () => {
  it.each<[string, Record<string, SubscriberProps>, RegExp]>([
    [
      "a filter that SNS would refuse",
      { billing: { filter: { attributes: { a: [] } } } },
      /subscribers.billing.filter.a must hold/,
    ],
    ["no subscriber at all", {}, /must name at least one subscriber/],
    ["a name that is no construct id", { "Not A Name": {} }, /a name is kebab-case/],
    ["a name that is taken", { key: {} }, /none of key, loss-alarm/],
    [
      "no receives",
      { billing: { maxReceives: 0 } },
      /fan-out "test\/orders": subscribers.billing.maxReceives must be between 1 and 1000, got 0/,
    ],
    ["too many receives", { billing: { maxReceives: 1001 } }, /maxReceives must be between/],
    [
      "a visibility that is too long",
      { billing: { visibilityTimeoutSeconds: 43_201 } },
      /visibilityTimeoutSeconds must be between 0 and 43200/,
    ],
    [
      "a retention that is too short",
      { billing: { retentionSeconds: 59 } },
      /retentionSeconds must be between 60 and 1209599, got 59/,
    ],
    [
      "a retention as long as the dead-letter queue's",
      { billing: { retentionSeconds: 1_209_600 } },
      /must outlast the queue/,
    ],
    [
      "a retention that ends before the last try",
      { billing: { retentionSeconds: 300, visibilityTimeoutSeconds: 61 } },
      /fan-out "test\/orders": subscribers\.billing\.retentionSeconds must be at least 305 \(5 receives × 61 s/,
    ],
    [
      "a retention that ends before the last try of whoever consumes it elsewhere",
      { billing: { retentionSeconds: 149 } },
      /queue "test\/orders\/billing\/queue": retentionSeconds must be at least 150 \(5 receives × 30 s/,
    ],
    ["an alarm at no age", { billing: { alarmAtAgeSeconds: 0 } }, /alarmAtAgeSeconds must be between 1/],
    [
      "an unknown delivery",
      { billing: { delivery: "fast" as "raw" } },
      /delivery must be one of raw, envelope, got "fast"/,
    ],
    [
      "an unknown ordering",
      { billing: { ordering: "lifo" as "fifo" } },
      /subscribers.billing.ordering must be one of/,
    ],
  ])("rejects %s", (_, subscribers, message) => {
    expect(() => fanOut(subscribers)).toThrow(message);
  });

  it("rejects an unknown ordering of the whole", () => {
    expect(() => fanOut({ billing: {} }, { ordering: "lifo" as "fifo" })).toThrow(
      /: ordering must be one of standard, fifo/,
    );
  });

  it("rejects a retention that ends before the last try of its consumer, and takes one without", () => {
    expect(() => consumed({}, { retentionSeconds: 150 })).toThrow(
      /consumer "test\/orders\/billing\/queue": retentionSeconds must be at least \d+ \(5 receives × \d+ s/,
    );
    expect(() => fanOut({ billing: { retentionSeconds: 150 } })).not.toThrow();
  });

  it("rejects every fault of every subscriber at once", () => {
    expect(() => fanOut({ a: { maxReceives: 0 }, b: { retentionSeconds: 1, maxReceives: 0 } })).toThrow(
      /fan-out "test\/orders": 3 faults\n.*subscribers.a.maxReceives.*\n.*subscribers.b.maxReceives.*\n.*subscribers.b.retentionSeconds/,
    );
  });

  it("lets tokens through", () => {
    const unknown = Token.asNumber({ resolve: () => "${var.x}" });
    const { message_retention_seconds } = fanOut({
      billing: { retentionSeconds: unknown, maxReceives: unknown },
    }).at("orders/billing/queue", SqsQueue);
    expect(message_retention_seconds).toBe("${var.x}");
  });
});

describe("filters", () => {
  const faultsOf = (filter: unknown) => {
    const checks = new Checks("fan-out", "x");
    checkFilter(checks, "filter", filter as Filter);
    return checks.messages();
  };

  it.each([
    [
      "a value that is no list",
      { attributes: { kind: "a" } },
      /filter.kind must be a list of conditions, got "a": write \["a"\]/,
    ],
    ["a nested value that is no list", { body: { order: { kind: 1 } } }, /filter.order.kind must be a list/],
    ["nesting in attributes", { attributes: { order: { kind: ["a"] } } }, /filter.order must be a list/],
    ["an empty list", { attributes: { kind: [] } }, /filter.kind must hold at least one condition/],
    [
      "an unknown operator",
      { attributes: { kind: [{ prefx: "a" }] } },
      /filter\.kind must hold conditions of one operator each \(prefix, suffix, .*\), got \{"prefx":"a"\}: write prefix$/,
    ],
    [
      "two operators in one condition",
      { attributes: { kind: [{ prefix: "a", suffix: "b" }] } },
      /must hold conditions of one operator each/,
    ],
    ["no key", { attributes: {} }, /must have 1 to 5 keys, .*got 0: leave the filter out/],
    ["six keys", { attributes: { a: [1], b: [1], c: [1], d: [1], e: [1], f: [1] } }, /1 to 5 keys, .*got 6/],
    ["both scopes", { attributes: { a: [1] }, body: { a: [1] } }, /must be { attributes } or { body }/],
    ["no scope", {}, /must be { attributes } or { body }, got \[\]/],
    ["another scope beside", { attributes: { a: [1] }, scope: "x" }, /must be { attributes } or { body }/],
    [
      "a scope that holds no names",
      { attributes: ["a"] },
      /filter must hold names and their conditions, got \["a"\]/,
    ],
    ["an empty field", { body: { order: {} } }, /filter.order must be a list of conditions, got {}/],
    [
      "a word of JavaScript's own",
      { attributes: { kind: [{ constructor: "a" }] } },
      /must hold conditions of one operator each/,
    ],
    ["no operator", { attributes: { kind: [{}] } }, /must hold conditions of one operator each .*got {}/],
    ["too many bytes", { attributes: { a: ["x".repeat(262_144)] } }, /SNS holds 262144/],
  ])("rejects %s", (_, filter, message) => {
    expect(faultsOf(filter)).toEqual(expect.arrayContaining([expect.stringMatching(message)]));
  });

  it("takes every operator", () => {
    const conditions = [
      "a",
      1,
      true,
      null,
      { prefix: "a" },
      { suffix: "a" },
      { "equals-ignore-case": "a" },
      { "anything-but": ["a"] },
      { "anything-but": [1, 2] },
      { "anything-but": "a" },
      { "anything-but": 1 },
      { "anything-but": { prefix: "a" } },
      { numeric: [">", 1] },
      { numeric: ["<=", 1_000_000_000] },
      { numeric: ["=", -1_000_000_000] },
      { numeric: [">=", 0, "<", 9.5] },
      { numeric: ["=", -1] },
      { cidr: "10.0.0.0/8" },
      { cidr: "2001:db8::/32" },
      { exists: true },
      { exists: false },
    ];
    expect(faultsOf({ attributes: { kind: conditions } })).toEqual([]);
  });

  it("take five keys, and conditions known at apply only", () => {
    const unknown = Token.asAny({ resolve: () => ({ prefix: "a" }) });
    expect(faultsOf({ attributes: { a: [1], b: [1], c: [1], d: [1], e: [unknown] } })).toEqual([]);
    const [number, text] = [Token.asNumber(unknown), Token.asString(unknown)];
    const conditions = [
      number,
      text,
      { prefix: text },
      { numeric: [">", number] },
      { numeric: [">", number, "<", 1] },
      { numeric: [">", 1, "<", number] },
      { cidr: text },
      { exists: unknown },
    ];
    expect(faultsOf({ attributes: { a: conditions } })).toEqual([]);
    expect(faultsOf({ attributes: unknown })).toEqual([]);
  });

  it.each<[string, unknown, RegExp]>([
    ["prefix", 1, /a string, got {"prefix":1}: write such as {"prefix":"order-"}/],
    ["suffix", null, /a string/],
    ["equals-ignore-case", ["a"], /a string/],
    ["anything-but", true, /a string, a number, a list of strings, a list of numbers or { prefix }/],
    ["anything-but", null, /a list of strings/],
    ["anything-but", [], /a list of strings/],
    ["anything-but", ["a", 1], /a list of strings/],
    ["anything-but", [true], /a list of strings/],
    ["anything-but", { suffix: "a" }, /or { prefix }/],
    ["anything-but", { prefix: 1 }, /or { prefix }/],
    ["anything-but", { prefix: "a", suffix: "b" }, /or { prefix }/],
    ["anything-but", {}, /or { prefix }/],
    ["numeric", 1, /one comparison, or a range from low to high/],
    ["numeric", [], /one comparison/],
    ["numeric", ["=", "1"], /one comparison/],
    ["numeric", ["~", 1], /one comparison/],
    ["numeric", ["=", Number.NaN], /one comparison/],
    ["numeric", ["<", 9, ">", 1], /from low to high/],
    ["numeric", [">", 1, ">", 9], /from low to high/],
    ["numeric", [">", 9, "<", 1], /from low to high/],
    ["numeric", [">=", 1, "<=", 1], /from low to high/],
    ["numeric", [">", 1, "<"], /from low to high/],
    ["numeric", [">", 1, "<", 5, "<", 9], /from low to high/],
    ["numeric", ["<", 1_000_000_001], /from -1000000000 to 1000000000/],
    ["numeric", [">", -1_000_000_001], /from -1000000000/],
    ["cidr", "10.0.0.0", /an IPv4 or IPv6 range/],
    ["cidr", "10.0.0.0/33", /an IPv4 or IPv6 range/],
    ["cidr", "10.0.0.256/8", /an IPv4 or IPv6 range/],
    ["cidr", "2001:db8::/129", /an IPv4 or IPv6 range/],
    ["cidr", 10, /an IPv4 or IPv6 range/],
    ["exists", "yes", /true or false, got {"exists":"yes"}: write such as {"exists":true}/],
    ["exists", null, /true or false/],
  ])("rejects %s with %j, saying what it takes", (operator, operand, message) => {
    const [fault, ...others] = faultsOf({ body: { order: { kind: [{ [operator]: operand }] } } });
    expect(others).toEqual([]);
    expect(fault).toMatch(new RegExp(`^fan-out "x": filter.order.kind must give ${operator} `));
    expect(fault).toMatch(message);
  });

  it.each<[unknown, RegExp]>([
    [Number.NaN, /got NaN/],
    [Number.POSITIVE_INFINITY, /got Infinity/],
    [["a"], /got \["a"\]/],
    [undefined, /got undefined/],
  ])("rejects %p as a condition, which JSON or SNS does not know", (condition, message) => {
    const faults = faultsOf({ attributes: { kind: [condition] } });
    expect(faults).toEqual([expect.stringMatching(message)]);
    expect(faults[0]).toContain("filter.kind must compare with a string, a finite number");
  });

  it("count combinations as SNS does: lists multiplied, in the body each times its depth", () => {
    const values = (count: number) => Array.from({ length: count }, (_, i) => `v${i}`);
    expect(faultsOf({ attributes: { a: values(10), b: values(15) } })).toEqual([]);
    expect(faultsOf({ attributes: { a: values(10), b: values(16) } })).toEqual([
      expect.stringMatching(/has 160 combinations.*takes 150/),
    ]);
    expect(faultsOf({ body: { a: { b: values(75) } } })).toEqual([]);
    expect(faultsOf({ body: { a: { b: values(76) } } })).toEqual([
      expect.stringMatching(/has 152 combinations/),
    ]);
  });

  it("pass for any up to five lists within 150 combinations, and for no others", () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 12 }), { minLength: 1, maxLength: 7 }), (sizes) => {
        const filter = {
          attributes: Object.fromEntries(
            sizes.map((n, key) => [`k${key}`, Array.from({ length: n }, (_, i) => i)]),
          ),
        };
        const fits = sizes.length <= 5 && sizes.reduce((a, b) => a * b, 1) <= 150;
        expect(faultsOf(filter).length === 0).toBe(fits);
      }),
    );
  });
});

describe("alternatives of a filter", () => {
  const faultsOf = (filter: unknown) => {
    const checks = new Checks("fan-out", "x");
    checkFilter(checks, "filter", filter as Filter);
    return checks.messages();
  };
  const values = (count: number) => Array.from({ length: count }, (_, index) => `v${index}`);

  it("reach the subscription as SNS writes them", () => {
    const filter: Filter = {
      attributes: { source: ["shop"], $or: [{ kind: ["a"] }, { total: [{ numeric: [">", 9] }] }] },
    };
    expect(fanOut({ billing: { filter } }).one(SnsTopicSubscription).filter_policy).toBe(
      '{"source":["shop"],"$or":[{"kind":["a"]},{"total":[{"numeric":[">",9]}]}]}',
    );
  });

  it("may stand below a field of the body, and inside each other", () => {
    expect(faultsOf({ body: { order: { $or: [{ kind: ["a"] }, { total: [1] }] } } })).toEqual([]);
    expect(
      faultsOf({ attributes: { $or: [{ a: [1] }, { b: [1], $or: [{ c: [1] }, { d: [1] }] }] } }),
    ).toEqual([]);
  });

  it.each<[string, unknown, RegExp]>([
    [
      "no list",
      { a: [1] },
      /filter.\$or must be a list of at least two alternatives, got {"a":\[1\]}: write/,
    ],
    ["none", [], /filter.\$or must be a list of at least two alternatives, got \[\]/],
    ["a single one", [{ a: [1] }], /filter.\$or must be a list of at least two alternatives/],
    ["an empty one", [{ a: [1] }, {}], /filter.\$or\[1\] must be an object of at least one name .*got {}/],
    ["a condition", [{ a: [1] }, "b"], /filter.\$or\[1\] must be an object of at least one name .*got "b"/],
    ["a list", [[{ a: [1] }], { b: [1] }], /filter.\$or\[0\] must be an object of at least one name/],
    [
      "a value that is no list",
      [{ a: "x" }, { b: [1] }],
      /filter.\$or\[0\].a must be a list of conditions, got "x"/,
    ],
    ["a wrong operand", [{ a: [1] }, { b: [{ prefix: 1 }] }], /filter.\$or\[1\].b must give prefix a string/],
    [
      "nesting in attributes",
      [{ a: [1] }, { b: { c: [1] } }],
      /filter.\$or\[1\].b must be a list of conditions/,
    ],
    [
      "the word of an operator",
      [{ a: [1] }, { prefix: ["x"] }],
      /filter.\$or\[1\].prefix is a word of SNS's own/,
    ],
    ["a word that SNS keeps for later", [{ a: [1] }, { regex: ["x"] }], /filter.\$or\[1\].regex is a word/],
    [
      "a single one inside another",
      [{ a: [1] }, { $or: [{ b: [1] }] }],
      /filter.\$or\[1\].\$or must be a list of at least two/,
    ],
  ])("rejects %s", (_, $or, message) => {
    expect(faultsOf({ attributes: { $or } })).toEqual(
      expect.arrayContaining([expect.stringMatching(message)]),
    );
  });

  it("leave the words of operators to names elsewhere", () => {
    expect(faultsOf({ attributes: { prefix: ["x"] } })).toEqual([]);
  });

  // The figures are those that localstack's tests found AWS to take and to refuse (`test_policy_complexity_with_or`).
  it("count as sums of products: 150 pass, 152 do not", () => {
    const flat = (sources: number, spaces: number) => ({
      attributes: {
        source: values(sources),
        $or: [
          { metricName: values(6) },
          { metricType: values(4), $or: [{ metricId: values(4) }, { spaceId: values(spaces) }] },
        ],
      },
    });
    expect(faultsOf(flat(3, 7))).toEqual([]);
    expect(faultsOf(flat(4, 4))).toEqual([expect.stringMatching(/has 152 combinations of values/)]);
  });

  it("are as deep in the body as their $or", () => {
    const detail = { scope: values(2), $or: [{ source: values(1) }, { type: values(3) }] };
    const $or = [{ metricName: values(3) }, { namespace: values(2) }];
    expect(faultsOf({ body: { $or, detail } })).toEqual([expect.stringMatching(/has 160 combinations/)]);
  });

  it("count as keys by the names in them, each once", () => {
    const five = [
      { a: [1], b: [1] },
      { b: [1], c: [1], d: [1] },
    ];
    expect(faultsOf({ attributes: { $or: five, e: [1] } })).toEqual([]);
    expect(faultsOf({ attributes: { e: [1], $or: [{ $or: five }, { f: [1] }] } })).toEqual([
      expect.stringMatching(/got 6/),
    ]);
    expect(faultsOf({ attributes: { $or: five, e: [1], f: [1] } })).toEqual([
      expect.stringMatching(/must have 1 to 5 keys, those in \$or included, got 6: filter on fewer/),
    ]);
  });

  it("do not count as keys below the topmost level of a body", () => {
    const $or = [
      { a: [1], b: [1], c: [1] },
      { d: [1], e: [1], f: [1] },
    ];
    expect(faultsOf({ body: { order: { $or } } }).join()).not.toMatch(/keys/);
  });

  it("pass whatever their number while the products sum up to 150, and not beyond", () => {
    const size = fc.integer({ min: 1, max: 60 });
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 6 }),
        fc.array(size, { minLength: 2, maxLength: 4 }),
        (outer, sizes) => {
          const $or = sizes.map((count, index) => ({ [`k${index}`]: values(count) }));
          const fits = outer * sizes.reduce((sum, count) => sum + count, 0) <= 150;
          expect(faultsOf({ attributes: { a: values(outer), $or } }).length === 0).toBe(fits);
        },
      ),
    );
  });
});
