import type { Resource } from "../../../testing/edges/configuration";
import { callsOf, notThrough, through, trustCases } from "./calls";
import { failureCases } from "./notifications";
import { objectCases } from "./objects";
import { type Case, elsewhere, FOREIGN_ACCOUNT, pathOf, type World } from "./world";

/** Which table each function of the event processing stack writes, and how. */
const FUNCTIONS: Readonly<Record<string, { readonly table: string; readonly actions: readonly string[] }>> = {
  billing: { table: "invoices", actions: ["dynamodb:PutItem"] },
  audit: { table: "audit-entries", actions: ["dynamodb:PutItem"] },
  analytics: { table: "daily-totals", actions: ["dynamodb:UpdateItem"] },
};

/** The cases of a network's flow log; none for any other role. */
export function flowLogRoleCases(world: World, role: Resource): readonly Case[] | undefined {
  const ids = pathOf(role).split("/");
  if (ids.at(-2) !== "flow-log") return undefined;
  const group = world.at([...ids.slice(0, -1), "log-group"].join("/"), "aws_cloudwatch_log_group");
  const write = ["logs:CreateLogStream", "logs:DescribeLogStreams", "logs:PutLogEvents"];
  return [...flowLogTrust(role), ...logCases(role, group, write)];
}

/** The cases of a function: who takes its role, what every function may do, and what its own work is; none for any other role. */
export function functionRoleCases(world: World, role: Resource): readonly Case[] | undefined {
  const home = pathOf(role).replace(/\/role$/, "");
  if (world.find(home, "aws_lambda_function") === undefined) return undefined;
  return [
    ...trustCases(role, "lambda.amazonaws.com"),
    ...functionCases(world, role, home),
    ...networkCases(world, role, home),
    ...orderCases(world, role, home),
    ...failureCases(world, role, home),
    ...objectCases(world, role, home),
  ];
}

function flowLogTrust(role: Resource): readonly Case[] {
  const arn = `arn:aws:ec2:${role.region}:${role.account}:vpc-flow-log/fl-1`;
  const context = { "aws:SourceArn": arn, "aws:SourceAccount": role.account };
  const foreign = { "aws:SourceArn": elsewhere(arn), "aws:SourceAccount": FOREIGN_ACCOUNT };
  const instance = { ...context, "aws:SourceArn": arn.replace("vpc-flow-log/fl-1", "instance/i-1") };
  return [
    ...trustCases(role, "vpc-flow-logs.amazonaws.com").map((each) => ({ ...each, context })),
    ...[foreign, instance].map(
      (context): Case => ({
        why: "the service in another name",
        expected: "refused",
        principal: { service: "vpc-flow-logs.amazonaws.com" },
        action: "sts:AssumeRole",
        resource: role.arn,
        context,
      }),
    ),
  ];
}

/** A group of a neighbour: one more letter at the end of the name. */
const streamOf = (group: Resource) => `${group.arn}:log-stream:one`;
const neighbourOf = (group: Resource) => `${group.arn}-2:log-stream:one`;

/** Writing to one log, and to no other. */
function logCases(role: Resource, group: Resource, write: readonly string[]): readonly Case[] {
  return [
    ...callsOf(role, "its own log", {
      may: [{ actions: write, on: streamOf(group) }],
      mayNot: [
        { actions: ["logs:DeleteLogStream", "logs:GetLogEvents"], on: streamOf(group) },
        { actions: ["logs:DeleteLogGroup", "logs:PutRetentionPolicy"], on: group.arn },
      ],
    }),
    ...callsOf(role, "another log", {
      mayNot: [
        { actions: write, on: neighbourOf(group) },
        { actions: write, on: elsewhere(streamOf(group)) },
      ],
    }),
  ];
}

const INTERFACES = [
  "ec2:AssignPrivateIpAddresses",
  "ec2:CreateNetworkInterface",
  "ec2:DeleteNetworkInterface",
  "ec2:DescribeNetworkInterfaces",
  "ec2:DescribeSubnets",
  "ec2:UnassignPrivateIpAddresses",
];

/** A function in a network makes its interfaces there; no other function may. */
function networkCases(world: World, role: Resource, home: string): readonly Case[] {
  const { vpc_config: placed } = world.at(home, "aws_lambda_function").arguments;
  const calls = [{ actions: INTERFACES, on: "*" }];
  return callsOf(role, "network interfaces", placed === undefined ? { mayNot: calls } : { may: calls });
}

