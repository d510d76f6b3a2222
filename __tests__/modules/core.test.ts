import { tmpdir } from "node:os";
import { ApiGatewayRestApi } from "@cdktf/provider-aws/lib/api-gateway-rest-api";
import { CloudwatchLogGroup } from "@cdktf/provider-aws/lib/cloudwatch-log-group";
import { CloudwatchMetricAlarm } from "@cdktf/provider-aws/lib/cloudwatch-metric-alarm";
import { DataAwsRegion } from "@cdktf/provider-aws/lib/data-aws-region";
import { DynamodbTable } from "@cdktf/provider-aws/lib/dynamodb-table";
import { IamRole } from "@cdktf/provider-aws/lib/iam-role";
import { IamRolePolicy } from "@cdktf/provider-aws/lib/iam-role-policy";
import { KmsAlias } from "@cdktf/provider-aws/lib/kms-alias";
import { KmsKey } from "@cdktf/provider-aws/lib/kms-key";
import { KmsKeyPolicy } from "@cdktf/provider-aws/lib/kms-key-policy";
import { AwsProvider, type AwsProviderConfig } from "@cdktf/provider-aws/lib/provider";
import { S3Bucket } from "@cdktf/provider-aws/lib/s3-bucket";
import { S3BucketPolicy } from "@cdktf/provider-aws/lib/s3-bucket-policy";
import { SnsTopic } from "@cdktf/provider-aws/lib/sns-topic";
import { SnsTopicPolicy } from "@cdktf/provider-aws/lib/sns-topic-policy";
import { SqsQueue } from "@cdktf/provider-aws/lib/sqs-queue";
import { SqsQueuePolicy } from "@cdktf/provider-aws/lib/sqs-queue-policy";
import { App, TerraformProvider, TerraformStack, Token } from "cdktf";
import { Construct } from "constructs";
import * as fc from "fast-check";
import {
  alarm,
  allowSender,
  arnOf,
  bucketPolicy,
  Checks,
  CustomerKey,
  checkEncryption,
  factsOf,
  keyPolicy,
  logGroup,
  namedLogGroup,
  nameOf,
  OtherRegion,
  type OtherRegionProps,
  provideFacts,
  queuePolicy,
  restApiPolicy,
  ServiceRole,
  sidOf,
  skipCheck,
  topicPolicy,
} from "../../modules/core";
import { dataStores } from "../../modules/core/data-stores";
import { type NamedKind, namedKinds, nameFromPath } from "../../modules/core/names";
import { partitionOf, regions } from "../../modules/core/regions";
import { silenceTokenTraces } from "../../modules/core/token-traces";
import { type Arguments, someFacts, statementsOf, synthesize, synthesizeApp } from "../../testing";

describe("names", () => {
  const id = fc.stringMatching(/^[a-z][a-z0-9-]{0,30}$/);
  const anyId = fc
    .string({ minLength: 1, maxLength: 80, unit: "grapheme" })
    .filter((text) => !text.includes("/"));
  const kind = fc.constantFrom(...namedKinds);
  const limits: Record<NamedKind, number> = {
    alarm: 255,
    bucket: 63,
    "delivery-stream": 64,
    "event-archive": 48,
    "event-bus": 256,
    "event-log-group": 512,
    "event-rule": 64,
    "fifo-queue": 80,
    "fifo-topic": 256,
    function: 64,
    "function-log-group": 512,
    "glue-catalog": 255,
    "key-alias": 256,
    "log-group": 512,
    "log-policy": 255,
    queue: 80,
    "rest-api": 255,
    role: 64,
    schedule: 64,
    "security-group": 255,
    "state-machine": 80,
    stream: 128,
    table: 255,
    topic: 256,
    trail: 128,
  };

  const prefixes: Partial<Record<NamedKind, string>> = {
    "event-log-group": "/aws/events/",
    "function-log-group": "/aws/lambda/",
    "key-alias": "alias/",
  };

  it("never exceed the limit and never hold a refused character", () => {
    fc.assert(
      fc.property(fc.array(anyId, { minLength: 1, maxLength: 8 }), kind, (ids, each) => {
        const name = nameFromPath(ids, each);
        expect(name.length).toBeLessThanOrEqual(limits[each]);
        expect(name).toMatch(/^[A-Za-z0-9_/.-]+$/);
      }),
    );
  });

  it("are the same for the same path and differ for different paths", () => {
    const path = fc.array(fc.oneof(id, anyId), { minLength: 1, maxLength: 6 });
    fc.assert(
      fc.property(path, path, kind, (one, other, each) => {
        const same = JSON.stringify(one) === JSON.stringify(other);
        expect(nameFromPath(one, each) === nameFromPath(other, each)).toBe(same);
      }),
      { numRuns: 2000 },
    );
  });

  it("tell apart paths that differ only in where they are split", () => {
    expect(nameFromPath(["a", "b-c"], "queue")).not.toBe(nameFromPath(["a-b", "c"], "queue"));
    expect(nameFromPath(["a", "b_c"], "queue")).not.toBe(nameFromPath(["a_b", "c"], "queue"));
  });

  it("spell a short path in full", () => {
    expect(nameFromPath(["dev-orders", "fan-out", "billing"], "queue")).toBe("dev-orders_fan-out_billing");
  });

  it.each(namedKinds)("of a %s use the room up to the limit, and are cut beyond it", (each) => {
    const suffix = each.startsWith("fifo") ? ".fifo" : "";
    const prefix = prefixes[each] ?? "";
    const room = limits[each] - prefix.length - suffix.length;
    expect(nameFromPath(["a".repeat(room)], each)).toBe(`${prefix}${"a".repeat(room)}${suffix}`);
    expect(nameFromPath(["a".repeat(room + 1)], each)).toHaveLength(limits[each]);
    expect(nameFromPath(["a".repeat(room + 1)], each)).toMatch(/[_-][0-9a-f]{8}(\.fifo)?$/);
  });

  it("tell apart cut paths that differ only in where they are split", () => {
    const long = "a".repeat(100);
    expect(nameFromPath([long, "b"], "queue")).not.toBe(nameFromPath([`${long}b`], "queue"));
  });

  it("keep the suffix of FIFO when they are cut", () => {
    expect(nameFromPath(["a".repeat(90)], "fifo-queue")).toMatch(/^a{66}-[0-9a-f]{8}\.fifo$/);
  });

  it("of a bucket hold no capitals, and end in a hash where a hyphen joins a path", () => {
    expect(nameFromPath(["dev"], "bucket")).toBe("dev");
    expect(nameFromPath(["dev", "Up_loads"], "bucket")).toMatch(/^dev-up-loads-[0-9a-f]{8}$/);
    expect(nameFromPath(["dev", "a-b"], "bucket")).not.toBe(nameFromPath(["dev-a", "b"], "bucket"));
  });

  it("of a Glue catalogue hold neither capitals nor hyphens", () => {
    expect(nameFromPath(["dev-pictures", "Clicks"], "glue-catalog")).toMatch(
      /^dev_pictures_clicks_[0-9a-f]{8}$/,
    );
  });

  it("leave out the id Default", () => {
    const app = new TerraformStack(new App({ outdir: tmpdir() }), "s");
    expect(nameOf(new SqsQueue(app, "Default"), "queue", "dead-letters")).toBe("s_dead-letters");
  });
});

