import type { Resource } from "../configuration";
import { blocks, type Graph } from "../graph";
import { roleKeyEnds } from "../keys";
import type { End, Row } from "../row";
import { roleOfCalled } from "./invocations";

const LAMBDA = "https://docs.aws.amazon.com/lambda/latest/dg";
const DYNAMODB = "https://docs.aws.amazon.com/amazondynamodb/latest/developerguide";

/** What a mapping reads, of one type, with the role of its function. */
function read(
  from: Resource,
  graph: Graph,
  { type, named }: { readonly type: string; readonly named: RegExp },
): readonly (End & { readonly arn: string; readonly role: Resource | string })[] {
  const arn = graph.text(from, from.arguments.event_source_arn);
  const to = graph.find(arn, type);
  if (arn === undefined || (to === undefined && !named.test(arn))) return [];
  return [{ to: to ?? arn, arn, role: roleOfCalled(graph, from, from.arguments.function_name) }];
}

const TABLES = { type: "aws_dynamodb_table", named: /:dynamodb:|dynamodb_table/ };
const STREAMS = { type: "aws_kinesis_stream", named: /:kinesis:|kinesis_stream/ };

const polling = { from: "aws_lambda_event_source_mapping", principal: "role" } as const;
const unread = "the emulator's poller reads whatever the role says";
const undecrypted = "the emulator's poller decrypts whatever the role says";

/** Lambda reads a stream with the role of the function that consumes it. */
export const streams: readonly Row[] = [
  {
    ...polling,
    kind: "event source mapping reads table's stream",
    to: TABLES.type,
    actions: [
      "dynamodb:DescribeStream",
      "dynamodb:GetRecords",
      "dynamodb:GetShardIterator",
      "dynamodb:ListStreams",
    ],
    document: `${DYNAMODB}/iam-policy-example-lamda-process-dynamodb-streams.html`,
    unproven: unread,
    ends: (from, graph) =>
      read(from, graph, TABLES).map(({ to, role, arn }) => ({
        to,
        role,
        resource: arn,
        // AWS's page names the streams of the table: each time that streaming begins it is a new one.
        patterns: [arn, ...(typeof to === "string" ? [] : [`${to.arn}/stream/*`])],
      })),
  },
  {
    ...polling,
    kind: "event source mapping decrypts table's stream",
    to: "aws_kms_key",
    actions: ["kms:Decrypt"],
    document: `${DYNAMODB}/encryption.usagenotes.html`,
    unproven: undecrypted,
    ends: (from, graph) =>
      read(from, graph, TABLES).flatMap(({ to, role }) =>
        typeof to === "string" || typeof role === "string"
          ? []
          : roleKeyEnds(graph, to, blocks(to.arguments.server_side_encryption)[0]?.kms_key_arn, {
              service: "dynamodb",
              role,
            }),
      ),
  },
  {
    ...polling,
    kind: "event source mapping reads Kinesis stream",
    to: STREAMS.type,
    actions: [
      "kinesis:DescribeStream",
      "kinesis:DescribeStreamSummary",
      "kinesis:GetRecords",
      "kinesis:GetShardIterator",
      "kinesis:ListShards",
    ],
    // For consumers with a throughput of their own.
    documented: ["kinesis:SubscribeToShard"],
    document: `${LAMBDA}/services-kinesis-create.html`,
    unproven: unread,
    ends: (from, graph) => read(from, graph, STREAMS).map(({ to, role }) => ({ to, role })),
  },
  {
    ...polling,
    kind: "event source mapping decrypts Kinesis stream",
    to: "aws_kms_key",
    actions: ["kms:Decrypt"],
    document: "https://docs.aws.amazon.com/streams/latest/dev/permissions-user-key-KMS.html",
    unproven: undecrypted,
    ends: (from, graph) =>
      read(from, graph, STREAMS).flatMap(({ to, role }) =>
        typeof to === "string" || typeof role === "string"
          ? []
          : roleKeyEnds(graph, to, to.arguments.kms_key_id, { service: "kinesis", role }),
      ),
  },
];
