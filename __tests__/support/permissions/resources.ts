import type { Resource } from "../../../testing/edges/configuration";
import { type Sender, senderCases, TLS } from "./senders";
import { keepsLogs } from "./trails";
import { type Case, elsewhere, FOREIGN_ACCOUNT, pathOf, type World } from "./world";

/** The fan-out that a part of it belongs to: the topic that is nearest above. */
function topicAbove(world: World, resource: Resource): Resource | undefined {
  const ids = pathOf(resource).split("/");
  const above = ids.map((_, index) => ids.slice(0, ids.length - 1 - index).join("/"));
  return above.map((path) => world.find(path, "aws_sns_topic")).find((topic) => topic !== undefined);
}

interface Who {
  readonly own: { readonly arn: string };
  readonly foreign: { readonly arn: string };
}

/** Administrators: their own policies allow everything, so what stops them is the resource's policy. */
const administrators = ({ account }: Resource): Who => ({
  own: { arn: `arn:aws:iam::${account}:role/administrator` },
  foreign: { arn: `arn:aws:iam::${FOREIGN_ACCOUNT}:role/administrator` },
});

const NO_TLS = { "aws:SecureTransport": "false" };

/** TLS or nothing, and nobody of another account, for calls that an administrator makes. */
function doors(resource: Resource, arn: string, allowed: readonly string[]): readonly Case[] {
  const { own, foreign } = administrators(resource);
  return allowed.flatMap((action): Case[] => [
    {
      why: "the account's own administrator, over TLS",
      expected: "allowed",
      principal: own,
      administrator: true,
      action,
      resource: arn,
      context: TLS,
    },
    {
      why: "the account's own administrator, without TLS",
      expected: "refused",
      principal: own,
      administrator: true,
      action,
      resource: arn,
      context: NO_TLS,
    },
    {
      why: "an administrator of another account",
      expected: "refused",
      principal: foreign,
      administrator: true,
      action,
      resource: arn,
      context: TLS,
    },
  ]);
}

/** The doors of a queue, and the topic that it is subscribed to. */
export function queueCases(world: World, queue: Resource): readonly Case[] {
  const topic = topicAbove(world, queue);
  const fromTopic = topic !== undefined && !/\/dead-letters$/.test(pathOf(queue));
  const more = ["sqs:ReceiveMessage", "sqs:DeleteQueue", "sqs:SetQueueAttributes"];
  return [
    ...doors(queue, queue.arn, ["sqs:SendMessage", "sqs:ReceiveMessage", "sqs:PurgeQueue"]),
    ...(topic === undefined
      ? []
      : fromTopic
        ? senderCases(
            queue.arn,
            {
              service: "sns.amazonaws.com",
              sourceArn: topic.arn,
              others: [`${topic.arn}-2`, elsewhere(topic.arn)],
            },
            { may: ["sqs:SendMessage"], mayNot: more },
          )
        : [
            {
              why: "its topic, past the queue",
              expected: "refused" as const,
              principal: { service: "sns.amazonaws.com" },
              action: "sqs:SendMessage",
              resource: queue.arn,
              context: { ...TLS, "aws:SourceArn": topic.arn },
            },
          ]),
  ];
}

/** CloudWatch in the name of an alarm of the same account and region. */
function alarmSender({ region, account }: Resource): Sender {
  const sourceArn = `arn:aws:cloudwatch:${region}:${account}:alarm:too-deep`;
  return {
    service: "cloudwatch.amazonaws.com",
    sourceArn,
    others: [
      elsewhere(sourceArn),
      sourceArn.replace(region, region === "us-east-1" ? "eu-west-1" : "us-east-1"),
    ],
  };
}

/** The doors of a topic, and the alarms that publish to one of alarms. */
export function topicCases(world: World, topic: Resource): readonly Case[] {
  const { own } = administrators(topic);
  const alarms =
    world.find(`${pathOf(topic)}/key`, "aws_kms_key") !== undefined && /alarms$/.test(pathOf(topic));
  return [
    ...doors(topic, topic.arn, ["sns:Publish"]),
    {
      why: "an administrator's other calls: SNS knows the condition for Publish only",
      expected: "allowed",
      principal: own,
      administrator: true,
      action: "sns:GetTopicAttributes",
      resource: topic.arn,
      context: NO_TLS,
    },
    ...(alarms
      ? senderCases(topic.arn, alarmSender(topic), {
          may: ["sns:Publish"],
          mayNot: ["sns:Subscribe", "sns:DeleteTopic"],
        })
      : []),
  ];
}

const KEY_USE = ["kms:Decrypt", "kms:GenerateDataKey"];
/** What CloudWatch Logs does with the key of a log group (its user guide, "Encrypt log data using AWS KMS"). */
export const LOG_KEY_USE = [
  ...KEY_USE,
  "kms:DescribeKey",
  "kms:Encrypt",
  "kms:ReEncryptFrom",
  "kms:ReEncryptTo",
];
const KEY_ADMINISTRATION = ["kms:CreateGrant", "kms:PutKeyPolicy", "kms:ScheduleKeyDeletion"];

/** A key's doors, and whoever it encrypts for. */
export function keyCases(world: World, key: Resource): readonly Case[] {
  return [...keyDoors(key), ...keySenderCases(world, key)];
}