describe("checks", () => {
  const where = "stack/thing";

  it("report one fault in one line with kind and path", () => {
    expect(() =>
      new Checks("fan-out", where).wholeNumber("maxReceives", 0, { min: 1, max: 1000 }).done(),
    ).toThrow(new Error('fan-out "stack/thing": maxReceives must be between 1 and 1000, got 0'));
  });

  it("report all faults at once", () => {
    const checks = new Checks("x", where).that(false, "first").that(true, "never").that(false, "second");
    expect(() => checks.done()).toThrow('x "stack/thing": 2 faults\n  - first\n  - second');
  });

  it.each([1.5, Number.NaN, Number.POSITIVE_INFINITY, -1])(
    "reject %p as a whole number from 0 to 5",
    (value) => {
      expect(() => new Checks("x", where).wholeNumber("n", value, { min: 0, max: 5 }).done()).toThrow(
        /between 0 and 5/,
      );
    },
  );

  it("tell a number within its range that it must be whole", () => {
    expect(new Checks("x", where).wholeNumber("n", 2.5, { min: 0, max: 5 }).messages()).toEqual([
      'x "stack/thing": n must be a whole number between 0 and 5, got 2.5',
    ]);
  });

  it("take both ends of a range", () => {
    const checks = new Checks("x", where)
      .wholeNumber("n", 0, { min: 0, max: 5 })
      .wholeNumber("n", 5, { min: 0, max: 5 });
    expect(checks.messages()).toEqual([]);
  });

  it("reject a word that is not allowed, listing those that are", () => {
    expect(() => new Checks("x", where).oneOf("nat", "two", ["none", "shared"]).done()).toThrow(
      /nat must be one of none, shared, got "two"/,
    );
  });

  it("let tokens and absent values through", () => {
    const token = Token.asNumber({ resolve: () => 1 });
    const text = Token.asString({ resolve: () => "x" });
    const checks = new Checks("x", where)
      .wholeNumber("n", token, { min: 0, max: 5 })
      .oneOf("w", text, ["a"])
      .matches("m", text, /^a$/, "a")
      .wholeNumber("n", undefined, { min: 0, max: 5 });
    expect(() => checks.done()).not.toThrow();
  });
});

