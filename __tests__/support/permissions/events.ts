import type { Resource } from "../../../testing/edges/configuration";
import { callsOf, sourceTrustCases } from "./calls";
import { type Calls, targetCalls } from "./event-targets";
import { LOG_KEY_USE } from "./resources";
import { ruleSender, senderCases, TLS } from "./senders";
import { type Case, elsewhere, pathOf, type World } from "./world";

/** Which rules may send to what lies at a path: both below an example, or below a part of the pictures stack. */
const SENDERS: Readonly<Record<string, readonly string[]>> = {
  "event-bus/example-0/forwarding/dead-letters": ["forwarding/health"],
  "event-bus/example-0/forwarding/key": ["forwarding/health"],
  "event-archive/example-0/shipping": ["orders/ship"],
  "event-archive/example-0/counting": ["orders/count"],
  "event-archive/example-0/orders/dead-letters": ["orders/ship", "orders/count"],
  "event-archive/example-0/orders/key": ["orders/ship", "orders/count"],
  "event-router/example-0/uploads/rules/dead-letters": ["uploads/rules/pictures"],
  "event-router/example-0/uploads/rules/key": ["uploads/rules/pictures"],
  "event-rules/example-0/review": ["orders/large-orders"],
  "event-rules/example-0/orders/dead-letters": ["orders/large-orders"],
  "event-rules/example-0/orders/key": ["orders/large-orders"],
  "pictures/router/rules/dead-letters": ["rules/large"],
  "pictures/router/rules/key": ["rules/large"],
};

/** The rules that may send to a resource. */
function rulesFor(world: World, resource: Resource): readonly Resource[] {
  const path = pathOf(resource);
  const [found] = Object.entries(SENDERS).filter(([end]) => path.endsWith(`-${end}`));
  if (found === undefined) return [];
  const [end, rules] = found;
  const home = path.slice(0, -end.length) + end.split("/").slice(0, 2).join("/");
  return rules.map((rule) => world.at(`${home}/${rule}`, "aws_cloudwatch_event_rule"));
}

/** A queue that rules send to, as a target or with what they could not deliver. */
export function eventQueueCases(world: World, queue: Resource): readonly Case[] {
  return rulesFor(world, queue).flatMap((rule) =>
    senderCases(queue.arn, ruleSender(rule), {
      may: ["sqs:SendMessage"],
      mayNot: ["sqs:ReceiveMessage", "sqs:DeleteQueue", "sqs:SetQueueAttributes"],
    }),
  );
}

/** The key of such a queue, or of a log group that rules write to. */
export function eventKeyCases(world: World, key: Resource): readonly Case[] {
  if (pathOf(key).endsWith("/logs-key")) return eventLogs(world).flatMap((group) => logKeyCases(key, group));
  return rulesFor(world, key).flatMap((rule) =>
    senderCases(key.arn, ruleSender(rule), {
      may: ["kms:Decrypt", "kms:GenerateDataKey"],
      mayNot: ["kms:CreateGrant", "kms:PutKeyPolicy", "kms:ScheduleKeyDeletion"],
    }),
  );
}

const ruleOf = (world: World, group: Resource) =>
  world.find(pathOf(group).split("/").slice(0, -2).join("/"), "aws_cloudwatch_event_rule");

const eventLogs = (world: World) =>
  world.ofType("aws_cloudwatch_log_group").filter((group) => ruleOf(world, group) !== undefined);

/**
 * CloudWatch Logs says which log group it works for in the encryption context: a group of the key's own stack, and of no
 * other, though the names of all such groups begin alike.
 */
function logKeyCases(key: Resource, group: Resource): readonly Case[] {
  const call = (expected: Case["expected"], service: string, action: string, arn: string): Case => ({
    why: `${service} for ${arn}`,
    expected,
    principal: { service },
    action,
    resource: key.arn,
    context: { "kms:EncryptionContext:aws:logs:arn": arn },
  });
  const logs = `logs.${key.region}.amazonaws.com`;
  return [
    ...LOG_KEY_USE.map((action) =>
      call(group.stack === key.stack ? "allowed" : "refused", logs, action, group.arn),
    ),
    call("refused", logs, "kms:PutKeyPolicy", group.arn),
    call("refused", logs, "kms:GenerateDataKey", `${group.arn}-2`),
    call("refused", "events.amazonaws.com", "kms:GenerateDataKey", group.arn),
  ];
}

