import { CloudwatchLogGroup } from "@cdktf/provider-aws/lib/cloudwatch-log-group";
import { IamRole } from "@cdktf/provider-aws/lib/iam-role";
import { IamRolePolicy } from "@cdktf/provider-aws/lib/iam-role-policy";
import { KmsKey } from "@cdktf/provider-aws/lib/kms-key";
import { LambdaFunction } from "@cdktf/provider-aws/lib/lambda-function";
import { LambdaPermission } from "@cdktf/provider-aws/lib/lambda-permission";
import { S3Bucket } from "@cdktf/provider-aws/lib/s3-bucket";
import {
  S3BucketNotification,
  type S3BucketNotificationConfig,
} from "@cdktf/provider-aws/lib/s3-bucket-notification";
import { S3BucketServerSideEncryptionConfigurationA } from "@cdktf/provider-aws/lib/s3-bucket-server-side-encryption-configuration";
import { SnsTopic } from "@cdktf/provider-aws/lib/sns-topic";
import { SqsQueue } from "@cdktf/provider-aws/lib/sqs-queue";
import type { TerraformStack } from "cdktf";
import { checkEdges, synthesize } from "../../testing";

const ACCOUNT = "123456789012";
const BUCKET = "arn:aws:s3:::pictures";
const QUEUE = `arn:aws:sqs:eu-west-1:${ACCOUNT}:uploads`;
const TOPIC = `arn:aws:sns:eu-west-1:${ACCOUNT}:removals`;
const events = ["s3:ObjectCreated:*"];

const document = (...statements: readonly object[]) =>
  JSON.stringify({ Version: "2012-10-17", Statement: statements });
const bound = (more: object = {}) => ({
  ArnLike: { "aws:SourceArn": BUCKET },
  StringEquals: { "aws:SourceAccount": ACCOUNT },
  ...more,
});
const TLS = { Bool: { "aws:SecureTransport": "false" } };

interface Statement {
  readonly Principal?: object;
  readonly Action?: string | readonly string[];
  readonly Condition?: object;
}

/** What is found where a bucket tells one queue or topic, with these in place of the right statements. */
const telling = (
  kind: "queue" | "topic",
  {
    send = {},
    use = {},
    key,
    twice = false,
    name = "pictures",
  }: {
    readonly send?: Statement;
    readonly use?: Statement;
    readonly key?: string;
    readonly twice?: boolean;
    readonly name?: string;
  } = {},
) =>
  checkEdges(
    synthesize((stack) => {
      const bucket = new S3Bucket(stack, "bucket", { bucket: name });
      const [arn, call] = kind === "queue" ? [QUEUE, "sqs:SendMessage"] : [TOPIC, "sns:Publish"];
      const s3 = { Effect: "Allow", Principal: { Service: "s3.amazonaws.com" }, Condition: bound() };
      const root = {
        Sid: "AllowAccount",
        Effect: "Allow",
        Principal: { AWS: `arn:aws:iam::${ACCOUNT}:root` },
        Action: "kms:*",
        Resource: "*",
      };
      const used = { Sid: "AllowUse", ...s3, Action: ["kms:Decrypt", "kms:GenerateDataKey"], Resource: "*" };
      const made = new KmsKey(stack, "key", {
        policy: document(root, { ...used, ...use }),
      });
      const sent = { Sid: "AllowSend", ...s3, Action: call, Resource: arn };
      const deny = { Effect: "Deny", Principal: "*", Action: call, Resource: arn, Condition: TLS };
      const config = {
        name: arn.split(":").at(-1) as string,
        kmsMasterKeyId: key ?? made.arn,
        policy: document(deny, { ...sent, ...send }),
      };
      const target =
        kind === "queue" ? new SqsQueue(stack, "target", config) : new SnsTopic(stack, "target", config);
      const parts = (twice ? [".jpg", ".png"] : [".jpg"]).map((filterSuffix) =>
        kind === "queue"
          ? { queueArn: target.arn, events, filterSuffix }
          : { topicArn: target.arn, events, filterSuffix },
      );
      new S3BucketNotification(stack, "notification", {
        bucket: bucket.id,
        [kind]: parts,
      } as unknown as S3BucketNotificationConfig);
    }),
  );

