import type { Resource } from "../configuration";
import { blocks, type Graph } from "../graph";
import { roleKeyEnds } from "../keys";
import type { End, Row } from "../row";
import { streamOf } from "./logs";

const LAMBDA = "https://docs.aws.amazon.com/lambda/latest/dg";
const KMS_IN_SQS =
  "https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-key-management.html#send-receive-permissions";

const THROUGH_SERVICE =
  "no emulator asks who calls KMS; that SQS and SNS say so by kms:ViaService, where AWS's page has no condition, wants a real account";

/** Whose role a function runs with. */
export function roleOf(from: Resource, graph: Graph): Resource | string {
  return (
    graph.role(from, from.arguments.role) ??
    graph.text(from, from.arguments.role) ??
    "a role that is not said"
  );
}

const anywhere = (from: Resource, graph: Graph): readonly End[] => [
  { to: "*", role: roleOf(from, graph), resource: "*", patterns: ["*"] },
];

/** The log group that a function writes to: its setting, or the one that Lambda chooses by the function's name. */
function logGroup(from: Resource, graph: Graph): Resource | string {
  const [{ log_group: set } = { log_group: undefined }] = blocks(from.arguments.logging_config);
  const name = graph.text(from, set) ?? `/aws/lambda/${graph.text(from, from.arguments.function_name)}`;
  return graph.find(name, "aws_cloudwatch_log_group") ?? `log group ${name}`;
}

const inNetwork = (from: Resource) =>
  blocks(from.arguments.vpc_config).some(({ subnet_ids: ids }) => blocks(ids).length > 0);
const traced = (from: Resource) =>
  blocks(from.arguments.tracing_config).some(({ mode }) => mode === "Active");

const running: readonly Row[] = [
  {
    kind: "function takes its role",
    from: "aws_lambda_function",
    to: "aws_iam_role",
    principal: { service: "lambda.amazonaws.com" },
    actions: ["sts:AssumeRole"],
    sourceless:
      "AWS's page of the execution role has no condition on its trust; who may pass the role guards it",
    unproven:
      "others report that Lambda sends aws:SourceAccount when it takes a role; AWS does not document it",
    document: `${LAMBDA}/lambda-intro-execution-role.html`,
    ends: (from, graph) => [{ to: roleOf(from, graph) }],
  },
  {
    kind: "function writes its log",
    from: "aws_lambda_function",
    to: "aws_cloudwatch_log_group",
    principal: "role",
    actions: ["logs:CreateLogStream", "logs:PutLogEvents"],
    document: `${LAMBDA}/monitoring-cloudwatchlogs.html`,
    ends: (from, graph) => {
      const to = logGroup(from, graph);
      return [{ to, role: roleOf(from, graph), ...(typeof to === "string" ? {} : streamOf(to.arn)) }];
    },
  },
  {
    kind: "function stands in a network",
    from: "aws_lambda_function",
    to: "*",
    principal: "role",
    actions: [
      "ec2:AssignPrivateIpAddresses",
      "ec2:CreateNetworkInterface",
      "ec2:DeleteNetworkInterface",
      "ec2:DescribeNetworkInterfaces",
      "ec2:DescribeSubnets",
      "ec2:UnassignPrivateIpAddresses",
    ],
    document: `${LAMBDA}/configuration-vpc.html#configuration-vpc-permissions`,
    unproven: "the emulator makes no network interfaces",
    ends: (from, graph) => (inNetwork(from) ? anywhere(from, graph) : []),
  },
  {
    kind: "function is traced",
    from: "aws_lambda_function",
    to: "*",
    principal: "role",
    actions: ["xray:PutTelemetryRecords", "xray:PutTraceSegments"],
    document: `${LAMBDA}/services-xray.html#services-xray-permissions`,
    unproven: "the emulator sends no traces",
    ends: (from, graph) => (traced(from) ? anywhere(from, graph) : []),
  },
];

/** What a function names in its environment, of one type. */
export function named(from: Resource, graph: Graph, type: string): readonly Resource[] {
  const variables = blocks(from.arguments.environment).flatMap((each) => Object.values(each.variables ?? {}));
  return [...new Set(variables.flatMap((value) => graph.namedIn(from, value)))].filter(
    (each) => each.type === type,
  );
}

/** Types that code calls by a name that it is given, with the prefix of their actions. */
export const USED = {
  aws_cloudwatch_event_bus: "events",
  aws_dynamodb_table: "dynamodb",
  aws_kms_key: "kms",
  aws_kinesis_stream: "kinesis",
  aws_lambda_function: "lambda",
  aws_s3_bucket: "s3",
  aws_secretsmanager_secret: "secretsmanager",
  aws_sfn_state_machine: "states",
  aws_sns_topic: "sns",
  aws_sqs_queue: "sqs",
  aws_ssm_parameter: "ssm",
} as const;

/** Which calls only the code knows: at least one, and no other resource than those that it is told of. */
const using: readonly Row[] = Object.entries(USED).map(([to, anyOf]) => ({
  kind: "function uses what its environment names",
  from: "aws_lambda_function",
  to,
  principal: "role",
  actions: { anyOf },
  document: `${LAMBDA}/lambda-intro-execution-role.html#permissions-executionrole-least-privilege`,
  ends: (from, graph) => named(from, graph, to).map((each) => ({ to: each, role: roleOf(from, graph) })),
}));

