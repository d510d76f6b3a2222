import { CloudwatchLogGroup } from "@cdktf/provider-aws/lib/cloudwatch-log-group";
import { DataAwsCallerIdentity } from "@cdktf/provider-aws/lib/data-aws-caller-identity";
import { DataAwsIamPolicyDocument } from "@cdktf/provider-aws/lib/data-aws-iam-policy-document";
import { DataAwsPartition } from "@cdktf/provider-aws/lib/data-aws-partition";
import { DataAwsRegion } from "@cdktf/provider-aws/lib/data-aws-region";
import { IamPolicy } from "@cdktf/provider-aws/lib/iam-policy";
import { IamRole } from "@cdktf/provider-aws/lib/iam-role";
import { IamRolePolicy } from "@cdktf/provider-aws/lib/iam-role-policy";
import { IamRolePolicyAttachment } from "@cdktf/provider-aws/lib/iam-role-policy-attachment";
import { KmsKey } from "@cdktf/provider-aws/lib/kms-key";
import { LambdaFunction } from "@cdktf/provider-aws/lib/lambda-function";
import { AwsProvider } from "@cdktf/provider-aws/lib/provider";
import { S3Bucket } from "@cdktf/provider-aws/lib/s3-bucket";
import { S3BucketServerSideEncryptionConfigurationA } from "@cdktf/provider-aws/lib/s3-bucket-server-side-encryption-configuration";
import { SnsTopic } from "@cdktf/provider-aws/lib/sns-topic";
import { SnsTopicSubscription } from "@cdktf/provider-aws/lib/sns-topic-subscription";
import { SqsQueue } from "@cdktf/provider-aws/lib/sqs-queue";
import { SqsQueuePolicy } from "@cdktf/provider-aws/lib/sqs-queue-policy";
import { DataTerraformRemoteStateS3, Fn, S3Backend, TerraformOutput, TerraformStack } from "cdktf";
import { Construct } from "constructs";
import { FanOut } from "../../modules/event-processing";
import type { Environment } from "../../stacks/environment";
import { allEnvironments, awsEnvironments } from "../../stacks/environments";
import { StateBucketStack } from "../../stacks/state-bucket-stack";
import {
  checkEdges,
  edgeMatchers,
  type Synthesized,
  someFacts,
  synthesize,
  synthesizeApp,
} from "../../testing";
import { rows } from "../../testing/edges/rows";
import { stacksOf } from "../support/environment-stacks";
import { examples } from "../support/examples";
import { rawWorld, type Wrong } from "../support/raw-world";

expect.extend(edgeMatchers);

const ACCOUNT = "123456789012";
const check = (wrong?: Wrong) => checkEdges(rawWorld(wrong));
const kinds = (wrong: Wrong) => check(wrong).unpermitted.map(({ kind }) => kind);

