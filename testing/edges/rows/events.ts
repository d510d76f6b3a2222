import type { Context } from "../../policies/policy";
import type { Resource } from "../configuration";
import { blocks, type Graph } from "../graph";
import { serviceKeyEnds } from "../keys";
import type { End, Row } from "../row";
import { invokingRow } from "./invocations";
import { streamOf } from "./logs";
import { encrypting, sending } from "./messages";
import { type Caller, keysOf, type RoleTarget, roleTargetRows } from "./targets";

const EVENTS = "https://docs.aws.amazon.com/eventbridge/latest/userguide";
const BY_RESOURCE = `${EVENTS}/eb-use-resource-based.html`;
const BY_ROLE = `${EVENTS}/eb-use-identity-based.html`;
/** "Configure AWS KMS permissions with confused deputy protection": which services' calls carry `aws:SourceArn`. */
const CONFUSED_DEPUTY =
  "https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-key-management.html";

const target = {
  from: "aws_cloudwatch_event_target",
  principal: { service: "events.amazonaws.com" },
} as const;

/** The last part of a bus's name or ARN; nothing said is the default bus. */
const busOf = (graph: Graph, from: Resource) =>
  (graph.text(from, from.arguments.event_bus_name) ?? "default").split("event-bus/").at(-1) as string;

/** A target's rule, as far as it is in these stacks, and its path: names are unique on a bus only. */
function ruleOf(from: Resource, graph: Graph): { readonly path: string; readonly here?: Resource } {
  const name = graph.text(from, from.arguments.rule) ?? "";
  const bus = busOf(graph, from);
  const path = bus === "default" ? name : `${bus}/${name}`;
  const rules = graph.ofType("aws_cloudwatch_event_rule");
  return { path, here: rules.find(({ arn }) => arn.endsWith(`:rule/${path}`)) };
}

/** The ARN of a target's rule. */
function ruleArn(from: Resource, graph: Graph): string {
  const { path, here } = ruleOf(from, graph);
  return here?.arn ?? `arn:${from.partition}:events:${from.region}:${from.account}:rule/${path}`;
}

/** What forwarded events say of themselves, as far as their rule's pattern says it in whole words. */
function forwarded(from: Resource, graph: Graph): Context {
  const { here } = ruleOf(from, graph);
  const pattern = JSON.parse((here && graph.text(here, here.arguments.event_pattern)) ?? "{}");
  const words = (values: unknown) => [values ?? []].flat().filter((each) => typeof each === "string");
  const said = {
    "events:source": words(pattern.source),
    "events:detail-type": words(pattern["detail-type"]),
  };
  return Object.fromEntries(Object.entries(said).filter(([, values]) => values.length > 0));
}

/** What a target's argument names, of one type; the text of one elsewhere, if it is of that service. */
function ends(
  from: Resource,
  graph: Graph,
  value: unknown,
  { type, service }: { readonly type: string; readonly service: string },
): readonly (End & { readonly source: string })[] {
  const arn = graph.text(from, value);
  if (arn === undefined) return [];
  const to = graph.find(arn, type) ?? (arn.split(":")[2] === service ? arn : undefined);
  return to === undefined ? [] : [{ to, source: ruleArn(from, graph) }];
}

const queue = { type: "aws_sqs_queue", service: "sqs" };
const topic = { type: "aws_sns_topic", service: "sns" };
const group = { type: "aws_cloudwatch_log_group", service: "logs" };

const keyEnds = (graph: Graph, found: readonly (End & { readonly source: string })[]): readonly End[] =>
  found.flatMap(({ to, source }) => (typeof to === "string" ? [] : serviceKeyEnds(graph, to, { source })));

const deadLetters = (from: Resource): unknown => blocks(from.arguments.dead_letter_config)[0]?.arn;

const NO_CONDITION =
  "AWS's page has no condition; that the call carries the rule's ARN as aws:SourceArn wants a real account";
// The page's list of services has EventBridge by its older name; its example binds a queue's ARN, others' docs a sender's.
const SOURCE_OF_KEY_USE =
  "SQS's page says that EventBridge's calls on a queue's key carry aws:SourceArn; that it is the rule's ARN, as on the queue itself, " +
  "wants a real account";