/** Buckets whose notification invokes a function: the events name them. */
function telling(from: Resource, graph: Graph): readonly Resource[] {
  const invokes = (notification: Resource) =>
    blocks(notification.arguments.lambda_function).some(({ lambda_function_arn: arn }) => {
      const called = graph.called(notification, arn);
      return typeof called === "object" && called.function === from;
    });
  return graph
    .ofType("aws_s3_bucket_notification")
    .filter(invokes)
    .map((each) => graph.find(graph.text(each, each.arguments.bucket), "aws_s3_bucket"))
    .filter((bucket) => bucket !== undefined);
}

/** Objects that events name a function may use, and need not: it asks for what its role says of the bucket. */
const told: Row = {
  kind: "function uses the bucket that invokes it",
  from: "aws_lambda_function",
  to: "aws_s3_bucket",
  principal: "role",
  actions: { anyOf: "s3" },
  document: `${LAMBDA}/with-s3-example.html`,
  ends: (from, graph) => {
    const role = roleOf(from, graph);
    if (typeof role === "string") return [];
    return telling(from, graph)
      .filter(({ arn }) => graph.speaksOf(role, arn))
      .map((to) => ({ to, role }));
  },
};

/** The keys of what a function uses, each for the calls that it may make there. */
function keyRow(
  to: keyof typeof USED,
  calls: readonly string[],
  row: Pick<Row, "kind" | "actions" | "document"> & Partial<Row>,
  key: (used: Resource, graph: Graph) => unknown,
): Row {
  const service = USED[to];
  return {
    from: "aws_lambda_function",
    to: "aws_kms_key",
    principal: "role",
    ...row,
    ends: (from, graph) => {
      const role = roleOf(from, graph);
      if (typeof role === "string") return [];
      const events = to === "aws_s3_bucket" ? telling(from, graph) : [];
      return [...new Set([...named(from, graph, to), ...events])]
        .filter(({ arn }) => calls.some((call) => graph.grants(role, `${service}:${call}`, arn)))
        .flatMap((used) => roleKeyEnds(graph, used, key(used, graph), { service, role }));
    },
  };
}

/** The key that a bucket encrypts with by itself. */
export const bucketKey = (bucket: Resource, graph: Graph): unknown =>
  graph
    .ofType("aws_s3_bucket_server_side_encryption_configuration")
    .filter((each) => graph.find(graph.text(each, each.arguments.bucket), "aws_s3_bucket") === bucket)
    .flatMap((each) =>
      blocks(each.arguments.rule).flatMap((rule) => blocks(rule.apply_server_side_encryption_by_default)),
    )
    // The value stands in another resource of the same stack, which reads it the same way.
    .map(({ kms_master_key_id: key }) => key)[0];
const masterKey = (used: Resource) => used.arguments.kms_master_key_id;
const S3_KMS =
  "https://docs.aws.amazon.com/AmazonS3/latest/userguide/UsingKMSEncryption.html#require-sse-kms";

const keys: readonly Row[] = [
  keyRow(
    "aws_dynamodb_table",
    ["BatchGetItem", "BatchWriteItem", "DeleteItem", "GetItem", "PutItem", "Query", "Scan", "UpdateItem"],
    {
      kind: "function uses its table through the key",
      actions: ["kms:Decrypt"],
      documented: [
        "kms:CreateGrant",
        "kms:DescribeKey",
        "kms:Encrypt",
        "kms:GenerateDataKey*",
        "kms:ReEncrypt*",
      ],
      document: "https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/encryption.howitworks.html",
      unproven:
        "AWS's page lists more actions for who makes the table; that a user needs kms:Decrypt only wants a real account",
    },
    ({ arguments: { server_side_encryption: encryption } }) => blocks(encryption)[0]?.kms_key_arn,
  ),
  keyRow(
    "aws_sqs_queue",
    ["SendMessage"],
    {
      kind: "function encrypts for its queue",
      actions: ["kms:Decrypt", "kms:GenerateDataKey"],
      documented: ["kms:GenerateDataKey*"],
      document: KMS_IN_SQS,
      unproven: THROUGH_SERVICE,
    },
    masterKey,
  ),
  keyRow(
    "aws_sqs_queue",
    ["ReceiveMessage"],
    {
      kind: "function decrypts from its queue",
      actions: ["kms:Decrypt"],
      document: KMS_IN_SQS,
      unproven: THROUGH_SERVICE,
    },
    masterKey,
  ),
  keyRow(
    "aws_sns_topic",
    ["Publish"],
    {
      kind: "function encrypts for its topic",
      actions: ["kms:Decrypt", "kms:GenerateDataKey"],
      documented: ["kms:GenerateDataKey*"],
      document:
        "https://docs.aws.amazon.com/sns/latest/dg/sns-key-management.html#sns-what-permissions-for-sse",
      unproven: THROUGH_SERVICE,
    },
    masterKey,
  ),
  keyRow(
    "aws_s3_bucket",
    ["GetObject", "GetObjectVersion"],
    { kind: "function decrypts from its bucket", actions: ["kms:Decrypt"], document: S3_KMS },
    bucketKey,
  ),
  keyRow(
    "aws_s3_bucket",
    ["PutObject"],
    {
      kind: "function encrypts for its bucket",
      actions: ["kms:GenerateDataKey"],
      // A large object is put in parts, and S3 reads them to join them.
      documented: ["kms:Decrypt", "kms:GenerateDataKey*"],
      document: S3_KMS,
    },
    bucketKey,
  ),
];

/** Functions: their role, log, network and traces, and what their code is told of. */
export const functions: readonly Row[] = [...running, ...using, told, ...keys];
