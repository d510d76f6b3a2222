import { CloudwatchEventArchive } from "@cdktf/provider-aws/lib/cloudwatch-event-archive";
import { CloudwatchEventBus } from "@cdktf/provider-aws/lib/cloudwatch-event-bus";
import { CloudwatchEventBusPolicy } from "@cdktf/provider-aws/lib/cloudwatch-event-bus-policy";
import { CloudwatchEventPermission } from "@cdktf/provider-aws/lib/cloudwatch-event-permission";
import { CloudwatchEventRule } from "@cdktf/provider-aws/lib/cloudwatch-event-rule";
import { CloudwatchEventTarget } from "@cdktf/provider-aws/lib/cloudwatch-event-target";
import { CloudwatchLogGroup } from "@cdktf/provider-aws/lib/cloudwatch-log-group";
import { CloudwatchLogResourcePolicy } from "@cdktf/provider-aws/lib/cloudwatch-log-resource-policy";
import { CloudwatchMetricAlarm } from "@cdktf/provider-aws/lib/cloudwatch-metric-alarm";
import { IamRole } from "@cdktf/provider-aws/lib/iam-role";
import { IamRolePolicy } from "@cdktf/provider-aws/lib/iam-role-policy";
import { KinesisStream } from "@cdktf/provider-aws/lib/kinesis-stream";
import { KmsKey } from "@cdktf/provider-aws/lib/kms-key";
import { KmsKeyPolicy } from "@cdktf/provider-aws/lib/kms-key-policy";
import { LambdaFunction } from "@cdktf/provider-aws/lib/lambda-function";
import { LambdaFunctionEventInvokeConfig } from "@cdktf/provider-aws/lib/lambda-function-event-invoke-config";
import { LambdaPermission } from "@cdktf/provider-aws/lib/lambda-permission";
import { AwsProvider } from "@cdktf/provider-aws/lib/provider";
import { S3Bucket } from "@cdktf/provider-aws/lib/s3-bucket";
import { S3BucketNotification } from "@cdktf/provider-aws/lib/s3-bucket-notification";
import { SfnStateMachine } from "@cdktf/provider-aws/lib/sfn-state-machine";
import { SnsTopic } from "@cdktf/provider-aws/lib/sns-topic";
import { SnsTopicPolicy } from "@cdktf/provider-aws/lib/sns-topic-policy";
import { SqsQueue } from "@cdktf/provider-aws/lib/sqs-queue";
import { SqsQueuePolicy } from "@cdktf/provider-aws/lib/sqs-queue-policy";
import { TerraformStack, TerraformVariable, Token } from "cdktf";
import type { Construct } from "constructs";
import type { Handler } from "../../modules/compute";
import { type Facts, logPolicy, OtherRegion, provideFacts, ServiceRole } from "../../modules/core";
import { EventArchive, type EventArchiveProps } from "../../modules/event-processing/event-archive";
import { EventBus, type EventBusRef, existingBus } from "../../modules/event-processing/event-bus";
import { match } from "../../modules/event-processing/event-pattern";
import {
  EventRouter,
  type EventRouterProps,
  type RouteProps,
} from "../../modules/event-processing/event-router";
import { example as pictureRouter } from "../../modules/event-processing/event-router/example";
import {
  type EventRuleProps,
  EventRules,
  type TargetProps,
} from "../../modules/event-processing/event-rules";
import {
  busTarget,
  deliveryStreamTarget,
  functionTarget,
  logGroupTarget,
  queueTarget,
  type RuleTarget,
  stateMachineTarget,
  streamTarget,
  topicTarget,
} from "../../modules/event-processing/event-targets";
import { at, cron, every, type When } from "../../modules/event-processing/schedule";
import { Bucket } from "../../modules/storage";
import {
  patternMatchers,
  type Synthesized,
  someFacts,
  statementsOf,
  synthesize,
  synthesizeApp,
} from "../../testing";

expect.extend(patternMatchers);

const PATTERN = { source: ["shop"] };
const QUEUE = { arn: "arn:aws:sqs:eu-west-1:123456789012:inbox", url: "https://sqs" };
const plain: TargetProps = { to: queueTarget(QUEUE) };

/** One rule "paid" of "orders". */
const rule = (
  props: Partial<EventRuleProps> = {},
  options: Partial<Omit<ConstructorParameters<typeof EventRules>[2], "rules">> = {},
): Synthesized =>
  synthesize((stack) => {
    const paid = { pattern: PATTERN, targets: { inbox: plain }, ...props } as EventRuleProps;
    new EventRules(stack, "orders", { rules: { paid }, ...options });
  });

/** The rule "paid" with one target, made in the stack. */
const targeting = (make: (stack: TerraformStack) => RuleTarget, bus?: EventBusRef): Synthesized =>
  synthesize((stack) => {
    const targets = { it: { to: make(stack) } };
    new EventRules(stack, "orders", { bus, rules: { paid: { pattern: PATTERN, targets } } });
  });

/** A handler without code: what a rule needs to know of one. */
const handler = (stack: TerraformStack): Handler => {
  const role = new ServiceRole(stack, "handler", { service: "lambda.amazonaws.com" });
  const lambda = new LambdaFunction(stack, "lambda", { functionName: "f", role: role.role.arn });
  return {
    lambda,
    timeoutSeconds: 20,
    permissions: role.policy,
    allowed: [],
    allow: (sid, s) => role.allow(sid, s),
  };
};

const statement = (policy: string, sid: string) =>
  statementsOf(policy).find(({ Sid = "" }) => Sid.startsWith(sid));
const ruleArn = "${aws_cloudwatch_event_rule.orders_paid_4D782EA8.arn}";
const byRule = { ArnEquals: { "aws:SourceArn": ruleArn } };
const EVENTS = { Service: "events.amazonaws.com" };
const target = (result: Synthesized) => result.one(CloudwatchEventTarget);

describe("many rules", () => {
  const arn = "arn:aws:sqs:eu-west-1:123456789012:q";
  const rules = (count: number, to: RuleTarget) =>
    Object.fromEntries(
      Array.from({ length: count }, (_, index) => [
        `r${index}`,
        { pattern: PATTERN, targets: { it: { to } } },
      ]),
    );
  const elsewhere = queueTarget({ arn, url: "" });
  const made = (count: number, make: (stack: TerraformStack) => RuleTarget) => () =>
    synthesize((stack) => void new EventRules(stack, "orders", { rules: rules(count, make(stack)) }));

  it("are one statement of their dead-letter queue, whose policy takes twenty", () => {
    const result = made(60, () => elsewhere)();
    const { policy } = result.at("orders/dead-letters/policy", SqsQueuePolicy);
    expect(statementsOf(policy).map(({ Sid }) => Sid)).toEqual(["AllowRules", "DenyWithoutTls"]);
    const sources = statement(policy, "AllowRules")?.Condition.ArnEquals["aws:SourceArn"];
    expect(new Set(sources).size).toBe(60);
    expect(statementsOf(result.at("orders/key/policy", KmsKeyPolicy).policy)).toHaveLength(2);
  });

  it("rejects more than the policy of their dead-letter queue has room for, by the length of their names", () => {
    expect(made(120, () => elsewhere)).not.toThrow();
    expect(made(130, () => elsewhere)).toThrow(
      /queue policy "test\/orders\/dead-letters": 8\d+ bytes at least, and AWS takes 8192: .*several EventRules/,
    );
  });

  it("are let in where they are on a bus of their own, whose name their ARNs have", () => {
    const onBus = (count: number) => () =>
      synthesize((stack) => {
        const bus = new EventBus(stack, "a-bus-with-a-rather-long-name");
        new EventRules(stack, "orders", { bus, rules: rules(count, elsewhere) });
      });
    expect(onBus(70)).not.toThrow();
    expect(onBus(90)).toThrow(/bytes at least, and AWS takes 8192/);
  });

  it("share a log group in one statement, and have ten with one each", () => {
    const group = (stack: TerraformStack) =>
      new CloudwatchLogGroup(stack, "log", { name: "/aws/events/all" });
    const shared = made(40, (stack) => logGroupTarget(group(stack)))();
    const { policy_document } = shared.one(CloudwatchLogResourcePolicy);
    expect(statementsOf(policy_document)).toEqual([
      expect.objectContaining({ Sid: "MakeStreams", Resource: "${aws_cloudwatch_log_group.log.arn}:*" }),
      expect.objectContaining({ Sid: expect.stringMatching(/^Write[0-9a-f]{8}$/) }),
    ]);
    expect(statement(policy_document, "Write")?.Condition.ArnEquals["aws:SourceArn"]).toHaveLength(40);
    expect(made(10, () => logGroupTarget())).not.toThrow();
  });

  it("rejects more log groups than the stack's log policy has room for", () => {
    expect(made(14, () => logGroupTarget())).toThrow(
      /log policy "test\/log-policy": \d+ characters at least, and AWS takes 5120: let several rules write to one log group/,
    );
  });

  it("let nobody's reference count for more than nothing", () => {
    const unknown = Token.asString({ resolve: () => "${var.group}" });
    expect(made(12, () => logGroupTarget({ arn: unknown }))).not.toThrow();
  });
});