const byPolicy: readonly Row[] = [
  invokingRow(
    {
      kind: "rule invokes function",
      from: target.from,
      service: "events.amazonaws.com",
      document: `${BY_RESOURCE}#eb-lambda-permissions`,
    },
    (from, graph) =>
      graph.text(from, from.arguments.arn)?.split(":")[2] === "lambda"
        ? [{ named: from.arguments.arn, source: ruleArn(from, graph) }]
        : [],
  ),
  {
    ...target,
    ...sending,
    kind: "rule sends to queue",
    document: `${BY_RESOURCE}#eb-sqs-permissions`,
    ends: (from, graph) => ends(from, graph, from.arguments.arn, queue),
  },
  {
    ...target,
    ...encrypting,
    kind: "rule encrypts for queue",
    document: CONFUSED_DEPUTY,
    unproven: SOURCE_OF_KEY_USE,
    ends: (from, graph) => keyEnds(graph, ends(from, graph, from.arguments.arn, queue)),
  },
  {
    ...target,
    kind: "rule publishes to topic",
    to: "aws_sns_topic",
    actions: ["sns:Publish"],
    document: `${BY_RESOURCE}#eb-sns-permissions`,
    unproven: NO_CONDITION,
    ends: (from, graph) => ends(from, graph, from.arguments.arn, topic),
  },
  {
    ...target,
    ...encrypting,
    kind: "rule encrypts for topic",
    // The page says that aws:SourceArn and aws:SourceAccount are not supported here: the call carries the topic only.
    boundBy: "kms:EncryptionContext:aws:sns:topicArn",
    document:
      "https://docs.aws.amazon.com/sns/latest/dg/sns-key-management.html#compatibility-with-aws-services",
    ends: (from, graph) => keyEnds(graph, ends(from, graph, from.arguments.arn, topic)),
  },
  {
    ...target,
    ...sending,
    kind: "rule sets aside in dead-letter queue",
    document: `${EVENTS}/eb-rule-dlq.html#eb-dlq-perms`,
    unproven: "no emulator delivers to a target's dead-letter queue",
    ends: (from, graph) => ends(from, graph, deadLetters(from), queue),
  },
  {
    ...target,
    ...encrypting,
    kind: "rule encrypts for dead-letter queue",
    document: CONFUSED_DEPUTY,
    unproven: SOURCE_OF_KEY_USE,
    ends: (from, graph) => keyEnds(graph, ends(from, graph, deadLetters(from), queue)),
  },
  ...["events.amazonaws.com", "delivery.logs.amazonaws.com"].flatMap((service): Row[] => [
    {
      ...target,
      principal: { service },
      kind: `rule makes log streams, by ${service}`,
      to: "aws_cloudwatch_log_group",
      actions: ["logs:CreateLogStream"],
      document: `${BY_RESOURCE}#eb-cloudwatchlogs-permissions`,
      sourceless: "AWS's own template and the provider's example bind only the writing to the rule",
      unproven: "no emulator that writes events to a log group asks for the policy",
      ends: (from, graph) => logEnds(from, graph),
    },
    {
      ...target,
      principal: { service },
      kind: `rule writes to log group, by ${service}`,
      to: "aws_cloudwatch_log_group",
      actions: ["logs:PutLogEvents"],
      document: `${BY_RESOURCE}#eb-cloudwatchlogs-permissions`,
      unproven: "no emulator that writes events to a log group asks for the policy",
      ends: (from, graph) => logEnds(from, graph),
    },
  ]),
];

const logEnds = (from: Resource, graph: Graph): readonly End[] =>
  ends(from, graph, from.arguments.arn, group).map((end) =>
    typeof end.to === "string" ? end : { ...end, ...streamOf(end.to.arn) },
  );

const caller: Caller = {
  word: "rule",
  from: target.from,
  called: ({ arguments: { arn, role_arn: role } }) => ({ arn, role }),
};

const roleTargets: readonly RoleTarget[] = [
  {
    verb: "starts state machine",
    type: "aws_sfn_state_machine",
    service: "states",
    actions: ["states:StartExecution"],
    document: `${BY_ROLE}#eb-target-permissions`,
    unproven: "the emulator starts it whatever the role says",
    key: keysOf.machine,
  },
  {
    verb: "puts records in stream",
    type: "aws_kinesis_stream",
    service: "kinesis",
    actions: ["kinesis:PutRecord"],
    documented: ["kinesis:PutRecords"],
    document: `${BY_ROLE}#eb-target-permissions`,
    unproven: "EventBridge reaches a stream on no emulator",
    key: keysOf.stream,
  },
  {
    verb: "puts records in delivery stream",
    type: "aws_kinesis_firehose_delivery_stream",
    service: "firehose",
    actions: ["firehose:PutRecord", "firehose:PutRecordBatch"],
    document: `${EVENTS}/eb-custom-bus-target-firehose.html`,
    unproven:
      "EventBridge reaches Firehose on no emulator; AWS's console allows both calls, its page the second",
  },
  {
    verb: "forwards to bus",
    type: "aws_cloudwatch_event_bus",
    service: "events",
    actions: ["events:PutEvents"],
    // Into another account the bus's policy lets the sender in besides ("Sending and receiving events between AWS accounts").
    document: `${EVENTS}/eb-cross-account.html`,
    unproven: "the emulator forwards whatever the role and the bus's policy say",
    says: forwarded,
  },
];

const trust: Row = {
  ...target,
  kind: "rule takes its target's role",
  to: "aws_iam_role",
  actions: ["sts:AssumeRole"],
  document: `${EVENTS}/cross-service-confused-deputy-prevention.html`,
  ends: (from, graph) => {
    const role = graph.text(from, from.arguments.role_arn);
    if (role === undefined) return [];
    return [{ to: graph.find(role, "aws_iam_role") ?? role, source: ruleArn(from, graph) }];
  },
};

/** Rules of EventBridge: their targets, those targets' keys and roles, and their dead-letter queues. */
export const events: readonly Row[] = [
  ...byPolicy,
  trust,
  ...roleTargets.flatMap((each) => roleTargetRows(caller, each)),
];
