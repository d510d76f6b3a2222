import { CloudwatchLogGroup } from "@cdktf/provider-aws/lib/cloudwatch-log-group";
import { CloudwatchMetricAlarm } from "@cdktf/provider-aws/lib/cloudwatch-metric-alarm";
import { DynamodbTable } from "@cdktf/provider-aws/lib/dynamodb-table";
import { IamRole } from "@cdktf/provider-aws/lib/iam-role";
import { IamRolePolicy } from "@cdktf/provider-aws/lib/iam-role-policy";
import { KmsKey } from "@cdktf/provider-aws/lib/kms-key";
import { LambdaEventSourceMapping } from "@cdktf/provider-aws/lib/lambda-event-source-mapping";
import { LambdaFunction } from "@cdktf/provider-aws/lib/lambda-function";
import { AwsProvider } from "@cdktf/provider-aws/lib/provider";
import { SnsTopic } from "@cdktf/provider-aws/lib/sns-topic";
import { SnsTopicPolicy } from "@cdktf/provider-aws/lib/sns-topic-policy";
import { SnsTopicSubscription } from "@cdktf/provider-aws/lib/sns-topic-subscription";
import { SqsQueue } from "@cdktf/provider-aws/lib/sqs-queue";
import { SqsQueuePolicy } from "@cdktf/provider-aws/lib/sqs-queue-policy";
import { SqsQueueRedriveAllowPolicy } from "@cdktf/provider-aws/lib/sqs-queue-redrive-allow-policy";
import { Lazy, TerraformStack } from "cdktf";
import { type Synthesized, synthesizeApp } from "../../testing";

type Statement = Readonly<Record<string, unknown>>;
/** Statements by id. */
type Document = Readonly<Record<string, Statement>>;

/** What a test may write otherwise than is right. */
export interface Wrong {
  /** By policy and statement id: in place of the right statement, or none of it. */
  readonly statements?: Readonly<Record<string, Readonly<Record<string, Statement | undefined>>>>;
  /** In place of the key of a topic or queue. */
  readonly alarmTopicKey?: string;
  readonly queueKey?: string;
  /** Which queue the dead-letter queue takes messages from. @default - the one that has it */
  readonly redriveFrom?: string;
  /** The environment of the function. @default - names its table */
  readonly environment?: Readonly<Record<string, string>>;
  readonly more?: (stack: TerraformStack) => void;
}

const ACCOUNT = "123456789012";
const allow = (action: string | readonly string[], resource: string, more: object = {}): Statement => ({
  Effect: "Allow",
  Action: action,
  Resource: resource,
  ...more,
});
const service = (name: string, conditions?: object) => ({
  Principal: { Service: `${name}.amazonaws.com` },
  ...(conditions === undefined ? {} : { Condition: conditions }),
});
const from = (arn: string) => ({ ArnLike: { "aws:SourceArn": arn } });
const root = { AllowAccount: allow("kms:*", "*", { Principal: { AWS: `arn:aws:iam::${ACCOUNT}:root` } }) };
const tlsOnly = (action: string, resource: string) => ({
  DenyWithoutTls: {
    Effect: "Deny",
    Principal: "*",
    Action: action,
    Resource: resource,
    Condition: { Bool: { "aws:SecureTransport": "false" } },
  },
});

/**
 * Topic → queue → function → table, dead-letter queues on both sides, an alarm: all encrypted, all in raw bindings, right
 * unless a test says otherwise.
 */
export function rawWorld(wrong: Wrong = {}): Synthesized {
  const all = synthesizeApp((app) => {
    const stack = new TerraformStack(app, "raw");
    new AwsProvider(stack, "aws", { region: "eu-west-1" });
    build(stack, wrong);
    wrong.more?.(stack);
  });
  return all.raw as Synthesized;
}