/** A log group that a rule writes to: in its name, once there is a stream. */
export function eventLogCases(world: World, group: Resource): readonly Case[] {
  const rule = ruleOf(world, group);
  if (rule === undefined) return [];
  const stream = `${group.arn}:log-stream:one`;
  return ["events.amazonaws.com", "delivery.logs.amazonaws.com"].flatMap((service) => [
    ...senderCases(
      stream,
      { ...ruleSender(rule), service },
      {
        may: ["logs:PutLogEvents"],
        mayNot: ["logs:DeleteLogStream", "logs:GetLogEvents", "logs:PutRetentionPolicy"],
      },
    ).filter(({ why }) => service === "events.amazonaws.com" || !why.startsWith("another service")),
    ...["logs:CreateLogStream", "logs:DeleteLogGroup"].map(
      (action): Case => ({
        why: `${service}, before it says for which rule`,
        expected: action === "logs:CreateLogStream" ? "allowed" : "refused",
        principal: { service },
        action,
        resource: stream,
        context: TLS,
      }),
    ),
    ...["logs:CreateLogStream", "logs:PutLogEvents"].map(
      (action): Case => ({
        why: `${service} in a log that is not for the rule`,
        expected: "refused",
        principal: { service },
        action,
        resource: `${group.arn}-2:log-stream:one`,
        context: { ...TLS, "aws:SourceArn": rule.arn, "aws:SourceAccount": rule.account },
      }),
    ),
    {
      why: "another service making a stream",
      expected: "refused",
      principal: { service: "sns.amazonaws.com" },
      action: "logs:CreateLogStream",
      resource: stream,
      context: TLS,
    },
  ]);
}

/** What a role of the event modules is for. */
interface Task {
  readonly service: string;
  /** The source in whose name the role is taken. */
  readonly sourceArn: string;
  readonly calls: readonly Calls[];
}

/** By where the role stands; none for any other. */
function taskOf(world: World, role: Resource): Task | undefined {
  const ids = pathOf(role).split("/");
  const home = ids.slice(0, -1).join("/");
  const rule = world.find(ids.slice(0, -2).join("/"), "aws_cloudwatch_event_rule");
  if (rule !== undefined) {
    const calls = targetCalls(world, role, ids.at(-2) ?? "", "rule") ?? [ruleCalls(world, role, ids)];
    return { service: "events.amazonaws.com", sourceArn: rule.arn, calls };
  }
  const group = world.find(`${home}/group`, "aws_scheduler_schedule_group");
  if (group === undefined) return undefined;
  const sending = (path: string): Calls => ({
    actions: ["sqs:SendMessage"],
    on: world.at(path, "aws_sqs_queue").arn,
    mistakes: ["sqs:ReceiveMessage", "sqs:DeleteMessage"],
  });
  const target = targetCalls(world, role, ids.at(-2)?.replace(/-daily$/, "") ?? "", "schedule") ?? [
    sending(`${ids.slice(0, -2).join("/")}/reports`),
  ];
  return {
    service: "scheduler.amazonaws.com",
    sourceArn: group.arn,
    calls: [sending(`${home}/dead-letters`), ...target],
  };
}

/** What the role of a rule's target is for, by the target's name. */
function ruleCalls(world: World, role: Resource, ids: readonly string[]): Calls {
  const home = ids.slice(0, ids.findIndex((id) => id.startsWith("example-")) + 1).join("/");
  const account = `${role.region}:${role.account}`;
  switch (ids.at(-2)) {
    case "process":
      return {
        actions: ["states:StartExecution"],
        on: `arn:aws:states:${account}:stateMachine:workflow`,
        mistakes: ["states:StopExecution", "states:DeleteStateMachine"],
      };
    case "listeners":
      return {
        actions: ["kinesis:PutRecord"],
        on: world.at(`${home}/listeners`, "aws_kinesis_stream").arn,
        mistakes: ["kinesis:GetRecords", "kinesis:DeleteStream"],
      };
    case "record":
      return {
        actions: ["firehose:PutRecord", "firehose:PutRecordBatch"],
        on: `arn:aws:firehose:${account}:deliverystream/records`,
        mistakes: ["firehose:DeleteDeliveryStream", "firehose:UpdateDestination"],
      };
    case "shop":
      return {
        actions: ["events:PutEvents"],
        on: world.at(`${home}/shop`, "aws_cloudwatch_event_bus").arn,
        mistakes: ["events:PutRule", "events:DeleteEventBus"],
      };
    // Of an alert on API calls: the default bus of its own region, to which us-east-1 forwards.
    case "home":
      return {
        actions: ["events:PutEvents"],
        on: `arn:aws:events:eu-west-1:${role.account}:event-bus/default`,
        mistakes: ["events:PutRule", "events:PutPermission"],
      };
    default:
      throw new Error(`nobody says what the role at ${pathOf(role)} is for`);
  }
}

/** The cases of a role of the event modules: who takes it, and what it may call; none for any other role. */
export function eventRoleCases(world: World, role: Resource): readonly Case[] | undefined {
  const task = taskOf(world, role);
  if (task === undefined) return undefined;
  const { service, sourceArn, calls } = task;
  return [
    ...sourceTrustCases(role, service, sourceArn),
    ...calls.flatMap(({ actions, on, mistakes, context, otherContexts = [], others = [] }) =>
      callsOf(role, "its target", {
        may: [{ actions, on, context }],
        mayNot: [
          { actions: mistakes, on, context },
          { actions, on: `${on}-2`, context },
          { actions, on: elsewhere(on), context },
          ...otherContexts.map((other) => ({ actions, on, context: other })),
          ...others.map((other) => ({ ...other, context })),
        ],
      }),
    ),
  ];
}
