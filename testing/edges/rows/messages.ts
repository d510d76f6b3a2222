import type { Resource } from "../configuration";
import type { Graph } from "../graph";
import { roleKeyEnds, serviceKeyEnds } from "../keys";
import type { End, Row } from "../row";
import { roleOfCalled } from "./invocations";

const SNS = "https://docs.aws.amazon.com/sns/latest/dg";
const SQS = "https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide";
const LAMBDA = "https://docs.aws.amazon.com/lambda/latest/dg";

/** A queue that a value names, or the text that names one elsewhere. */
function queue(graph: Graph, from: Resource, value: unknown): Resource | string | undefined {
  const text = graph.text(from, value);
  return graph.find(text, "aws_sqs_queue") ?? text;
}

function parsed(text: string | undefined): Readonly<Record<string, unknown>> {
  try {
    return JSON.parse(text ?? "{}");
  } catch {
    return {};
  }
}

/** The dead-letter queue in a redrive policy. */
function deadLetterQueue(graph: Graph, from: Resource): Resource | string | undefined {
  const { deadLetterTargetArn } = parsed(graph.text(from, from.arguments.redrive_policy));
  return typeof deadLetterTargetArn === "string" ? queue(graph, from, deadLetterTargetArn) : undefined;
}

function target(graph: Graph, subscription: Resource): Resource | string | undefined {
  return subscription.arguments.protocol === "sqs"
    ? queue(graph, subscription, subscription.arguments.endpoint)
    : undefined;
}

const topicArn = (graph: Graph, subscription: Resource) => ({
  source: graph.text(subscription, subscription.arguments.topic_arn),
});

const toQueue = (to: Resource | string | undefined, more: Partial<End>): readonly End[] =>
  to === undefined ? [] : [{ to, ...more }];
const toKeyOf = (graph: Graph, to: Resource | string | undefined, more: Partial<End>): readonly End[] =>
  to === undefined || typeof to === "string" ? [] : serviceKeyEnds(graph, to, more);

const subscription = {
  from: "aws_sns_topic_subscription",
  principal: { service: "sns.amazonaws.com" },
} as const;
/** What a service asks of a queue that it sends to, and of the key of a queue or topic. */
export const sending = { to: "aws_sqs_queue", actions: ["sqs:SendMessage"] } as const;
export const encrypting = {
  to: "aws_kms_key",
  actions: ["kms:Decrypt", "kms:GenerateDataKey"],
  documented: ["kms:GenerateDataKey*"],
} as const;

const subscriptions: readonly Row[] = [
  {
    ...subscription,
    ...sending,
    kind: "subscription delivers to queue",
    document: `${SNS}/subscribe-sqs-queue-to-sns-topic.html`,
    ends: (from, graph) => toQueue(target(graph, from), topicArn(graph, from)),
  },
  {
    ...subscription,
    ...encrypting,
    kind: "subscription encrypts for queue",
    document: `${SQS}/sqs-key-management.html#compatibility-with-aws-services`,
    ends: (from, graph) => toKeyOf(graph, target(graph, from), topicArn(graph, from)),
  },
  {
    ...subscription,
    ...sending,
    kind: "subscription sets aside in dead-letter queue",
    document: `${SNS}/sns-configure-dead-letter-queue.html`,
    ends: (from, graph) => toQueue(deadLetterQueue(graph, from), topicArn(graph, from)),
  },
  {
    ...subscription,
    ...encrypting,
    kind: "subscription encrypts for dead-letter queue",
    document: `${SNS}/sns-configure-dead-letter-queue.html`,
    ends: (from, graph) => toKeyOf(graph, deadLetterQueue(graph, from), topicArn(graph, from)),
  },
];

/** SQS moves messages itself, and asks no policy but the redrive allow policy of the dead-letter queue. */
const redrive: Row = {
  kind: "queue sets aside in dead-letter queue",
  from: "aws_sqs_queue",
  to: "aws_sqs_queue",
  principal: { service: "sqs.amazonaws.com" },
  actions: [],
  document: `${SQS}/sqs-dead-letter-queues.html`,
  ends: (from, graph) => {
    const to = deadLetterQueue(graph, from);
    if (to === undefined) return [];
    return [typeof to === "string" ? { to } : { to, never: refusal(graph, from, to) }];
  },
};

function refusal(graph: Graph, source: Resource, target: Resource): string | undefined {
  const inline = [{ carrier: target, value: target.arguments.redrive_allow_policy }];
  const apart = graph
    .ofType("aws_sqs_queue_redrive_allow_policy")
    .filter((each) => graph.find(graph.text(each, each.arguments.queue_url), "aws_sqs_queue") === target)
    .map((each) => ({ carrier: each, value: each.arguments.redrive_allow_policy }));
  for (const { carrier, value } of [...inline, ...apart]) {
    if (value === undefined) continue;
    const { redrivePermission, sourceQueueArns = [] } = parsed(graph.text(carrier, value));
    const named = (sourceQueueArns as readonly string[]).includes(source.arn);
    if (redrivePermission === "allowAll" || (redrivePermission === "byQueue" && named)) continue;
    return `the redrive allow policy ${carrier.path} does not let ${source.path} set messages aside: name its ARN there`;
  }
  return undefined;
}