function keyDoors(key: Resource): readonly Case[] {
  const { own, foreign } = administrators(key);
  return [...KEY_ADMINISTRATION, ...KEY_USE].flatMap((action): Case[] => [
    {
      why: "the account's own administrator",
      expected: "allowed",
      principal: own,
      administrator: true,
      action,
      resource: key.arn,
    },
    {
      why: "somebody of the account whom IAM allows nothing",
      expected: "refused",
      principal: { arn: `arn:aws:iam::${key.account}:user/visitor` },
      action,
      resource: key.arn,
    },
    {
      why: "an administrator of another account",
      expected: "refused",
      principal: foreign,
      administrator: true,
      action,
      resource: key.arn,
    },
  ]);
}

function keySenderCases(world: World, key: Resource): readonly Case[] {
  const path = pathOf(key);
  if (/\/logs-key$/.test(path)) return [...logCases(key), ...executionLogCases(world, key)];
  const topic = topicAbove(world, key);
  if (topic === undefined || !/\/key$/.test(path)) return [];
  const sender: Sender = /alarms$/.test(pathOf(topic))
    ? alarmSender(key)
    : {
        service: "sns.amazonaws.com",
        sourceArn: topic.arn,
        others: [`${topic.arn}-2`, elsewhere(topic.arn)],
      };
  return senderCases(key.arn, sender, { may: KEY_USE, mayNot: KEY_ADMINISTRATION });
}

/** Groups to which API Gateway writes under a name of its own choice: each is named whole. */
function executionLogCases(world: World, key: Resource): readonly Case[] {
  const service = `logs.${key.region}.amazonaws.com`;
  const call = (
    expected: Case["expected"],
    why: string,
    arn: string,
    by: string,
    action = "kms:Decrypt",
  ): Case => ({
    why,
    expected,
    principal: { service: by },
    action,
    resource: key.arn,
    context: { "kms:EncryptionContext:aws:logs:arn": arn },
  });
  return world
    .ofType("aws_cloudwatch_log_group")
    .filter(({ stack, arn }) => stack === key.stack && arn.includes(":API-Gateway-Execution-Logs_"))
    .flatMap(({ arn }) => [
      ...LOG_KEY_USE.map((action) =>
        call("allowed", "CloudWatch Logs, for the log of an API", arn, service, action),
      ),
      ...KEY_ADMINISTRATION.map((action) =>
        call("refused", "CloudWatch Logs doing more", arn, service, action),
      ),
      call("refused", "the log of another API", arn.replace("Logs_", "Logs_2"), service),
      call("refused", "CloudWatch Logs of another region", arn, "logs.us-east-1.amazonaws.com"),
    ]);
}

/** CloudWatch Logs says which log group it works for in the encryption context. */
function logCases(key: Resource): readonly Case[] {
  const stack = key.stack;
  const group = (name: string, account = key.account) =>
    `arn:aws:logs:${key.region}:${account}:log-group:${name}`;
  const call = (
    expected: Case["expected"],
    why: string,
    action: string,
    arn: string,
    region = key.region,
  ): Case => ({
    why,
    expected,
    principal: { service: `logs.${region}.amazonaws.com` },
    action,
    resource: key.arn,
    context: { "kms:EncryptionContext:aws:logs:arn": arn },
  });
  const own = group(`/aws/lambda/${stack}_billing`);
  return [
    ...LOG_KEY_USE.map((action) =>
      call("allowed", "CloudWatch Logs, for a function of the stack", action, own),
    ),
    ...LOG_KEY_USE.map((action) =>
      call("allowed", "CloudWatch Logs, for a group of the stack", action, group(`${stack}/a`)),
    ),
    ...KEY_ADMINISTRATION.map((action) => call("refused", "CloudWatch Logs doing more", action, own)),
    call("refused", "a group of another stack", "kms:Decrypt", group("/aws/lambda/other_billing")),
    call("refused", "a group of another account", "kms:Decrypt", elsewhere(own)),
    call("refused", "CloudWatch Logs of another region", "kms:Decrypt", own, "us-east-1"),
  ];
}

/** The doors of a bus: the own account's IAM says who of it may, and its policy says it of others. */
export function busCases(bus: Resource): readonly Case[] {
  const { own, foreign } = administrators(bus);
  const call = (why: string, principal: Case["principal"], expected: Case["expected"]): Case => ({
    why,
    expected,
    principal,
    administrator: true,
    action: "events:PutEvents",
    resource: bus.arn,
    context: TLS,
  });
  return [
    call("the account's own administrator", own, "allowed"),
    call("an administrator of another account", foreign, "refused"),
  ];
}

/** The doors of a bucket, and of what is in it. */
export function bucketCases(world: World, bucket: Resource): readonly Case[] {
  const object = `${bucket.arn}/a/state.tfstate`;
  return [
    ...doors(bucket, bucket.arn, ["s3:ListBucket"]),
    ...doors(bucket, object, ["s3:GetObject", "s3:PutObject"]),
    ...(keepsLogs(world, bucket) ? [] : doors(bucket, object, ["s3:DeleteObject"])),
  ];
}
