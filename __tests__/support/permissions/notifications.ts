import type { Resource } from "../../../testing/edges/configuration";
import { blocks } from "../../../testing/edges/graph";
import { callsOf } from "./calls";
import { type Case, elsewhere, FOREIGN_ACCOUNT, type World } from "./world";

const TLS = { "aws:SecureTransport": "true" };

/** What S3 may do to whom it tells, and what nobody lets it. */
const CALLS: Readonly<
  Record<string, { readonly may: readonly string[]; readonly mayNot: readonly string[] }>
> = {
  aws_kms_key: {
    may: ["kms:Decrypt", "kms:GenerateDataKey"],
    mayNot: ["kms:CreateGrant", "kms:Encrypt", "kms:PutKeyPolicy", "kms:ScheduleKeyDeletion"],
  },
  aws_lambda_function: {
    may: ["lambda:InvokeFunction"],
    mayNot: ["lambda:InvokeFunctionUrl", "lambda:UpdateFunctionCode", "lambda:AddPermission"],
  },
  aws_sns_topic: { may: ["sns:Publish"], mayNot: ["sns:Subscribe", "sns:DeleteTopic"] },
  aws_sqs_queue: { may: ["sqs:SendMessage"], mayNot: ["sqs:ReceiveMessage", "sqs:DeleteQueue"] },
};

/** What whoever hears of a bucket's objects must allow and refuse S3, beside the cases of every resource of its type. */
export function notificationCases(world: World, owner: Resource): readonly Case[] {
  const told = owner.type === "aws_kms_key" ? encryptedWith(world, owner) : [owner];
  const buckets = [...new Set(told.flatMap((each) => tellingOf(world, each)))];
  return [
    ...buckets.flatMap((bucket) => senderCases(owner, { service: S3, source: bucket })),
    ...topicsBehind(world, owner, told).flatMap((topic) =>
      senderCases(owner, { service: "sns.amazonaws.com", source: topic }),
    ),
    ...(owner.type === "aws_lambda_function" && buckets.length > 0 ? strangersAt(owner) : []),
  ];
}

const S3 = "s3.amazonaws.com";

const BLOCKS = [
  ["queue", "queue_arn"],
  ["topic", "topic_arn"],
  ["lambda_function", "lambda_function_arn"],
] as const;

/** The buckets whose notification leads to a resource. */
function tellingOf(world: World, told: Resource): readonly Resource[] {
  const names = world
    .ofType("aws_s3_bucket_notification")
    .filter((each) =>
      BLOCKS.some(([block, argument]) =>
        blocks(each.arguments[block]).some((part) => world.text(each, part[argument]) === told.arn),
      ),
    )
    .map((each) => world.text(each, each.arguments.bucket));
  return world
    .ofType("aws_s3_bucket")
    .filter((bucket) => names.includes(world.text(bucket, bucket.arguments.bucket)));
}

/** Topics that are told and hand on to queues with the same key. */
function topicsBehind(world: World, owner: Resource, told: readonly Resource[]): readonly Resource[] {
  if (owner.type !== "aws_kms_key") return [];
  return told.filter((each) => each.type === "aws_sns_topic" && tellingOf(world, each).length > 0);
}

function encryptedWith(world: World, key: Resource): readonly Resource[] {
  return ["aws_sqs_queue", "aws_sns_topic"]
    .flatMap((type) => world.ofType(type))
    .filter((each) => world.text(each, each.arguments.kms_master_key_id) === key.arn);
}

/** A service in the name of one bucket or topic of one account, and in no other. */
function senderCases(
  { arn: resource, type }: Resource,
  { service, source }: { readonly service: string; readonly source: Resource },
): readonly Case[] {
  const { may = [], mayNot = [] } = CALLS[type] ?? {};
  const call = (
    expected: Case["expected"],
    why: string,
    action: string,
    from: { readonly arn: string; readonly account: string } = source,
    by = service,
  ): Case => ({
    why,
    expected,
    principal: { service: by },
    action,
    resource,
    context: { ...TLS, "aws:SourceArn": from.arn, "aws:SourceAccount": from.account },
  });
  const neighbour = { arn: `${source.arn}-2`, account: source.account };
  // A bucket's ARN holds no account: a stranger's bucket may come to have the same.
  const stranger = { arn: elsewhere(source.arn), account: FOREIGN_ACCOUNT };
  return [
    ...may.flatMap((action) => [
      call("allowed", `${service} in the name it has`, action),
      call("refused", `${service} for a neighbour in the account`, action, neighbour),
      call("refused", `${service} for one of the same name of another account`, action, stranger),
      call("refused", "another service in the same name", action, source, "events.amazonaws.com"),
    ]),
    ...mayNot.map((action) => call("refused", `${service} doing more`, action)),
  ];
}

/** A function's policy names services only. */
function strangersAt({ arn, account }: Resource): readonly Case[] {
  const call = (why: string, principal: string, administrator: boolean): Case => ({
    why,
    expected: "refused",
    principal: { arn: principal },
    administrator,
    action: "lambda:InvokeFunction",
    resource: arn,
  });
  return [
    call("an administrator of another account", `arn:aws:iam::${FOREIGN_ACCOUNT}:role/administrator`, true),
    call("somebody of the account whom IAM allows nothing", `arn:aws:iam::${account}:user/visitor`, false),
  ];
}

/** A function that is told: it sets aside what it fails, and nothing else of that queue. */
export function failureCases(world: World, role: Resource, home: string): readonly Case[] {
  if (tellingOf(world, world.at(home, "aws_lambda_function")).length === 0) return [];
  const failures = world.at(`${home}/failures`, "aws_sqs_queue").arn;
  return callsOf(role, "failed events", {
    may: [{ actions: ["sqs:SendMessage"], on: failures }],
    mayNot: [
      { actions: ["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:PurgeQueue"], on: failures },
      { actions: ["sqs:SendMessage"], on: elsewhere(failures) },
      { actions: ["sqs:SendMessage"], on: `${failures}-2` },
    ],
  });
}