/** The queue that a mapping reads, with the function's role. */
function consumed(
  from: Resource,
  graph: Graph,
): { readonly queue: Resource | string; readonly role: Resource | string }[] {
  const text = graph.text(from, from.arguments.event_source_arn);
  const read = graph.find(text, "aws_sqs_queue");
  if (text === undefined || (read === undefined && !/:sqs:|sqs_queue/.test(text))) return [];
  return [{ queue: read ?? text, role: roleOfCalled(graph, from, from.arguments.function_name) }];
}

const eventSources: readonly Row[] = [
  {
    kind: "event source mapping polls queue",
    from: "aws_lambda_event_source_mapping",
    to: "aws_sqs_queue",
    principal: "role",
    actions: ["sqs:DeleteMessage", "sqs:GetQueueAttributes", "sqs:ReceiveMessage"],
    document: `${LAMBDA}/services-sqs-configure.html#events-sqs-permissions`,
    unproven: "the emulator's poller reads whatever the role says",
    ends: (from, graph) => consumed(from, graph).map(({ queue: to, role }) => ({ to, role })),
  },
  {
    kind: "event source mapping decrypts",
    from: "aws_lambda_event_source_mapping",
    to: "aws_kms_key",
    principal: "role",
    actions: ["kms:Decrypt"],
    document: `${SQS}/sqs-key-management.html#send-receive-permissions`,
    unproven: "the emulator's poller decrypts whatever the role says",
    ends: (from, graph) =>
      consumed(from, graph).flatMap(({ queue: read, role }) =>
        typeof read === "string" || typeof role === "string"
          ? []
          : roleKeyEnds(graph, read, read.arguments.kms_master_key_id, { service: "sqs", role }),
      ),
  },
];

/** Whom a topic's policy lets publish by ARN must be let use its key too, through SNS. */
const publishers: Row = {
  kind: "publisher encrypts for topic",
  from: "aws_sns_topic",
  to: "aws_kms_key",
  principal: "role",
  actions: ["kms:Decrypt", "kms:GenerateDataKey"],
  documented: ["kms:GenerateDataKey*"],
  document: `${SNS}/sns-key-management.html#sns-what-permissions-for-sse`,
  ends: (from, graph) => {
    const callers = graph
      .policyOf(from)
      .carried.flatMap(({ policy }) =>
        policy.statements
          .filter(
            ({ effect, actions }) => effect === "Allow" && actions?.some((each) => /publish/i.test(each)),
          )
          .flatMap(({ principals, conditions }) => callersOf(principals, conditions, from)),
      );
    return callers.flatMap(({ caller, context }) =>
      serviceKeyEnds(graph, from, { caller }).map((end) => ({
        ...end,
        never: end.never?.replace("lets no AWS service send", "lets no other account in"),
        context: {
          ...end.context,
          ...context,
          "kms:ViaService": `sns.${from.region}.amazonaws.com`,
          "kms:CallerAccount": caller.split(":")[4] ?? "",
        },
      })),
    );
  },
};

type Statement = ReturnType<Graph["policyOf"]>["carried"][number]["policy"]["statements"][number];

/** Somebody of an account elsewhere, in whose place any of its roles may stand. */
function callersOf(
  principals: Statement["principals"],
  conditions: Statement["conditions"],
  { account, partition }: Resource,
): readonly { readonly caller: string; readonly context: Record<string, string> }[] {
  const organization = conditions.find(({ key }) => key.toLowerCase() === "aws:principalorgid")?.values[0];
  const context: Record<string, string> =
    organization === undefined ? {} : { "aws:PrincipalOrgID": organization };
  const named = principals === undefined ? [] : principals === "*" ? ["*"] : (principals.AWS ?? []);
  return named
    .map((each) =>
      each === "*" ? (organization === undefined ? undefined : "000000000000") : accountIn(each),
    )
    .filter((each) => each !== undefined && each !== account)
    .map((each) => ({ caller: `arn:${partition}:iam::${each}:role/somebody`, context }));
}

function accountIn(principal: string): string | undefined {
  return /^(?:arn:[\w-]+:(?:iam|sts)::)?(\d{12})(?::|$)/.exec(principal)?.[1];
}

/** Topics, subscriptions, queues and who polls them. */
export const messages: readonly Row[] = [...subscriptions, redrive, ...eventSources, publishers];