describe("what stands in another region", () => {
  const abroad = (build: (home: OtherRegion, stack: TerraformStack) => void) => () =>
    synthesize((stack) => {
      const provider = new AwsProvider(stack, "us-east-1", { region: "us-east-1", alias: "us-east-1" });
      build(new OtherRegion(stack, "us", { region: "us-east-1", provider }), stack);
    });

  it("rejects a queue of the home region as target, and a key as encryption", () => {
    const targets = (stack: TerraformStack) => ({
      it: { to: queueTarget(new SqsQueue(stack, "home-queue", { sqsManagedSseEnabled: true })) },
    });
    expect(
      abroad(
        (us, stack) =>
          void new EventRules(us, "r", { rules: { a: { pattern: PATTERN, targets: targets(stack) } } }),
      ),
    ).toThrow(
      /targets\.it\.to is in eu-west-1, and EventBridge calls from us-east-1 into another region only buses/,
    );
    expect(
      abroad((us, stack) => {
        const encryption = new KmsKey(stack, "home-key", {});
        const to = queueTarget({ arn: "arn:aws:sqs:us-east-1:123456789012:q", url: "" });
        new EventRules(us, "r", { encryption, rules: { a: { pattern: PATTERN, targets: { it: { to } } } } });
      }),
    ).toThrow(/encryption is a key in eu-west-1, and what it shall encrypt is made in us-east-1/);
  });
});

describe("a rule", () => {
  it("waits for what matches its pattern, and names itself after its path", () => {
    const pattern = { source: ["shop"], detail: { total: [match.numeric(">", 9)] } };
    expect(rule({ pattern }).one(CloudwatchEventRule)).toMatchObject({
      name: "test_orders_paid",
      description: "test/orders/paid",
      event_pattern: '{"source":["shop"],"detail":{"total":[{"numeric":[">",9]}]}}',
    });
    expect(rule({ description: "Orders" }).one(CloudwatchEventRule).description).toBe("Orders");
  });

  it("stands on the default bus, or on the one it is given", () => {
    expect(rule().one(CloudwatchEventRule).event_bus_name).toBeUndefined();
    expect(target(rule()).event_bus_name).toBeUndefined();
    const own = synthesize((stack) => {
      const bus = new EventBus(stack, "shop");
      new EventRules(stack, "orders", {
        bus,
        rules: { paid: { pattern: PATTERN, targets: { inbox: plain } } },
      });
    });
    expect(own.one(CloudwatchEventBus).name).toBe("test_shop");
    for (const each of [own.one(CloudwatchEventRule), target(own)]) {
      expect(each.event_bus_name).toBe("${aws_cloudwatch_event_bus.shop.name}");
    }
  });

  it("takes a bus from elsewhere by its name, and the default one as if none were given", () => {
    const on = (name: string) =>
      rule({}, { bus: { name, arn: "arn:aws:events:eu-west-1:123456789012:event-bus/x" } });
    expect(on("legacy").one(CloudwatchEventRule).event_bus_name).toBe("legacy");
    expect(on("default").one(CloudwatchEventRule).event_bus_name).toBeUndefined();
  });

  it.each([
    [undefined, "ENABLED"],
    ["enabled", "ENABLED"],
    ["disabled", "DISABLED"],
    ["enabled-with-all-management-events", "ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS"],
  ] as const)("in state %s is %s", (state, expected) => {
    expect(rule({ state }).one(CloudwatchEventRule).state).toBe(expected);
  });

  it("leaves replayed events out where it is told to", () => {
    const patternOf = (replays?: "include" | "exclude") =>
      JSON.parse(rule({ replays }).one(CloudwatchEventRule).event_pattern);
    expect(patternOf()).toEqual(PATTERN);
    expect(patternOf("include")).toEqual(PATTERN);
    expect(patternOf("exclude")).toEqual({ ...PATTERN, "replay-name": [{ exists: false }] });
  });

  it("calls up to five targets, each by its name", () => {
    const five = Object.fromEntries(["a", "b", "c", "d", "e"].map((name) => [name, plain]));
    const ids = Object.values(rule({ targets: five }).resources(CloudwatchEventTarget)).map(
      (each) => each.target_id,
    );
    expect(ids.sort()).toEqual(["a", "b", "c", "d", "e"]);
  });

  it("keeps the addresses of a target when another one joins", () => {
    const alone = rule({ targets: { inbox: plain } }).addresses;
    expect(rule({ targets: { another: plain, inbox: plain } }).addresses).toEqual(
      expect.arrayContaining(alone),
    );
  });

  it("tries a day long, 185 times, or as it is told", () => {
    expect(target(rule()).retry_policy).toEqual({
      maximum_retry_attempts: 185,
      maximum_event_age_in_seconds: 86_400,
    });
    const less = { ...plain, maximumRetryAttempts: 0, maximumEventAgeSeconds: 60 };
    expect(target(rule({ targets: { inbox: less } })).retry_policy).toEqual({
      maximum_retry_attempts: 0,
      maximum_event_age_in_seconds: 60,
    });
  });

  it("calls somebody when a target is not reached, or an event is lost", () => {
    const of = (result: Synthesized, id: string) => result.at(`orders/paid/${id}`, CloudwatchMetricAlarm);
    const result = rule();
    for (const [id, metric] of [
      ["failures-alarm", "FailedInvocations"],
      ["loss-alarm", "InvocationsFailedToBeSentToDlq"],
    ] as const) {
      expect(of(result, id)).toMatchObject({
        namespace: "AWS/Events",
        metric_name: metric,
        statistic: "Sum",
        threshold: 1,
        dimensions: { RuleName: "${aws_cloudwatch_event_rule.orders_paid_4D782EA8.name}" },
      });
      const bus = { name: "shop", arn: "arn:aws:events:eu-west-1:123456789012:event-bus/shop" };
      expect(of(rule({}, { bus }), id).dimensions).toEqual({
        RuleName: "${aws_cloudwatch_event_rule.orders_paid_4D782EA8.name}",
        EventBusName: "shop",
      });
    }
  });
});

