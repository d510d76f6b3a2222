import { CloudwatchMetricAlarm } from "@cdktf/provider-aws/lib/cloudwatch-metric-alarm";
import { DynamodbTable } from "@cdktf/provider-aws/lib/dynamodb-table";
import { IamRolePolicy } from "@cdktf/provider-aws/lib/iam-role-policy";
import { KinesisStream } from "@cdktf/provider-aws/lib/kinesis-stream";
import { KmsKey } from "@cdktf/provider-aws/lib/kms-key";
import { KmsKeyPolicy } from "@cdktf/provider-aws/lib/kms-key-policy";
import { LambdaEventSourceMapping } from "@cdktf/provider-aws/lib/lambda-event-source-mapping";
import { LambdaFunctionEventInvokeConfig } from "@cdktf/provider-aws/lib/lambda-function-event-invoke-config";
import { LambdaPermission } from "@cdktf/provider-aws/lib/lambda-permission";
import { AwsProvider } from "@cdktf/provider-aws/lib/provider";
import { SnsTopic } from "@cdktf/provider-aws/lib/sns-topic";
import { SnsTopicPolicy } from "@cdktf/provider-aws/lib/sns-topic-policy";
import { SnsTopicSubscription } from "@cdktf/provider-aws/lib/sns-topic-subscription";
import { SqsQueue } from "@cdktf/provider-aws/lib/sqs-queue";
import { SqsQueuePolicy } from "@cdktf/provider-aws/lib/sqs-queue-policy";
import { SqsQueueRedriveAllowPolicy } from "@cdktf/provider-aws/lib/sqs-queue-redrive-allow-policy";
import { TerraformStack, Token } from "cdktf";
import type { Construct } from "constructs";
import { allowInvocation, type Handler } from "../../modules/compute";
import { provideFacts, type TopicRef } from "../../modules/core";
import {
  FanOut,
  QueueConsumer,
  type QueueConsumerProps,
  StreamConsumer,
  type StreamConsumerProps,
  TopicConsumer,
  type TopicConsumerProps,
} from "../../modules/event-processing";
import { AsyncFailures } from "../../modules/event-processing/async-failures";
import { Bucket, Table } from "../../modules/storage";
import {
  edgeMatchers,
  type Synthesized,
  someFacts,
  statementsOf,
  synthesize,
  synthesizeApp,
} from "../../testing";
import { someHandler } from "../support/some-handler";
import { viaService } from "../support/via-service";

expect.extend(edgeMatchers);

const reference = (type: string, id: RegExp) =>
  expect.stringMatching(new RegExp(`^\\$\\{${type}\\.${id.source}`));
const anotherStack = (app: Construct, id: string) => {
  const stack = new TerraformStack(app, id);
  new AwsProvider(stack, "aws", { region: "eu-west-1" });
  provideFacts(stack, someFacts);
  return stack;
};
const token = Token.asNumber({ resolve: () => "${var.given}" });
const alarmsOf = (result: Synthesized) =>
  Object.values(result.resources(CloudwatchMetricAlarm)).map(
    ({ namespace, metric_name, dimensions, threshold }) => ({
      namespace,
      metric_name,
      dimensions,
      threshold,
    }),
  );
const sids = (policy: string) => statementsOf(policy).map(({ Sid }) => Sid);
const statementOn = (result: Synthesized, action: string) =>
  statementsOf(result.at("handler-role/policy", IamRolePolicy).policy).find(({ Action }) =>
    [Action].flat().includes(action),
  );

const through = (service: string) => ({ StringEquals: viaService(service) });

