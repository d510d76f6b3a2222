import { CloudwatchLogGroup } from "@cdktf/provider-aws/lib/cloudwatch-log-group";
import { IamRole } from "@cdktf/provider-aws/lib/iam-role";
import { IamRolePolicy } from "@cdktf/provider-aws/lib/iam-role-policy";
import { KmsKey } from "@cdktf/provider-aws/lib/kms-key";
import { LambdaAlias } from "@cdktf/provider-aws/lib/lambda-alias";
import { LambdaFunction } from "@cdktf/provider-aws/lib/lambda-function";
import { LambdaFunctionEventInvokeConfig } from "@cdktf/provider-aws/lib/lambda-function-event-invoke-config";
import { LambdaPermission, type LambdaPermissionConfig } from "@cdktf/provider-aws/lib/lambda-permission";
import { SnsTopic } from "@cdktf/provider-aws/lib/sns-topic";
import { SnsTopicSubscription } from "@cdktf/provider-aws/lib/sns-topic-subscription";
import { SqsQueue } from "@cdktf/provider-aws/lib/sqs-queue";
import type { TerraformStack } from "cdktf";
import { checkEdges, synthesize } from "../../testing";

const ACCOUNT = "123456789012";
const QUEUE = `arn:aws:sqs:eu-west-1:${ACCOUNT}:failed`;
const FUNCTION = `arn:aws:lambda:eu-west-1:${ACCOUNT}:function:worker`;

type Allowed = readonly (readonly [action: string | readonly string[], resource: string])[];

/** A function with its role and log, in raw bindings. */
function worker(stack: TerraformStack, allowed: Allowed = [], config: object = {}): LambdaFunction {
  const logs = new CloudwatchLogGroup(stack, "logs", { name: "/aws/lambda/worker" });
  const trust = { Effect: "Allow", Action: "sts:AssumeRole", Principal: { Service: "lambda.amazonaws.com" } };
  const role = new IamRole(stack, "role", {
    name: "worker",
    assumeRolePolicy: JSON.stringify({ Version: "2012-10-17", Statement: trust }),
  });
  const all: Allowed = [[["logs:CreateLogStream", "logs:PutLogEvents"], `${logs.arn}:*`], ...allowed];
  new IamRolePolicy(stack, "role-policy", {
    role: role.name,
    policy: JSON.stringify({
      Version: "2012-10-17",
      Statement: all.map(([Action, Resource]) => ({ Effect: "Allow", Action, Resource })),
    }),
  });
  return new LambdaFunction(stack, "worker", { functionName: "worker", role: role.arn, ...config });
}

