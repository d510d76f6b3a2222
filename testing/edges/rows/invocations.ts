import type { Resource } from "../configuration";
import type { Graph } from "../graph";
import type { End, Row } from "../row";
import { roleOf } from "./functions";

const LAMBDA = "https://docs.aws.amazon.com/lambda/latest/dg";

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

/** Functions that services invoke. */
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
];