describe("facts", () => {
  it("reject a scope that has none, naming the remedy", () => {
    const stack = new TerraformStack(new App({ outdir: tmpdir() }), "theirs");
    expect(() => factsOf(stack)).toThrow(/facts "theirs".*provideFacts\(stack, \{/);
  });

  const plain = (provider: AwsProviderConfig, build: (stack: TerraformStack) => void = () => undefined) =>
    synthesizeApp((app) => {
      const stack = new TerraformStack(app, "theirs");
      new AwsProvider(stack, "aws", provider);
      provideFacts(stack, someFacts);
      build(stack);
    });

  it.each<[string, AwsProviderConfig, RegExp]>([
    [
      "region",
      { region: "eu-west-2" },
      /provider "theirs\/aws": region must be one of eu-west-1, got "eu-west-2"/,
    ],
    [
      "account",
      { region: "eu-west-1", allowedAccountIds: ["999999999999"] },
      /allowedAccountIds must include 123456789012/,
    ],
  ])("rejects a provider of another %s than they say", (_, provider, message) => {
    expect(() => plain(provider)).toThrow(message);
    expect(() => plain({ region: "eu-west-1", allowedAccountIds: ["123456789012"] })).not.toThrow();
  });

  it("let a provider be that says nothing, or what is known at apply only", () => {
    const unknown = Token.asString({ resolve: () => "${var.x}" });
    expect(() => plain({})).not.toThrow();
    expect(() => plain({ region: unknown })).not.toThrow();
    expect(() => plain({ allowedAccountIds: Token.asList({ resolve: () => ["x"] }) })).not.toThrow();
    expect(() => plain({ allowedAccountIds: ["999999999999", "123456789012"] })).not.toThrow();
  });

  it("let any account be where their own is known at apply only", () => {
    expect(() =>
      synthesizeApp((app) => {
        const stack = new TerraformStack(app, "theirs");
        new AwsProvider(stack, "aws", { region: "eu-west-1", allowedAccountIds: ["999999999999"] });
        provideFacts(stack, { ...someFacts, account: Token.asString({ resolve: () => "${var.x}" }) });
      }),
    ).not.toThrow();
  });

  it("judge the provider of AWS that resources take by themselves, and no other", () => {
    class TimeProvider extends TerraformProvider {
      constructor(scope: Construct, id: string) {
        super(scope, id, {
          terraformResourceType: "time",
          terraformGeneratorMetadata: { providerName: "time" },
          terraformProviderSource: "hashicorp/time",
        });
      }
      readonly regionInput = "mars-1";
    }
    const beside = (first: (stack: TerraformStack) => void, region = "eu-west-1") =>
      synthesizeApp((app) => {
        const stack = new TerraformStack(app, "theirs");
        new TimeProvider(stack, "time");
        first(stack);
        new AwsProvider(stack, "aws", { region });
        provideFacts(stack, someFacts);
      });
    expect(() => beside(() => undefined)).not.toThrow();
    expect(() =>
      beside((stack) => void new AwsProvider(stack, "edge", { region: "us-east-1", alias: "edge" })),
    ).not.toThrow();
    expect(() => beside(() => undefined, "us-east-1")).toThrow(
      /provider "theirs\/aws": region must be one of eu-west-1/,
    );
  });

  it("let a stack without a provider be", () => {
    expect(() =>
      synthesizeApp((app) => provideFacts(new TerraformStack(app, "theirs"), someFacts)),
    ).not.toThrow();
  });

  it("guard a plain stack against the engine's silent faults too", () => {
    expect(() =>
      plain({ region: "eu-west-1" }, (stack) => {
        new SqsQueue(stack, "a.b");
        new SqsQueue(stack, "ab");
      }),
    ).toThrow(/has the address aws_sqs_queue.ab of "theirs\/a.b"/);
  });

  it("are found from any depth, also when the stack had children before", () => {
    const stack = new TerraformStack(new App({ outdir: tmpdir() }), "theirs");
    new AwsProvider(stack, "aws", {});
    provideFacts(stack, someFacts);
    expect(factsOf(new SqsQueue(stack, "q")).account).toBe(someFacts.account);
  });

  it("reject being given twice", () => {
    const stack = new TerraformStack(new App({ outdir: tmpdir() }), "theirs");
    provideFacts(stack, someFacts);
    expect(() => provideFacts(stack, someFacts)).toThrow(/given already/);
  });

  it.each([
    ["account", "1234567890123"],
    ["rolePath", "/a//"],
    ["rolePath", "a/"],
    ["rolePermissionsBoundary", "arn:aws:iam::123456789012:role/b"],
    ["logRetentionDays", 8],
    ["logRetentionDays", 3654],
    ["alarmTopic", { arn: "arn:aws:sns:us-east-1:123456789012:alarms" }],
    ["alarmTopic", { arn: "arn:aws:sqs:eu-west-1:123456789012:alarms" }],
    ["alarmTopic", { arn: "arn:aws:sns:eu-west-1:1234:alarms" }],
    ["alarmTopic", { arn: "alarms" }],
    ["eventBusPolicyCharacters", 10_239],
    ["eventBusPolicyCharacters", 10_240.5],
    ["eventPatternCharacters", 2047],
    ["eventPatternCharacters", 4097],
    ["eventPatternCharacters", 3000.5],
    ["network", { ...someFacts.network, zones: ["eu-west-1a", "eu-west-1i"] }],
    ["network", { ...someFacts.network, zones: ["eu-west-1a", "xeu-west-1b"] }],
    ["network", { ...someFacts.network, cidr: "172.32.0.0/16" }],
    ["network", { ...someFacts.network, cidr: "192.169.0.0/16" }],
    ["network", { ...someFacts.network, cidr: "100.128.0.0/16" }],
  ])("rejects %s %j", (fact, value) => {
    const stack = new TerraformStack(new App({ outdir: tmpdir() }), "theirs");
    expect(() => provideFacts(stack, { ...someFacts, [fact]: value })).toThrow(new RegExp(fact));
  });

  it.each([
    ["rolePath", "/"],
    ["rolePath", "/a/b-c/"],
    ["rolePermissionsBoundary", "arn:aws:iam::aws:policy/PowerUserAccess"],
    ["rolePermissionsBoundary", "arn:aws-us-gov:iam::123456789012:policy/b"],
    ["logRetentionDays", 1],
    ["logRetentionDays", 14],
    ["logRetentionDays", 3653],
    ["alarmTopic", { arn: "arn:aws:sns:eu-west-1:210987654321:Alarms_of-all" }],
    ["alarmTopic", { arn: Token.asString({ resolve: () => "${var.alarms}" }) }],
    ["alarmTopic", "none"],
    ["eventBusPolicyCharacters", 10_240],
    ["eventBusPolicyCharacters", 50_000],
    ["eventPatternCharacters", 2048],
    ["eventPatternCharacters", 4096],
    ["eventPatternCharacters", undefined],
    ["network", { ...someFacts.network, zones: ["eu-west-1a", "eu-west-1h"] }],
    ["network", { ...someFacts.network, cidr: "172.31.0.0/16" }],
    ["network", { ...someFacts.network, cidr: "192.168.0.0/16" }],
    ["network", { ...someFacts.network, cidr: "100.127.252.0/22" }],
  ])("takes %s %j", (fact, value) => {
    const stack = new TerraformStack(new App({ outdir: tmpdir() }), "theirs");
    expect(() => provideFacts(stack, { ...someFacts, [fact]: value })).not.toThrow();
  });

  it("of a nearer scope count, and a second copy of this package finds them", () => {
    const stack = new TerraformStack(new App({ outdir: tmpdir() }), "theirs");
    const inner = new Construct(stack, "inner");
    provideFacts(stack, someFacts);
    provideFacts(inner, { ...someFacts, account: "210987654321" });
    expect(factsOf(new SqsQueue(inner, "q")).account).toBe("210987654321");
    jest.isolateModules(() => {
      const copy = require("../../modules/core");
      expect(copy.factsOf).not.toBe(factsOf);
      expect(copy.factsOf(inner).account).toBe("210987654321");
    });
  });

  it("reject what is wrong with them, all at once", () => {
    const stack = new TerraformStack(new App({ outdir: tmpdir() }), "theirs");
    const wrong = { ...someFacts, account: "1", logRetentionDays: 2 };
    expect(() => provideFacts(stack, wrong)).toThrow(
      /facts "theirs": 2 faults\n.*account must be 12 digits.*\n.*logRetention/,
    );
  });

  it("make ARNs in the partition of the region", () => {
    const stack = new TerraformStack(new App({ outdir: tmpdir() }), "gov");
    const network = { ...someFacts.network, zones: ["us-gov-west-1a", "us-gov-west-1b"] as const };
    provideFacts(stack, { ...someFacts, region: "us-gov-west-1", network, alarmTopic: "none" });
    expect(arnOf(stack, { service: "iam", region: "", resource: "root" })).toBe(
      "arn:aws-us-gov:iam::123456789012:root",
    );
    expect(arnOf(stack, { service: "sns", resource: "t" })).toBe(
      "arn:aws-us-gov:sns:us-gov-west-1:123456789012:t",
    );
  });

  it("know a partition for every region and reject any other", () => {
    expect(regions).toHaveLength(35);
    for (const region of regions) expect(partitionOf(region)).toMatch(/^aws/);
    expect(() => partitionOf("mars-1" as never)).toThrow(/region "mars-1" is unknown/);
  });
});

describe("another region", () => {
  const abroad = (
    build: (there: OtherRegion, stack: TerraformStack) => void = () => undefined,
    props: Partial<OtherRegionProps> = {},
  ) =>
    synthesize((stack) => {
      const provider = new AwsProvider(stack, "there", { region: "us-east-1", alias: "there" });
      build(new OtherRegion(stack, "us-east-1", { region: "us-east-1", provider, ...props }), stack);
    });
  const depth = (scope: Construct) =>
    alarm(scope, "deep", {
      description: "Deep",
      namespace: "AWS/SQS",
      metric: "Depth",
      dimensions: { QueueName: "queue" },
      statistic: "Maximum",
      threshold: 1,
    });

  it("hands its provider to what is made below it, whenever that is made, and to nothing else", () => {
    const result = abroad((there, stack) => {
      new SqsQueue(new Construct(there, "a"), "queue");
      queuePolicy(new SqsQueue(there, "owned"));
      new DataAwsRegion(there, "region");
      new SqsQueue(stack, "queue");
    });
    expect(result.at("us-east-1/a/queue", SqsQueue).provider).toBe("aws.there");
    expect(result.at("us-east-1/owned/policy", SqsQueuePolicy).provider).toBe("aws.there");
    const [region] = Object.values(result.dataSources(DataAwsRegion));
    expect(region?.provider).toBe("aws.there");
    expect(result.at("queue", SqsQueue)).not.toHaveProperty("provider");
  });

  it("leaves a provider that somebody chose", () => {
    const result = abroad((there, stack) => {
      const provider = new AwsProvider(stack, "chosen", { region: "us-west-2", alias: "chosen" });
      new SqsQueue(there, "queue", { provider });
    });
    expect(result.one(SqsQueue).provider).toBe("aws.chosen");
  });

  it("has the environment's facts, but for the region", () => {
    abroad((there, stack) => {
      expect(factsOf(there)).toEqual({ ...factsOf(stack), region: "us-east-1", alarmTopic: "none" });
      expect(arnOf(there, { service: "sqs", resource: "q" })).toBe("arn:aws:sqs:us-east-1:123456789012:q");
    });
  });

  it("keeps a key of its own for its logs", () => {
    const result = abroad((there, stack) => {
      logGroup(there, "group", "log-group");
      logGroup(stack, "group", "log-group");
    });
    expect(result.at("us-east-1/logs-key", KmsKey).provider).toBe("aws.there");
    expect(result.at("us-east-1/group", CloudwatchLogGroup).kms_key_id).not.toBe(
      result.at("group", CloudwatchLogGroup).kms_key_id,
    );
  });

  it("calls a topic of its own region, or nobody: none elsewhere can be called", () => {
    const arn = "arn:aws:sns:us-east-1:123456789012:alarms";
    expect(abroad(depth, { alarmTopic: { arn } }).one(CloudwatchMetricAlarm).alarm_actions).toEqual([arn]);
    expect(abroad(depth).one(CloudwatchMetricAlarm)).not.toHaveProperty("alarm_actions");
  });

  it("rejects an alarm topic of another region, and what is none", () => {
    for (const arn of ["arn:aws:sns:eu-west-1:123456789012:a", "arn:aws:sqs:us-east-1:123456789012:a"]) {
      expect(() => abroad(depth, { alarmTopic: { arn } })).toThrow(
        /other region "test\/us-east-1": alarmTopic must be the ARN of an SNS topic of us-east-1, .*got "arn/,
      );
    }
  });

  it("rejects a provider without alias, of another region or of another stack, and an unknown region", () => {
    const refused = (config: AwsProviderConfig) => () =>
      synthesizeApp((app) => {
        const stack = new TerraformStack(app, "test");
        provideFacts(stack, someFacts);
        const provider = new AwsProvider(stack, "there", config);
        new OtherRegion(stack, "us-east-1", { region: "us-east-1", provider });
      });
    expect(refused({ region: "us-east-1" })).toThrow(
      /other region "test\/us-east-1": provider must be one with an alias/,
    );
    expect(refused({ region: "us-west-2", alias: "there" })).toThrow(
      /provider's region must be one of us-east-1, got "us-west-2"/,
    );
    expect(() => abroad(undefined, { region: "us-east-9" as "us-east-1" })).toThrow(
      /region must be one of af-south-1/,
    );
    const lent = () =>
      synthesizeApp((app) => {
        const [one, other] = ["one", "other"].map((id) => new TerraformStack(app, id)) as [
          TerraformStack,
          TerraformStack,
        ];
        const provider = new AwsProvider(one, "there", { region: "us-east-1", alias: "there" });
        provideFacts(other, someFacts);
        new OtherRegion(other, "us-east-1", { region: "us-east-1", provider });
      });
    expect(lent).toThrow(/provider is one of stack "one": make one in this stack/);
  });

  it("takes a provider whose region only Terraform knows", () => {
    const region = Token.asString({ resolve: () => "${var.region}" });
    expect(() =>
      synthesize((stack) => {
        const provider = new AwsProvider(stack, "there", { region, alias: "there" });
        new OtherRegion(stack, "us-east-1", { region: "us-east-1", provider });
      }),
    ).not.toThrow();
  });
});

describe("deletion guard", () => {
  const stores = (stack: TerraformStack) => {
    new SqsQueue(stack, "queue", { name: "q" });
    new KmsKey(stack, "key");
    new S3Bucket(stack, "bucket");
    new SnsTopic(stack, "topic", { lifecycle: { createBeforeDestroy: true } });
    new DynamodbTable(stack, "table", {
      name: "t",
      hashKey: "id",
      lifecycle: { ignoreChanges: ["read_capacity"] },
    });
  };

  it("keeps stores of data where deletion is prevented, and what their lifecycle said", () => {
    const result = synthesize(stores, { deletion: "prevent" });
    expect([...dataStores].sort()).toEqual([
      "aws_dynamodb_table",
      "aws_ebs_volume",
      "aws_efs_file_system",
      "aws_kinesis_stream",
      "aws_kms_key",
      "aws_s3_bucket",
      "aws_sqs_queue",
    ]);
    for (const type of [SqsQueue, KmsKey, S3Bucket])
      expect(result.one(type).lifecycle).toEqual({ prevent_destroy: true });
    expect(result.one(DynamodbTable).lifecycle).toEqual({
      prevent_destroy: true,
      ignore_changes: ["read_capacity"],
    });
  });

  it("leaves everything else alone", () => {
    expect(synthesize(stores, { deletion: "prevent" }).one(SnsTopic).lifecycle).toEqual({
      create_before_destroy: true,
    });
    expect(synthesize(stores, { deletion: "allow" }).one(SqsQueue).lifecycle).toBeUndefined();
  });
});

describe("resource policies", () => {
  const queue = (stack: TerraformStack) => new SqsQueue(stack, "q", { name: "q" });
  const statement = {
    principal: { Service: "sns.amazonaws.com" },
    actions: ["sqs:SendMessage"],
    resources: ["*"],
  };

  it("render all statements in one document, in the order of their ids whatever the order they came in", () => {
    const policy = (ids: readonly string[]) =>
      synthesize((stack) => {
        const made = queue(stack);
        queuePolicy(made);
        for (const id of ids) queuePolicy(made).add(id, { ...statement, resources: [id] });
      }).one(SqsQueuePolicy).policy as string;
    expect(policy(["B", "A"])).toBe(policy(["A", "B"]));
    expect(statementsOf(policy(["B", "A"])).map(({ Sid }) => Sid)).toEqual(["A", "B", "DenyWithoutTls"]);
    expect(JSON.parse(policy([])).Version).toBe("2012-10-17");
  });

  it("include statements that come after the policy was made", () => {
    const result = synthesize((stack) => {
      const policy = queuePolicy(queue(stack));
      new SnsTopic(stack, "later");
      policy.add("Late", statement);
    });
    expect(statementsOf(result.one(SqsQueuePolicy).policy).map(({ Sid }) => Sid)).toContain("Late");
  });

  it("take the same statement twice as one, though each reading of an attribute is a token of its own", () => {
    const result = synthesize((stack) => {
      const made = queue(stack);
      for (let time = 0; time < 2; time++)
        queuePolicy(made).add("A", { ...statement, resources: [made.arn] });
    });
    expect(statementsOf(result.one(SqsQueuePolicy).policy).filter(({ Sid }) => Sid === "A")).toHaveLength(1);
  });

  it("rejects one id for two statements", () => {
    expect(() =>
      synthesize((stack) => {
        const policy = queuePolicy(queue(stack));
        policy.add("A", statement);
        policy.add("A", statement);
        policy.add("A", { ...statement, actions: ["sqs:ReceiveMessage"] });
      }),
    ).toThrow(/queue policy "test\/q": "A" stands for two different statements/);
  });

  const fromTopic = (arn: string) => ({ ...statement, conditions: { ArnLike: { "aws:SourceArn": arn } } });

  it("list the sources that share an id, each once and in any order of construction", () => {
    const shared = (order: readonly string[]) =>
      synthesize((stack) => {
        const made = queue(stack);
        const topics = new Map(order.map((id) => [id, new SnsTopic(stack, id)]));
        for (const id of [...order, ...order])
          queuePolicy(made).addSource("A", fromTopic(topics.get(id)?.arn as string));
      }).one(SqsQueuePolicy).policy as string;
    expect(shared(["b", "a"])).toBe(shared(["a", "b"]));
    expect(statementsOf(shared(["a", "b"]))[0]?.Condition).toEqual({
      ArnLike: { "aws:SourceArn": ["${aws_sns_topic.a.arn}", "${aws_sns_topic.b.arn}"] },
    });
    expect(statementsOf(shared(["a"]))[0]?.Condition.ArnLike["aws:SourceArn"]).toBe("${aws_sns_topic.a.arn}");
  });

  it("rejects sources that share an id and differ in anything else, for each would be let in for both", () => {
    expect(() =>
      synthesize((stack) => {
        const policy = queuePolicy(queue(stack));
        policy.addSource("A", fromTopic("arn:a"));
        policy.addSource("A", { ...fromTopic("arn:b"), resources: ["arn:other"] });
      }),
    ).toThrow(/"A" stands for two different statements/);
  });

  it("rejects more statements than a queue's policy takes", () => {
    const many = (count: number) => () =>
      synthesize((stack) => {
        const policy = queuePolicy(queue(stack));
        for (let n = 0; n < count; n++) policy.add(`A${n}`, statement);
      });
    expect(many(19)).not.toThrow();
    expect(many(20)).toThrow(
      /queue policy "test\/q": 21 statements, and AWS takes 20: let fewer senders in, such as one topic/,
    );
  });

  it("rejects a policy that is longer than AWS takes, by what of it is known", () => {
    const long =
      (count: number, unknown = "") =>
      () =>
        synthesize((stack) => {
          const policy = bucketPolicy(new S3Bucket(stack, "b"));
          const resources = Array.from(
            { length: count },
            (_, n) => `arn:aws:s3:::${"x".repeat(900)}${n}${unknown}`,
          );
          policy.add("A", { ...statement, resources });
        });
    expect(long(21)).not.toThrow();
    expect(long(22)).toThrow(
      /bucket policy "test\/b": 2\d{4} bytes at least, and AWS takes 20480: say it in fewer statements/,
    );
    expect(long(21, "${aws_s3_bucket.of.the-house}")).not.toThrow();
    expect(long(21, `$\${${"y".repeat(50)}}`)).toThrow(/bytes at least/);
  });

  const kinds: Readonly<
    Record<
      string,
      readonly [
        most: number,
        unit: string,
        of: (stack: TerraformStack) => Pick<ReturnType<typeof queuePolicy>, "add">,
      ]
    >
  > = {
    queue: [8192, "bytes", (stack) => queuePolicy(queue(stack))],
    topic: [30_720, "bytes", (stack) => topicPolicy(new SnsTopic(stack, "t"))],
    bucket: [20_480, "bytes", (stack) => bucketPolicy(new S3Bucket(stack, "b"))],
    API: [8192, "characters", (stack) => restApiPolicy(new ApiGatewayRestApi(stack, "a", { name: "a" }))],
    key: [32_768, "bytes", (stack) => keyPolicy(new KmsKey(stack, "k"))],
  };

  it.each(Object.entries(kinds))(
    "is taken at the length that AWS takes of a %s's, and not beyond",
    (kind, [most, unit, of]) => {
      const longer = (name: string) => () =>
        synthesize((stack) => of(stack).add("A", { ...statement, conditions: { StringEquals: { name } } }));
      // How much room the rest of it leaves.
      let [fits, exceeds] = [0, most];
      while (exceeds - fits > 1) {
        const half = Math.floor((fits + exceeds) / 2);
        try {
          longer("a".repeat(half))();
          fits = half;
        } catch {
          exceeds = half;
        }
      }
      expect(longer("a".repeat(exceeds))).toThrow(`${kind} policy "test/`);
      expect(longer("a".repeat(exceeds))).toThrow(`${most + 1} ${unit} at least, and AWS takes ${most}: `);
      // Five letters of two bytes each.
      const others = `${"ä".repeat(5)}${"a".repeat(fits - 5)}`;
      if (unit === "bytes") expect(longer(others)).toThrow(`${most + 5} bytes at least`);
      else expect(longer(others)).not.toThrow();
    },
  );

  it("does not measure what AWS makes up, such as a role's unique id, by the name of the resource", () => {
    const many = (attribute: "name" | "uniqueId") => () =>
      synthesize((stack) => {
        const roles = Array.from(
          { length: 50 },
          (_, n) => new IamRole(stack, `r${n}`, { name: `${"x".repeat(60)}${n}`, assumeRolePolicy: "{}" }),
        );
        const resources = roles.flatMap((role) => [role[attribute], role[attribute], role[attribute]]);
        queuePolicy(queue(stack)).add("A", { ...statement, resources });
      });
    expect(many("name")).toThrow(/queue policy "test\/q": \d+ bytes at least/);
    expect(many("uniqueId")).not.toThrow();
  });

  it("rejects more statements than a topic's policy takes, and more actions than a statement of a queue's", () => {
    const topic = (count: number) => () =>
      synthesize((stack) => {
        const policy = topicPolicy(new SnsTopic(stack, "t"));
        for (let n = 0; n < count; n++) policy.add(`A${n}`, { ...statement, actions: ["sns:Publish"] });
      });
    expect(topic(99)).not.toThrow();
    expect(topic(100)).toThrow(/topic policy "test\/t": 101 statements, and AWS takes 100/);
    const actions = (count: number) => () =>
      synthesize((stack) =>
        queuePolicy(queue(stack)).add("A", {
          ...statement,
          actions: Array.from({ length: count }, (_, n) => `sqs:Action${n}`),
        }),
      );
    expect(actions(7)).not.toThrow();
    expect(actions(8)).toThrow(
      /queue policy "test\/q": "A" has 8 actions, and AWS takes 7 in a statement: make two of it/,
    );
  });

  it("rejects a queue with an inline policy", () => {
    expect(() => synthesize((stack) => queuePolicy(new SqsQueue(stack, "q", { policy: "{}" })))).toThrow(
      /queue policy "test\/q": its policy is written inline/,
    );
  });

  it.each([
    ["two outputs of a module", "${module.sqs.queue_url}", "${module.sqs.dead_letter_queue_url}"],
    ["two attributes of a variable", "${var.urls.orders}", "${var.urls.news}"],
    ["two resources made for each of two lists", "${each.value}", "${each.value}"],
    ["two attributes of one iterator", "${each.value.orders}", "${each.value.news}"],
    ["two counted resources", "${var.urls[count.index]}", "${var.urls[count.index]}"],
    ["two of a resource made for each", '${aws_sqs_queue.q["a"].url}', '${aws_sqs_queue.q["b"].url}'],
  ])("lets two policies be whose queues are %s", (_, ...urls) => {
    expect(() =>
      synthesize((stack) => {
        queuePolicy(queue(stack));
        for (const [index, queueUrl] of urls.entries())
          new SqsQueuePolicy(stack, `p${index}`, { queueUrl, policy: "{}" });
      }),
    ).not.toThrow();
  });

  it("rejects a second owner of the same queue, and lets other queues be", () => {
    const second = (stack: TerraformStack, subject: SqsQueue) =>
      new SqsQueuePolicy(stack, "second", { queueUrl: subject.url, policy: "{}" });
    expect(() =>
      synthesize((stack) => {
        const made = queue(stack);
        queuePolicy(made);
        second(stack, made);
      }),
    ).toThrow(/"test\/q\/policy\/Default" and "test\/second" both write it/);
    expect(() =>
      synthesize((stack) => {
        queuePolicy(queue(stack));
        second(stack, new SqsQueue(stack, "other"));
      }),
    ).not.toThrow();
  });

  it.each([
    ["queue", (s: TerraformStack) => queuePolicy(queue(s)), SqsQueuePolicy, "sqs:*"],
    ["topic", (s: TerraformStack) => topicPolicy(new SnsTopic(s, "t")), SnsTopicPolicy, "sns:Publish"],
    ["bucket", (s: TerraformStack) => bucketPolicy(new S3Bucket(s, "b")), S3BucketPolicy, "s3:*"],
  ])("deny calls to a %s without TLS", (_, make, type, action) => {
    const statements = statementsOf(synthesize((stack) => void make(stack)).one(type).policy);
    expect(statements).toEqual([
      expect.objectContaining({
        Effect: "Deny",
        Principal: "*",
        Action: action,
        Resource: expect.anything(),
        Condition: { Bool: { "aws:SecureTransport": "false" } },
      }),
    ]);
  });

  it.each([
    ["queue", (s: TerraformStack) => queuePolicy(queue(s)), SqsQueuePolicy, "${aws_sqs_queue.q.arn}"],
    [
      "topic",
      (s: TerraformStack) => topicPolicy(new SnsTopic(s, "t")),
      SnsTopicPolicy,
      "${aws_sns_topic.t.arn}",
    ],
  ])("name the %s itself", (_, make, type, arn) => {
    expect(statementsOf(synthesize((stack) => void make(stack)).one(type).policy)[0]?.Resource).toBe(arn);
  });

  it("let two topics, two buckets and two keys have a policy each", () => {
    expect(() =>
      synthesize((stack) => {
        for (const id of ["a", "b"]) {
          topicPolicy(new SnsTopic(stack, `topic-${id}`));
          bucketPolicy(new S3Bucket(stack, `bucket-${id}`));
          keyPolicy(new KmsKey(stack, `key-${id}`));
        }
      }),
    ).not.toThrow();
  });

  it.each<[string, (s: TerraformStack) => unknown]>([
    [
      "topic",
      (s) => {
        const topic = new SnsTopic(s, "t");
        topicPolicy(topic);
        new SnsTopicPolicy(s, "second", { arn: topic.arn, policy: "{}" });
      },
    ],
    [
      "bucket",
      (s) => {
        const bucket = new S3Bucket(s, "b");
        bucketPolicy(bucket);
        new S3BucketPolicy(s, "second", { bucket: bucket.bucket, policy: "{}" });
      },
    ],
    [
      "key",
      (s) => {
        const key = new KmsKey(s, "k");
        keyPolicy(key);
        new KmsKeyPolicy(s, "second", { keyId: key.keyId, policy: "{}" });
      },
    ],
    [
      "topic",
      (s) => {
        topicPolicy(new SnsTopic(s, "t"));
        const provider = new AwsProvider(s, "other", { region: "eu-west-1", alias: "other" });
        const arn = "arn:aws:sns:eu-west-1:123456789012:theirs";
        new SnsTopicPolicy(s, "first", { arn, policy: "{}" });
        new SnsTopicPolicy(s, "second", { arn, policy: "{}", provider });
      },
    ],
    [
      "bucket",
      (s) => {
        const made = new S3Bucket(s, "b", { bucket: "shop-logs" });
        bucketPolicy(made);
        const provider = new AwsProvider(s, "other", { region: "us-east-1", alias: "other" });
        new S3BucketPolicy(s, "second", { bucket: "shop-logs", policy: "{}", provider });
      },
    ],
  ])("rejects a second owner of a %s policy", (kind, make) => {
    expect(() => synthesize((stack) => void make(stack))).toThrow(
      new RegExp(`${kind} policy of .*both write it`),
    );
  });

  it("deny S3 without TLS on the bucket and on its objects", () => {
    const [deny] = statementsOf(
      synthesize((stack) => void bucketPolicy(new S3Bucket(stack, "b"))).one(S3BucketPolicy).policy,
    );
    expect(deny?.Resource).toEqual(["${aws_s3_bucket.b.arn}", "${aws_s3_bucket.b.arn}/*"]);
  });
});

describe("customer keys", () => {
  const keyed = (build: (key: KmsKey, stack: TerraformStack) => void = () => undefined) =>
    synthesize((stack) => build(new CustomerKey(stack, "key", { description: "d" }).key, stack));

  it("rotate, carry an alias and can be had back for 7 days where data may go", () => {
    const result = keyed();
    expect(result.one(KmsKey)).toMatchObject({
      description: "d",
      enable_key_rotation: true,
      deletion_window_in_days: 7,
    });
    expect(result.one(KmsAlias)).toMatchObject({
      name: "alias/test/key",
      target_key_id: "${aws_kms_key.key.key_id}",
    });
  });

  it("can be had back for 30 days where data must stay", () => {
    const result = synthesize((s) => void new CustomerKey(s, "key", { description: "d" }), {
      deletion: "prevent",
    });
    expect(result.one(KmsKey).deletion_window_in_days).toBe(30);
  });

  it("let their account grant their use through IAM", () => {
    expect(statementsOf(keyed().one(KmsKeyPolicy).policy)).toEqual([
      {
        Sid: "AllowAccountThroughIam",
        Effect: "Allow",
        Principal: { AWS: "arn:aws:iam::123456789012:root" },
        Action: "kms:*",
        Resource: "*",
      },
    ]);
  });

  it("let a service send in the name of one resource only", () => {
    const result = keyed((key) =>
      allowSender(key, ["sns"], { service: "sns.amazonaws.com", sourceArn: "arn:t" }),
    );
    expect(statementsOf(result.one(KmsKeyPolicy).policy)).toContainEqual({
      Sid: "AllowSns",
      Effect: "Allow",
      Principal: { Service: "sns.amazonaws.com" },
      Action: ["kms:Decrypt", "kms:GenerateDataKey"],
      Resource: "*",
      Condition: { ArnLike: { "aws:SourceArn": "arn:t" } },
    });
  });

  const home = new TerraformStack(new App({ outdir: tmpdir() }), "home");
  provideFacts(home, someFacts);
  const faultsOf = (encryption: unknown) => {
    const checks = new Checks("fan-out", "x");
    checkEncryption(checks, home, encryption);
    return checks.messages();
  };

  it("rejects an AWS-managed key, whose policy lets no service send", () => {
    expect(faultsOf("alias/aws/sqs")).toEqual([expect.stringMatching(/AWS-managed key.*use "customer-key"/)]);
  });

  it("rejects a word that is none of the choices", () => {
    expect(faultsOf("kms")).toEqual([
      expect.stringMatching(/must be "customer-key", "service-managed" or a KmsKey/),
    ]);
  });

  it("rejects a key made elsewhere", () => {
    expect(faultsOf({ arn: "arn:aws:kms:eu-west-1:1:key/x" })).toEqual([
      expect.stringMatching(/made elsewhere/),
    ]);
  });

  it("rejects a key with an inline policy", () => {
    expect(faultsOf(new KmsKey(home, "k", { policy: "{}" }))).toEqual([
      expect.stringMatching(/inline policy/),
    ]);
    expect(faultsOf(new KmsKey(home, "fine"))).toEqual([]);
  });

  it("rejects a key of another stack, whose policy and what it encrypts would name each other", () => {
    const other = new TerraformStack(new App({ outdir: tmpdir() }), "other");
    provideFacts(other, someFacts);
    expect(faultsOf(new KmsKey(other, "k"))).toEqual([
      expect.stringMatching(/key of stack "other".*make the key in this stack/),
    ]);
  });
});

describe("service roles", () => {
  const role = (facts = {}) =>
    synthesize((stack) => {
      const made = new ServiceRole(stack, "role", { service: "lambda.amazonaws.com" });
      made.allow("B", { actions: ["s3:GetObject", "s3:PutObject"], resources: ["b"] });
      made.allow("A", { actions: ["sqs:SendMessage"], resources: ["a"], caller: "service" });
    }, facts);

  it("render what was allowed in one policy, who calls left out", () => {
    expect(statementsOf(role().one(IamRolePolicy).policy)).toEqual([
      { Sid: "A", Effect: "Allow", Action: "sqs:SendMessage", Resource: "a" },
      { Sid: "B", Effect: "Allow", Action: ["s3:GetObject", "s3:PutObject"], Resource: "b" },
    ]);
  });

  it("can be taken by their service only", () => {
    const trust: Arguments = JSON.parse(role().one(IamRole).assume_role_policy);
    expect(trust.Statement).toEqual({
      Effect: "Allow",
      Principal: { Service: "lambda.amazonaws.com" },
      Action: "sts:AssumeRole",
    });
  });

  it("are named by their path, and their policy belongs to them", () => {
    expect(role().one(IamRole).name).toBe("test_role");
    expect(role().one(IamRolePolicy)).toMatchObject({
      name: "permissions",
      role: "${aws_iam_role.role.name}",
    });
    expect(JSON.parse(role().one(IamRole).assume_role_policy).Version).toBe("2012-10-17");
  });

  it("take the environment's path and boundary", () => {
    const boundary = "arn:aws:iam::123456789012:policy/b";
    const made = role({ rolePath: "/teams/", rolePermissionsBoundary: boundary }).one(IamRole);
    expect(made).toMatchObject({ path: "/teams/", permissions_boundary: boundary });
  });

  it("rejects a role that allows nothing", () => {
    expect(() => synthesize((s) => void new ServiceRole(s, "role", { service: "x.amazonaws.com" }))).toThrow(
      /role "test\/role": allows nothing/,
    );
  });

  it("rejects one id for two statements", () => {
    expect(() =>
      synthesize((stack) => {
        const made = new ServiceRole(stack, "role", { service: "lambda.amazonaws.com" });
        made.allow("A", { actions: ["a:b"], resources: ["*"] });
        made.allow("A", { actions: ["a:c"], resources: ["*"] });
      }),
    ).toThrow(/role "test\/role": "A" stands for two different statements/);
  });
});

describe("statement ids", () => {
  it("of an address that letters and digits spell in full are readable", () => {
    expect(sidOf("use", "test/orders")).toBe("UseTestOrders");
    expect(sidOf("read", "test/orders/key/Default")).toBe("ReadTestOrdersKeyDefault");
    expect(sidOf("allow", "account123456789012")).toBe("AllowAccount123456789012");
  });

  it("end in a hash where something is lost, and can still be read", () => {
    expect(sidOf("use", "dev-orders/audit")).toMatch(/^UseDevOrdersAuditH[0-9a-f]{8}$/);
    expect(sidOf("use", "test/orders", "GetItem")).toMatch(/^UseTestOrdersGetItemH[0-9a-f]{8}$/);
  });

  it.each([
    ["a hyphen and a slash", "a-b", "a/b"],
    ["a dot and nothing", "a.b", "ab"],
    ["a capital and a slash", "aB", "a/b"],
    ["Default and default", "a/Default", "a/default"],
    ["an empty id and none", "a//b", "a/b"],
    ["two long paths that differ at their end", `${"x".repeat(90)}/a`, `${"x".repeat(90)}/b`],
  ])("tell apart %s", (_, one, other) => {
    expect(sidOf("use", one)).not.toBe(sidOf("use", other));
  });

  it("tell the hash of one path from the id of another that spells it", () => {
    const hashed = sidOf("use", "a-b");
    const last = hashed.slice("UseAB".length).toLowerCase();
    expect(hashed).toBe(`UseAB${last.toUpperCase().charAt(0)}${last.slice(1)}`);
    expect(sidOf("use", `a/b/${last}`)).not.toBe(hashed);
  });

  it("are the same for the same path, differ for different paths, and keep to letters, digits and the limit", () => {
    const id = fc.oneof(
      fc.constantFrom("a", "b", "ab", "a-b", "aB", "Default", "default", "a1", "1a"),
      fc.stringMatching(/^[a-z][a-z0-9-]{0,30}$/),
      fc.string({ maxLength: 40, unit: "grapheme" }).filter((text) => !text.includes("/")),
    );
    const path = fc.array(id, { minLength: 1, maxLength: 6 }).map((ids) => ids.join("/"));
    fc.assert(
      fc.property(path, path, (one, other) => {
        const [sid, again, second] = [sidOf("use", one), sidOf("use", one), sidOf("use", other)];
        expect(sid).toMatch(/^[A-Za-z0-9]{1,80}$/);
        expect(again).toBe(sid);
        expect(second === sid).toBe(one === other);
      }),
      { numRuns: 5000 },
    );
  });

  it("use the room up to the limit, and are cut beyond it", () => {
    expect(sidOf("use", "x".repeat(77))).toBe(`UseX${"x".repeat(76)}`);
    expect(sidOf("use", "x".repeat(78))).toMatch(/^UseXx{67}H[0-9a-f]{8}$/);
  });
});

describe("log groups", () => {
  const logs = () =>
    synthesize((stack) => {
      logGroup(stack, "one", "log-group");
      logGroup(stack, "two", "log-group");
    });

  it("keep logs as long as the environment says", () => {
    for (const group of Object.values(logs().resources(CloudwatchLogGroup)))
      expect(group.retention_in_days).toBe(30);
  });

  it("may have a name that a service chooses, which the key then lets in by itself", () => {
    const result = synthesize((stack) => void namedLogGroup(stack, "one", "A-Service-Writes-Here"));
    expect(result.one(CloudwatchLogGroup)).toMatchObject({
      name: "A-Service-Writes-Here",
      retention_in_days: 30,
    });
    const groups = statementsOf(result.one(KmsKeyPolicy).policy).flatMap(
      ({ Condition }) => Condition?.ArnLike["kms:EncryptionContext:aws:logs:arn"] ?? [],
    );
    expect(groups).toContain("arn:aws:logs:eu-west-1:123456789012:log-group:A-Service-Writes-Here");
  });

  it("share one key, which their region's service may use for this stack's groups only", () => {
    const result = logs();
    expect(Object.keys(result.resources(KmsKey))).toHaveLength(1);
    const statement = statementsOf(result.one(KmsKeyPolicy).policy).find(({ Sid }) => Sid === "AllowLogs");
    expect(statement).toMatchObject({
      Principal: { Service: "logs.eu-west-1.amazonaws.com" },
      Action: [
        "kms:Decrypt",
        "kms:DescribeKey",
        "kms:Encrypt",
        "kms:GenerateDataKey",
        "kms:ReEncryptFrom",
        "kms:ReEncryptTo",
      ],
      Resource: "*",
    });
    expect(statement?.Condition.ArnLike["kms:EncryptionContext:aws:logs:arn"]).toEqual([
      "arn:aws:logs:eu-west-1:123456789012:log-group:/aws/lambda/test*",
      "arn:aws:logs:eu-west-1:123456789012:log-group:test*",
    ]);
  });

  it("wait for the key's policy, which CloudWatch Logs tries at creation", () => {
    for (const group of Object.values(logs().resources(CloudwatchLogGroup))) {
      expect(group.depends_on).toEqual([expect.stringMatching(/^aws_kms_key_policy\./)]);
    }
  });
});

describe("alarms", () => {
  const props = {
    description: "d",
    namespace: "AWS/SQS",
    metric: "M",
    dimensions: { QueueName: "q" },
    statistic: "Maximum",
    threshold: 1,
  } as const;
  const made = (facts = {}) =>
    synthesize((s) => void alarm(s, "depth", props), facts).one(CloudwatchMetricAlarm);

  it("call the environment's topic when they go off and when it is over", () => {
    const topic = ["arn:aws:sns:eu-west-1:123456789012:alarms"];
    expect(made()).toMatchObject({ alarm_actions: topic, ok_actions: topic, alarm_name: "test/depth" });
  });

  it("look once at five minutes unless told otherwise, and say what they mean", () => {
    expect(made()).toMatchObject({ period: 300, evaluation_periods: 1, alarm_description: "d" });
  });

  it("call nobody where the environment says so", () => {
    expect(made({ alarmTopic: "none" }).alarm_actions).toBeUndefined();
  });

  it("go off at a threshold or above it, or below it where that is trouble", () => {
    expect(made().comparison_operator).toBe("GreaterThanOrEqualToThreshold");
    const below = synthesize((s) => void alarm(s, "success", { ...props, direction: "below" }));
    expect(below.one(CloudwatchMetricAlarm).comparison_operator).toBe("LessThanThreshold");
  });

  it("take no data for no alarm", () => {
    expect(made().treat_missing_data).toBe("notBreaching");
  });
});

describe("a skipped check of the policy scanner", () => {
  const skip = (id: string, reason: string) =>
    synthesize((stack) => skipCheck(new SqsQueue(stack, "queue", { name: "queue" }), id, reason)).one(
      SqsQueue,
    );

  it.each(["CKV_AWS_27", "CKV2_AWS_5"])(
    "%s stands in the resource's comment, which Terraform overlooks",
    (id) => {
      const reason = "It is encrypted elsewhere.";
      const { "//": comment, ...queue } = skip(id, reason);
      expect(comment).toMatchObject({ skip_checks: { [id]: reason }, metadata: { path: "test/queue" } });
      expect(queue).toEqual({ name: "queue" });
    },
  );

  it.each(["CKV_AWS_", "CKV_AWS_0", "ckv_aws_27", "CKV_AZURE_1", "CKV_AWS_27.a", "*"])(
    "rejects the id %s",
    (id) => {
      expect(() => skip(id, "It is right as it is.")).toThrow(
        `skipCheck "test/queue": id must be the id of a check of checkov, such as CKV_AWS_116, got ${JSON.stringify(id)}`,
      );
    },
  );

  it.each(["", "   ", "no", "not needed"])("rejects %j for a reason", (reason) => {
    expect(() => skip("CKV_AWS_27", reason)).toThrow(
      /reason for CKV_AWS_27 must be a sentence that says why the check is wrong here/,
    );
  });

  it("rejects all that is wrong at once", () => {
    expect(() => skip("*", "")).toThrow(/2 faults\n {2}- id must .*\n {2}- reason for \* must /);
  });
});

describe("a log group", () => {
  const skips = (logRetentionDays: number) =>
    synthesize((stack) => logGroup(stack, "a", "log-group"), { logRetentionDays }).one(CloudwatchLogGroup)[
      "//"
    ].skip_checks;

  it("skips the check of its retention where the environment keeps logs for less than a year, and there only", () => {
    expect(skips(180)).toEqual({ CKV_AWS_338: expect.stringContaining("logRetentionDays") });
    expect(skips(365)).toBeUndefined();
  });
});

describe("the token trace switch", () => {
  it("stops traces of tokens and keeps those of errors", () => {
    const restore = silenceTokenTraces();
    const token = { stack: "" };
    Error.captureStackTrace(token);
    expect(token.stack).toBe("");
    expect(new Error("kept").stack).toContain("core.test.ts");
    const own: { stack?: string } = {};
    Error.captureStackTrace(own);
    expect(own.stack).toContain("core.test.ts");
    restore();
  });

  it("can be put back", () => {
    const before = Error.captureStackTrace;
    silenceTokenTraces()();
    expect(Error.captureStackTrace).toBe(before);
  });
});
