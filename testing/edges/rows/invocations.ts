import type { Resource } from "../configuration";
import { blocks, type Graph } from "../graph";
import { roleKeyEnds } from "../keys";
import type { End, Row } from "../row";
import { roleOf } from "./functions";

const LAMBDA = "https://docs.aws.amazon.com/lambda/latest/dg";
const SQS = "https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide";
const SNS = "https://docs.aws.amazon.com/sns/latest/dg";

/** One call of a function, as the caller's resource says it. */
export interface Invocation {
  /** The argument that names the function: by name or ARN, a version or alias with it. */
  readonly named: unknown;
  /** The ARN in whose name the service calls. @default - of the resource that says it */
  readonly source?: string;
}

/**
 * A row of a service that invokes functions by their own policy: `aws_lambda_permission` for the service, bound by
 * `aws:SourceArn`, and by `aws:SourceAccount` where that ARN has no account.
 */
export function invokingRow(
  row: Pick<Row, "kind" | "from" | "document"> & { readonly service: string },
  invocations: (from: Resource, graph: Graph) => readonly Invocation[],
): Row {
  const { service, ...rest } = row;
  return {
    ...rest,
    to: "aws_lambda_function",
    principal: { service },
    actions: ["lambda:InvokeFunction"],
    ends: (from, graph) =>
      invocations(from, graph).flatMap(({ named, source }) => invokedEnds(graph, from, named, source)),
  };
}

function invokedEnds(graph: Graph, from: Resource, named: unknown, source?: string): readonly End[] {
  const called = graph.called(from, named);
  if (called === undefined) return [];
  return [
    typeof called === "string" ? { to: called } : { to: called.function, resource: called.arn, source },
  ];
}

/** Whose role a function runs with that a value names: a resource of these stacks, or words for one elsewhere. */
export function roleOfCalled(graph: Graph, from: Resource, named: unknown): Resource | string {
  const called = graph.called(from, named);
  return typeof called === "object"
    ? roleOf(called.function, graph)
    : `the role of function ${called ?? "that is not said"}`;
}

/** Where the outcome of an asynchronous call goes, of one type, with the role of the function that sends it there. */
function destinations(
  from: Resource,
  graph: Graph,
  type: string,
): readonly (End & { readonly role: Resource | string })[] {
  const [settings] = blocks(from.arguments.destination_config);
  const named = [...blocks(settings?.on_failure), ...blocks(settings?.on_success)].map(
    ({ destination }) => destination,
  );
  const deadLetters = blocks(from.arguments.dead_letter_config).map(({ target_arn: target }) => target);
  const role =
    from.type === "aws_lambda_function"
      ? roleOf(from, graph)
      : roleOfCalled(graph, from, from.arguments.function_name);
  const texts = [...named, ...deadLetters].map((value) => graph.text(from, value));
  return [...new Set(texts)]
    .map((text) => graph.find(text, type) ?? (isOf(text, type) ? text : undefined))
    .filter((to) => to !== undefined)
    .map((to) => ({ to, role }));
}

/** Whether a text that nothing here is called by is the ARN of a queue, or of a topic. */
function isOf(text: string | undefined, type: string): boolean {
  return text?.includes(type === "aws_sqs_queue" ? ":sqs:" : ":sns:") === true;
}

/** What becomes of an asynchronous call is told by its configuration, or by the function's own dead letters. */
const outcomes = (["aws_lambda_function_event_invoke_config", "aws_lambda_function"] as const).flatMap(
  (from): Row[] =>
    (
      [
        { word: "queue", to: "aws_sqs_queue", service: "sqs", action: "sqs:SendMessage" },
        { word: "topic", to: "aws_sns_topic", service: "sns", action: "sns:Publish" },
      ] as const
    ).flatMap(({ word, to, service, action }): Row[] => [
      {
        kind: `function sets failed events aside in ${word}`,
        from,
        to,
        principal: "role",
        actions: [action],
        document: `${LAMBDA}/invocation-async-retain-records.html`,
        ends: (config, graph) => destinations(config, graph, to),
      },
      {
        kind: `function encrypts failed events for ${word}`,
        from,
        to: "aws_kms_key",
        principal: "role",
        actions: ["kms:Decrypt", "kms:GenerateDataKey"],
        documented: ["kms:GenerateDataKey*"],
        document:
          service === "sqs"
            ? `${SQS}/sqs-key-management.html#send-receive-permissions`
            : `${SNS}/sns-key-management.html#sns-what-permissions-for-sse`,
        ends: (config, graph) =>
          destinations(config, graph, to).flatMap(({ to: sent, role }) =>
            typeof sent === "string" || typeof role === "string"
              ? []
              : roleKeyEnds(graph, sent, sent.arguments.kms_master_key_id, { service, role }),
          ),
      },
    ]),
);

/** Functions that services invoke, and what becomes of events that they fail. */
export const invocations: readonly Row[] = [
  invokingRow(
    {
      kind: "topic subscription invokes function",
      from: "aws_sns_topic_subscription",
      service: "sns.amazonaws.com",
      document: `${LAMBDA}/with-sns.html`,
    },
    (from, graph) =>
      from.arguments.protocol === "lambda"
        ? [{ named: from.arguments.endpoint, source: graph.text(from, from.arguments.topic_arn) }]
        : [],
  ),
  ...outcomes,
];