function build(stack: TerraformStack, wrong: Wrong): void {
  const policy = (name: string, right: () => Document) =>
    Lazy.stringValue({
      produce: () => {
        const statements = { ...right(), ...wrong.statements?.[name] };
        return JSON.stringify({
          Version: "2012-10-17",
          Statement: Object.entries(statements)
            .filter(([, statement]) => statement !== undefined)
            .map(([Sid, statement]) => ({ Sid, ...statement })),
        });
      },
    });
  const key: KmsKey = new KmsKey(stack, "key", {
    policy: policy("key", () => ({
      ...root,
      AllowTopic: allow(["kms:Decrypt", "kms:GenerateDataKey"], "*", service("sns", from(topic.arn))),
    })),
  });
  const dataKey = new KmsKey(stack, "data-key");
  const alarmKey = new KmsKey(stack, "alarm-key", {
    policy: policy("alarmKey", () => ({
      ...root,
      AllowAlarms: allow(
        ["kms:Decrypt", "kms:GenerateDataKey*"],
        "*",
        service("cloudwatch", from(`arn:aws:cloudwatch:eu-west-1:${ACCOUNT}:alarm:*`)),
      ),
    })),
  });
  const topic: SnsTopic = new SnsTopic(stack, "topic", { name: "orders", kmsMasterKeyId: key.arn });
  const queueOf = (id: string, redrivePolicy?: string) =>
    new SqsQueue(stack, id, { name: id, kmsMasterKeyId: wrong.queueKey ?? key.arn, redrivePolicy });
  const deadLetters = queueOf("dead-letters");
  const queue = queueOf(
    "queue",
    JSON.stringify({ deadLetterTargetArn: deadLetters.arn, maxReceiveCount: 5 }),
  );
  const undelivered = queueOf("undelivered");
  new SqsQueueRedriveAllowPolicy(stack, "redrive-allow", {
    queueUrl: deadLetters.url,
    redriveAllowPolicy: JSON.stringify({
      redrivePermission: "byQueue",
      sourceQueueArns: [wrong.redriveFrom ?? queue.arn],
    }),
  });
  for (const each of [queue, undelivered]) {
    new SqsQueuePolicy(stack, `${each.node.id}-policy`, {
      queueUrl: each.url,
      policy: policy(each.node.id, () => ({
        AllowTopic: allow("sqs:SendMessage", each.arn, service("sns", from(topic.arn))),
        ...tlsOnly("sqs:*", each.arn),
      })),
    });
  }
  new SnsTopicSubscription(stack, "subscription", {
    topicArn: topic.arn,
    protocol: "sqs",
    endpoint: queue.arn,
    redrivePolicy: JSON.stringify({ deadLetterTargetArn: undelivered.arn }),
  });

  const table = new DynamodbTable(stack, "table", {
    name: "items",
    hashKey: "id",
    serverSideEncryption: { enabled: true, kmsKeyArn: dataKey.arn },
  });
  const logs = new CloudwatchLogGroup(stack, "logs", { name: "/aws/lambda/worker" });
  const role = new IamRole(stack, "role", {
    name: "worker",
    assumeRolePolicy: policy("trust", () => ({
      AllowLambda: { Effect: "Allow", Action: "sts:AssumeRole", ...service("lambda") },
    })),
  });
  new IamRolePolicy(stack, "role-policy", {
    role: role.name,
    policy: policy("role", () => ({
      Poll: allow(["sqs:DeleteMessage", "sqs:GetQueueAttributes", "sqs:ReceiveMessage"], queue.arn),
      Decrypt: allow("kms:Decrypt", key.arn),
      Log: allow(["logs:CreateLogStream", "logs:PutLogEvents"], `${logs.arn}:*`),
      Store: allow("dynamodb:PutItem", table.arn),
      StoreEncrypted: allow("kms:Decrypt", dataKey.arn, {
        Condition: { StringEquals: { "kms:ViaService": "dynamodb.eu-west-1.amazonaws.com" } },
      }),
    })),
  });
  const worker = new LambdaFunction(stack, "worker", {
    functionName: "worker",
    role: role.arn,
    environment: { variables: { ...(wrong.environment ?? { TABLE: table.name }) } },
  });
  new LambdaEventSourceMapping(stack, "mapping", {
    eventSourceArn: queue.arn,
    functionName: worker.functionName,
  });

  const alarmTopic = new SnsTopic(stack, "alarm-topic", {
    name: "alarms",
    kmsMasterKeyId: wrong.alarmTopicKey ?? alarmKey.arn,
  });
  new SnsTopicPolicy(stack, "alarm-topic-policy", {
    arn: alarmTopic.arn,
    policy: policy("alarmTopic", () => ({
      AllowAlarms: allow("sns:Publish", alarmTopic.arn, {
        ...service("cloudwatch", { StringEquals: { "aws:SourceAccount": ACCOUNT } }),
      }),
    })),
  });
  new CloudwatchMetricAlarm(stack, "alarm", {
    alarmName: "too-old",
    comparisonOperator: "GreaterThanOrEqualToThreshold",
    evaluationPeriods: 1,
    alarmActions: [alarmTopic.arn],
  });
}
