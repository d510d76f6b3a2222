import type { Arguments } from "../../arguments";
import type { Resource } from "../configuration";
import { blocks, type Graph } from "../graph";
import { roleKeyEnds } from "../keys";
import type { End, Row } from "../row";
import { bucketKey } from "./functions";

const FIREHOSE = "https://docs.aws.amazon.com/firehose/latest/dev/controlling-access.html";
const TO_S3 = `${FIREHOSE}#using-iam-s3`;

const common = { from: "aws_kinesis_firehose_delivery_stream", principal: "role" } as const;

/** The blocks of a kind, each with the role that it names. */
function parts(from: Resource, graph: Graph, argument: string) {
  return blocks(from.arguments[argument]).map((block) => ({
    block,
    role: graph.role(from, block.role_arn) ?? graph.text(from, block.role_arn) ?? "a role that is not said",
  }));
}

function sources(from: Resource, graph: Graph) {
  return parts(from, graph, "kinesis_source_configuration").map(({ block, role }) => {
    const arn = graph.text(from, block.kinesis_stream_arn) ?? "a stream that is not said";
    return { stream: graph.find(arn, "aws_kinesis_stream") ?? arn, role };
  });
}

function destinations(from: Resource, graph: Graph) {
  return parts(from, graph, "extended_s3_configuration").map(({ block, role }) => {
    const arn = graph.text(from, block.bucket_arn) ?? "a bucket that is not said";
    return { block, bucket: graph.find(arn, "aws_s3_bucket") ?? arn, role };
  });
}

/** The objects below a prefix, up to the first part of it that Firehose fills in. */
function below(bucket: Resource | string, prefix: string): Pick<End, "resource" | "patterns"> {
  const arn = typeof bucket === "string" ? bucket : bucket.arn;
  const [fixed = ""] = prefix.split("!{");
  const folder = fixed.slice(0, fixed.lastIndexOf("/") + 1);
  return { resource: `${arn}/${folder}object`, patterns: [`${arn}/*`, `${arn}/${folder}*`] };
}

const source: readonly Row[] = [
  {
    ...common,
    kind: "delivery stream reads stream",
    to: "aws_kinesis_stream",
    actions: [
      "kinesis:DescribeStream",
      "kinesis:GetRecords",
      "kinesis:GetShardIterator",
      "kinesis:ListShards",
    ],
    document: TO_S3,
    unproven: "the emulator's delivery stream reads whatever the role says",
    ends: (from, graph) => sources(from, graph).map(({ stream: to, role }) => ({ to, role })),
  },
  {
    ...common,
    kind: "delivery stream decrypts stream",
    to: "aws_kms_key",
    actions: ["kms:Decrypt"],
    document: "https://docs.aws.amazon.com/streams/latest/dev/permissions-user-key-KMS.html",
    unproven: "the emulator's streams encrypt nothing",
    ends: (from, graph) =>
      sources(from, graph).flatMap(({ stream, role }) =>
        typeof stream === "string" || typeof role === "string"
          ? []
          : roleKeyEnds(graph, stream, stream.arguments.kms_key_id, { service: "kinesis", role }),
      ),
  },
];

const objects = ["prefix", "error_output_prefix"].map(
  (argument): Row => ({
    ...common,
    kind: argument === "prefix" ? "delivery stream writes objects" : "delivery stream writes what failed",
    to: "aws_s3_bucket",
    actions: ["s3:AbortMultipartUpload", "s3:GetObject", "s3:PutObject"],
    document: TO_S3,
    unproven:
      "AWS's page grants the whole bucket; that its prefixes do wants a real account, and the emulator asks no role",
    ends: (from, graph) =>
      destinations(from, graph).map(({ block, bucket, role }) => ({
        to: bucket,
        role,
        ...below(bucket, graph.text(from, block[argument]) ?? ""),
      })),
  }),
);

/** The key that a destination names, or that of its bucket. */
function keyEnds(graph: Graph, from: Resource, block: Arguments, bucket: Resource, role: Resource) {
  return block.kms_key_arn === undefined
    ? roleKeyEnds(graph, bucket, bucketKey(bucket, graph), { service: "s3", role })
    : roleKeyEnds(graph, from, block.kms_key_arn, { service: "s3", role });
}