describe("a topic that invokes a function", () => {
  interface Parts {
    readonly stack: TerraformStack;
    readonly made: LambdaFunction;
    readonly topic: SnsTopic;
  }

  /** What is found with a permission in place of the right one; with none where it says undefined. */
  const found = (
    change: (parts: Parts) => Partial<LambdaPermissionConfig> | undefined = () => ({}),
    endpoint: (parts: Parts) => string = ({ made }) => made.arn,
  ) =>
    checkEdges(
      synthesize((stack) => {
        const made = worker(stack);
        const topic = new SnsTopic(stack, "topic", { name: "orders" });
        const parts = { stack, made, topic };
        new SnsTopicSubscription(stack, "subscription", {
          topicArn: topic.arn,
          protocol: "lambda",
          endpoint: endpoint(parts),
        });
        const changed = change(parts);
        if (changed === undefined) return;
        new LambdaPermission(stack, "permission", {
          statementId: "AllowTopic",
          action: "lambda:InvokeFunction",
          functionName: made.functionName,
          principal: "sns.amazonaws.com",
          sourceArn: topic.arn,
          ...changed,
        });
      }),
    );
  const invoking = expect.objectContaining({
    kind: "topic subscription invokes function",
    from: "test/subscription",
    to: "test/worker",
  });

  it.each<[string, (parts: Parts) => Partial<LambdaPermissionConfig>]>([
    ["its name", ({ made }) => ({ functionName: made.functionName })],
    ["its ARN", ({ made }) => ({ functionName: made.arn })],
  ])("is let by a permission that names the function by %s", (_, change) => {
    const { edges, ...faults } = found(change);
    expect(edges).toContainEqual(invoking);
    expect(faults).toMatchObject({ unpermitted: [], unasked: [], withoutSource: [], unresolved: [] });
  });

  it("is refused without a permission, and the statement that is missing is the function's", () => {
    expect(found(() => undefined).unpermitted).toEqual([
      {
        kind: "topic subscription invokes function",
        from: "test/subscription",
        to: "test/worker",
        policy: "test/worker",
        why: "nothing allows lambda:InvokeFunction",
        statement: {
          Effect: "Allow",
          Action: ["lambda:InvokeFunction"],
          Principal: { Service: "sns.amazonaws.com" },
          Resource: FUNCTION,
          Condition: { ArnLike: { "aws:SourceArn": `arn:aws:sns:eu-west-1:${ACCOUNT}:orders` } },
        },
      },
    ]);
  });

  it.each<[string, Partial<LambdaPermissionConfig>]>([
    ["another topic", { sourceArn: `arn:aws:sns:eu-west-1:${ACCOUNT}:order` }],
    ["another account", { sourceAccount: "999999999999" }],
    ["another service", { principal: "s3.amazonaws.com" }],
    ["an organisation, which a service is not of", { principalOrgId: "o-a1b2c3d4e5" }],
    ["a call by URL", { functionUrlAuthType: "AWS_IAM" }],
    ["an event source with a token", { eventSourceToken: "token" }],
    ["another call", { action: "lambda:InvokeFunctionUrl" }],
    ["one version", { qualifier: "live" }],
  ])("is refused by a permission for %s", (_, change) => {
    const { unpermitted } = found(() => change);
    expect(unpermitted).toEqual([invoking]);
    // One statement is mended by another, and not by the document that it is in.
    expect(unpermitted).toMatchObject([{ policy: "test/worker" }]);
  });

  it("may not act for anybody: the topic or the account must be named", () => {
    const anybody = [{ policy: "test/permission", sid: "AllowTopic", service: "sns.amazonaws.com" }];
    expect(found(() => ({ sourceArn: undefined })).withoutSource).toEqual(anybody);
    expect(found(() => ({ sourceArn: "arn:aws:sns:*:*:orders" })).withoutSource).toEqual(anybody);
    expect(found(() => ({ sourceArn: undefined, sourceAccount: ACCOUNT })).withoutSource).toEqual([]);
  });

  it("asks for one call and no other", () => {
    const whys = (change: Partial<LambdaPermissionConfig>) =>
      found(() => change).unasked.map(({ policy, action, why }) => `${policy}, ${action}: ${why}`);
    expect(whys({ action: "lambda:*" })).toEqual([
      "test/permission, lambda:*: wider than what is asked for: lambda:InvokeFunction",
    ]);
    const second = found(({ stack, made, topic }) => {
      new LambdaPermission(stack, "second", {
        action: "lambda:InvokeFunction",
        functionName: made.arn,
        principal: "sns.amazonaws.com",
        sourceArn: topic.arn,
      });
      return {};
    });
    expect(second.unasked).toMatchObject([{ why: expect.stringMatching(/says it already$/) }]);
  });

  it("lets in an account elsewhere, which is told and no fault", () => {
    const { unasked, unresolved } = found(({ stack, made }) => {
      new LambdaPermission(stack, "other", {
        statementId: "AllowOther",
        action: "lambda:InvokeFunction",
        functionName: made.functionName,
        principal: "999999999999",
      });
      return {};
    });
    expect({ unasked, unresolved }).toEqual({
      unasked: [],
      unresolved: [
        { where: "test/other", why: '"AllowOther" lets in account 999999999999, not in these stacks' },
      ],
    });
  });

  it("calls an alias by its own ARN, which a permission must name too", () => {
    const alias = ({ stack, made }: Parts) =>
      new LambdaAlias(stack, "alias", { name: "live", functionName: made.functionName, functionVersion: "1" })
        .arn;
    expect(found(() => ({}), alias).unpermitted).toEqual([invoking]);
    expect(found(() => ({ qualifier: "live" }), alias)).toMatchObject({ unpermitted: [], unasked: [] });
  });

  it("is unresolved where the function, or whose permission it is, stands elsewhere", () => {
    const elsewhere = FUNCTION.replace("worker", "elsewhere");
    expect(
      found(
        () => undefined,
        () => elsewhere,
      ).unresolved,
    ).toEqual([
      {
        where: "topic subscription invokes function: test/subscription",
        why: `${elsewhere} is not in these stacks`,
      },
    ]);
    expect(found(() => ({ functionName: "elsewhere" })).unresolved).toEqual([
      { where: "test/permission", why: "whose permission it is stands elsewhere" },
    ]);
  });
});

