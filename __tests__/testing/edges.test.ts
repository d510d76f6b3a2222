import { Construct } from "constructs";
import type { Environment } from "../../stacks/environment";
import { allEnvironments, awsEnvironments } from "../../stacks/environments";
import { EventProcessingStack } from "../../stacks/event-processing-stack";
import { NetworkStack } from "../../stacks/network-stack";
import { OperationsStack } from "../../stacks/operations-stack";
import { StateBucketStack } from "../../stacks/state-bucket-stack";
import { checkEdges, edgeMatchers, someFacts, synthesize, synthesizeApp } from "../../testing";
import { examples } from "../support/examples";
import { rawWorld, type Wrong } from "../support/raw-world";

expect.extend(edgeMatchers);

const ACCOUNT = "123456789012";
const check = (wrong?: Wrong) => checkEdges(rawWorld(wrong));
const kinds = (wrong: Wrong) => check(wrong).unpermitted.map(({ kind }) => kind);

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
          DenyAll: { Effect: "Deny", Principal: "*", Action: "sqs:SendMessage", Resource: "*" },
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
      const stacks = Object.values(
        synthesizeApp((app) => {
          const { alarmTopic } = new OperationsStack(app, environment);
          const { network } = new NetworkStack(app, environment, { alarmTopic });
          new EventProcessingStack(app, environment, { network, alarmTopic });
        }),
      );
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
    for (const { why } of unresolved) {
      expect([`${arn} is not in these stacks`, ALARMS_OF_OTHERS]).toContain(why);
    }
  });
});

describe("the matcher", () => {
  it("tells every fault with the policy that mends it", () => {
    const stack = rawWorld({ statements: { undelivered: { AllowTopic: undefined } } });
    expect(() => expect(stack).toPermitItsEdges()).toThrow(
      /1 faults in 16 edges:\n- subscription sets aside .*raw\/undelivered\): nothing allows sqs:SendMessage; add to the policy raw\/undelivered-policy: \{"Effect":"Allow"/,
    );
    expect(() => expect([rawWorld()]).not.toPermitItsEdges()).toThrow(
      "expected a fault in 16 edges, found none",
    );
  });
});