const destination: readonly Row[] = [
  ...objects,
  {
    ...common,
    kind: "delivery stream looks at bucket",
    to: "aws_s3_bucket",
    actions: ["s3:GetBucketLocation", "s3:ListBucket", "s3:ListBucketMultipartUploads"],
    document: TO_S3,
    unproven: "the emulator asks no role",
    ends: (from, graph) => destinations(from, graph).map(({ bucket: to, role }) => ({ to, role })),
  },
  {
    ...common,
    kind: "delivery stream encrypts for bucket",
    to: "aws_kms_key",
    actions: ["kms:Decrypt", "kms:GenerateDataKey"],
    document: TO_S3,
    unproven: "the emulator asks no role",
    ends: (from, graph) =>
      destinations(from, graph).flatMap(({ block, bucket, role }) =>
        typeof bucket === "string" || typeof role === "string"
          ? []
          : keyEnds(graph, from, block, bucket, role),
      ),
  },
  {
    ...common,
    kind: "delivery stream writes its log",
    to: "aws_cloudwatch_log_group",
    actions: ["logs:PutLogEvents"],
    document: TO_S3,
    unproven: "the emulator writes no such log",
    ends: (from, graph) =>
      destinations(from, graph).flatMap(({ block, role }) =>
        blocks(block.cloudwatch_logging_options)
          .filter(({ enabled }) => enabled === true)
          .map(({ log_group_name: group, log_stream_name: stream }) => {
            const name = graph.text(from, group) ?? "a log group that is not said";
            const to = graph.find(name, "aws_cloudwatch_log_group") ?? name;
            if (typeof to === "string") return { to, role };
            const resource = `${to.arn}:log-stream:${graph.text(from, stream)}`;
            return { to, role, resource, patterns: [resource, `${to.arn}:log-stream:*`, `${to.arn}:*`] };
          }),
      ),
  },
];

/** Where a delivery stream finds the columns of its files: Glue asks for the table and for all that it is in. */
function schemas(from: Resource, graph: Graph) {
  return destinations(from, graph).flatMap(({ block }) =>
    blocks(block.data_format_conversion_configuration)
      .flatMap((conversion) => blocks(conversion.schema_configuration))
      .map((schema) => ({
        role:
          graph.role(from, schema.role_arn) ?? graph.text(from, schema.role_arn) ?? "a role that is not said",
        database: graph.find(graph.text(from, schema.database_name), "aws_glue_catalog_database"),
        table: graph.find(graph.text(from, schema.table_name), "aws_glue_catalog_table"),
      })),
  );
}

const reading = {
  ...common,
  actions: ["glue:GetTable", "glue:GetTableVersion", "glue:GetTableVersions"],
  document: `${FIREHOSE}#using-iam-glue`,
  unproven: "the emulator asks no role for its catalogue",
} as const;

const columns: readonly Row[] = [
  {
    ...reading,
    kind: "delivery stream reads table",
    to: "aws_glue_catalog_table",
    ends: (from, graph) =>
      schemas(from, graph).map(({ table, role }) => ({ to: table ?? "a table of another stack", role })),
  },
  {
    ...reading,
    kind: "delivery stream reads table of database",
    to: "aws_glue_catalog_database",
    ends: (from, graph) =>
      schemas(from, graph).map(({ database, role }) => ({
        to: database ?? "a database of another stack",
        role,
      })),
  },
  {
    ...reading,
    kind: "delivery stream reads table of catalogue",
    to: "*",
    ends: (from, graph) =>
      schemas(from, graph).map(({ role }) => ({
        to: "*",
        role,
        resource: `arn:${from.partition}:glue:${from.region}:${from.account}:catalog`,
      })),
  },
];

/** Delivery streams: their source, their bucket, their log and their table, with the keys. */
export const deliveries: readonly Row[] = [
  {
    kind: "delivery stream takes its role",
    from: "aws_kinesis_firehose_delivery_stream",
    to: "aws_iam_role",
    principal: { service: "firehose.amazonaws.com" },
    actions: ["sts:AssumeRole"],
    boundBy: "sts:ExternalId",
    document: `${FIREHOSE}#firehose-assume-role`,
    unproven: "the emulator asks no trust policy",
    ends: (from, graph) => {
      const roles = [...sources(from, graph), ...destinations(from, graph), ...schemas(from, graph)];
      return [...new Set(roles.map(({ role }) => role))].map((to) => ({
        to,
        context: { "sts:ExternalId": from.account },
      }));
    },
  },
  ...source,
  ...destination,
  ...columns,
];