describe("a queue consumer", () => {
  const consumer = (
    props: Partial<QueueConsumerProps> = {},
    settings: Partial<Handler> = {},
    then: (made: QueueConsumer, stack: TerraformStack) => void = () => undefined,
  ) =>
    synthesize((stack) => {
      const handler = someHandler(stack, "handler", settings);
      then(new QueueConsumer(stack, "orders", { handler, ...props }), stack);
    });
  const queueOf = (props: Partial<QueueConsumerProps>) => consumer(props).at("orders", SqsQueue);

  it("maps its queue to the function, ten messages at once, and hears which of them failed", () => {
    expect(consumer().one(LambdaEventSourceMapping)).toMatchObject({
      event_source_arn: "${aws_sqs_queue.orders.arn}",
      function_name: "${aws_lambda_function.handler.arn}",
      batch_size: 10,
      maximum_batching_window_in_seconds: 0,
      function_response_types: ["ReportBatchItemFailures"],
      depends_on: [expect.stringMatching(/^aws_iam_role_policy\.handler-role/)],
    });
  });

  it("hides a message for six times what the function may take, and its window", () => {
    expect(queueOf({}).visibility_timeout_seconds).toBe(120);
    expect(queueOf({ batchingWindowSeconds: 7 }).visibility_timeout_seconds).toBe(127);
    expect(queueOf({ visibilityTimeoutSeconds: 300 }).visibility_timeout_seconds).toBe(300);
  });

  it("tries five times, or as often as told, and sets aside in a queue that takes from it alone", () => {
    const redrive = (props: Partial<QueueConsumerProps>) => JSON.parse(queueOf(props).redrive_policy);
    expect(redrive({})).toEqual({
      deadLetterTargetArn: reference("aws_sqs_queue", /orders_dead-letters_\w+\.arn/),
      maxReceiveCount: 5,
    });
    expect(redrive({ maxReceives: 9 }).maxReceiveCount).toBe(9);
    expect(JSON.parse(consumer().one(SqsQueueRedriveAllowPolicy).redrive_allow_policy)).toEqual({
      redrivePermission: "byQueue",
      sourceQueueArns: ["${aws_sqs_queue.orders.arn}"],
    });
  });

  it("keeps unread messages for four days unless told otherwise", () => {
    expect(queueOf({}).message_retention_seconds).toBe(345_600);
    expect(queueOf({ retentionSeconds: 600 }).message_retention_seconds).toBe(600);
  });

  it("is watched: many waiting, the oldest, and what was set aside", () => {
    const dimensions = { QueueName: "${aws_sqs_queue.orders.name}" };
    expect(alarmsOf(consumer())).toEqual(
      expect.arrayContaining([
        {
          namespace: "AWS/SQS",
          metric_name: "ApproximateNumberOfMessagesVisible",
          dimensions,
          threshold: 1000,
        },
        { namespace: "AWS/SQS", metric_name: "ApproximateAgeOfOldestMessage", dimensions, threshold: 900 },
        {
          namespace: "AWS/SQS",
          metric_name: "ApproximateNumberOfMessagesVisible",
          dimensions: { QueueName: reference("aws_sqs_queue", /orders_dead-letters_\w+\.name/) },
          threshold: 1,
        },
      ]),
    );
    expect(alarmsOf(consumer())).toHaveLength(3);
    expect(
      alarmsOf(consumer({ alarmAtDepth: 5, alarmAtAgeSeconds: 60 }))
        .map(({ threshold }) => threshold)
        .sort(),
    ).toEqual([1, 5, 60]);
  });

  it("keeps no more copies busy than it is told", () => {
    expect(consumer({ maximumConcurrency: 3 }).one(LambdaEventSourceMapping).scaling_config).toEqual({
      maximum_concurrency: 3,
    });
  });

  it("hands over what one of its filters matches, by the body", () => {
    const filter = [{ kind: ["order"], total: [{ numeric: [">", 9] }] }, { urgent: [true] }] as const;
    expect(consumer({ filter }).one(LambdaEventSourceMapping).filter_criteria).toEqual({
      filter: [
        { pattern: '{"body":{"kind":["order"],"total":[{"numeric":[">",9]}]}}' },
        { pattern: '{"body":{"urgent":[true]}}' },
      ],
    });
    expect(consumer().one(LambdaEventSourceMapping).filter_criteria).toBeUndefined();
  });

  it("is encrypted with a key of its own, or by SQS on request", () => {
    expect(queueOf({}).kms_master_key_id).toEqual(reference("aws_kms_key", /orders_key/));
    expect(queueOf({ encryption: "service-managed" })).toMatchObject({ sqs_managed_sse_enabled: true });
  });

  it("lets a sender in, with its key, and for nothing else", () => {
    const result = consumer({}, {}, (orders, stack) => orders.grantSend(someHandler(stack, "sender")));
    expect(statementsOf(result.at("sender-role/policy", IamRolePolicy).policy).slice(0, 2)).toEqual([
      {
        Sid: expect.any(String),
        Effect: "Allow",
        Action: ["kms:Decrypt", "kms:GenerateDataKey"],
        Resource: reference("aws_kms_key", /orders_key_\w+\.arn/),
        Condition: through("sqs"),
      },
      {
        Sid: "SendTestOrders",
        Effect: "Allow",
        Action: "sqs:SendMessage",
        Resource: "${aws_sqs_queue.orders.arn}",
      },
    ]);
    const managed = consumer({ encryption: "service-managed" }, {}, (orders, stack) =>
      orders.grantSend(someHandler(stack, "sender")),
    );
    expect(sids(managed.at("sender-role/policy", IamRolePolicy).policy)).toEqual([
      "SendTestOrders",
      "WriteLogs",
    ]);
  });

  describe("in order", () => {
    const fifo = (props: Partial<QueueConsumerProps> = {}) => consumer({ ordering: "fifo", ...props });

    it("has FIFO queues on both sides, in which each sender says what is a repeat", () => {
      const result = fifo();
      expect(result.at("orders", SqsQueue)).toMatchObject({ name: "test_orders.fifo", fifo_queue: true });
      expect(result.at("orders/dead-letters", SqsQueue)).toMatchObject({ fifo_queue: true });
      for (const setting of [
        "content_based_deduplication",
        "deduplication_scope",
        "fifo_throughput_limit",
      ] as const) {
        expect(result.at("orders", SqsQueue)[setting]).toBeUndefined();
      }
    });

    it("knows a repeat by its content on request", () => {
      expect(fifo({ deduplication: "content" }).at("orders", SqsQueue).content_based_deduplication).toBe(
        true,
      );
      expect(
        fifo({ deduplication: "id" }).at("orders", SqsQueue).content_based_deduplication,
      ).toBeUndefined();
    });

    it("takes many messages a second on request, each group by itself", () => {
      const high = { deduplication_scope: "messageGroup", fifo_throughput_limit: "perMessageGroupId" };
      expect(fifo({ throughput: "high" }).at("orders", SqsQueue)).toMatchObject(high);
      expect(fifo({ throughput: "standard" }).at("orders", SqsQueue).deduplication_scope).toBeUndefined();
      expect(
        fifo({ throughput: "high" }).at("orders/dead-letters", SqsQueue).deduplication_scope,
      ).toBeUndefined();
    });
  });

  it.each<[string, Partial<QueueConsumerProps>, RegExp]>([
    ["an unknown ordering", { ordering: "lifo" as "fifo" }, /ordering must be one of standard, fifo/],
    [
      "high throughput without order",
      { throughput: "high" },
      /throughput is for FIFO queues: leave it out, or set/,
    ],
    ["deduplication without order", { deduplication: "id" }, /deduplication is for FIFO queues/],
    [
      "an unknown throughput",
      { ordering: "fifo", throughput: "low" as "high" },
      /throughput must be one of standard, high/,
    ],
    [
      "an unknown deduplication",
      { ordering: "fifo", deduplication: "md5" as "id" },
      /deduplication must be one of id, content/,
    ],
    ["too few receives", { maxReceives: 4 }, /maxReceives must be at least 5 with a function, got 4/],
    ["a visibility below what the function needs", { visibilityTimeoutSeconds: 119 }, /must be at least 120/],
    [
      "a retention that ends before the last try",
      { retentionSeconds: 599 },
      /retentionSeconds must be at least 600 \(5 receives × 120 s that each hides a message\), got 599: SQS would forget/,
    ],
    [
      "more tries than four days hold",
      { maxReceives: 1000, visibilityTimeoutSeconds: 346 },
      /retentionSeconds must be at least 346000 \(1000 receives × 346 s .*got 345600.*or try less often/,
    ],
    ["a batch without window", { batchSize: 11 }, /batchSize 11 needs a batchingWindowSeconds/],
    [
      "a window on FIFO",
      { ordering: "fifo", batchingWindowSeconds: 1 },
      /batchingWindowSeconds must be 0 on a FIFO queue/,
    ],
    ["a depth of nothing", { alarmAtDepth: 0 }, /alarmAtDepth must be between 1 and/],
    ["an AWS-managed key", { encryption: "alias/aws/sqs" as "customer-key" }, /AWS-managed key/],
  ])("rejects %s", (_, props, message) => {
    expect(() => consumer(props)).toThrow(message);
  });

  it("rejects all faults at once, under its own name", () => {
    expect(() => consumer({ maxReceives: 0, maximumConcurrency: 1, alarmAtDepth: -1 })).toThrow(
      /^queue-consumer "test\/orders": 4 faults/,
    );
  });

  it("lets through what is known at apply only", () => {
    const result = consumer({ maxReceives: token, alarmAtDepth: token, visibilityTimeoutSeconds: token });
    expect(result.at("orders", SqsQueue).redrive_policy).toContain('"maxReceiveCount":${var.given}');
    expect(alarmsOf(result).map(({ threshold }) => threshold)).toContain("${var.given}");
  });

  it("takes a retention of exactly its tries, and those known at apply only", () => {
    for (const props of [
      { retentionSeconds: 600 },
      { retentionSeconds: token },
      { maxReceives: token, retentionSeconds: 60 },
      { visibilityTimeoutSeconds: token, retentionSeconds: 60 },
      { visibilityTimeoutSeconds: 345_600 / 8, maxReceives: 8 },
    ])
      expect(() => consumer(props)).not.toThrow();
  });

  it("rejects a second consumer of its queue, which would take half of the messages", () => {
    expect(() =>
      consumer({}, {}, ({ consumed }, stack) => consumed.consumeWith(someHandler(stack, "second"))),
    ).toThrow(/has a consumer already, and two would share the messages/);
  });
});

describe("a filter of a mapping", () => {
  const filtered =
    (...filter: object[]) =>
    () =>
      synthesize((stack) => {
        new QueueConsumer(stack, "orders", {
          handler: someHandler(stack),
          filter: filter as unknown as QueueConsumerProps["filter"],
        });
      });

  it.each([
    ["a value", { kind: ["a", 1, true, null] }],
    [
      "an operator",
      { kind: [{ prefix: "a" }, { suffix: "b" }, { "equals-ignore-case": "C" }, { exists: false }] },
    ],
    ["a list that is excluded", { kind: [{ "anything-but": ["a", "b"] }] }],
    ["a range", { total: [{ numeric: [">=", 0, "<", 10] }] }],
    ["a nested field", { order: { lines: { sku: ["x"] } } }],
    ["alternatives", { $or: [{ a: ["1"] }, { b: { c: ["2"] } }] }],
    [
      "what is known at apply only",
      { kind: [Token.asString({ resolve: () => "${var.kind}" })], total: [{ numeric: [">", token] }] },
    ],
  ])("may hold %s", (_, filter) => {
    expect(filtered(filter)).not.toThrow();
  });

  it.each<[string, readonly object[], RegExp]>([
    ["none", [], /filter must hold 1 to 5 filters, got 0: leave it out/],
    ["six", Array.from({ length: 6 }, () => ({ a: ["b"] })), /filter must hold 1 to 5 filters, got 6/],
    ["an empty one", [{}], /filter\[0\] must name at least one field/],
    [
      "a value that is no list",
      [{ kind: "a" }],
      /filter\[0\]\.kind must be a list of values, got "a": write \["a"\]/,
    ],
    ["an empty list", [{ kind: [] }], /filter\[0\]\.kind must hold at least one value/],
    ["a nested empty object", [{ a: { b: {} } }], /filter\[0\]\.a\.b must name at least one field/],
    [
      "a range of addresses, which SNS has",
      [{ ip: [{ cidr: "10.0.0.0/8" }] }],
      /must hold conditions of one operator each \(prefix, suffix/,
    ],
    [
      "a wildcard, which EventBridge has",
      [{ kind: [{ wildcard: "a*" }] }],
      /must hold conditions of one operator each \(prefix/,
    ],
    [
      "an operator within anything-but",
      [{ kind: [{ "anything-but": { prefix: "a" } }] }],
      /must give anything-but a string, a number, a list of strings or a list of numbers/,
    ],
    ["a wrong operand", [{ total: [{ numeric: [">", "9"] }] }], /must give numeric one comparison/],
    [
      "one alternative",
      [{ $or: [{ a: ["b"] }] }],
      /filter\[0\]\.\$or must be a list of at least two alternatives/,
    ],
    [
      "an alternative named like an operator",
      [{ $or: [{ prefix: ["b"] }, { a: ["b"] }] }],
      /\$or\[0\]\.prefix is a word of/,
    ],
    [
      "more than Lambda holds",
      [{ kind: ["x".repeat(4096)] }],
      /filter\[0\] takes 4118 characters, and Lambda holds 4096/,
    ],
    [
      "the envelope of AWS's documentation, in which nothing would match",
      [{ body: { kind: ["order"] } }],
      /filter\[0\] names only body, and conditions are on what is in a message's JSON body already, .*write what is in it, such as \{"kind":\["order"\]\}/,
    ],
    ["the envelope around a plain text", [{ kind: ["a"] }, { body: ["a"] }], /filter\[1\] names only body,/],
    [
      "an envelope whose other members no filter here reads",
      [{ messageAttributes: { kind: { stringValue: ["a"] } } }],
      /filter\[0\] names only messageAttributes, .*: name fields of that JSON;/,
    ],
    [
      "a whole envelope",
      [{ attributes: { SenderId: ["a"] }, body: { kind: ["order"] } }],
      /filter\[0\] names only attributes and body, /,
    ],
  ])("rejects %s", (_, filter, message) => {
    expect(filtered(...filter)).toThrow(message);
  });

  it("may name a field that is called like the envelope, beside another", () => {
    expect(filtered({ body: { kind: ["order"] }, id: [{ exists: true }] })).not.toThrow();
    expect(filtered({ mail: { body: ["a"] } })).not.toThrow();
    expect(filtered({ data: { kind: ["order"] } })).not.toThrow();
  });
});

describe("a topic consumer", () => {
  const consumer = (
    props: Partial<TopicConsumerProps> = {},
    then: (made: TopicConsumer, stack: TerraformStack, handler: Handler) => void = () => undefined,
  ) =>
    synthesize((stack) => {
      const handler = someHandler(stack);
      then(new TopicConsumer(stack, "news", { handler, ...props }), stack, handler);
    });

  it("subscribes the function to a topic of its own, after all that lets messages through", () => {
    const { depends_on, ...subscription } = consumer().one(SnsTopicSubscription);
    expect(subscription).toMatchObject({
      topic_arn: "${aws_sns_topic.news.arn}",
      protocol: "lambda",
      endpoint: "${aws_lambda_function.handler.arn}",
    });
    expect(subscription.raw_message_delivery).toBeUndefined();
    expect((depends_on as string[]).sort()).toEqual([
      expect.stringMatching(/^aws_kms_key_policy\.news_key/),
      expect.stringMatching(/^aws_lambda_function_event_invoke_config\.handler_failures/),
      expect.stringMatching(/^aws_lambda_permission\.handler_invoked-by-news/),
      expect.stringMatching(/^aws_sqs_queue_policy\.news_undelivered/),
    ]);
  });

  it("lets its topic, and no other, invoke the function", () => {
    expect(consumer().one(LambdaPermission)).toMatchObject({
      statement_id: "InvokeTestNewsDefault",
      action: "lambda:InvokeFunction",
      function_name: "${aws_lambda_function.handler.function_name}",
      principal: "sns.amazonaws.com",
      source_arn: "${aws_sns_topic.news.arn}",
    });
  });

  it("keeps what SNS could not hand over, and what the function failed, each in a queue of its own", () => {
    const result = consumer();
    expect(JSON.parse(result.one(SnsTopicSubscription).redrive_policy)).toEqual({
      deadLetterTargetArn: reference("aws_sqs_queue", /news_undelivered_\w+\.arn/),
    });
    expect(result.one(LambdaFunctionEventInvokeConfig).destination_config).toEqual({
      on_failure: { destination: reference("aws_sqs_queue", /handler_failures_\w+\.arn/) },
    });
    for (const path of ["news/undelivered", "handler/failures"]) {
      expect(result.at(path, SqsQueue).message_retention_seconds).toBe(1_209_600);
    }
  });

  it("lets its topic, and no other, send to the queue of what it could not hand over, with the key", () => {
    const result = consumer();
    expect(statementsOf(result.at("news/undelivered/policy", SqsQueuePolicy).policy)[0]).toMatchObject({
      Principal: { Service: "sns.amazonaws.com" },
      Action: "sqs:SendMessage",
      Condition: { ArnEquals: { "aws:SourceArn": "${aws_sns_topic.news.arn}" } },
    });
    expect(statementsOf(result.one(KmsKeyPolicy).policy)).toContainEqual({
      Sid: "AllowTopicTestNews",
      Effect: "Allow",
      Principal: { Service: "sns.amazonaws.com" },
      Action: ["kms:Decrypt", "kms:GenerateDataKey"],
      Resource: "*",
      Condition: { ArnLike: { "aws:SourceArn": "${aws_sns_topic.news.arn}" } },
    });
  });

  it("is watched: undelivered, failed, lost by SNS, lost by Lambda", () => {
    const of = (namespace: string, metric_name: string, dimensions: object) => ({
      namespace,
      metric_name,
      dimensions,
      threshold: 1,
    });
    const visible = "ApproximateNumberOfMessagesVisible";
    const result = consumer();
    expect(alarmsOf(result)).toHaveLength(4);
    expect(alarmsOf(result)).toEqual(
      expect.arrayContaining([
        of("AWS/SQS", visible, { QueueName: reference("aws_sqs_queue", /news_undelivered_\w+\.name/) }),
        of("AWS/SQS", visible, { QueueName: reference("aws_sqs_queue", /handler_failures_\w+\.name/) }),
        of("AWS/SNS", "NumberOfNotificationsFailedToRedriveToDlq", {
          TopicName: "${aws_sns_topic.news.name}",
        }),
        of("AWS/Lambda", "DestinationDeliveryFailures", {
          FunctionName: "${aws_lambda_function.handler.function_name}",
        }),
      ]),
    );
  });

  it("filters on attributes or on the body", () => {
    expect(consumer({ filter: { attributes: { kind: ["a"] } } }).one(SnsTopicSubscription)).toMatchObject({
      filter_policy: '{"kind":["a"]}',
      filter_policy_scope: "MessageAttributes",
    });
    expect(
      consumer({ filter: { body: { order: { kind: ["a"] } } } }).one(SnsTopicSubscription),
    ).toMatchObject({
      filter_policy: '{"order":{"kind":["a"]}}',
      filter_policy_scope: "MessageBody",
    });
  });

  it("is encrypted by the services on request", () => {
    const result = consumer({ encryption: "service-managed" });
    expect(result.one(SnsTopic).kms_master_key_id).toBe("alias/aws/sns");
    expect(result.at("news/undelivered", SqsQueue).sqs_managed_sse_enabled).toBe(true);
    expect(Object.keys(result.resources(KmsKey))).toEqual([]);
  });

  it("lets a publisher in, with its key", () => {
    const result = consumer({}, (news, stack) => news.grantPublish(someHandler(stack, "sender")));
    expect(statementsOf(result.at("sender-role/policy", IamRolePolicy).policy).slice(0, 2)).toEqual([
      expect.objectContaining({ Action: ["kms:Decrypt", "kms:GenerateDataKey"], Condition: through("sns") }),
      expect.objectContaining({ Action: "sns:Publish", Resource: "${aws_sns_topic.news.arn}" }),
    ]);
  });

  const arn = "arn:aws:sns:eu-west-1:123456789012:theirs";

  it("subscribes to a topic that was handed in, and leaves its policy, its alarm and its publishers to its owner", () => {
    const result = consumer({ topic: { arn } });
    expect(result.one(SnsTopicSubscription).topic_arn).toBe(arn);
    expect(result.one(LambdaPermission)).toMatchObject({ statement_id: "InvokeTestNews", source_arn: arn });
    // The undelivered lie in a queue of ours, which that topic encrypts for.
    expect(statementsOf(result.one(KmsKeyPolicy).policy)).toContainEqual(
      expect.objectContaining({
        Principal: { Service: "sns.amazonaws.com" },
        Condition: { ArnLike: { "aws:SourceArn": arn } },
      }),
    );
    expect(Object.keys({ ...result.resources(SnsTopic), ...result.resources(SnsTopicPolicy) })).toEqual([]);
    expect(alarmsOf(result).map(({ namespace }) => namespace)).not.toContain("AWS/SNS");
    const own = (stack: TerraformStack) => new SnsTopic(stack, "theirs", { name: "theirs" });
    expect(() =>
      synthesize((stack) => {
        const handler = someHandler(stack);
        new TopicConsumer(stack, "news", { handler, topic: own(stack) }).grantPublish(handler);
      }),
    ).toThrow(/topic-consumer "test\/news": its topic was handed in/);
    expect(() => consumer({ topic: { arn } }, (news, _, handler) => news.grantPublish(handler))).toThrow(
      /topic-consumer "test\/news": its topic was handed in.*let the topic's owner grant/,
    );
  });

  it.each<[string, (stack: TerraformStack) => TopicRef, RegExp]>([
    [
      "a FIFO topic by its ARN",
      () => ({ arn: `${arn}.fifo` }),
      /topic is FIFO, and SNS hands its messages to queues only/,
    ],
    [
      "a FIFO topic by what it says of itself",
      (stack) => new SnsTopic(stack, "t", { name: "t.fifo", fifoTopic: true }),
      /topic is FIFO.*FanOut with ordering "fifo"/,
    ],
    ["what is no topic", () => ({ arn: arn.replace("sns", "sqs") }), /topic must be an SNS topic by its ARN/],
    [
      "a resource that is none",
      (stack) => new SqsQueue(stack, "q"),
      /topic is an aws_sqs_queue: hand in an SNS topic/,
    ],
    [
      "a topic of another region",
      () => ({ arn: arn.replace("eu-west", "us-east") }),
      /topic is in us-east-1.*here eu-west-1/,
    ],
  ])("rejects %s", (_, topic, message) => {
    expect(() =>
      synthesize((stack) => {
        new TopicConsumer(stack, "news", { handler: someHandler(stack), topic: topic(stack) });
      }),
    ).toThrow(message);
  });

  it("lets through a topic known at apply only", () => {
    const topic = { arn: Token.asString({ resolve: () => "${var.topic}" }) };
    expect(consumer({ topic }).one(SnsTopicSubscription).topic_arn).toBe("${var.topic}");
  });

  it.each<[string, Partial<TopicConsumerProps>, RegExp]>([
    ["a filter of nothing", { filter: { attributes: {} } }, /filter must have 1 to 5 keys/],
    ["an AWS-managed key", { encryption: "alias/aws/sns" as "customer-key" }, /AWS-managed key/],
  ])("rejects %s", (_, props, message) => {
    expect(() => consumer(props)).toThrow(message);
  });
});

describe("a stream consumer", () => {
  const onTable = (props: Partial<StreamConsumerProps> = {}) =>
    synthesize((stack) => {
      const source = new Table(stack, "orders", { partitionKey: "id", stream: "NEW_IMAGE" });
      new StreamConsumer(stack, "changes", {
        handler: someHandler(stack),
        source,
        startingPosition: "LATEST",
        ...props,
      });
    });
  const onKinesis = (
    props: Partial<StreamConsumerProps> = {},
    source: (stack: TerraformStack) => StreamConsumerProps["source"] = (stack) =>
      new KinesisStream(stack, "stream", { name: "stream" }),
  ) =>
    synthesize((stack) => {
      new StreamConsumer(stack, "changes", {
        handler: someHandler(stack),
        source: source(stack),
        startingPosition: "TRIM_HORIZON",
        ...props,
      });
    });

  it("maps a table's changes to the function: halves what failed, and tries and waits no longer than said", () => {
    expect(onTable().one(LambdaEventSourceMapping)).toMatchObject({
      event_source_arn: reference("aws_dynamodb_table", /orders\.stream_arn/),
      function_name: "${aws_lambda_function.handler.arn}",
      starting_position: "LATEST",
      batch_size: 100,
      maximum_batching_window_in_seconds: 0,
      parallelization_factor: 1,
      bisect_batch_on_function_error: true,
      maximum_retry_attempts: 5,
      maximum_record_age_in_seconds: 21_600,
      function_response_types: ["ReportBatchItemFailures"],
      destination_config: {
        on_failure: { destination_arn: reference("aws_sqs_queue", /changes_failures_\w+\.arn/) },
      },
      depends_on: [expect.stringMatching(/^aws_iam_role_policy\.handler-role/)],
    });
  });

  it("does as it is told", () => {
    const told = {
      batchSize: 10_000,
      batchingWindowSeconds: 300,
      parallelizationFactor: 10,
      maximumRetries: 0,
      maximumRecordAgeSeconds: 60,
    };
    expect(onTable(told).one(LambdaEventSourceMapping)).toMatchObject({
      batch_size: 10_000,
      maximum_batching_window_in_seconds: 300,
      parallelization_factor: 10,
      maximum_retry_attempts: 0,
      maximum_record_age_in_seconds: 60,
    });
    expect(onKinesis().one(LambdaEventSourceMapping).starting_position).toBe("TRIM_HORIZON");
  });

  it("may read exactly its table's stream, and decrypt through DynamoDB", () => {
    const result = onTable();
    expect(statementOn(result, "dynamodb:GetRecords")).toEqual({
      Sid: "ReadStreamTestOrders",
      Effect: "Allow",
      Action: [
        "dynamodb:DescribeStream",
        "dynamodb:GetRecords",
        "dynamodb:GetShardIterator",
        "dynamodb:ListStreams",
      ],
      Resource: "${aws_dynamodb_table.orders.stream_arn}",
    });
    expect(statementOn(result, "kms:Decrypt")).toMatchObject({
      Resource: reference("aws_kms_key", /orders_key_\w+\.arn/),
      Condition: through("dynamodb"),
    });
  });

  it("may read exactly its Kinesis stream, and decrypt with the key that it was told of", () => {
    const result = onKinesis({}, (stack) => {
      const key = new KmsKey(stack, "key");
      const { arn, name } = new KinesisStream(stack, "stream", {
        name: "s",
        encryptionType: "KMS",
        kmsKeyId: key.arn,
      });
      return { arn, name, key };
    });
    expect(statementOn(result, "kinesis:GetRecords")).toMatchObject({
      Action: [
        "kinesis:DescribeStream",
        "kinesis:DescribeStreamSummary",
        "kinesis:GetRecords",
        "kinesis:GetShardIterator",
        "kinesis:ListShards",
      ],
      Resource: "${aws_kinesis_stream.stream.arn}",
    });
    expect(statementOn(result, "kms:Decrypt")).toMatchObject({
      Resource: "${aws_kms_key.key.arn}",
      Condition: through("kinesis"),
    });
    expect(statementOn(onKinesis(), "kms:Decrypt")).toBeUndefined();
  });

  it("may send to exactly its queue of failures, which SQS encrypts", () => {
    const result = onTable();
    expect(statementOn(result, "sqs:SendMessage")).toMatchObject({
      Action: "sqs:SendMessage",
      Resource: reference("aws_sqs_queue", /changes_failures_\w+\.arn/),
    });
    expect(result.one(SqsQueue)).toMatchObject({
      sqs_managed_sse_enabled: true,
      message_retention_seconds: 1_209_600,
    });
  });

  it("is watched: the age of its records, in milliseconds of the function, failures, and lost ones", () => {
    const dimensions = { FunctionName: "${aws_lambda_function.handler.function_name}" };
    expect(alarmsOf(onTable())).toEqual([
      { namespace: "AWS/Lambda", metric_name: "IteratorAge", dimensions, threshold: 900_000 },
      {
        namespace: "AWS/SQS",
        metric_name: "ApproximateNumberOfMessagesVisible",
        dimensions: { QueueName: reference("aws_sqs_queue", /changes_failures_\w+\.name/) },
        threshold: 1,
      },
      { namespace: "AWS/Lambda", metric_name: "DestinationDeliveryFailures", dimensions, threshold: 1 },
    ]);
    expect(alarmsOf(onTable({ alarmAtAgeSeconds: 60 }))[0]?.threshold).toBe(60_000);
  });

  it("filters a table's records by themselves, and a Kinesis stream's by their data", () => {
    const insert = { eventName: ["INSERT"], dynamodb: { NewImage: { kind: { S: ["order"] } } } };
    expect(onTable({ filter: [insert] }).one(LambdaEventSourceMapping).filter_criteria).toEqual({
      filter: [{ pattern: JSON.stringify(insert) }],
    });
    expect(
      onKinesis({ filter: [{ kind: ["order"] }] }).one(LambdaEventSourceMapping).filter_criteria,
    ).toEqual({
      filter: [{ pattern: '{"data":{"kind":["order"]}}' }],
    });
  });

  it("rejects the envelope of AWS's documentation around the data of a Kinesis stream, and takes that of a table", () => {
    expect(() => onKinesis({ filter: [{ data: { kind: ["order"] } }] })).toThrow(
      /filter\[0\] names only data, and conditions are on what is in a record's JSON data already, .*such as \{"kind":\["order"\]\}/,
    );
    expect(() => onKinesis({ filter: [{ body: { kind: ["order"] } }] })).not.toThrow();
    expect(() => onTable({ filter: [{ dynamodb: { Keys: { id: { S: ["1"] } } } }] })).not.toThrow();
    expect(() => onTable({ filter: [{ data: { kind: ["order"] } }] })).toThrow(
      /filter\[0\] names data, and a/,
    );
  });

  it.each<[string, Partial<StreamConsumerProps>, RegExp]>([
    [
      "a position that is none",
      { startingPosition: "FIRST" as "LATEST" },
      /startingPosition must be one of TRIM_HORIZON, LATEST/,
    ],
    ["a batch of nothing", { batchSize: 0 }, /batchSize must be between 1 and 10000/],
    ["a batch too large", { batchSize: 10_001 }, /batchSize must be between 1 and 10000/],
    ["a window too long", { batchingWindowSeconds: 301 }, /batchingWindowSeconds must be between 0 and 300/],
    ["no batch at once", { parallelizationFactor: 0 }, /parallelizationFactor must be between 1 and 10/],
    [
      "too many batches at once",
      { parallelizationFactor: 11 },
      /parallelizationFactor must be between 1 and 10/,
    ],
    [
      "tries without end",
      { maximumRetries: -1 },
      /maximumRetries must be between 0 and 10000, got -1: AWS's -1 holds up/,
    ],
    [
      "records of any age",
      { maximumRecordAgeSeconds: -1 },
      /maximumRecordAgeSeconds must be between 60 and 86400, got -1/,
    ],
    ["an age below what AWS takes", { maximumRecordAgeSeconds: 59 }, /must be between 60 and 86400/],
    [
      "an age that a table's stream does not keep",
      { maximumRecordAgeSeconds: 86_401 },
      /a table's stream forgets records after 24 hours/,
    ],
    ["an alarm at no age", { alarmAtAgeSeconds: 0 }, /alarmAtAgeSeconds must be between 1 and 604800/],
    [
      "a filter on an item's field",
      { filter: [{ kind: ["order"] }] },
      /filter\[0\] names kind, and a table's record has eventName and dynamodb/,
    ],
    [
      "six filters",
      { filter: Array.from({ length: 6 }, () => ({ eventName: ["INSERT"] })) },
      /filter must hold 1 to 5/,
    ],
  ])("rejects %s", (_, props, message) => {
    expect(() => onTable(props)).toThrow(message);
  });

  describe("of a Kinesis stream", () => {
    const keeping =
      (
        retentionPeriod?: number,
        as: (made: KinesisStream) => StreamConsumerProps["source"] = (made) => made,
      ) =>
      (stack: TerraformStack) =>
        as(new KinesisStream(stack, "stream", { name: "stream", retentionPeriod }));
    const byArn = ({ arn, name }: KinesisStream) => ({ arn, name });

    it("rejects an age above a week, and takes a week", () => {
      const year = keeping(8760);
      expect(() => onKinesis({ maximumRecordAgeSeconds: 604_801 }, year)).toThrow(
        /between 60 and 604800.*AWS's -1/,
      );
      expect(() => onKinesis({ maximumRecordAgeSeconds: 604_800 }, year)).not.toThrow();
    });

    it.each<[string, (stack: TerraformStack) => StreamConsumerProps["source"], number]>([
      ["a day", keeping(), 24],
      ["two days", keeping(48), 48],
      ["a day, handed in by its ARN", keeping(undefined, byArn), 24],
    ])("rejects an age above what it keeps: %s", (_, source, hours) => {
      expect(() => onKinesis({ maximumRecordAgeSeconds: hours * 3600 + 1 }, source)).toThrow(
        new RegExp(
          `maximumRecordAgeSeconds must be between 60 and ${hours * 3600}, got ${hours * 3600 + 1}: the stream forgets records ` +
            `after ${hours} hours, .*raise its retention`,
        ),
      );
      expect(() => onKinesis({ maximumRecordAgeSeconds: hours * 3600 }, source)).not.toThrow();
    });

    it("takes a week of one that keeps what only Terraform, or its owner, knows", () => {
      const arn = "arn:aws:kinesis:eu-west-1:123456789012:stream/theirs";
      for (const source of [keeping(token), () => ({ arn, name: "theirs" })])
        expect(() => onKinesis({ maximumRecordAgeSeconds: 604_800 }, source)).not.toThrow();
    });
  });

  it.each<[string, (stack: TerraformStack) => StreamConsumerProps["source"], RegExp]>([
    [
      "a table without stream",
      (stack) => new Table(stack, "t", { partitionKey: "id" }),
      /table "test\/t": has no stream/,
    ],
    [
      "what is no stream",
      () => ({ arn: "arn:aws:sqs:eu-west-1:123456789012:q", name: "q" }),
      /source must be a Kinesis stream by its ARN/,
    ],
    [
      "a stream with a key that it is not told of",
      (stack) =>
        new KinesisStream(stack, "s", {
          name: "s",
          encryptionType: "KMS",
          kmsKeyId: new KmsKey(stack, "k").id,
        }),
      /source is encrypted with a key that the handler is not allowed to use.*hand in \{ arn, name, key \}/,
    ],
  ])("rejects %s", (_, source, message) => {
    expect(() => onKinesis({}, source)).toThrow(message);
  });

  it("takes a stream that Kinesis's own key encrypts, and one known at apply only", () => {
    expect(() =>
      onKinesis(
        {},
        (stack) =>
          new KinesisStream(stack, "s", { name: "s", encryptionType: "KMS", kmsKeyId: "alias/aws/kinesis" }),
      ),
    ).not.toThrow();
    const arn = Token.asString({ resolve: () => "${var.stream}" });
    expect(onKinesis({}, () => ({ arn, name: "s" })).one(LambdaEventSourceMapping).event_source_arn).toBe(
      "${var.stream}",
    );
  });

  it("lets through what is known at apply only", () => {
    expect(
      onTable({ batchSize: token, maximumRetries: token, maximumRecordAgeSeconds: token }).one(
        LambdaEventSourceMapping,
      ),
    ).toMatchObject({ batch_size: "${var.given}", maximum_retry_attempts: "${var.given}" });
  });
});

describe("consumers that share", () => {
  const other = (stack: TerraformStack) => {
    return someHandler(anotherStack(stack.node.root, "other"), "elsewhere");
  };

  it("one topic have a subscription and a permission each, and one statement in a key that they share", () => {
    const result = synthesize((stack) => {
      const first = new TopicConsumer(stack, "first", { handler: someHandler(stack, "a") });
      new TopicConsumer(stack, "second", {
        handler: someHandler(stack, "b"),
        topic: first.topic,
        encryption: first.key,
      });
    });
    expect(Object.keys(result.resources(SnsTopicSubscription))).toHaveLength(2);
    expect(Object.keys(result.resources(LambdaPermission))).toHaveLength(2);
    expect(sids(result.one(KmsKeyPolicy).policy)).toEqual(["AllowAccountThroughIam", "AllowTopicTestFirst"]);
    expect(result.one(SnsTopic)).toBeDefined();
  });

  const topicAndKey = (stack: TerraformStack) => ({
    topic: new SnsTopic(stack, "topic", { name: "t" }),
    encryption: new KmsKey(stack, "key"),
  });
  const makers: Readonly<
    Record<string, (stack: TerraformStack, shared: ReturnType<typeof topicAndKey>) => unknown>
  > = {
    first: (stack, shared) =>
      new TopicConsumer(stack, "first", { handler: someHandler(stack, "a"), ...shared }),
    second: (stack, shared) =>
      new TopicConsumer(stack, "second", { handler: someHandler(stack, "b"), ...shared }),
    queue: (stack, { encryption }) =>
      new QueueConsumer(stack, "queue", { handler: someHandler(stack, "c"), encryption }),
  };

  it.each([[["first", "second", "queue"]], [["queue", "second", "first"]]])(
    "a topic and a key come to the same in the order %j",
    (order) => {
      const policies = synthesize((stack) => {
        const shared = topicAndKey(stack);
        for (const name of order) makers[name]?.(stack, shared);
      }).policies;
      const reversed = synthesize((stack) => {
        const shared = topicAndKey(stack);
        for (const name of [...order].reverse()) makers[name]?.(stack, shared);
      }).policies;
      const bySite = (all: typeof policies) =>
        new Map(all.map((each) => [`${each.address} ${each.argument}`, each]));
      expect(bySite(policies)).toEqual(bySite(reversed));
    },
  );

  it("one function keep one configuration of failed events, one alarm on lost ones, and a mapping each", () => {
    const result = synthesize((stack) => {
      const handler = someHandler(stack);
      const table = new Table(stack, "table", { partitionKey: "id", stream: "KEYS_ONLY" });
      new TopicConsumer(stack, "news", { handler });
      new TopicConsumer(stack, "more-news", { handler });
      new QueueConsumer(stack, "orders", { handler });
      new QueueConsumer(stack, "payments", { handler, ordering: "fifo" });
      new StreamConsumer(stack, "changes", { handler, source: table, startingPosition: "LATEST" });
      new StreamConsumer(stack, "readings", {
        handler,
        source: new KinesisStream(stack, "stream", { name: "s" }),
        startingPosition: "LATEST",
      });
    });
    expect(result.one(LambdaFunctionEventInvokeConfig)).toBeDefined();
    expect(Object.keys(result.resources(LambdaEventSourceMapping))).toHaveLength(4);
    const lost = alarmsOf(result).filter(({ metric_name }) => metric_name === "DestinationDeliveryFailures");
    expect(lost).toHaveLength(1);
  });

  it("one key and one sender ask for the key once by each service", () => {
    const result = synthesize((stack) => {
      const encryption = new KmsKey(stack, "key");
      const sender = someHandler(stack, "sender");
      for (const id of ["a", "b"]) {
        new QueueConsumer(stack, id, { handler: someHandler(stack, `${id}-handler`), encryption }).grantSend(
          sender,
        );
        new TopicConsumer(stack, `${id}-news`, {
          handler: someHandler(stack, `${id}-reader`),
          encryption,
        }).grantPublish(sender);
      }
    });
    const statements = statementsOf(result.at("sender-role/policy", IamRolePolicy).policy);
    expect(statements.filter(({ Action }) => [Action].flat().includes("kms:Decrypt"))).toEqual([
      expect.objectContaining({ Condition: through("sns") }),
      expect.objectContaining({ Condition: through("sqs") }),
    ]);
  });

  it("a queue with a fan-out, which can only come after the consumer that makes the queue", () => {
    const result = synthesize((stack) => {
      const encryption = new KmsKey(stack, "key");
      const orders = new QueueConsumer(stack, "orders", { handler: someHandler(stack), encryption });
      new FanOut(stack, "news", { subscribers: { orders: { queue: orders.queue } }, encryption });
    });
    expect(sids(result.at("orders/policy", SqsQueuePolicy).policy)).toEqual([
      "AllowTopicTestNewsDefault",
      "DenyWithoutTls",
    ]);
  });

  it("rejects a function that two subscribe to one topic, whose filters would undo each other", () => {
    const twice = (topic: (stack: TerraformStack) => TopicRef | undefined) => () =>
      synthesize((stack) => {
        const handler = someHandler(stack);
        const first = new TopicConsumer(stack, "first", { handler, topic: topic(stack) });
        new TopicConsumer(stack, "second", { handler, topic: first.topic });
      });
    const message =
      /topic-consumer "test\/second": handler is fed from this source already, by "test\/first"/;
    expect(twice(() => undefined)).toThrow(message);
    expect(twice(() => ({ arn: "arn:aws:sns:eu-west-1:123456789012:t" }))).toThrow(message);
    expect(twice((stack) => new SnsTopic(stack, "t", { name: "t" }))).toThrow(message);
  });

  it("rejects a function that two map to one stream, which Lambda refuses", () => {
    expect(() =>
      synthesize((stack) => {
        const handler = someHandler(stack);
        const source = new Table(stack, "table", { partitionKey: "id", stream: "KEYS_ONLY" });
        for (const id of ["a", "b"])
          new StreamConsumer(stack, id, { handler, source, startingPosition: "LATEST" });
      }),
    ).toThrow(/stream-consumer "test\/b": handler is fed from this source already, by "test\/a"/);
  });

  it("one stream take each a function of their own", () => {
    const result = synthesize((stack) => {
      const source = new Table(stack, "table", { partitionKey: "id", stream: "KEYS_ONLY" });
      for (const id of ["a", "b"]) {
        new StreamConsumer(stack, id, {
          handler: someHandler(stack, `f-${id}`),
          source,
          startingPosition: "LATEST",
        });
      }
    });
    expect(Object.keys(result.resources(LambdaEventSourceMapping))).toHaveLength(2);
  });

  it("rejects a third of one table's stream, whose shards serve two, and takes more of Kinesis", () => {
    const three = (source: (stack: TerraformStack) => StreamConsumerProps["source"]) =>
      synthesize((stack) => {
        const shared = source(stack);
        for (const id of ["a", "b", "c"]) {
          const handler = someHandler(stack, `f-${id}`);
          new StreamConsumer(stack, id, { handler, source: shared, startingPosition: "LATEST" });
        }
      });
    expect(() =>
      three((stack) => new Table(stack, "table", { partitionKey: "id", stream: "KEYS_ONLY" })),
    ).toThrow(
      /stream-consumer "test\/c": source is read by "test\/a" and "test\/b" already, and DynamoDB throttles more than 2 readers/,
    );
    expect(() => three((stack) => new KinesisStream(stack, "stream", { name: "stream" }))).not.toThrow();
  });

  it.each<[string, (stack: TerraformStack, handler: Handler) => unknown]>([
    ["topic-consumer", (stack, handler) => new TopicConsumer(stack, "news", { handler })],
    [
      "stream-consumer",
      (stack, handler) =>
        new StreamConsumer(stack, "news", {
          handler,
          source: new Table(stack, "t", { partitionKey: "id", stream: "KEYS_ONLY" }),
          startingPosition: "LATEST",
        }),
    ],
  ])("rejects a %s of a function of another stack: the two would need each other", (kind, make) => {
    expect(() => synthesize((stack) => void make(stack, other(stack)))).toThrow(
      new RegExp(
        `handler is made in stack "other", and the two stacks would need each other: make the ${kind} in that stack`,
      ),
    );
  });

  it("a queue and a function of another stack need only the one side", () => {
    const all = synthesizeApp((app) => {
      const [queues, functions] = ["queues", "functions"].map((id) => {
        return anotherStack(app, id);
      }) as [TerraformStack, TerraformStack];
      new QueueConsumer(queues, "orders", { handler: someHandler(functions) });
    });
    expect(Object.keys(all.functions?.resources(LambdaEventSourceMapping) ?? {})).toHaveLength(1);
  });
});

describe("failed events of a function", () => {
  const failures = (
    then: (made: AsyncFailures, handler: Handler, stack: TerraformStack) => void = () => undefined,
  ) =>
    synthesize((stack) => {
      const handler = someHandler(stack);
      then(AsyncFailures.of(handler), handler, stack);
    });

  it("are set aside after three tries within six hours, once the role may send there", () => {
    expect(failures().one(LambdaFunctionEventInvokeConfig)).toMatchObject({
      function_name: "${aws_lambda_function.handler.function_name}",
      maximum_retry_attempts: 2,
      maximum_event_age_in_seconds: 21_600,
      destination_config: { on_failure: { destination: reference("aws_sqs_queue", /handler_failures/) } },
      depends_on: [expect.stringMatching(/^aws_iam_role_policy\.handler-role/)],
    });
    expect(statementOn(failures(), "sqs:SendMessage")).toMatchObject({
      Action: "sqs:SendMessage",
      Resource: reference("aws_sqs_queue", /handler_failures_\w+\.arn/),
    });
  });

  it("are kept for 14 days in a queue that SQS encrypts, and watched", () => {
    expect(failures().one(SqsQueue)).toMatchObject({
      sqs_managed_sse_enabled: true,
      message_retention_seconds: 1_209_600,
    });
    expect(alarmsOf(failures()).map(({ metric_name }) => metric_name)).toEqual([
      "ApproximateNumberOfMessagesVisible",
      "DestinationDeliveryFailures",
    ]);
  });

  it("are those of the function, whoever asks", () => {
    let same = false;
    failures((made, handler) => {
      same = AsyncFailures.of(handler) === made;
    });
    expect(same).toBe(true);
  });

  it("rejects a second owner of the configuration, of which AWS keeps one", () => {
    const mine = (functionName: string, qualifier?: string) => () =>
      failures((_, { lambda }, stack) => {
        new LambdaFunctionEventInvokeConfig(stack, "mine", {
          functionName: functionName === "its" ? lambda.functionName : functionName,
          qualifier,
        });
      });
    const refused =
      /asynchronous invocation of .*both write it.*leave yours out, and set what is missing on AsyncFailures/;
    expect(mine("its")).toThrow(refused);
    expect(mine("handler")).toThrow(refused);
    expect(mine("another")).not.toThrow();
    // An alias and a version have a configuration of their own.
    expect(mine("its", "live")).not.toThrow();
  });
});

describe("a permission to invoke", () => {
  const permissions = (build: (stack: TerraformStack, handler: Handler) => unknown) =>
    Object.values(synthesize((stack) => void build(stack, someHandler(stack))).resources(LambdaPermission));
  const service = "s3.amazonaws.com";

  it("is one for a source, however often it is asked for", () => {
    const [only, ...others] = permissions((stack, handler) => {
      const source = new SnsTopic(stack, "topic", { name: "t" });
      for (let time = 0; time < 2; time += 1)
        allowInvocation(handler, { service: "sns.amazonaws.com", source });
    });
    expect(others).toEqual([]);
    expect(only?.source_account).toBeUndefined();
  });

  it("names the account where the source's ARN does not", () => {
    const [only] = permissions((stack, handler) => {
      const { bucket } = new Bucket(stack, "uploads", {});
      allowInvocation(handler, { service, source: bucket, sourceAccount: "123456789012" });
    });
    expect(only).toMatchObject({
      source_arn: reference("aws_s3_bucket", /uploads/),
      source_account: "123456789012",
    });
  });

  it("is apart for sources whose paths spell alike, and for those of other stacks", () => {
    const all = permissions((stack, handler) => {
      const elsewhere = anotherStack(stack.node.root, "other");
      const topics = [
        new SnsTopic(stack, "a", { name: "1" }),
        new SnsTopic(stack, "a-b", { name: "2" }),
        new SnsTopic(stack, "a_b", { name: "3" }),
        new SnsTopic(new TopicConsumer(stack, "c", { handler }), "b", { name: "4" }),
        new SnsTopic(stack, "c_b", { name: "5" }),
        new SnsTopic(elsewhere, "a", { name: "6" }),
      ];
      for (const source of topics) allowInvocation(handler, { service, source });
    });
    expect(new Set(all.map(({ source_arn }) => source_arn)).size).toBe(7);
    expect(new Set(all.map(({ statement_id }) => statement_id)).size).toBe(7);
  });

  it("of a source made elsewhere is named by who stands for it", () => {
    const [only] = permissions((stack, handler) => {
      const via = new SnsTopic(stack, "via", { name: "v" });
      allowInvocation(handler, { service, source: { arn: "arn:aws:s3:::theirs" }, via });
    });
    expect(only).toMatchObject({ statement_id: "InvokeTestVia", source_arn: "arn:aws:s3:::theirs" });
  });
});

describe("a table's stream", () => {
  it("tells what it is asked to, and is none otherwise", () => {
    const made = (stream?: "KEYS_ONLY") =>
      synthesize((stack) => void new Table(stack, "t", { partitionKey: "id", stream })).one(DynamodbTable);
    expect(made("KEYS_ONLY")).toMatchObject({ stream_enabled: true, stream_view_type: "KEYS_ONLY" });
    expect(made().stream_enabled).toBeUndefined();
  });

  it("rejects an image that DynamoDB does not know", () => {
    expect(() =>
      synthesize((stack) => void new Table(stack, "t", { partitionKey: "id", stream: "ALL" as "KEYS_ONLY" })),
    ).toThrow(/stream must be one of NEW_AND_OLD_IMAGES, NEW_IMAGE, OLD_IMAGE, KEYS_ONLY/);
  });

  it("is read with the key that its items are, by one statement for both", () => {
    const result = synthesize((stack) => {
      const table = new Table(stack, "t", { partitionKey: "id", stream: "KEYS_ONLY" });
      const handler = someHandler(stack);
      table.grant(handler, "GetItem");
      table.grantStreamRead(handler);
    });
    const statements = statementsOf(result.one(IamRolePolicy).policy);
    expect(statements.filter(({ Action }) => Action === "kms:Decrypt")).toHaveLength(1);
  });

  it("needs no key where DynamoDB's own encrypts it", () => {
    const result = synthesize((stack) => {
      const table = new Table(stack, "t", {
        partitionKey: "id",
        stream: "KEYS_ONLY",
        encryption: "service-managed",
      });
      table.grantStreamRead(someHandler(stack));
    });
    expect(statementOn(result, "kms:Decrypt")).toBeUndefined();
  });
});
