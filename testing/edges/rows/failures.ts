import type { Resource } from "../configuration";
import { blocks, type Graph } from "../graph";
import { roleKeyEnds } from "../keys";
import type { End, Row } from "../row";
import { roleOf } from "./functions";
import { roleOfCalled } from "./invocations";

const LAMBDA = "https://docs.aws.amazon.com/lambda/latest/dg";

/** What can tell where failures go: the configuration of asynchronous calls, the function itself, a mapping. */
const TELLERS = [
  {
    from: "aws_lambda_function_event_invoke_config",
    what: "events",
    document: `${LAMBDA}/invocation-async-retain-records.html`,
  },
  { from: "aws_lambda_function", what: "events", document: `${LAMBDA}/invocation-async-retain-records.html` },
  {
    from: "aws_lambda_event_source_mapping",
    what: "records",
    document: `${LAMBDA}/services-dynamodb-errors.html`,
  },
] as const;

/** Where they can go. */
const PLACES = [
  {
    word: "queue",
    to: "aws_sqs_queue",
    named: /:sqs:|sqs_queue/,
    service: "sqs",
    action: "sqs:SendMessage",
    keys: "https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-key-management.html#send-receive-permissions",
  },
  {
    word: "topic",
    to: "aws_sns_topic",
    named: /:sns:|sns_topic/,
    service: "sns",
    action: "sns:Publish",
    keys: "https://docs.aws.amazon.com/sns/latest/dg/sns-key-management.html#sns-what-permissions-for-sse",
  },
] as const;

type Place = (typeof PLACES)[number];

/** Where what was done or failed goes, with the role of the function that sends it there. */
function destinations(
  from: Resource,
  graph: Graph,
  { to, named }: Place,
): readonly (End & { readonly role: Resource | string })[] {
  const [settings] = blocks(from.arguments.destination_config);
  const values = [
    ...[...blocks(settings?.on_failure), ...blocks(settings?.on_success)].map(
      ({ destination, destination_arn }) => destination ?? destination_arn,
    ),
    ...blocks(from.arguments.dead_letter_config).map(({ target_arn }) => target_arn),
  ];
  const role =
    from.type === "aws_lambda_function"
      ? roleOf(from, graph)
      : roleOfCalled(graph, from, from.arguments.function_name);
  return [...new Set(values.map((value) => graph.text(from, value)))].flatMap((text) => {
    const found = graph.find(text, to) ?? (named.test(text ?? "") ? text : undefined);
    return found === undefined ? [] : [{ to: found, role }];
  });
}

/** Where functions, and Lambda on their behalf, set aside what failed, and the keys of those places. */
export const failures: readonly Row[] = TELLERS.flatMap(({ from, what, document }) =>
  PLACES.flatMap((place): Row[] => [
    {
      kind: `function sets failed ${what} aside in ${place.word}`,
      from,
      to: place.to,
      principal: "role",
      actions: [place.action],
      document,
      unproven: "the emulator sets them aside whatever the role says",
      ends: (teller, graph) => destinations(teller, graph, place),
    },
    {
      kind: `function encrypts failed ${what} for ${place.word}`,
      from,
      to: "aws_kms_key",
      principal: "role",
      actions: ["kms:Decrypt", "kms:GenerateDataKey"],
      documented: ["kms:GenerateDataKey*"],
      document: place.keys,
      ends: (teller, graph) =>
        destinations(teller, graph, place).flatMap(({ to, role }) =>
          typeof to === "string" || typeof role === "string"
            ? []
            : roleKeyEnds(graph, to, to.arguments.kms_master_key_id, { service: place.service, role }),
        ),
    },
  ]),
);