describe.each(["queue", "topic"] as const)("a bucket that notifies a %s", (kind) => {
  const send = kind === "queue" ? "sqs:SendMessage" : "sns:Publish";
  const notifies = { kind: `bucket notifies ${kind}`, from: "test/notification", to: "test/target" };
  const encrypts = { kind: `bucket encrypts for ${kind}`, from: "test/notification", to: "test/key" };

  it.each([false, true])(
    "is let in by the bucket's ARN and account, told for one reason or two: %s",
    (twice) => {
      const { edges, unpermitted, unasked, withoutSource } = telling(kind, { twice });
      const ofNotification = edges.filter(({ from }) => from === "test/notification");
      expect(ofNotification).toMatchObject([notifies, encrypts]);
      expect({ unpermitted, unasked, withoutSource }).toEqual({
        unpermitted: [],
        unasked: [],
        withoutSource: [],
      });
    },
  );

  it("is refused without a statement, and told the one that is missing", () => {
    expect(telling(kind, { send: { Principal: { Service: "sns.amazonaws.com" } } }).unpermitted).toEqual([
      {
        ...notifies,
        policy: "test/target",
        why: `nothing allows ${send}`,
        statement: {
          Effect: "Allow",
          Action: [send],
          Principal: { Service: "s3.amazonaws.com" },
          Resource: kind === "queue" ? QUEUE : TOPIC,
          Condition: { ArnLike: { "aws:SourceArn": BUCKET } },
        },
      },
    ]);
  });

  it.each<[string, object]>([
    ["another bucket", { ArnLike: { "aws:SourceArn": `${BUCKET}-2` } }],
    ["another account", { StringEquals: { "aws:SourceAccount": "999999999999" } }],
  ])("is refused on %s, by the resource and by its key", (_, condition) => {
    const Condition = bound(condition);
    expect(telling(kind, { send: { Condition } }).unpermitted).toMatchObject([notifies]);
    expect(telling(kind, { use: { Condition } }).unpermitted).toMatchObject([encrypts]);
  });

  it.each(["kms:Decrypt", "kms:GenerateDataKey"])("needs both calls on the key, not %s alone", (Action) => {
    expect(telling(kind, { use: { Action } }).unpermitted).toMatchObject([encrypts]);
  });

  it("may be granted the key in AWS's own wider words", () => {
    const { unpermitted, unasked } = telling(kind, {
      use: { Action: ["kms:Decrypt", "kms:GenerateDataKey*"] },
    });
    expect({ unpermitted, unasked }).toEqual({ unpermitted: [], unasked: [] });
  });

  it("may act for a bucket of the same name of another account where the account is not named", () => {
    const Condition = { ArnLike: { "aws:SourceArn": BUCKET } };
    const service = "s3.amazonaws.com";
    expect(telling(kind, { send: { Condition } }).withoutSource).toEqual([
      { policy: "test/target", sid: "AllowSend", service },
    ]);
    expect(telling(kind, { use: { Condition } }).withoutSource).toEqual([
      { policy: "test/key", sid: "AllowUse", service },
    ]);
  });

  it("may so too where the account's number is in the bucket's name, which anybody may take when it is free", () => {
    const name = `pictures-${ACCOUNT}`;
    const Condition = { ArnLike: { "aws:SourceArn": `arn:aws:s3:::${name}` } };
    const both = { send: { Condition }, use: { Condition }, name };
    expect(
      telling(kind, both)
        .withoutSource.map(({ policy }) => policy)
        .sort(),
    ).toEqual(["test/key", "test/target"]);
  });

  it("is told of calls that nobody asks for", () => {
    const more = kind === "queue" ? "sqs:ReceiveMessage" : "sns:Subscribe";
    expect(telling(kind, { send: { Action: [send, more] } }).unasked).toMatchObject([{ action: more }]);
  });

  it("cannot use a key that AWS manages", () => {
    const key = `alias/aws/${kind === "queue" ? "sqs" : "sns"}`;
    const { unpermitted } = telling(kind, { key });
    expect(unpermitted).toMatchObject([{ kind: encrypts.kind, to: key }]);
    expect(unpermitted[0]?.why).toMatch(/AWS-managed key .* lets no AWS service send/);
  });
});

