import type { Resource } from "../configuration";
import { blocks, type Graph } from "../graph";
import type { Row } from "../row";
import { type Caller, keysOf, type RoleTarget, roleTargetRows } from "./targets";

const SCHEDULER = "https://docs.aws.amazon.com/scheduler/latest/UserGuide";
const EXECUTION_ROLE = `${SCHEDULER}/setting-up.html#setting-up-execution-role`;

const from = "aws_scheduler_schedule";
const target = (schedule: Resource) => blocks(schedule.arguments.target)[0] ?? {};
const UNPROVEN = "the emulator calls whatever the role says";

const caller: Caller = {
  word: "schedule",
  from,
  called: (schedule) => ({ arn: target(schedule).arn, role: target(schedule).role_arn }),
};

/** A schedule sends in its role to its dead-letter queue too. */
const setter: Caller = {
  word: "schedule's dead letters:",
  from,
  called: (schedule) => ({
    arn: blocks(target(schedule).dead_letter_config)[0]?.arn,
    role: target(schedule).role_arn,
  }),
};

const queue: RoleTarget = {
  verb: "sends to queue",
  type: "aws_sqs_queue",
  service: "sqs",
  actions: ["sqs:SendMessage"],
  document: EXECUTION_ROLE,
  unproven: UNPROVEN,
  key: keysOf.queue,
};

const targets: readonly RoleTarget[] = [
  queue,
  {
    verb: "publishes to topic",
    type: "aws_sns_topic",
    service: "sns",
    actions: ["sns:Publish"],
    document: EXECUTION_ROLE,
    unproven: UNPROVEN,
    key: keysOf.topic,
  },
  {
    verb: "invokes function",
    type: "aws_lambda_function",
    service: "lambda",
    actions: ["lambda:InvokeFunction"],
    document: EXECUTION_ROLE,
    unproven: UNPROVEN,
  },
  {
    verb: "starts state machine",
    type: "aws_sfn_state_machine",
    service: "states",
    actions: ["states:StartExecution"],
    document: EXECUTION_ROLE,
    unproven: UNPROVEN,
    key: keysOf.machine,
  },
  {
    verb: "puts records in stream",
    type: "aws_kinesis_stream",
    service: "kinesis",
    actions: ["kinesis:PutRecord"],
    document: EXECUTION_ROLE,
    unproven: "a schedule reaches a stream on no emulator",
    key: keysOf.stream,
  },
  {
    verb: "puts records in delivery stream",
    type: "aws_kinesis_firehose_delivery_stream",
    service: "firehose",
    actions: ["firehose:PutRecord"],
    document: EXECUTION_ROLE,
    unproven: "a schedule reaches Firehose on no emulator",
  },
];

/** The ARN of a schedule's group, in whose name Scheduler takes the role. */
function groupArn(schedule: Resource, graph: Graph): string {
  const name = graph.text(schedule, schedule.arguments.group_name) ?? "default";
  const { partition, region, account } = schedule;
  return (
    graph.find(name, "aws_scheduler_schedule_group")?.arn ??
    `arn:${partition}:scheduler:${region}:${account}:schedule-group/${name}`
  );
}

const trust: Row = {
  kind: "schedule takes its role",
  from,
  to: "aws_iam_role",
  principal: { service: "scheduler.amazonaws.com" },
  actions: ["sts:AssumeRole"],
  document: `${SCHEDULER}/cross-service-confused-deputy-prevention.html`,
  ends: (schedule, graph) => {
    const role = graph.text(schedule, target(schedule).role_arn);
    if (role === undefined) return [];
    return [{ to: graph.find(role, "aws_iam_role") ?? role, source: groupArn(schedule, graph) }];
  },
};

/** Schedules of EventBridge Scheduler: their role, what they call in it, and their dead-letter queues. */
export const schedules: readonly Row[] = [
  trust,
  ...targets.flatMap((each) => roleTargetRows(caller, each)),
  ...roleTargetRows(setter, { ...queue, document: `${SCHEDULER}/configuring-schedule-dlq.html` }),
];