describe("the rows of edges", () => {
  const AWS_PAGE = /^https:\/\/docs\.aws\.amazon\.com\/[\w./-]+\.html(#[\w-]+)?$/;

  it("name each the page of AWS's documentation that demands it", () => {
    expect(rows.length).toBeGreaterThan(50);
    const others = rows.filter(({ document }) => !AWS_PAGE.test(document));
    expect(others.map(({ kind, document }) => `${kind}: ${document}`)).toEqual([]);
  });
});

describe("the edge check, on a stack in raw bindings", () => {
  it("is silent where all is right, and has seen every edge", () => {
    const { edges, ...faults } = check();
    expect(faults).toEqual({
      unpermitted: [],
      unasked: [],
      withoutSource: [],
      unresolved: [],
      withoutTls: ["raw/alarm-topic", "raw/topic", "raw/dead-letters"],
    });
    expect(edges.map(({ kind, verdict }) => `${kind}: ${verdict}`).sort()).toEqual([
      "account manages its key: permitted",
      "account manages its key: permitted",
      "account manages its key: permitted",
      "account uses what it owns: permitted",
      "account uses what it owns: permitted",
      "account uses what it owns: permitted",
      "account uses what it owns: permitted",
      "account uses what it owns: permitted",
      "alarm encrypts for topic: permitted",
      "alarm publishes to topic: permitted",
      "event source mapping decrypts: permitted",
      "event source mapping polls queue: permitted",
      "function takes its role: permitted",
      "function uses its table through the key: permitted",
      "function uses what its environment names: permitted",
      "function writes its log: permitted",
      "queue sets aside in dead-letter queue: permitted",
      "subscription delivers to queue: permitted",
      "subscription encrypts for dead-letter queue: permitted",
      "subscription encrypts for queue: permitted",
      "subscription sets aside in dead-letter queue: permitted",
    ]);
  });

  it("finds that the sender may not use the key, and says which statement to add where", () => {
    const { unpermitted } = check({ statements: { key: { AllowTopic: undefined } } });
    expect(unpermitted).toEqual(
      ["subscription encrypts for queue", "subscription encrypts for dead-letter queue"].map((kind) => ({
        kind,
        from: "raw/subscription",
        to: "raw/key",
        policy: "raw/key",
        why: "nothing allows kms:Decrypt, kms:GenerateDataKey",
        statement: {
          Effect: "Allow",
          Action: ["kms:Decrypt", "kms:GenerateDataKey"],
          Principal: { Service: "sns.amazonaws.com" },
          Resource: "*",
          Condition: { ArnLike: { "aws:SourceArn": `arn:aws:sns:eu-west-1:${ACCOUNT}:orders` } },
        },
      })),
    );
  });

  it.each([
    [
      "a wrong source ARN",
      {
        queue: {
          AllowTopic: {
            Effect: "Allow",
            Action: "sqs:SendMessage",
            Resource: "*",
            Principal: { Service: "sns.amazonaws.com" },
            Condition: { ArnLike: { "aws:SourceArn": `arn:aws:sns:eu-west-1:${ACCOUNT}:order` } },
          },
        },
      },
      "subscription delivers to queue",
    ],
    [
      "a poller that may not delete",
      {
        role: {
          Poll: {
            Effect: "Allow",
            Action: ["sqs:GetQueueAttributes", "sqs:ReceiveMessage"],
            Resource: `arn:aws:sqs:eu-west-1:${ACCOUNT}:queue`,
          },
        },
      },
      "event source mapping polls queue",
    ],
    ["a poller that may not decrypt", { role: { Decrypt: undefined } }, "event source mapping decrypts"],
    [
      "a dead-letter queue that its sender may not write to",
      { undelivered: { AllowTopic: undefined } },
      "subscription sets aside in dead-letter queue",
    ],
    ["an alarm that may not publish", { alarmTopic: { AllowAlarms: undefined } }, "alarm publishes to topic"],
    [
      "an alarm that may not use the key",
      { alarmKey: { AllowAlarms: undefined } },
      "alarm encrypts for topic",
    ],
    ["a role that nobody takes", { trust: { AllowLambda: undefined } }, "function takes its role"],
    ["a log that cannot be written", { role: { Log: undefined } }, "function writes its log"],
    [
      "a table whose key is out of reach",
      { role: { StoreEncrypted: undefined } },
      "function uses its table through the key",
    ],
    [
      "a deny that hits an edge",
      {
        queue: {
          DenyAll: {
            Effect: "Deny",
            Principal: "*",
            Action: "sqs:SendMessage",
            Resource: "*",
            Condition: { Bool: { "aws:SecureTransport": "true" } },
          },
        },
      },
      "subscription delivers to queue",
    ],
  ] as const)("finds %s", (_, statements, kind) => {
    expect(kinds({ statements })).toEqual([kind]);
  });

  it("finds a key that nobody may manage, and that no longer leaves its use to IAM", () => {
    expect(kinds({ statements: { alarmKey: { AllowAccount: undefined } } })).toEqual([
      "account manages its key",
    ]);
    expect(kinds({ statements: { key: { AllowAccount: undefined } } })).toEqual([
      "event source mapping decrypts",
      "account manages its key",
    ]);
  });

  it("finds a table that the code is told of and may do nothing with", () => {
    expect(kinds({ statements: { role: { Store: undefined, StoreEncrypted: undefined } } })).toEqual([
      "function uses what its environment names",
    ]);
  });

  it.each(["alias/aws/sns", `arn:aws:kms:eu-west-1:${ACCOUNT}:alias/aws/sns`])(
    "finds an alarm to a topic that the AWS-managed key %s encrypts: no statement can let it",
    (alarmTopicKey) => {
      const [fault, ...others] = check({ alarmTopicKey }).unpermitted;
      expect(others).toEqual([]);
      expect(fault).toMatchObject({ kind: "alarm encrypts for topic", why: /customer-managed key/ });
      expect(fault?.statement).toBeUndefined();
    },
  );

  it("finds the same of a queue that a topic sends to, and asks nothing of the queue's own reader", () => {
    expect(kinds({ queueKey: "alias/aws/sqs" })).toEqual([
      "subscription encrypts for queue",
      "subscription encrypts for dead-letter queue",
    ]);
  });

  it("finds a deny that lost its condition and locks everybody out", () => {
    const DenyWithoutTls = { Effect: "Deny", Principal: "*", Action: "sns:Publish", Resource: "*" };
    expect(check({ statements: { alarmTopic: { DenyWithoutTls } } }).unpermitted).toContainEqual(
      expect.objectContaining({
        kind: "account uses what it owns",
        why: '"DenyWithoutTls" denies sns:Publish to everybody: give it a condition or remove it',
      }),
    );
  });

  it("finds a dead-letter queue whose own list does not name the queue", () => {
    const [fault] = check({ redriveFrom: `arn:aws:sqs:eu-west-1:${ACCOUNT}:other` }).unpermitted;
    expect(fault).toMatchObject({
      kind: "queue sets aside in dead-letter queue",
      policy: "raw/dead-letters",
    });
  });
});

describe("a permission that nothing asks for", () => {
  const role = (extra: object) => ({ statements: { role: { Extra: { Effect: "Allow", ...extra } } } });
  const queue = `arn:aws:sqs:eu-west-1:${ACCOUNT}:queue`;
  const found = (wrong: Wrong) => check(wrong).unasked.map(({ action, why }) => `${action}: ${why}`);

  it("is told by policy, statement, action and resource", () => {
    expect(check(role({ Action: ["sqs:PurgeQueue"], Resource: queue })).unasked).toEqual([
      {
        policy: "raw/role-policy",
        sid: "Extra",
        action: "sqs:PurgeQueue",
        resource: queue,
        why: "nothing here asks for it",
      },
    ]);
  });

  it.each([
    [
      "another queue",
      { Action: "sqs:ReceiveMessage", Resource: `${queue}-2` },
      /^sqs:ReceiveMessage: nothing/,
    ],
    [
      "every queue",
      { Action: "sqs:ReceiveMessage", Resource: "*" },
      /wider than what is asked for: arn.*queue/,
    ],
    ["all of SQS", { Action: "sqs:*", Resource: queue }, /^sqs:\*: wider than.*sqs:DeleteMessage, sqs:Get/],
    ["all but a list", { NotAction: "iam:*", Resource: queue }, /^all but a list: nothing/],
    ["what is said already", { Action: "sqs:ReceiveMessage", Resource: queue }, /"Poll" says it already/],
    [
      "another table",
      { Action: "dynamodb:GetItem", Resource: `arn:aws:dynamodb:eu-west-1:${ACCOUNT}:table/other` },
      /nothing here asks/,
    ],
    [
      "every call on the table",
      { Action: "dynamodb:*", Resource: `arn:aws:dynamodb:eu-west-1:${ACCOUNT}:table/items` },
      /^dynamodb:\*: /,
    ],
  ])("is found on %s", (_, extra, message) => {
    expect(found(role(extra))).toEqual([expect.stringMatching(message)]);
  });

  it("is not another call on the table that the code is told of, nor on its indexes", () => {
    const table = `arn:aws:dynamodb:eu-west-1:${ACCOUNT}:table/items`;
    expect(found(role({ Action: ["dynamodb:Query"], Resource: [table, `${table}/index/*`] }))).toEqual([]);
  });

  it("is found in a resource's policy too, unless it lets another account in", () => {
    const queueOf = (principal: object) => ({
      statements: {
        queue: { Extra: { Effect: "Allow", Principal: principal, Action: "sqs:SendMessage", Resource: "*" } },
      },
    });
    expect(found(queueOf({ AWS: `arn:aws:iam::${ACCOUNT}:root` }))).toEqual([
      "sqs:SendMessage: nothing here asks for it",
    ]);
    expect(found(queueOf({ AWS: "arn:aws:iam::999999999999:root" }))).toEqual([]);
    expect(check(queueOf({ AWS: "arn:aws:iam::999999999999:root" })).unresolved).toEqual([
      { where: "raw/queue-policy", why: '"Extra" lets in account 999999999999, not in these stacks' },
    ]);
    expect(found(queueOf({ Service: "events.amazonaws.com" }))).toHaveLength(1);
  });

  it("is an action too many for senders that are here, and none for senders of other stacks", () => {
    const alarmsOf = (account: string, Action: readonly string[]) => ({
      Effect: "Allow",
      Principal: { Service: "cloudwatch.amazonaws.com" },
      Action,
      Resource: "*",
      Condition: { ArnLike: { "aws:SourceArn": `arn:aws:cloudwatch:*:${account}:alarm:*` } },
    });
    const key = (account: string, ...actions: string[]) => ({
      statements: { alarmKey: { Extra: alarmsOf(account, actions) } },
    });
    expect(found(key(ACCOUNT, "kms:CreateGrant"))).toEqual(["kms:CreateGrant: nothing here asks for it"]);
    expect(found(key("999999999999", "kms:Decrypt"))).toEqual([]);
    const silentTopic = {
      ...alarmsOf(ACCOUNT, ["sqs:SendMessage"]),
      Principal: { Service: "sns.amazonaws.com" },
      Condition: { ArnLike: { "aws:SourceArn": `arn:aws:sns:eu-west-1:${ACCOUNT}:alarms` } },
    };
    expect(found({ statements: { queue: { Extra: silentTopic } } })).toEqual([
      "sqs:SendMessage: nothing here asks for it",
    ]);
    expect(check(key("999999999999", "kms:Decrypt")).unresolved).toMatchObject([{ where: "raw/alarm-key" }]);
  });
});

describe("a service that may act for anybody", () => {
  const sns = (Condition?: object) => ({
    Effect: "Allow",
    Principal: { Service: "sns.amazonaws.com" },
    Action: "sqs:SendMessage",
    Resource: "*",
    ...(Condition === undefined ? {} : { Condition }),
  });
  const found = (AllowTopic: Readonly<Record<string, unknown>>) =>
    check({ statements: { queue: { AllowTopic } } }).withoutSource;
  const fault = [{ policy: "raw/queue-policy", sid: "AllowTopic", service: "sns.amazonaws.com" }];

  it("is found where no condition, or one that any account meets, binds it", () => {
    expect(found(sns())).toEqual(fault);
    expect(found(sns({ ArnLike: { "aws:SourceArn": "arn:aws:sns:*:*:orders" } }))).toEqual(fault);
    expect(found(sns({ Null: { "aws:SourceArn": "false" } }))).toEqual(fault);
    expect(found({ ...sns(), Principal: "*" })).toEqual(fault);
  });

  it("is none where the resource or the account does", () => {
    expect(found(sns({ StringEquals: { "aws:SourceAccount": ACCOUNT } }))).toEqual([]);
    expect(found(sns({ ArnLike: { "aws:SourceArn": `arn:aws:sns:*:${ACCOUNT}:*` } }))).toEqual([]);
  });

  it("is found for a service that no edge knows, and in the trust of a role", () => {
    const Extra = { ...sns(), Principal: { Service: "events.amazonaws.com" } };
    expect(check({ statements: { queue: { Extra } } }).withoutSource).toMatchObject([{ sid: "Extra" }]);
    const AllowLambda = {
      Effect: "Allow",
      Action: "sts:AssumeRole",
      Principal: { Service: "lambda.amazonaws.com" },
      Condition: { StringEquals: { "aws:SourceAccount": ACCOUNT } },
    };
    expect(check({ statements: { trust: { AllowLambda } } })).toMatchObject({
      unpermitted: [],
      withoutSource: [],
    });
    const Trust = {
      Effect: "Allow",
      Action: "sts:AssumeRole",
      Principal: { Service: "vpc-flow-logs.amazonaws.com" },
    };
    expect(check({ statements: { trust: { Trust } } }).withoutSource).toMatchObject([{ sid: "Trust" }]);
  });
});

const ALARMS_OF_OTHERS =
  `"AllowAlarms" lets in cloudwatch.amazonaws.com for arn:aws:cloudwatch:eu-west-1:${ACCOUNT}:alarm:*, ` +
  "not in these stacks";

describe("our own stacks", () => {
  const environments: readonly Environment[] = allEnvironments;

  it.each(environments.map((each) => [each.name, each] as const))(
    "of %s permit their edges and no more, and every service is bound to a source",
    (_, environment) => {
      const stacks = stacksOf(environment);
      expect(stacks).toPermitItsEdges();
      const { edges, unresolved, withoutTls } = checkEdges(stacks);
      expect(edges.length).toBeGreaterThan(60);
      expect(withoutTls).toEqual([]);
      // A boundary of the account's owner is all that they do not hold.
      for (const { why } of unresolved)
        expect(why).toMatch(/policy\/workload-boundary \(boundary\) is not in/);
    },
  );

  it.each(awsEnvironments.map((each) => [each.name, each] as const))(
    "of %s, of its state too",
    (_, environment) => {
      const stacks = Object.values(synthesizeApp((app) => new StateBucketStack(app, environment)));
      expect(stacks).toPermitItsEdges();
      expect(checkEdges(stacks)).toMatchObject({ unresolved: [], withoutTls: [] });
    },
  );

  it.each(Object.entries(examples))("of the example %s", (_, all) => {
    const stack = synthesize((scope) => {
      for (const [index, example] of all.entries()) example(new Construct(scope, `example-${index}`));
    });
    expect(stack).toPermitItsEdges();
    const { unresolved, withoutTls } = checkEdges(stack);
    expect(withoutTls).toEqual([]);
    const { arn } = someFacts.alarmTopic as { arn: string };
    const others = [`${arn} is not in these stacks`, ALARMS_OF_OTHERS];
    for (const { why } of unresolved) {
      if (!others.includes(why))
        expect(why).toMatch(/^"AllowAccount\w+" lets in account \d{12}, not in these stacks$/);
    }
  });
});

describe("a stack that uses nothing of ours", () => {
  const plain = (build: (stack: TerraformStack) => void) =>
    synthesizeApp((app) => {
      const stack = new TerraformStack(app, "plain");
      new AwsProvider(stack, "aws", { region: "eu-central-1" });
      build(stack);
    }).plain as Synthesized;
  const trustOf = (stack: TerraformStack) =>
    new DataAwsIamPolicyDocument(stack, "trust", {
      statement: [
        {
          actions: ["sts:AssumeRole"],
          principals: [{ type: "Service", identifiers: ["lambda.amazonaws.com"] }],
        },
      ],
    }).json;
  const handler = (stack: TerraformStack, more: object = {}) => {
    const role = new IamRole(stack, "role", { assumeRolePolicy: trustOf(stack) });
    new LambdaFunction(stack, "handler", { functionName: "handler", role: role.arn, ...more });
    return role;
  };

  it("is read through data sources, attachments and names that AWS chooses", () => {
    const report = checkEdges(
      plain((stack) => {
        const account = new DataAwsCallerIdentity(stack, "me").accountId;
        const region = new DataAwsRegion(stack, "here").name;
        const logs = new CloudwatchLogGroup(stack, "logs", { name: "/aws/lambda/handler" });
        const role = handler(stack);
        const document = new DataAwsIamPolicyDocument(stack, "write", {
          statement: [
            {
              sid: "Write",
              actions: ["logs:CreateLogStream", "logs:PutLogEvents"],
              resources: [`arn:aws:logs:${region}:${account}:log-group:${logs.name}:*`],
              condition: [{ test: "Bool", variable: "aws:SecureTransport", values: ["true"] }],
            },
          ],
        });
        const policy = new IamPolicy(stack, "policy", { policy: document.json });
        new IamRolePolicyAttachment(stack, "attachment", { role: role.name, policyArn: policy.arn });
      }),
    );
    expect(report).toMatchObject({ unpermitted: [], unasked: [], withoutSource: [], unresolved: [] });
    expect(report.edges.map(({ kind }) => kind)).toEqual([
      "function takes its role",
      "function writes its log",
    ]);
  });

  it("is told what of it stands elsewhere, and what cannot be followed", () => {
    const managed = "arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole";
    const elsewhere = `arn:aws:sqs:eu-central-1:${ACCOUNT}:elsewhere`;
    const { unpermitted, unasked, unresolved } = checkEdges(
      plain((stack) => {
        const logs = new CloudwatchLogGroup(stack, "logs", { name: "/aws/lambda/handler" });
        const role = handler(stack, { loggingConfig: { logFormat: "JSON", logGroup: logs.name } });
        new IamRolePolicyAttachment(stack, "attachment", { role: role.name, policyArn: managed });
        new IamRole(stack, "other", { assumeRolePolicy: Fn.jsonencode({ Version: "2012-10-17" }) });
        new SnsTopicSubscription(stack, "subscription", {
          topicArn: new SnsTopic(stack, "topic", {}).arn,
          protocol: "sqs",
          endpoint: elsewhere,
        });
      }),
    );
    expect([unpermitted, unasked]).toEqual([[], []]);
    expect(unresolved).toEqual([
      {
        where: "subscription delivers to queue: plain/subscription",
        why: `${elsewhere} is not in these stacks`,
      },
      {
        where: "function writes its log: plain/handler",
        why: `the role also has ${managed}, whose text is not here`,
      },
      { where: "plain/other", why: expect.stringMatching(/^its policy cannot be read: /) },
      { where: "plain/other", why: "no edge that is known takes this role: what it needs is not known" },
      { where: "plain/role", why: `${managed} is not in these stacks` },
      { where: "plain", why: expect.stringMatching(/^\$\{jsonencode\(.*\)\} cannot be followed$/) },
    ]);
  });

  it("is held to a boundary that stands in it", () => {
    const bounded = (actions: readonly string[]) =>
      checkEdges(
        plain((stack) => {
          const logs = new CloudwatchLogGroup(stack, "logs", { name: "/aws/lambda/handler" });
          const allowing = (Action: readonly string[]) =>
            JSON.stringify({
              Version: "2012-10-17",
              Statement: { Effect: "Allow", Action, Resource: `${logs.arn}:*` },
            });
          const role = handler(stack);
          role.permissionsBoundary = new IamPolicy(stack, "boundary", { policy: allowing(actions) }).arn;
          new IamRolePolicy(stack, "permissions", {
            role: role.id,
            policy: allowing(["logs:CreateLogStream", "logs:PutLogEvents"]),
          });
        }),
      ).unpermitted.map(({ why }) => why);
    expect(bounded(["logs:*"])).toEqual([]);
    expect(bounded(["logs:PutLogEvents"])).toEqual([
      "the role's boundary does not allow logs:CreateLogStream",
    ]);
  });

  it("is read across stacks by the remote state that they share", () => {
    const stacks = (key: string) =>
      Object.values(
        synthesizeApp((app) => {
          const queues = new TerraformStack(app, "queues");
          new AwsProvider(queues, "aws", { region: "eu-central-1" });
          new S3Backend(queues, { bucket: "state", key: "queues" });
          const queue = new SqsQueue(queues, "queue", {});
          new TerraformOutput(queues, "queue_arn", { value: queue.arn });
          const topics = new TerraformStack(app, "topics");
          new AwsProvider(topics, "aws", { region: "eu-central-1" });
          const state = new DataTerraformRemoteStateS3(topics, "state", { bucket: "state", key });
          new SnsTopicSubscription(topics, "subscription", {
            topicArn: new SnsTopic(topics, "topic", {}).arn,
            protocol: "sqs",
            endpoint: state.getString("queue_arn"),
          });
        }),
      );
    expect(checkEdges(stacks("queues")).unpermitted).toMatchObject([
      { to: "queues/queue", policy: "queues/queue" },
    ]);
    expect(checkEdges(stacks("other"))).toMatchObject({ unpermitted: [], unresolved: [{}, {}] });
  });
});

describe("what a function is told of in its environment", () => {
  const using = (
    environment: (parts: { topic: SnsTopic; bucket: S3Bucket }) => Record<string, string>,
    statements: (parts: {
      topic: SnsTopic;
      bucket: S3Bucket;
      key: KmsKey;
    }) => readonly (readonly [string, string])[],
  ) => {
    const stack = synthesize((scope) => {
      const key = new KmsKey(scope, "key");
      const topic = new SnsTopic(scope, "topic", { name: "t", kmsMasterKeyId: key.id });
      const bucket = new S3Bucket(scope, "bucket", { bucket: "b" });
      new S3BucketServerSideEncryptionConfigurationA(scope, "encryption", {
        bucket: bucket.id,
        rule: [{ applyServerSideEncryptionByDefault: { sseAlgorithm: "aws:kms", kmsMasterKeyId: key.arn } }],
      });
      const logs = new CloudwatchLogGroup(scope, "logs", { name: "/aws/lambda/handler" });
      const role = new IamRole(scope, "role", {
        assumeRolePolicy: JSON.stringify({
          Version: "2012-10-17",
          Statement: {
            Effect: "Allow",
            Action: "sts:AssumeRole",
            Principal: { Service: "lambda.amazonaws.com" },
          },
        }),
      });
      const all = [
        ["logs:CreateLogStream", `${logs.arn}:*`],
        ["logs:PutLogEvents", `${logs.arn}:*`],
        ...statements({ topic, bucket, key }),
      ];
      new IamRolePolicy(scope, "permissions", {
        role: role.id,
        policy: JSON.stringify({
          Version: "2012-10-17",
          Statement: all.map(([Action, Resource]) => ({ Effect: "Allow", Action, Resource })),
        }),
      });
      new LambdaFunction(scope, "handler", {
        functionName: "handler",
        role: role.arn,
        environment: { variables: environment({ topic, bucket }) },
      });
    });
    const { unpermitted, unasked } = checkEdges(stack);
    return [...unpermitted.map(({ kind, why }) => `${kind}: ${why}`), ...unasked.map(({ action }) => action)];
  };

  it("may be published to, with its key", () => {
    const named = ({ topic }: { topic: SnsTopic }) => ({ TOPIC: topic.arn });
    const publish = ({ topic }: { topic: SnsTopic }) => ["sns:Publish", topic.arn] as const;
    expect(using(named, (parts) => [publish(parts)])).toEqual([
      "function encrypts for its topic: nothing allows kms:Decrypt, kms:GenerateDataKey",
    ]);
    const encrypting = ["kms:Decrypt", "kms:GenerateDataKey"];
    expect(
      using(named, (parts) => [publish(parts), ...encrypting.map((each) => [each, parts.key.arn] as const)]),
    ).toEqual([]);
  });

  it("may be read or written, with its key for as much", () => {
    const named = ({ bucket }: { bucket: S3Bucket }) => ({ PLACE: `s3://${bucket.bucket}/orders` });
    expect(using(named, ({ bucket }) => [["s3:GetObject", `${bucket.arn}/orders/*`]])).toEqual([
      "function decrypts from its bucket: nothing allows kms:Decrypt",
    ]);
    expect(
      using(named, ({ bucket, key }) => [
        ["s3:PutObject", `${bucket.arn}/orders/*`],
        ["kms:GenerateDataKey", key.arn],
      ]),
    ).toEqual([]);
  });

  it("must be named there: what is not, nothing asks for", () => {
    expect(
      using(
        () => ({}),
        ({ bucket }) => [["s3:GetObject", `${bucket.arn}/*`]],
      ),
    ).toEqual(["s3:GetObject"]);
  });
});

describe("a publisher of another account", () => {
  const published = (let_: (orders: FanOut<"billing">) => void) =>
    synthesize((stack) => let_(new FanOut(stack, "orders", { subscribers: { billing: {} } })));
  const withoutKey = (stack: Synthesized) => {
    const json = structuredClone(stack.json);
    for (const each of Object.values<Record<string, string>>(json.resource.aws_kms_key_policy)) {
      const policy = JSON.parse(each.policy as string);
      policy.Statement = policy.Statement.filter(({ Sid }: { Sid: string }) => !/Publish/.test(Sid));
      each.policy = JSON.stringify(policy);
    }
    return { json };
  };

  it.each<[string, (orders: FanOut<"billing">) => void]>([
    ["an account", (orders) => orders.allowPublishFromAccount("999999999999")],
    ["an organisation", (orders) => orders.allowPublishFromOrganization("o-a1b2c3d4e5")],
  ])("by %s needs the topic's key too", (_, let_) => {
    const stack = published(let_);
    expect(stack).toPermitItsEdges();
    expect(checkEdges(withoutKey(stack)).unpermitted).toMatchObject([
      { kind: "publisher encrypts for topic", why: "nothing allows kms:Decrypt, kms:GenerateDataKey" },
    ]);
  });
});

describe("a stack of another partition", () => {
  const theirs = (text: string) =>
    text.replaceAll("arn:aws:", "arn:aws-us-gov:").replaceAll("eu-west-1", "us-gov-west-1");
  const twin = <T>(json: T): T => JSON.parse(theirs(JSON.stringify(json)));
  const OTHER = "999999999999";
  const roleOf = (account: string) => ({ ArnLike: { "aws:PrincipalArn": `arn:aws:iam::${account}:role/*` } });
  const publish = {
    AllowOther: { Effect: "Allow", Principal: { AWS: OTHER }, Action: "sns:Publish", Resource: "*" },
  };
  const encrypt = {
    AllowOther: {
      Effect: "Allow",
      Principal: { AWS: `arn:aws:iam::${OTHER}:root` },
      Action: ["kms:Decrypt", "kms:GenerateDataKey*"],
      Resource: "*",
      Condition: roleOf(OTHER),
    },
  };
  const administrators = {
    AllowAccount: {
      Effect: "Allow",
      Principal: "*",
      Action: "kms:*",
      Resource: "*",
      Condition: roleOf(ACCOUNT),
    },
  };
  const DenyWithoutTls = {
    Effect: "Deny",
    Principal: "*",
    Action: "sns:Publish",
    Resource: "*",
    Condition: { ...roleOf(ACCOUNT), Bool: { "aws:SecureTransport": "false" } },
  };

  it.each<[string, Wrong, (report: ReturnType<typeof check>) => unknown, unknown]>([
    ["where all is right", {}, ({ unpermitted }) => unpermitted, []],
    [
      "where nobody may manage a key",
      { statements: { alarmKey: { AllowAccount: undefined } } },
      ({ unpermitted: [fault] }) => fault?.statement,
      expect.objectContaining({ Principal: { AWS: `arn:aws:iam::${ACCOUNT}:root` } }),
    ],
    [
      "where the roles of its account manage a key",
      { statements: { alarmKey: administrators } },
      ({ unpermitted }) => unpermitted,
      [],
    ],
    [
      "where the roles of another account publish",
      { statements: { alarmTopic: publish, alarmKey: encrypt } },
      ({ unpermitted }) => unpermitted,
      [],
    ],
    [
      "where the roles of its account are denied calls without TLS",
      { statements: { alarmTopic: { DenyWithoutTls } } },
      ({ withoutTls }) => withoutTls,
      ["raw/topic", "raw/dead-letters"],
    ],
  ])("is judged as its twin %s", (_, wrong, read, expected) => {
    const ours = rawWorld(wrong);
    const report = checkEdges(ours);
    expect(read(report)).toEqual(expected);
    expect(checkEdges({ json: twin(ours.json) })).toEqual(twin(report));
  });

  it.each([
    ["us-gov-west-1", "aws-us-gov"],
    ["cn-north-1", "aws-cn"],
    ["eu-west-1", "aws"],
  ])("in %s is read through the data source, which says %s", (region, partition) => {
    const { plain } = synthesizeApp((app) => {
      const stack = new TerraformStack(app, "plain");
      // The default provider is elsewhere: a data source tells of the one that it names.
      new AwsProvider(stack, "aws", { region: region === "eu-west-1" ? "cn-north-1" : "eu-west-1" });
      const provider = new AwsProvider(stack, "there", { region, alias: "there" });
      const here = new DataAwsPartition(stack, "partition", { provider }).partition;
      const named = new DataAwsRegion(stack, "region", { provider }).name;
      const topic = new SnsTopic(stack, "topic", { name: "orders", provider });
      const queue = new SqsQueue(stack, "queue", { name: "queue", provider });
      new SqsQueuePolicy(stack, "policy", {
        provider,
        queueUrl: queue.url,
        policy: new DataAwsIamPolicyDocument(stack, "document", {
          provider,
          statement: [
            {
              sid: "AllowTopic",
              actions: ["sqs:SendMessage"],
              resources: [queue.arn],
              principals: [{ type: "Service", identifiers: ["sns.amazonaws.com"] }],
              condition: [
                {
                  test: "ArnEquals",
                  variable: "aws:SourceArn",
                  values: [`arn:${here}:sns:${named}:${ACCOUNT}:orders`],
                },
              ],
            },
          ],
        }).json,
      });
      new SnsTopicSubscription(stack, "subscription", {
        provider,
        topicArn: topic.arn,
        protocol: "sqs",
        endpoint: queue.arn,
      });
    });
    const { edges, ...faults } = checkEdges(plain as Synthesized);
    const elsewhere = JSON.parse(
      JSON.stringify(plain?.json).replace("${data.aws_partition.partition.partition}", `${partition}-other`),
    );
    expect(checkEdges({ json: elsewhere }).unpermitted).toMatchObject([
      {
        kind: "subscription delivers to queue",
        statement: {
          Condition: { ArnLike: { "aws:SourceArn": `arn:${partition}:sns:${region}:${ACCOUNT}:orders` } },
        },
      },
    ]);
    expect(edges).toContainEqual(
      expect.objectContaining({ kind: "subscription delivers to queue", verdict: "permitted" }),
    );
    expect(faults).toMatchObject({ unpermitted: [], unasked: [], withoutSource: [], unresolved: [] });
  });
});

describe("the matcher", () => {
  it("rejects an empty list, on which every claim would hold", () => {
    const message =
      "toPermitItsEdges: nothing to judge: an empty list was given; give the stack, or all stacks";
    expect(() => expect([]).toPermitItsEdges()).toThrow(message);
    expect(() => expect([]).not.toPermitItsEdges()).toThrow(message);
  });

  it("rejects stacks without an edge, and says what to give", () => {
    const idle = synthesize(() => {});
    const message =
      "toPermitItsEdges: nothing to judge: no edge in test; give the stack that has edges, or all stacks";
    expect(() => expect(idle).toPermitItsEdges()).toThrow(message);
    expect(() => expect([idle]).not.toPermitItsEdges()).toThrow(message);
  });

  it("tells every fault with the policy that mends it", () => {
    const stack = rawWorld({ statements: { undelivered: { AllowTopic: undefined } } });
    expect(() => expect(stack).toPermitItsEdges()).toThrow(
      /1 faults in 21 edges:\n- subscription sets aside .*raw\/undelivered\): nothing allows sqs:SendMessage; add to the policy raw\/undelivered-policy: \{"Effect":"Allow"/,
    );
    expect(() => expect([rawWorld()]).not.toPermitItsEdges()).toThrow(
      "expected a fault in 21 edges, found none",
    );
  });
});