describe("a bucket that invokes a function", () => {
  /** What is found with these in place of what is right. */
  const found = ({
    permission = {},
    allowed = [],
    environment = {},
  }: {
    readonly permission?: object;
    readonly allowed?: readonly object[];
    readonly environment?: Readonly<Record<string, string>>;
  } = {}) =>
    checkEdges(
      synthesize((stack) => {
        const bucket = new S3Bucket(stack, "bucket", { bucket: "pictures" });
        const made = worker(stack, allowed, environment);
        new S3BucketServerSideEncryptionConfigurationA(stack, "encryption", {
          bucket: bucket.bucket,
          rule: [
            {
              applyServerSideEncryptionByDefault: {
                sseAlgorithm: "aws:kms",
                kmsMasterKeyId: new KmsKey(stack, "key").arn,
              },
            },
          ],
        });
        new LambdaPermission(stack, "permission", {
          statementId: "AllowBucket",
          action: "lambda:InvokeFunction",
          functionName: made.functionName,
          principal: "s3.amazonaws.com",
          sourceArn: bucket.arn,
          sourceAccount: ACCOUNT,
          ...permission,
        });
        new S3BucketNotification(stack, "notification", {
          bucket: bucket.bucket,
          lambdaFunction: [".jpg", ".png"].map((filterSuffix) => ({
            lambdaFunctionArn: made.arn,
            events,
            filterSuffix,
          })),
        });
      }),
    );
  const invokes = { kind: "bucket invokes function", from: "test/notification", to: "test/worker" };

  it("is let by a permission for the bucket and its account, once for two reasons", () => {
    const { edges, unpermitted, unasked, withoutSource } = found();
    expect(edges.filter(({ from }) => from === "test/notification")).toMatchObject([invokes]);
    expect({ unpermitted, unasked, withoutSource }).toEqual({
      unpermitted: [],
      unasked: [],
      withoutSource: [],
    });
  });

  it.each<[string, object]>([
    ["another bucket", { sourceArn: `${BUCKET}-2` }],
    ["another account", { sourceAccount: "999999999999" }],
    ["another service", { principal: "sns.amazonaws.com" }],
  ])("is refused by a permission for %s", (_, permission) => {
    expect(found({ permission }).unpermitted).toMatchObject([invokes]);
  });

  it("may act for a bucket of the same name of another account where the account is not named", () => {
    expect(found({ permission: { sourceAccount: undefined } }).withoutSource).toEqual([
      { policy: "test/permission", sid: "AllowBucket", service: "s3.amazonaws.com" },
    ]);
  });

  const reads = { Effect: "Allow", Action: "s3:GetObject", Resource: `${BUCKET}/uploads/*` };
  const decrypts = { Effect: "Allow", Action: "kms:Decrypt", Resource: "${aws_kms_key.key.arn}" };

  it("lets it use the objects that its events name, and the bucket's key with them", () => {
    const { edges, unpermitted, unasked } = found({ allowed: [reads, decrypts] });
    expect(edges.map(({ kind }) => kind)).toEqual(
      expect.arrayContaining([
        "function uses the bucket that invokes it",
        "function decrypts from its bucket",
      ]),
    );
    expect({ unpermitted, unasked }).toEqual({ unpermitted: [], unasked: [] });
  });

  it("asks for the key once where the environment names the bucket too", () => {
    const { edges } = found({
      allowed: [reads, decrypts],
      environment: { BUCKET: "${aws_s3_bucket.bucket.bucket}" },
    });
    expect(edges.filter(({ kind }) => kind === "function decrypts from its bucket")).toHaveLength(1);
  });

  it("tells that the objects cannot be read without the key", () => {
    expect(found({ allowed: [reads] }).unpermitted).toMatchObject([
      { kind: "function decrypts from its bucket", from: "test/worker", to: "test/key" },
    ]);
  });

  it("tells of objects of a bucket that no event names", () => {
    const others = { ...reads, Resource: "arn:aws:s3:::others/*" };
    expect(found({ allowed: [others] }).unasked).toMatchObject([{ resource: "arn:aws:s3:::others/*" }]);
  });
});

/** A function with its role and log, in raw bindings. */
function worker(
  stack: TerraformStack,
  allowed: readonly object[],
  variables: Readonly<Record<string, string>>,
): LambdaFunction {
  const logs = new CloudwatchLogGroup(stack, "logs", { name: "/aws/lambda/worker" });
  const role = new IamRole(stack, "role", {
    name: "worker",
    assumeRolePolicy: document({
      Effect: "Allow",
      Action: "sts:AssumeRole",
      Principal: { Service: "lambda.amazonaws.com" },
    }),
  });
  const log = {
    Effect: "Allow",
    Action: ["logs:CreateLogStream", "logs:PutLogEvents"],
    Resource: `${logs.arn}:*`,
  };
  new IamRolePolicy(stack, "role-policy", { role: role.name, policy: document(log, ...allowed) });
  return new LambdaFunction(stack, "worker", {
    functionName: "worker",
    role: role.arn,
    environment: { variables: { ...variables } },
  });
}