/** What every function may do: write its log and its traces. */
function functionCases(world: World, role: Resource, home: string): readonly Case[] {
  const group = world.at(`${home}/logs`, "aws_cloudwatch_log_group");
  const write = ["logs:CreateLogStream", "logs:PutLogEvents"];
  return [
    ...logCases(role, group, write),
    ...callsOf(role, "traces", {
      may: [{ actions: ["xray:PutTelemetryRecords", "xray:PutTraceSegments"], on: "*" }],
      mayNot: [{ actions: ["xray:GetTraceSummaries", "xray:DeleteGroup"], on: "*" }],
    }),
  ];
}

const POLL = ["sqs:DeleteMessage", "sqs:GetQueueAttributes", "sqs:ReceiveMessage"];
const ITEMS = [
  "dynamodb:DeleteItem",
  "dynamodb:GetItem",
  "dynamodb:PutItem",
  "dynamodb:Scan",
  "dynamodb:UpdateItem",
];
/** A function that takes the orders of its own queue into its own table. */
function orderCases(world: World, role: Resource, home: string): readonly Case[] {
  if (!role.stack.endsWith("-event-processing")) return [];
  const name = home.split("/").at(-1) ?? "";
  return [...queueCases(world, role, name), ...tableCases(world, role, name), ...keyCases(world, role)];
}

function queueCases(world: World, role: Resource, name: string): readonly Case[] {
  const { stack } = role;
  const queue = (who: string) => world.at(`${stack}/orders/${who}/queue`, "aws_sqs_queue").arn;
  const others = Object.keys(FUNCTIONS).filter((each) => each !== name);
  return callsOf(role, "messages", {
    may: [{ actions: POLL, on: queue(name) }],
    mayNot: [
      {
        actions: ["sqs:SendMessage", "sqs:PurgeQueue", "sqs:DeleteQueue", "sqs:SetQueueAttributes"],
        on: queue(name),
      },
      { actions: POLL, on: elsewhere(queue(name)) },
      ...others.map((other) => ({ actions: POLL, on: queue(other) })),
      { actions: POLL, on: world.at(`${stack}/orders/${name}/queue/dead-letters`, "aws_sqs_queue").arn },
      { actions: POLL, on: world.at(`${stack}/orders/${name}/undelivered`, "aws_sqs_queue").arn },
      { actions: ["sns:Publish", "sns:Subscribe"], on: world.at(`${stack}/orders`, "aws_sns_topic").arn },
    ],
  });
}

function tableCases(world: World, role: Resource, name: string): readonly Case[] {
  const table = (id: string) => world.at(`${role.stack}/${id}`, "aws_dynamodb_table").arn;
  const own = FUNCTIONS[name] as (typeof FUNCTIONS)[string];
  const remember = ["dynamodb:DeleteItem", "dynamodb:PutItem", "dynamodb:UpdateItem"];
  const others = Object.keys(FUNCTIONS).filter((each) => each !== name);
  const but = (actions: readonly string[]) => [
    ...ITEMS.filter((action) => !actions.includes(action)),
    "dynamodb:DeleteTable",
  ];
  return callsOf(role, "items", {
    may: [
      { actions: own.actions, on: table(own.table) },
      { actions: remember, on: table("idempotency") },
    ],
    mayNot: [
      { actions: but(own.actions), on: table(own.table) },
      { actions: but(remember), on: table("idempotency") },
      ...others.map((other) => ({ actions: ITEMS, on: table(FUNCTIONS[other]?.table as string) })),
      { actions: ITEMS, on: elsewhere(table(own.table)) },
    ],
  });
}

function keyCases(world: World, role: Resource): readonly Case[] {
  const key = (path: string) => world.at(`${role.stack}/${path}`, "aws_kms_key").arn;
  const decrypt = ["kms:Decrypt"];
  const administer = ["kms:CreateGrant", "kms:Encrypt", "kms:PutKeyPolicy", "kms:ScheduleKeyDeletion"];
  return callsOf(role, "keys", {
    may: [
      { actions: decrypt, on: key("orders/key"), context: through("sqs", role) },
      { actions: decrypt, on: key("data-key"), context: through("dynamodb", role) },
    ],
    mayNot: [
      { actions: administer, on: key("orders/key"), context: through("sqs", role) },
      { actions: administer, on: key("data-key"), context: through("dynamodb", role) },
      ...notThrough("sqs", role).map((context) => ({ actions: decrypt, on: key("orders/key"), context })),
      ...notThrough("dynamodb", role).map((context) => ({ actions: decrypt, on: key("data-key"), context })),
      ...["sqs", "dynamodb"].map((service) => ({
        actions: decrypt,
        on: key("logs-key"),
        context: through(service, role),
      })),
      { actions: decrypt, on: elsewhere(key("orders/key")), context: through("sqs", role) },
    ],
  });
}