describe("a function that sets failed events aside", () => {
  const key = (stack: TerraformStack) => new KmsKey(stack, "key").arn;

  const kinds = (allowed: Allowed, queueKey?: (stack: TerraformStack) => string, inline = false) => {
    const { unpermitted, unasked, edges } = checkEdges(
      synthesize((stack) => {
        const failed = new SqsQueue(stack, "failed", { name: "failed", kmsMasterKeyId: queueKey?.(stack) });
        const made = worker(stack, allowed, inline ? { deadLetterConfig: { targetArn: failed.arn } } : {});
        if (inline) return;
        new LambdaFunctionEventInvokeConfig(stack, "config", {
          functionName: made.functionName,
          destinationConfig: { onFailure: { destination: failed.arn } },
        });
      }),
    );
    expect(edges.map(({ kind }) => kind)).toContain("function sets failed events aside in queue");
    return [
      ...unpermitted.map(({ kind, policy }) => `${kind}: ${policy}`),
      ...unasked.map(({ action }) => action),
    ];
  };

  it.each([
    ["its configuration", false],
    ["its own dead letters", true],
  ])("needs to send there, said by %s", (_, inline) => {
    expect(kinds([], undefined, inline)).toEqual([
      "function sets failed events aside in queue: test/role-policy",
    ]);
    expect(kinds([["sqs:SendMessage", QUEUE]], undefined, inline)).toEqual([]);
  });

  it("needs the key of the queue too, and none where AWS manages it", () => {
    const sending: Allowed = [["sqs:SendMessage", QUEUE]];
    expect(kinds(sending, key)).toEqual(["function encrypts failed events for queue: test/role-policy"]);
    expect(kinds(sending, () => "alias/aws/sqs")).toEqual([]);
  });

  it("may publish them in place of that", () => {
    const publishing = (allowed: Allowed) =>
      checkEdges(
        synthesize((stack) => {
          const topic = new SnsTopic(stack, "topic", { name: "outcomes" });
          new LambdaFunctionEventInvokeConfig(stack, "config", {
            functionName: worker(stack, allowed).arn,
            destinationConfig: { onSuccess: { destination: topic.arn } },
          });
        }),
      ).unpermitted.map(({ kind }) => kind);
    expect(publishing([])).toEqual(["function sets failed events aside in topic"]);
    expect(publishing([["sns:Publish", `arn:aws:sns:eu-west-1:${ACCOUNT}:outcomes`]])).toEqual([]);
  });

  it("is unresolved where the queue, or the function, stands elsewhere", () => {
    const report = checkEdges(
      synthesize((stack) => {
        new LambdaFunctionEventInvokeConfig(stack, "config", {
          functionName: "elsewhere",
          destinationConfig: { onFailure: { destination: QUEUE } },
        });
      }),
    );
    expect(report.unresolved).toEqual([
      {
        where: "function sets failed events aside in queue: test/config",
        why: `${QUEUE} is not in these stacks`,
      },
    ]);
  });
});