describe("what a rule could not deliver", () => {
  it("waits in one queue for all rules, which each may send to in its own name only", () => {
    const result = synthesize((stack) => {
      const one = { pattern: PATTERN, targets: { inbox: plain } };
      new EventRules(stack, "orders", { rules: { paid: one, sent: one } });
    });
    const queue = result.at("orders/dead-letters", SqsQueue);
    expect(queue.message_retention_seconds).toBe(1_209_600);
    for (const each of Object.values(result.resources(CloudwatchEventTarget))) {
      expect(each.dead_letter_config).toEqual({
        arn: expect.stringMatching(/^\$\{aws_sqs_queue\.orders_dead-letters_\w+\.arn\}$/),
      });
    }
    const { policy } = result.at("orders/dead-letters/policy", SqsQueuePolicy);
    expect(statement(policy, "AllowRules")).toMatchObject({
      Principal: EVENTS,
      Action: "sqs:SendMessage",
      Condition: { ArnEquals: { "aws:SourceArn": [ruleArn, expect.stringContaining("orders_sent")] } },
    });
  });

  it("is encrypted with a key that the rule may use, or as it is told", () => {
    const own = rule();
    expect(statement(own.at("orders/key/policy", KmsKeyPolicy).policy, "AllowRules")).toEqual({
      Sid: "AllowRules",
      Effect: "Allow",
      Principal: EVENTS,
      Action: ["kms:Decrypt", "kms:GenerateDataKey"],
      Resource: "*",
      Condition: { ArnLike: { "aws:SourceArn": ruleArn } },
    });
    expect(own.at("orders/dead-letters", SqsQueue).kms_master_key_id).toMatch(/^\$\{aws_kms_key\./);
    const managed = rule({}, { encryption: "service-managed" });
    expect(managed.resources(KmsKey)).toEqual({});
    expect(managed.at("orders/dead-letters", SqsQueue).sqs_managed_sse_enabled).toBe(true);
  });

  it("calls somebody at the first event", () => {
    expect(rule().at("orders/dead-letters-alarm", CloudwatchMetricAlarm)).toMatchObject({
      metric_name: "ApproximateNumberOfMessagesVisible",
      threshold: 1,
      dimensions: {
        QueueName: expect.stringMatching(/^\$\{aws_sqs_queue\.orders_dead-letters_\w+\.name\}$/),
      },
    });
  });

  it("may be sent there before the first event comes", () => {
    expect(target(rule()).depends_on).toEqual([
      expect.stringMatching(/^aws_sqs_queue_policy\.orders_dead-letters_policy_/),
      expect.stringMatching(/^aws_kms_key_policy\.orders_key_policy_/),
    ]);
  });
});

describe("the input of a target", () => {
  const of = (input: TargetProps["input"]) => target(rule({ targets: { inbox: { ...plain, input } } }));

  it("is the event, unless something else is said", () => {
    expect(of(undefined)).not.toHaveProperty("input");
    expect(of(undefined)).not.toHaveProperty("input_path");
    expect(of(undefined)).not.toHaveProperty("input_transformer");
  });

  it("is a part of it, a constant, or a text with parts of it", () => {
    expect(of({ path: "$.detail" }).input_path).toBe("$.detail");
    expect(of({ constant: { go: true } }).input).toBe('{"go":true}');
    const paths = { key: "$.detail.object.key" };
    expect(
      of({ paths, template: '{"key": <key>, "by": "<aws.events.rule-name>"}' }).input_transformer,
    ).toEqual({
      input_paths: paths,
      input_template: '{"key": <key>, "by": "<aws.events.rule-name>"}',
    });
  });

  it.each([
    ["lines of text", { paths: { a: "$.a" }, template: '"first <a>"\n"second <a>"' }],
    ["a bare value", { paths: { a: "$.a" }, template: "<a>" }],
    ["no part", { template: '{"fixed": 1}' }],
    ["a member of a list", { path: "$.detail.items[0].id" }],
    ["a token", { path: Token.asString({ resolve: () => "x" }) }],
    ["a template that is a token", { template: Token.asString({ resolve: () => "x" }) }],
  ])("may be %s", (_, input) => {
    expect(() => of(input)).not.toThrow();
  });

  it.each([
    [
      "two forms at once",
      { path: "$.a", constant: 1 },
      "input must have one of path, template, constant, got path and constant",
    ],
    ["none", {}, "must have one of path, template, constant, got none"],
    [
      "a path that does not start at the top",
      { path: "detail.key" },
      "input.path must be a path from the top of the event",
    ],
    [
      "a path that is too long",
      { path: `$.${"a".repeat(255)}` },
      "input.path has 257 characters, and AWS takes 256",
    ],
    ["a part that nobody named", { template: '"<a> <b>"' }, "uses <a>, <b>, which paths does not name"],
    [
      "a part that nobody uses",
      { paths: { a: "$.a", b: "$.b" }, template: '"<a>"' },
      "names b, which the template does not use",
    ],
    [
      "a name of AWS's",
      { paths: { "aws.a": "$.a" }, template: '"<aws.a>"' },
      "paths name must be letters, digits, _ or -",
    ],
    [
      "a path of a part that is none",
      { paths: { a: "a" }, template: '"<a>"' },
      "input.paths.a must be a path from the top",
    ],
    [
      "text without quotes",
      { paths: { a: "$.a" }, template: "order <a>" },
      "template must be JSON, or lines each in double quotes",
    ],
    ["broken JSON", { paths: { a: "$.a" }, template: '{"a": <a>' }, "template must be JSON"],
    ["an empty template", { template: "" }, "template must have 1 to 8192 characters, got 0"],
    [
      "a template that is too long",
      { template: `"${"x".repeat(8191)}"` },
      "template must have 1 to 8192 characters, got 8193",
    ],
    [
      "a hundred and one parts",
      {
        paths: Object.fromEntries(Array.from({ length: 101 }, (_, index) => [`p${index}`, "$.a"])),
        template: `"${Array.from({ length: 101 }, (_, index) => `<p${index}>`).join("")}"`,
      },
      "paths has 101 names, and AWS takes 100",
    ],
    [
      "a constant that JSON cannot hold",
      { constant: undefined },
      "input.constant must be JSON of 1 to 8192 characters, got 0",
    ],
    ["a constant that is too long", { constant: "x".repeat(8191) }, "got 8193"],
  ])("rejects %s", (_, input, message) => {
    expect(() => of(input as TargetProps["input"])).toThrow(message);
  });
});

describe("a function as target", () => {
  const made = () => targeting((stack) => functionTarget(handler(stack)));

  it("lets this rule invoke it, before the first event, and in no role", () => {
    expect(made().one(LambdaPermission)).toMatchObject({
      action: "lambda:InvokeFunction",
      principal: "events.amazonaws.com",
      source_arn: ruleArn,
    });
    expect(target(made()).arn).toBe("${aws_lambda_function.lambda.arn}");
    expect(target(made()).role_arn).toBeUndefined();
    expect(target(made()).depends_on).toEqual(
      expect.arrayContaining([
        expect.stringMatching(/^aws_lambda_permission\./),
        expect.stringMatching(/^aws_lambda_function_event_invoke_config\./),
      ]),
    );
  });

  it("sets aside what it failed itself, which the rule does not see", () => {
    expect(made().one(LambdaFunctionEventInvokeConfig).maximum_retry_attempts).toBe(2);
  });
});

describe("a queue as target", () => {
  const encrypted = (stack: TerraformStack) =>
    new SqsQueue(stack, "inbox", { kmsMasterKeyId: new KmsKey(stack, "k").arn });

  it("lets this rule send, and no other", () => {
    const result = targeting((stack) => queueTarget(new SqsQueue(stack, "inbox")));
    expect(statement(result.at("inbox/policy", SqsQueuePolicy).policy, "AllowRules")).toMatchObject({
      Principal: EVENTS,
      Action: "sqs:SendMessage",
      Resource: "${aws_sqs_queue.inbox.arn}",
      Condition: byRule,
    });
    expect(target(result).depends_on).toEqual(
      expect.arrayContaining([expect.stringMatching(/^aws_sqs_queue_policy\.inbox_policy_/)]),
    );
  });

  it("lets this rule use its key", () => {
    const result = targeting((stack) => queueTarget(encrypted(stack)));
    expect(statement(result.at("k/policy", KmsKeyPolicy).policy, "AllowRules")).toMatchObject({
      Principal: EVENTS,
      Action: ["kms:Decrypt", "kms:GenerateDataKey"],
      Condition: { ArnLike: { "aws:SourceArn": ruleArn } },
    });
    expect(target(result).depends_on).toEqual(
      expect.arrayContaining([expect.stringMatching(/^aws_kms_key_policy\.k_policy_/)]),
    );
  });

  it("from elsewhere is sent to as it is: its owner lets the rule in", () => {
    const result = targeting(() => queueTarget(QUEUE));
    expect(target(result).arn).toBe(QUEUE.arn);
    expect(Object.keys(result.resources(SqsQueuePolicy))).toHaveLength(1);
  });

  /** A queue, and the kind of its dead-letter queue or that one's ARN. */
  const withDeadLetters = (stack: TerraformStack, fifo: boolean, aside: boolean | string) =>
    new SqsQueue(stack, "q", {
      ...(fifo ? { fifoQueue: true, contentBasedDeduplication: true } : {}),
      redrivePolicy: JSON.stringify({
        maxReceiveCount: 5,
        deadLetterTargetArn:
          typeof aside === "string"
            ? aside
            : new SqsQueue(stack, "aside", { fifoQueue: aside || undefined }).arn,
      }),
    });

  it("may set messages aside in a queue of its own kind, or in one that is not known here", () => {
    const set = (fifo: boolean, aside: boolean | string) => () =>
      targeting((stack) =>
        queueTarget(withDeadLetters(stack, fifo, aside), fifo ? { messageGroupId: "a" } : {}),
      );
    for (const fifo of [true, false]) {
      expect(set(fifo, fifo)).not.toThrow();
      expect(set(fifo, Token.asString({ resolve: () => "${var.aside}" }))).not.toThrow();
    }
  });

  it("that keeps order is sent to in a group", () => {
    const result = targeting((stack) =>
      queueTarget(new SqsQueue(stack, "inbox", { fifoQueue: true, contentBasedDeduplication: true }), {
        messageGroupId: "orders",
      }),
    );
    expect(target(result).sqs_target).toEqual({ message_group_id: "orders" });
    expect(target(targeting(() => queueTarget(QUEUE)))).not.toHaveProperty("sqs_target");
  });

  it.each<[string, (stack: TerraformStack) => RuleTarget, string]>([
    [
      "a FIFO queue without a group",
      (stack) => queueTarget(new SqsQueue(stack, "q", { fifoQueue: true, contentBasedDeduplication: true })),
      "targets.it.to is a FIFO queue, which takes no message without a group: give messageGroupId",
    ],
    [
      "a FIFO queue from elsewhere without a group",
      () => queueTarget({ ...QUEUE, arn: `${QUEUE.arn}.fifo` }),
      "give messageGroupId",
    ],
    [
      "a FIFO queue that wants deduplication ids",
      (stack) => queueTarget(new SqsQueue(stack, "q", { fifoQueue: true }), { messageGroupId: "a" }),
      'set contentBasedDeduplication on it, or deduplication: "content" on the QueueConsumer that makes it',
    ],
    [
      "a FIFO queue with a standard dead-letter queue",
      (stack) => queueTarget(withDeadLetters(stack, true, false), { messageGroupId: "a" }),
      'targets.it.to is a FIFO queue whose dead-letter queue "test/aside" is a standard one, which SQS refuses: make both of one kind',
    ],
    [
      "a standard queue with a FIFO dead-letter queue",
      (stack) => queueTarget(withDeadLetters(stack, false, true)),
      'targets.it.to is a standard queue whose dead-letter queue "test/aside" is a FIFO one',
    ],
    [
      "a standard queue with a FIFO dead-letter queue from elsewhere",
      (stack) => queueTarget(withDeadLetters(stack, false, `${QUEUE.arn}.fifo`)),
      "targets.it.to is a standard queue whose dead-letter queue is a FIFO one",
    ],
    [
      "an empty group",
      () => queueTarget(QUEUE, { messageGroupId: "" }),
      "targets.it.to.messageGroupId must be 1 to 128",
    ],
    [
      "what is no queue",
      () => queueTarget({ ...QUEUE, arn: "arn:aws:sns:eu-west-1:123456789012:t" }),
      "must be an SQS queue",
    ],
    [
      "a queue of another region",
      () => queueTarget({ ...QUEUE, arn: QUEUE.arn.replace("eu-west-1", "us-east-1") }),
      "is in us-east-1, and EventBridge calls from eu-west-1 into another region only buses",
    ],
    [
      "an AWS-managed key",
      (stack) => queueTarget(new SqsQueue(stack, "q", { kmsMasterKeyId: "alias/aws/sqs" })),
      "is encrypted with an AWS-managed key, whose policy lets no AWS service send",
    ],
    [
      "a key made elsewhere",
      (stack) =>
        queueTarget(new SqsQueue(stack, "q", { kmsMasterKeyId: "arn:aws:kms:eu-west-1:123456789012:key/1" })),
      "is encrypted with a key made elsewhere",
    ],
    [
      "a key with an inline policy",
      (stack) =>
        queueTarget(
          new SqsQueue(stack, "q", { kmsMasterKeyId: new KmsKey(stack, "k", { policy: "{}" }).arn }),
        ),
      "targets.it.to is encrypted with a key with an inline policy, which we cannot extend",
    ],
  ])("rejects %s", (_, make, message) => {
    expect(() => targeting(make)).toThrow(message);
  });

  it.each<[string, (stack: TerraformStack) => RuleTarget]>([
    ["queue", (stack) => queueTarget(new SqsQueue(stack, "q"))],
    ["topic", (stack) => topicTarget(new SnsTopic(stack, "t"))],
    ["function", (stack) => functionTarget(handler(stack))],
  ])("rejects a %s of another stack, whose policy would name the rule", (_, make) => {
    const build = () =>
      synthesizeApp((app) => {
        const stacks = ["a", "b"].map((id) => {
          const stack = new TerraformStack(app, id);
          new AwsProvider(stack, "aws", { region: "eu-west-1" });
          provideFacts(stack, someFacts);
          return stack;
        }) as [TerraformStack, TerraformStack];
        const to = make(stacks[0]);
        new EventRules(stacks[1], "orders", {
          rules: { paid: { pattern: PATTERN, targets: { it: { to } } } },
        });
      });
    expect(build).toThrow(`targets.it.to is made in stack "a"`);
  });
});

describe("a topic as target", () => {
  it("lets this rule publish, and no other", () => {
    const result = targeting((stack) => topicTarget(new SnsTopic(stack, "alerts")));
    expect(statement(result.one(SnsTopicPolicy).policy, "AllowRules")).toMatchObject({
      Principal: EVENTS,
      Action: "sns:Publish",
      Resource: "${aws_sns_topic.alerts.arn}",
      Condition: byRule,
    });
    expect(target(result).depends_on).toEqual(
      expect.arrayContaining([expect.stringMatching(/^aws_sns_topic_policy\./)]),
    );
  });

  it("lets EventBridge use its key for this topic, where AWS supports no condition on the source", () => {
    const result = targeting((stack) =>
      topicTarget(new SnsTopic(stack, "alerts", { kmsMasterKeyId: new KmsKey(stack, "k").keyId })),
    );
    expect(statement(result.at("k/policy", KmsKeyPolicy).policy, "AllowEvents")).toEqual({
      Sid: "AllowEventsTestAlerts",
      Effect: "Allow",
      Principal: EVENTS,
      Action: ["kms:Decrypt", "kms:GenerateDataKey"],
      Resource: "*",
      Condition: {
        StringEquals: { "kms:EncryptionContext:aws:sns:topicArn": "${aws_sns_topic.alerts.arn}" },
      },
    });
  });

  it("from elsewhere is published to as it is", () => {
    const arn = "arn:aws:sns:eu-west-1:123456789012:alerts";
    expect(target(targeting(() => topicTarget({ arn }))).arn).toBe(arn);
  });

  it.each<[string, (stack: TerraformStack) => RuleTarget, string]>([
    [
      "a FIFO topic",
      (stack) => topicTarget(new SnsTopic(stack, "t", { fifoTopic: true })),
      "is a FIFO topic, to which EventBridge cannot publish: send to a FIFO queue instead",
    ],
    [
      "a FIFO topic from elsewhere",
      () => topicTarget({ arn: "arn:aws:sns:eu-west-1:123456789012:t.fifo" }),
      "is a FIFO topic",
    ],
    [
      "an AWS-managed key",
      (stack) => topicTarget(new SnsTopic(stack, "t", { kmsMasterKeyId: "alias/aws/sns" })),
      "targets.it.to is encrypted with an AWS-managed key",
    ],
    ["what is no topic", () => topicTarget(QUEUE), "must be an SNS topic by its ARN"],
  ])("rejects %s", (_, make, message) => {
    expect(() => targeting(make)).toThrow(message);
  });
});

describe("a target that is called in a role", () => {
  const statements = (result: Synthesized) =>
    statementsOf(result.at("orders/paid/it/role/policy", IamRolePolicy).policy);
  const machine = (stack: TerraformStack, key?: KmsKey) =>
    new SfnStateMachine(stack, "machine", {
      definition: "{}",
      roleArn: "arn:aws:iam::123456789012:role/r",
      encryptionConfiguration: key && { type: "CUSTOMER_MANAGED_KMS_KEY", kmsKeyId: key.arn },
    });

  it("is called in one of its own, that only this rule can take", () => {
    const result = targeting((stack) => stateMachineTarget(machine(stack)));
    const trust = JSON.parse(result.at("orders/paid/it/role", IamRole).assume_role_policy);
    expect(trust.Statement).toEqual({
      Effect: "Allow",
      Principal: EVENTS,
      Action: "sts:AssumeRole",
      Condition: byRule,
    });
    expect(target(result).role_arn).toMatch(/^\$\{aws_iam_role\.orders_paid_it_role_\w+\.arn\}$/);
    expect(target(result).depends_on).toEqual(
      expect.arrayContaining([expect.stringMatching(/^aws_iam_role_policy\.orders_paid_it_role_policy_/)]),
    );
  });

  it.each<[string, (stack: TerraformStack) => RuleTarget, readonly object[]]>([
    [
      "a state machine",
      (stack) => stateMachineTarget(machine(stack)),
      [{ Action: "states:StartExecution", Resource: "${aws_sfn_state_machine.machine.arn}" }],
    ],
    [
      "a state machine with a key",
      (stack) => stateMachineTarget(machine(stack, new KmsKey(stack, "k"))),
      [
        {
          Action: ["kms:Decrypt", "kms:GenerateDataKey"],
          Resource: "${aws_kms_key.k.arn}",
          Condition: {
            StringEquals: {
              "kms:EncryptionContext:aws:states:stateMachineArn": "${aws_sfn_state_machine.machine.arn}",
            },
          },
        },
        { Action: "states:StartExecution" },
      ],
    ],
    [
      "a stream",
      (stack) => streamTarget(new KinesisStream(stack, "stream", { name: "s" })),
      [{ Action: "kinesis:PutRecord", Resource: "${aws_kinesis_stream.stream.arn}" }],
    ],
    [
      "a stream with a key",
      (stack) =>
        streamTarget(new KinesisStream(stack, "stream", { name: "s", kmsKeyId: new KmsKey(stack, "k").arn })),
      [
        {
          Action: "kms:GenerateDataKey",
          Resource: "${aws_kms_key.k.arn}",
          Condition: { StringEquals: { "kms:ViaService": "kinesis.eu-west-1.amazonaws.com" } },
        },
        { Action: "kinesis:PutRecord" },
      ],
    ],
    [
      "a stream with AWS's own key",
      (stack) =>
        streamTarget(new KinesisStream(stack, "stream", { name: "s", kmsKeyId: "alias/aws/kinesis" })),
      [{ Action: "kinesis:PutRecord" }],
    ],
    [
      "a delivery stream",
      () => deliveryStreamTarget({ arn: "arn:aws:firehose:eu-west-1:123456789012:deliverystream/d" }),
      [
        {
          Action: ["firehose:PutRecord", "firehose:PutRecordBatch"],
          Resource: "arn:aws:firehose:eu-west-1:123456789012:deliverystream/d",
        },
      ],
    ],
    [
      "a bus",
      (stack) => busTarget(new EventBus(stack, "other")),
      [{ Action: "events:PutEvents", Resource: "${aws_cloudwatch_event_bus.other.arn}" }],
    ],
    [
      "the default bus of another region",
      (stack) => busTarget(existingBus(stack, { region: "us-east-1" })),
      [{ Action: "events:PutEvents", Resource: "arn:aws:events:us-east-1:123456789012:event-bus/default" }],
    ],
    [
      "a bus of another account",
      (stack) => busTarget(existingBus(stack, { account: "210987654321", name: "audit" })),
      [{ Action: "events:PutEvents", Resource: "arn:aws:events:eu-west-1:210987654321:event-bus/audit" }],
    ],
  ])("may do what %s needs, no more, and before the rule calls it", (_, make, expected) => {
    const result = targeting(make);
    expect(statements(result)).toEqual(expected.map((each) => expect.objectContaining(each)));
    expect(target(result).depends_on).toEqual(
      expect.arrayContaining([expect.stringMatching(/^aws_iam_role_policy\.orders_paid_it_role_policy_/)]),
    );
  });

  it("chooses the shard by a part of the event where it is told to", () => {
    const stream = { arn: "arn:aws:kinesis:eu-west-1:123456789012:stream/s" };
    expect(target(targeting(() => streamTarget(stream)))).not.toHaveProperty("kinesis_target");
    const keyed = targeting(() => streamTarget(stream, { partitionKeyPath: "$.detail.id" }));
    expect(target(keyed).kinesis_target).toEqual({ partition_key_path: "$.detail.id" });
  });

  it.each<[string, () => RuleTarget, string]>([
    ["what is no state machine", () => stateMachineTarget(QUEUE), "must be a state machine by its ARN"],
    ["what is no stream", () => streamTarget(QUEUE), "must be a Kinesis data stream by its ARN"],
    [
      "what is no delivery stream",
      () => deliveryStreamTarget(QUEUE),
      "must be a Firehose delivery stream by its ARN",
    ],
    ["what is no bus", () => busTarget({ name: "x", arn: QUEUE.arn }), "must be an event bus by its ARN"],
    [
      "a shard by something that is no path",
      () =>
        streamTarget({ arn: "arn:aws:kinesis:eu-west-1:123456789012:stream/s" }, { partitionKeyPath: "id" }),
      "partitionKeyPath must be a path from the top of the event",
    ],
    [
      "a shard by a constant",
      () => streamTarget({ arn: "arn:aws:kinesis:eu-west-1:123456789012:stream/s" }, { partitionKey: "id" }),
      "targets.it.to.partitionKey is for schedules",
    ],
  ])("rejects %s", (_, make, message) => {
    expect(() => targeting(make)).toThrow(message);
  });
});

describe("a log group as target", () => {
  it("is its own, with the environment's retention and key, where none is given", () => {
    const result = targeting(() => logGroupTarget());
    expect(result.at("orders/paid/it/events", CloudwatchLogGroup)).toMatchObject({
      name: "/aws/events/test/orders/paid/it",
      kms_key_id: expect.stringMatching(/^\$\{aws_kms_key\.logs-key/),
    });
    expect(target(result).arn).toMatch(/^\$\{aws_cloudwatch_log_group\.orders_paid_it_events_\w+\.arn\}$/);
  });

  it("lets EventBridge make a stream, and write for this rule", () => {
    const group = { arn: "arn:aws:logs:eu-west-1:123456789012:log-group:/aws/events/x" };
    const result = targeting(() => logGroupTarget(group));
    const { policy_document } = result.one(CloudwatchLogResourcePolicy);
    const principal = { Service: ["events.amazonaws.com", "delivery.logs.amazonaws.com"] };
    expect(statement(policy_document, "MakeStreams")).toMatchObject({
      Principal: principal,
      Action: "logs:CreateLogStream",
      Resource: `${group.arn}:*`,
    });
    expect(statement(policy_document, "MakeStreams")).not.toHaveProperty("Condition");
    expect(statement(policy_document, "Write")).toMatchObject({
      Principal: principal,
      Action: "logs:PutLogEvents",
      Resource: `${group.arn}:*`,
      Condition: byRule,
    });
    expect(target(result).depends_on).toEqual(
      expect.arrayContaining([expect.stringMatching(/^aws_cloudwatch_log_resource_policy\./)]),
    );
  });

  it("shares one policy with every other of the stack, of which an account takes ten", () => {
    const result = synthesize((stack) => {
      const one = {
        pattern: PATTERN,
        targets: { log: { to: logGroupTarget() }, more: { to: logGroupTarget() } },
      };
      new EventRules(stack, "orders", { rules: { paid: one, sent: one } });
      new EventRules(stack, "payments", { rules: { paid: one } });
    });
    expect(statementsOf(result.one(CloudwatchLogResourcePolicy).policy_document)).toHaveLength(7);
  });

  it("leaves room in that policy for statements of others", () => {
    const result = synthesize((stack) => {
      new EventRules(stack, "orders", {
        rules: { paid: { pattern: PATTERN, targets: { log: { to: logGroupTarget() } } } },
      });
      logPolicy(stack).add("AllowDns", {
        principal: { Service: "route53.amazonaws.com" },
        actions: ["logs:PutLogEvents"],
        resources: ["arn:aws:logs:us-east-1:123456789012:log-group:/aws/route53/*"],
        conditions: { StringEquals: { "aws:SourceAccount": "123456789012" } },
      });
    });
    const { policy_document } = result.one(CloudwatchLogResourcePolicy);
    expect(statementsOf(policy_document).map(({ Sid }) => Sid)).toEqual([
      "AllowDns",
      "MakeStreams",
      expect.stringMatching(/^Write/),
    ]);
  });

  it("rejects what is no log group", () => {
    expect(() => targeting(() => logGroupTarget(QUEUE))).toThrow("must be a log group by its ARN");
  });

  it("rejects an ARN that goes on to the streams, of which the policy would name none", () => {
    const arn = "arn:aws:logs:eu-west-1:123456789012:log-group:/aws/events/x";
    expect(() => targeting(() => logGroupTarget({ arn: `${arn}:*` }))).toThrow(
      'targets.it.to is "arn:aws:logs:eu-west-1:123456789012:log-group:/aws/events/x:*", whose end names its streams: leave the :* out',
    );
  });

  const written = (input: TargetProps["input"]) => () =>
    rule({ targets: { log: { to: logGroupTarget(), input } } });

  it.each<[string, TargetProps["input"]]>([
    ["the whole event", undefined],
    [
      "a line with parts of it",
      { paths: { time: "$.time", id: "$.id" }, template: '{"timestamp": <time>, "message": "order <id>"}' },
    ],
    [
      "a line that is a part of it",
      {
        paths: { id: "$.id" },
        template: '{"message": <id>, "timestamp": <aws.events.event.ingestion-time>}',
      },
    ],
    ["a template that is not known yet", { template: Token.asString({ resolve: () => "${var.line}" }) }],
  ])("is written %s", (_, input) => {
    expect(written(input)).not.toThrow();
  });

  it.each<[string, TargetProps["input"]]>([
    ["a part of the event", { path: "$.detail" }],
    ["a constant", { constant: { timestamp: "2030-01-01T00:00:00Z", message: "m" } }],
    ["a line of text", { paths: { id: "$.id" }, template: '"order <id>"' }],
    ["a list", { paths: { id: "$.id" }, template: '["timestamp", <id>]' }],
    ["other fields", { paths: { id: "$.id" }, template: '{"timestamp": "t", "message": "m", "id": <id>}' }],
    ["no timestamp", { paths: { id: "$.id" }, template: '{"message": <id>}' }],
    [
      "a message of several parts",
      { paths: { id: "$.id" }, template: '{"timestamp": "t", "message": {"id": <id>}}' },
    ],
  ])("rejects %s, of which nothing would be written", (_, input) => {
    expect(written(input)).toThrow(
      /rules\.paid\.targets\.log\.input of a log group must be a template of a timestamp and a message/,
    );
  });
});

describe("a rule by the clock", () => {
  const scheduled = (schedule: When, more: object = {}, bus?: EventBusRef) =>
    rule({ schedule, pattern: undefined, targets: { log: { to: logGroupTarget() } }, ...more } as never, {
      bus,
    });

  it("runs where a target knows no other clock", () => {
    const made = scheduled(every(5, "minutes")).one(CloudwatchEventRule);
    expect(made.schedule_expression).toBe("rate(5 minutes)");
    expect(made).not.toHaveProperty("event_pattern");
    expect(scheduled(cron("0 8 ? * MON-FRI *")).one(CloudwatchEventRule).schedule_expression).toBe(
      "cron(0 8 ? * MON-FRI *)",
    );
  });

  it.each([
    [
      "a bus of its own",
      () => scheduled(every(1, "day"), {}, { name: "shop", arn: "arn" }),
      "AWS runs scheduled rules on the default bus only",
    ],
    [
      "a point in time",
      () => scheduled(at("2030-01-31T08:00:00")),
      "a rule knows every(…) and cron(…) only: use a Schedule",
    ],
    [
      "the state of patterns",
      () => scheduled(every(1, "day"), { state: "enabled-with-all-management-events" }),
      "rules.paid.state is for patterns, and AWS refuses it on a schedule",
    ],
    [
      "targets that a schedule can call",
      () => scheduled(every(1, "day"), { targets: { inbox: plain } }),
      "calls only what a Schedule can call, with a time zone and a window besides: use a Schedule",
    ],
    [
      "a pattern beside it",
      () => scheduled(every(1, "day"), { pattern: PATTERN }),
      "pattern or schedule must be given, and not both",
    ],
    ["a time that is none", () => scheduled(cron("0 8 * * * *")), 'must be "?"'],
  ])("rejects %s", (_, make, message) => {
    expect(make).toThrow(message);
  });
});

describe("rules", () => {
  const targets = (count: number) =>
    Object.fromEntries(Array.from({ length: count }, (_, index) => [`t${index}`, plain]));

  it.each<[string, () => unknown, string]>([
    [
      "none",
      () => synthesize((s) => new EventRules(s, "orders", { rules: {} })),
      "rules must name at least one rule",
    ],
    ["one without a target", () => rule({ targets: {} }), "rules.paid.targets must name at least one target"],
    [
      "six targets",
      () => rule({ targets: targets(6) }),
      "rules.paid.targets names 6, and AWS calls 5 a rule: make a second rule with the same pattern, or send to a topic that fans out",
    ],
    ["a state that is none", () => rule({ state: "on" as never }), "state must be one of enabled, disabled"],
    [
      "replays that are none",
      () => rule({ replays: "no" as never }),
      "replays must be one of include, exclude",
    ],
    [
      "a pattern whose leaf is no list",
      () => rule({ pattern: { source: "shop" } as never }),
      "rules.paid.pattern",
    ],
    [
      "neither pattern nor schedule",
      () => rule({ pattern: undefined } as never),
      "pattern or schedule must be given",
    ],
    [
      "a target named like an alarm",
      () => rule({ targets: { "loss-alarm": plain } }),
      "becomes a target's id",
    ],
    ["a target's name in capitals", () => rule({ targets: { Inbox: plain } }), "becomes a target's id"],
    [
      "a rule named like the queue",
      () =>
        synthesize(
          (s) =>
            new EventRules(s, "orders", {
              rules: { "dead-letters": { pattern: PATTERN, targets: { inbox: plain } } },
            }),
        ),
      "rules.dead-letters: a name is kebab-case and none of dead-letters",
    ],
    [
      "tries below 0",
      () => rule({ targets: { inbox: { ...plain, maximumRetryAttempts: -1 } } }),
      "maximumRetryAttempts must be between 0 and 185, got -1",
    ],
    [
      "tries above 185",
      () => rule({ targets: { inbox: { ...plain, maximumRetryAttempts: 186 } } }),
      "got 186",
    ],
    [
      "an age below a minute",
      () => rule({ targets: { inbox: { ...plain, maximumEventAgeSeconds: 59 } } }),
      "maximumEventAgeSeconds must be between 60 and 86400, got 59",
    ],
    [
      "an age above a day",
      () => rule({ targets: { inbox: { ...plain, maximumEventAgeSeconds: 86_401 } } }),
      "got 86401",
    ],
    ["an AWS-managed key", () => rule({}, { encryption: "alias/aws/sqs" as never }), "is an AWS-managed key"],
  ])("rejects %s", (_, make, message) => {
    expect(make).toThrow(message);
  });

  it("rejects all of it at once", () => {
    const inbox = { ...plain, maximumRetryAttempts: 186, maximumEventAgeSeconds: 1 };
    expect(() => rule({ targets: { inbox } })).toThrow("2 faults");
  });

  it("let tokens through", () => {
    const inbox = { ...plain, maximumRetryAttempts: Token.asNumber({ resolve: () => 3 }) };
    expect(() => rule({ targets: { inbox } })).not.toThrow();
    expect(() => rule({ state: Token.asString({ resolve: () => "x" }) as never })).not.toThrow();
  });

  it("of two patterns share a queue, a topic, a key and a bus, whichever is made first", () => {
    const build = (order: readonly string[]) =>
      synthesize((stack) => {
        const key = new KmsKey(stack, "k");
        const bus = new EventBus(stack, "shop");
        const queue = new SqsQueue(stack, "inbox", { kmsMasterKeyId: key.arn });
        const topic = new SnsTopic(stack, "alerts", { kmsMasterKeyId: key.arn });
        for (const id of order) {
          const targets = { inbox: { to: queueTarget(queue) }, alerts: { to: topicTarget(topic) } };
          new EventRules(stack, id, { bus, encryption: key, rules: { paid: { pattern: PATTERN, targets } } });
        }
      });
    const policies = (result: Synthesized) => [
      statementsOf(result.at("inbox/policy", SqsQueuePolicy).policy),
      statementsOf(result.one(SnsTopicPolicy).policy),
      statementsOf(result.one(KmsKeyPolicy).policy),
    ];
    const [one, other] = [build(["orders", "payments"]), build(["payments", "orders"])];
    expect(policies(one)).toEqual(policies(other));
    expect(policies(one).map(({ length }) => length)).toEqual([2, 2, 3]);
  });
});

describe("a rule that would send to its own bus", () => {
  const forwarding = (
    busesOf: (
      stack: TerraformStack,
    ) => readonly [from: EventBus | EventBusRef | undefined, to: EventBus | EventBusRef],
  ) =>
    synthesize((stack) => {
      const [bus, to] = busesOf(stack);
      new EventRules(stack, "orders", {
        bus,
        rules: { paid: { pattern: PATTERN, targets: { it: { to: busTarget(to) } } } },
      });
    });

  it.each<[string, Parameters<typeof forwarding>[0]]>([
    [
      "made here",
      (stack) => {
        const bus = new EventBus(stack, "shop");
        return [bus, bus];
      },
    ],
    [
      "made here, by its resource",
      (stack) => {
        const bus = new EventBus(stack, "shop");
        return [bus.bus, bus];
      },
    ],
    [
      "from elsewhere",
      (stack) => [existingBus(stack, { name: "audit" }), existingBus(stack, { name: "audit" })],
    ],
    ["the default one, unsaid", (stack) => [undefined, existingBus(stack)]],
    ["the default one", (stack) => [existingBus(stack), existingBus(stack)]],
  ])("rejects one %s", (_, busesOf) => {
    expect(() => forwarding(busesOf)).toThrow(
      /event-rules "test\/orders": rules\.paid\.targets\.it\.to is the bus that the rule is on: .* send to another bus/,
    );
  });

  it("takes the default one from a rule by the clock, which matches no event", () => {
    const ticking = (stack: TerraformStack) => {
      const targets = { it: { to: busTarget(existingBus(stack)) } };
      new EventRules(stack, "orders", { rules: { tick: { schedule: every(5, "minutes"), targets } } });
    };
    expect(() => synthesize(ticking)).not.toThrow();
  });

  it.each<[string, Parameters<typeof forwarding>[0]]>([
    ["another bus", (stack) => [new EventBus(stack, "shop"), new EventBus(stack, "audit")]],
    ["the default bus", (stack) => [new EventBus(stack, "shop"), existingBus(stack)]],
    [
      "a bus of the same name in another region",
      (stack) => [undefined, existingBus(stack, { region: "us-east-1" })],
    ],
    [
      "a bus that is known only at apply",
      (stack) => {
        const arn = new TerraformVariable(stack, "arn", { type: "string" }).stringValue;
        return [
          { arn, name: "one" },
          { arn, name: "other" },
        ];
      },
    ],
  ])("lets through %s", (_, busesOf) => {
    expect(() => forwarding(busesOf)).not.toThrow();
  });
});

describe("a bus", () => {
  it("is put events on by whom it is granted to, and by nobody else", () => {
    const result = synthesize((stack) => {
      const role = new ServiceRole(stack, "writer", { service: "lambda.amazonaws.com" });
      new EventBus(stack, "shop").grantPutEvents(role);
    });
    expect(statementsOf(result.at("writer/policy", IamRolePolicy).policy)).toEqual([
      {
        Sid: "PutEventsTestShop",
        Effect: "Allow",
        Action: "events:PutEvents",
        Resource: "${aws_cloudwatch_event_bus.shop.arn}",
      },
    ]);
  });

  describe("that lets other accounts in", () => {
    const PARTNER = "210987654321";
    const ORGANIZATION = "o-a1b2c3d4e5";
    const shop = (allow: (bus: EventBus) => void) =>
      synthesize((stack) => {
        allow(new EventBus(stack, "shop"));
      });
    const policy = (allow: (bus: EventBus) => void) =>
      statementsOf(shop(allow).one(CloudwatchEventBusPolicy).policy);

    it("has no policy before, and one for all of them after", () => {
      expect(
        shop((bus) => bus.grantPutEvents({ allow: () => {} })).resources(CloudwatchEventBusPolicy),
      ).toEqual({});
      const result = shop((bus) => {
        for (let time = 0; time < 2; time++) bus.allowPutEventsFromAccount(PARTNER);
        bus.allowPutEventsFromOrganization(ORGANIZATION);
      });
      expect(result.one(CloudwatchEventBusPolicy).event_bus_name).toBe(
        "${aws_cloudwatch_event_bus.shop.name}",
      );
      expect(statementsOf(result.one(CloudwatchEventBusPolicy).policy)).toEqual([
        {
          Sid: "AllowAccount210987654321",
          Effect: "Allow",
          Principal: { AWS: `arn:aws:iam::${PARTNER}:root` },
          Action: "events:PutEvents",
          Resource: "${aws_cloudwatch_event_bus.shop.arn}",
        },
        {
          Sid: expect.stringMatching(/^AllowOrganizationOA1b2c3d4e5H[0-9a-f]{8}$/),
          Effect: "Allow",
          Principal: { AWS: "*" },
          Action: "events:PutEvents",
          Resource: "${aws_cloudwatch_event_bus.shop.arn}",
          Condition: { StringEquals: { "aws:PrincipalOrgID": ORGANIZATION } },
        },
      ]);
    });

    it("may take only some sources and types of event from them", () => {
      const only = { sources: ["b", "a"], detailTypes: ["paid"] };
      const every = {
        "ForAllValues:StringEquals": { "events:source": ["a", "b"] },
        Null: { "events:source": "false" },
      };
      expect(policy((bus) => bus.allowPutEventsFromAccount(PARTNER, only))).toMatchObject([
        { Condition: { StringEquals: { "events:detail-type": "paid" }, ...every } },
      ]);
      expect(policy((bus) => bus.allowPutEventsFromOrganization(ORGANIZATION, only))).toMatchObject([
        {
          Condition: {
            StringEquals: { "aws:PrincipalOrgID": ORGANIZATION, "events:detail-type": "paid" },
            ...every,
          },
        },
      ]);
    });

    it("has the same policy in whichever order they were let in, one statement for each kind of event", () => {
      const steps = [
        (bus: EventBus) => bus.allowPutEventsFromAccount(PARTNER, { sources: ["a", "b"] }),
        (bus: EventBus) => bus.allowPutEventsFromAccount(PARTNER, { sources: ["b", "a"] }),
        (bus: EventBus) => bus.allowPutEventsFromAccount(PARTNER, { sources: ["c"], detailTypes: ["d"] }),
        (bus: EventBus) => bus.allowPutEventsFromOrganization(ORGANIZATION),
      ];
      const inOrder = policy((bus) => steps.map((step) => step(bus)));
      expect(inOrder).toHaveLength(3);
      expect(policy((bus) => [...steps].reverse().map((step) => step(bus)))).toEqual(inOrder);
    });

    describe("in a policy of 10,240 characters", () => {
      const letIn =
        (accounts: number, facts: Partial<Facts> = {}) =>
        () =>
          synthesize((stack) => {
            const bus = new EventBus(stack, "shop");
            for (let index = 0; index < accounts; index++) {
              bus.allowPutEventsFromAccount(String(200_000_000_000 + index), {
                sources: ["partner.parcels"],
              });
            }
          }, facts);

      it("has room for some of them, and tells what to do about more", () => {
        expect(letIn(25)).not.toThrow();
        expect(letIn(80)).toThrow(
          /bus policy "test\/shop\/Default": 2\d{4} characters at least, and AWS takes 10240: let in the organisation/,
        );
      });

      it("measures the bus's ARN in full", () => {
        const sizeOf = (accounts: number) => {
          const { policy } = letIn(accounts)().one(CloudwatchEventBusPolicy);
          const arn = "arn:aws:events:eu-west-1:123456789012:event-bus/test_shop";
          return policy.replaceAll("${aws_cloudwatch_event_bus.shop.arn}", arn).length;
        };
        const each = sizeOf(2) - sizeOf(1);
        const most = Math.floor((10_240 - sizeOf(1)) / each) + 1;
        expect(letIn(most)).not.toThrow();
        expect(letIn(most + 1)).toThrow(/characters at least, and AWS takes 10240/);
      });

      it("has room for more where the environment says that AWS raised the quota", () => {
        expect(letIn(80, { eventBusPolicyCharacters: 30_000 })).not.toThrow();
      });
    });

    it("rejects a sender that may put all events and some besides, in either order", () => {
      const only = { sources: ["a"] };
      const refused =
        /event-bus "test\/shop": account 210987654321 is let in with all its events and with some/;
      const all = (bus: EventBus) => bus.allowPutEventsFromAccount(PARTNER);
      const some = (bus: EventBus) => bus.allowPutEventsFromAccount(PARTNER, only);
      expect(() => shop((bus) => [all(bus), some(bus)])).toThrow(refused);
      expect(() => shop((bus) => [some(bus), all(bus)])).toThrow(refused);
      const unknown = Token.asString({ resolve: () => "${var.x}" });
      expect(() =>
        shop((bus) => {
          bus.allowPutEventsFromAccount("310987654321");
          some(bus);
          bus.allowPutEventsFromOrganization(ORGANIZATION);
          bus.allowPutEventsFromAccount(unknown);
          bus.allowPutEventsFromAccount(unknown, only);
        }),
      ).not.toThrow();
      expect(() =>
        shop((bus) => {
          bus.allowPutEventsFromOrganization(ORGANIZATION);
          bus.allowPutEventsFromOrganization(ORGANIZATION, { detailTypes: ["a"] });
        }),
      ).toThrow(/organization o-a1b2c3d4e5 is let in with all its events/);
    });

    it("has one policy only: a second owner in the stack is told", () => {
      expect(() =>
        shop((bus) => {
          bus.allowPutEventsFromAccount(PARTNER);
          new CloudwatchEventBusPolicy(bus, "other", { eventBusName: bus.bus.name, policy: "{}" });
        }),
      ).toThrow(
        /bus policy of .*: "test\/shop\/Default\/policy\/Default" and "test\/shop\/other" both write it/,
      );
    });

    describe("beside permissions, which write into the same policy", () => {
      /** @param eventBusName of the permission */
      const permit = (scope: Construct, id: string, eventBusName?: string) =>
        new CloudwatchEventPermission(scope, id, { statementId: id, principal: PARTNER, eventBusName });

      it.each<[string, (bus: EventBus) => string]>([
        ["its name", ({ bus }) => bus.name],
        ["another attribute", ({ bus }) => bus.arn],
        ["its name written out", () => "test_shop"],
      ])("rejects one that names the bus by %s", (_, name) => {
        const message =
          /bus policy of aws_cloudwatch_event_bus\.shop: "test\/shop\/Default\/policy\/Default" and "test\/shop\/before" both write it, .*: remove the permission and say its statement by allowPutEventsFromAccount or allowPutEventsFromOrganization of the bus.*and "test\/shop\/other" both write it/s;
        expect(() =>
          shop((bus) => {
            permit(bus, "before", name(bus));
            bus.allowPutEventsFromAccount(PARTNER);
            permit(bus, "other", name(bus));
          }),
        ).toThrow(message);
      });

      it("lets those of another bus be, however many", () => {
        expect(() =>
          shop((bus) => {
            bus.allowPutEventsFromAccount(PARTNER);
            const other = new EventBus(bus, "other");
            for (const id of ["one", "two"]) permit(bus, id, other.bus.name);
            permit(bus, "of-the-default-one");
            permit(bus, "too");
          }),
        ).not.toThrow();
      });

      it.each<[string, string | undefined, string | undefined]>([
        ["the permission", "default", undefined],
        ["the policy", undefined, "default"],
        ["both", undefined, undefined],
      ])("knows the default bus where %s says no name", (_, ofPolicy, ofPermission) => {
        expect(() =>
          shop((bus) => {
            bus.allowPutEventsFromAccount(PARTNER);
            new CloudwatchEventBusPolicy(bus, "yours", { eventBusName: ofPolicy, policy: "{}" });
            permit(bus, "permission", ofPermission);
          }),
        ).toThrow(/bus policy of default: "test\/shop\/yours" and "test\/shop\/permission" both write it/);
      });

      it("takes a name written out for another bus where the provider is of another region", () => {
        const inUsEast1 = (eventBusName: string | undefined, others: boolean) => () =>
          shop((bus) => {
            bus.allowPutEventsFromAccount(PARTNER);
            new CloudwatchEventBusPolicy(bus, "yours", { policy: "{}" });
            const provider = new AwsProvider(bus, "us-east-1", { region: "us-east-1", alias: "us" });
            permit(bus, "permission", eventBusName).provider = provider;
            if (others) new CloudwatchEventBusPolicy(bus, "theirs", { policy: "{}", provider });
          });
        expect(inUsEast1(undefined, false)).not.toThrow();
        expect(inUsEast1("test_shop", false)).not.toThrow();
        expect(inUsEast1(undefined, true)).toThrow(
          /bus policy of default by the provider us: "test\/shop\/theirs" and "test\/shop\/permission"/,
        );
      });
    });

    it.each<[string, (bus: EventBus) => void, RegExp]>([
      [
        "its own account",
        (bus) => bus.allowPutEventsFromAccount("123456789012"),
        /account 123456789012 is the bus's own.*use grantPutEvents/,
      ],
      [
        "an account that is none",
        (bus) => bus.allowPutEventsFromAccount("12"),
        /event-bus "test\/shop": account must be 12 digits, got "12"/,
      ],
      [
        "an organisation that is none",
        (bus) => bus.allowPutEventsFromOrganization("acme"),
        /organizationId must be an organisation's id/,
      ],
      [
        "no source at all",
        (bus) => bus.allowPutEventsFromAccount(PARTNER, { sources: [] }),
        /sources must name at least one.*got \[\]/,
      ],
      [
        "an empty type",
        (bus) => bus.allowPutEventsFromOrganization(ORGANIZATION, { detailTypes: [""] }),
        /detailTypes must name at least one/,
      ],
    ])("rejects %s", (_, allow, message) => {
      expect(() => shop(allow)).toThrow(message);
    });

    it("lets tokens through, and names their statements by what they stand for", () => {
      const partner = (stack: TerraformStack) =>
        new TerraformVariable(stack, "partner", { type: "string" }).stringValue;
      const sids = [0, 1].map((more) =>
        statementsOf(
          synthesize((stack) => {
            for (let other = 0; other < more; other++) Token.asString({ resolve: () => "x" });
            const bus = new EventBus(stack, "shop");
            const token = partner(stack);
            bus.allowPutEventsFromAccount(token, { sources: [token] });
            bus.allowPutEventsFromOrganization(token, {
              detailTypes: [token, "paid"],
            });
          }).one(CloudwatchEventBusPolicy).policy,
        ).map(({ Sid }) => Sid),
      );
      expect(sids[0]).toHaveLength(2);
      expect(sids[0]).toEqual(sids[1]);
      expect(sids.join()).not.toMatch(/token/i);
    });

    it("rejects a list that is known only at apply, and sorts values by what they read as", () => {
      const variable = (stack: TerraformStack, id: string, type: string) =>
        new TerraformVariable(stack, id, { type });
      const listed = (bus: EventBus) => {
        const { listValue } = variable(TerraformStack.of(bus), "sources", "list(string)");
        bus.allowPutEventsFromAccount(PARTNER, { sources: listValue });
      };
      expect(() => policy(listed)).toThrow(
        /^event-bus "test\/shop": sources is a list that is known only at apply, .*: name each/,
      );
      // The numbers of tokens between 9 and 10, and 99 and 100, sort otherwise than those before them.
      const texts = Array.from({ length: 120 }, (_, others) => {
        const statements = policy((bus) => {
          const stack = TerraformStack.of(bus);
          const b = variable(stack, "b", "string").stringValue;
          for (let other = 0; other < others; other++) Token.asString({ resolve: () => "x" });
          bus.allowPutEventsFromAccount(PARTNER, {
            sources: [b, variable(stack, "a", "string").stringValue],
          });
        });
        return JSON.stringify(statements);
      });
      expect(new Set(texts).size).toBe(1);
      expect(texts[0]).toContain('["${var.a}","${var.b}"]');
    });
  });

  it.each([
    ["region", "eu-west"],
    ["account", "12"],
    ["name", "arn:aws:events:eu-west-1:123456789012:event-bus/audit"],
    ["name", ""],
  ])("rejects one from elsewhere whose %s is %j", (what, value) => {
    expect(() => synthesize((stack) => void existingBus(stack, { [what]: value }))).toThrow(
      new RegExp(`existing bus "test": ${what} must be .*got "${value}"`),
    );
  });

  it("lets a place through that only Terraform knows, and a partner's bus", () => {
    const unknown = Token.asString({ resolve: () => "${var.x}" });
    const places = [{ name: unknown, region: unknown, account: unknown }, { name: "aws.partner/shop/1.a_b" }];
    for (const place of places) {
      expect(() => synthesize((stack) => void existingBus(stack, place))).not.toThrow();
    }
  });

  it("from elsewhere is the account's default one, unless name, region or account are said", () => {
    synthesize((stack) => {
      expect(existingBus(stack)).toEqual({
        name: "default",
        arn: "arn:aws:events:eu-west-1:123456789012:event-bus/default",
      });
      expect(existingBus(stack, { name: "audit", region: "us-east-1", account: "210987654321" })).toEqual({
        name: "audit",
        arn: "arn:aws:events:us-east-1:210987654321:event-bus/audit",
      });
    });
  });
});

describe("an archive", () => {
  const archive = (props: EventArchiveProps = {}) =>
    synthesize((stack) => {
      new EventArchive(stack, "said", props);
    }).one(CloudwatchEventArchive);

  it("keeps all events of the default bus for a month", () => {
    expect(archive()).toMatchObject({
      name: "test_said",
      event_source_arn: "arn:aws:events:eu-west-1:123456789012:event-bus/default",
      retention_days: 30,
    });
    expect(archive()).not.toHaveProperty("event_pattern");
  });

  it("keeps what matches of another bus, for as long as it is told", () => {
    const bus = { name: "shop", arn: "arn:aws:events:eu-west-1:123456789012:event-bus/shop" };
    expect(archive({ bus, pattern: PATTERN, retentionDays: 7 })).toMatchObject({
      event_source_arn: bus.arn,
      event_pattern: '{"source":["shop"]}',
      retention_days: 7,
    });
    const own = synthesize((stack) => {
      new EventArchive(stack, "said", { bus: new EventBus(stack, "shop") });
    });
    expect(own.one(CloudwatchEventArchive).event_source_arn).toBe("${aws_cloudwatch_event_bus.shop.arn}");
  });

  it.each<[string, EventArchiveProps, string]>([
    ["no day", { retentionDays: 0 }, "retentionDays must be between 1 and 36500, got 0"],
    ["half a day", { retentionDays: 0.5 }, "got 0.5"],
    [
      "a pattern that is none",
      { pattern: { source: "shop" } as never },
      'event-archive "test/said": pattern',
    ],
  ])("rejects %s", (_, props, message) => {
    expect(() => archive(props)).toThrow(message);
  });
});

describe("a router", () => {
  const router = (route: Partial<RouteProps> = {}, props: Partial<EventRouterProps<"pictures">> = {}) =>
    synthesize((stack) => {
      const pictures = { targets: { inbox: plain }, ...route };
      new EventRouter(stack, "uploads", { routes: { pictures }, ...props });
    });
  const patternIn = (result: Synthesized) => JSON.parse(result.one(CloudwatchEventRule).event_pattern);

  it("has its bucket tell EventBridge of every object", () => {
    const result = router();
    expect(result.one(S3BucketNotification)).toMatchObject({
      bucket: expect.stringMatching(/^\$\{aws_s3_bucket\.uploads_bucket_\w+\.(bucket|id)\}$/),
      eventbridge: true,
    });
  });

  it("rejects a key with a star that would be compared as it is", () => {
    expect(() =>
      synthesize((stack) => {
        const to = queueTarget(QUEUE);
        new EventRouter(stack, "router", { routes: { jpg: { key: ["in/*.jpg"], targets: { it: { to } } } } });
      }),
    ).toThrow(
      /^event-router "test\/router": routes\.jpg\.key is compared with "in\/\*\.jpg" as it is.*write match\.wildcard\("in\/\*\.jpg"\)/,
    );
  });

  it("waits for objects that are created in its bucket, or for what it is told of them", () => {
    const name = [expect.stringMatching(/^\$\{aws_s3_bucket\.uploads_bucket_\w+\.bucket\}$/)];
    expect(patternIn(router())).toEqual({
      source: ["aws.s3"],
      "detail-type": ["Object Created"],
      detail: { bucket: { name } },
    });
    const route = {
      key: [match.suffix(".png")],
      size: [match.numeric(">", 0)],
      reason: ["PutObject"],
    } as const;
    expect(
      patternIn(router({ ...route, events: ["Object Created", "Object Deleted"] as never, size: undefined })),
    ).toMatchObject({
      "detail-type": ["Object Created", "Object Deleted"],
    });
    expect(patternIn(router(route)).detail).toEqual({
      bucket: { name },
      object: { key: [{ suffix: ".png" }], size: [{ numeric: [">", 0] }] },
      reason: ["PutObject"],
    });
  });

  it("stands on the default bus, where S3's events are, and leaves replayed ones out where it is told to", () => {
    expect(router().one(CloudwatchEventRule).event_bus_name).toBeUndefined();
    expect(patternIn(router({ replays: "exclude" }))["replay-name"]).toEqual([{ exists: false }]);
  });

  it("routes the objects of a bucket that it is given, beside what else that bucket tells", () => {
    const result = synthesize((stack) => {
      const bucket = new Bucket(stack, "pictures");
      for (const id of ["one", "other"]) {
        new EventRouter(stack, id, { bucket, routes: { all: { targets: { inbox: plain } } } });
      }
    });
    expect(Object.keys(result.resources(S3Bucket))).toHaveLength(1);
    expect(Object.keys(result.resources(S3BucketNotification))).toHaveLength(1);
    expect(Object.keys(result.resources(CloudwatchEventRule))).toHaveLength(2);
  });

  it("encrypts what it could not deliver as it is told", () => {
    expect(router({}, { encryption: "service-managed" }).one(SqsQueue).sqs_managed_sse_enabled).toBe(true);
  });

  it.each<[string, Partial<RouteProps>, string]>([
    ["no target", { targets: {} }, "targets must name at least one target"],
    ["a target's name", { targets: { In_Box: plain } }, "targets.In_Box: a name is kebab-case"],
    [
      "the size of what is gone",
      { events: ["Object Deleted"], size: [match.numeric(">", 0)] },
      "size is in no",
    ],
    ["no key of the list", { key: [] }, "key"],
    ["no event", { events: [] as never }, "events"],
    ["a reason that is no list", { reason: "PutObject" as never }, "reason must"],
    ["a requester that is no list", { requester: "me" as never }, "requester must"],
    [
      "an unknown answer to replays",
      { replays: "never" as never },
      "replays must be one of include, exclude",
    ],
  ])("rejects %s, in the words of its own props", (_, route, message) => {
    const tried = () => router(route);
    expect(tried).toThrow(`event-router "test/uploads": routes.pictures.${message}`);
    expect(tried).not.toThrow(/rules\.|\.pattern|detail\./);
  });

  it("rejects no route, and one whose name is no id, with what else is wrong with it", () => {
    const routes = (given: EventRouterProps<string>["routes"]) => () =>
      synthesize((stack) => void new EventRouter(stack, "uploads", { routes: given }));
    expect(routes({})).toThrow('event-router "test/uploads": routes must name at least one route');
    expect(routes({ Pictures: { key: [], targets: {} } })).toThrow(
      /event-router "test\/uploads": 3 faults\n.*routes\.Pictures: a name is.*\n.*routes\.Pictures\.key.*\n.*routes\.Pictures\.targets/,
    );
  });
});

describe("the pictures of a router", () => {
  const result = synthesize((stack) => void pictureRouter(stack));
  const rule = result.one(CloudwatchEventRule);
  const bucket = result.one(S3BucketNotification).bucket.slice(2, -1);

  /** S3 user guide, "EventBridge event message structure": the event that it prints, of another object. */
  const created = (
    object: { readonly key?: string; readonly size?: number } = {},
    detail: object = {},
    envelope: object = {},
  ) => ({
    version: "0",
    id: "17793124-05d4-b198-2fde-7ededc63b103",
    "detail-type": "Object Created",
    source: "aws.s3",
    account: "111122223333",
    time: "2021-11-12T00:00:00Z",
    region: "ca-central-1",
    resources: ["arn:aws:s3:::amzn-s3-demo-bucket1"],
    detail: {
      version: "0",
      bucket: { name: "amzn-s3-demo-bucket1" },
      object: {
        key: "in/cat.jpg",
        size: 5,
        etag: "b1946ac92492d2347c6235b4d2611184",
        "version-id": "IYV3p45BT0ac8hjHg1houSdS1a.Mro8e",
        sequencer: "617f08299329d189",
        ...object,
      },
      "request-id": "N4N7GDK58NMKJ12R",
      requester: "123456789012",
      "source-ip-address": "1.2.3.4",
      reason: "PutObject",
      ...detail,
    },
    ...envelope,
  });

  it("go by one rule to a state machine, a stream and a delivery stream, each with a role of its own", () => {
    const targets = Object.values(result.resources(CloudwatchEventTarget));
    const at = (name: string) => `uploads/rules/pictures/${name}`;
    const byName = Object.fromEntries(
      ["process", "listeners", "record"].map((name) => [name, result.at(at(name), CloudwatchEventTarget)]),
    );
    expect(targets).toHaveLength(3);
    expect(new Set(targets.map(({ rule }) => rule)).size).toBe(1);
    expect(byName).toMatchObject({
      process: {
        arn: expect.stringContaining(":stateMachine:workflow"),
        input_path: "$.detail",
      },
      listeners: {
        arn: `\${${result.addressAt("listeners", KinesisStream)}.arn}`,
        kinesis_target: { partition_key_path: "$.detail.object.key" },
      },
      record: { arn: expect.stringContaining(":deliverystream/records") },
    });
    for (const name of Object.keys(byName)) {
      expect(byName[name]?.role_arn).toBe(`\${${result.addressAt(`${at(name)}/role`, IamRole)}.arn}`);
    }
  });

  it.each<[string, object]>([
    ["that was put", created()],
    ["of the other form", created({ key: "in/a/b/dog.png" })],
    ["that came in parts", created({}, { reason: "CompleteMultipartUpload" })],
    ["of one byte", created({ size: 1 })],
  ])("are each object %s", (_, event) => {
    expect(rule).toMatchEvent(event, { [bucket]: "amzn-s3-demo-bucket1" });
  });

  it.each<[string, object]>([
    ["a copy", created({}, { reason: "CopyObject" })],
    ["a form's upload", created({}, { reason: "POST Object" })],
    ["an empty object", created({ size: 0 })],
    ["an object elsewhere", created({ key: "out/cat.jpg" })],
    ["an object of another form", created({ key: "in/cat.gif" })],
    ["an object of another bucket", created({}, { bucket: { name: "amzn-s3-demo-bucket2" } })],
    ["an object that is gone", created({}, {}, { "detail-type": "Object Deleted" })],
    ["an event that somebody else tells", created({}, {}, { source: "shop" })],
  ])("are not %s", (_, event) => {
    expect(rule).not.toMatchEvent(event, { [bucket]: "amzn-s3-demo-bucket1" });
  });
});
