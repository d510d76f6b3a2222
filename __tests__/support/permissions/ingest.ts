import type { Resource } from "../../../testing/edges/configuration";
import { callsOf, notThrough, through, trustCases } from "./calls";
import { type Case, elsewhere, FOREIGN_ACCOUNT, pathOf, type World } from "./world";

/** The cases of the roles of records' way from the API to the bucket; none for any other role. */
export function ingestRoleCases(world: World, role: Resource): readonly Case[] | undefined {
  const home = pathOf(role).replace(/\/role$/, "");
  if (world.find(home, "aws_api_gateway_account") !== undefined) return accountCases(role);
  if (world.find(home, "aws_kinesis_firehose_delivery_stream") !== undefined)
    return deliveryCases(world, role, home);
  if (world.find(`${home}/stream`, "aws_kinesis_stream") !== undefined) return putterCases(world, role, home);
  return undefined;
}

const PUT = ["kinesis:PutRecord", "kinesis:PutRecords"];
const READ = [
  "kinesis:DescribeStream",
  "kinesis:GetRecords",
  "kinesis:GetShardIterator",
  "kinesis:ListShards",
];
const ADMINISTER = ["kinesis:DeleteStream", "kinesis:UpdateShardCount", "kinesis:PutResourcePolicy"];
const KEY_ADMINISTRATION = ["kms:CreateGrant", "kms:PutKeyPolicy", "kms:ScheduleKeyDeletion"];

/** A key of the same account, whose use its policy leaves to IAM. */
const otherKey = (world: World, { stack }: Resource) => world.at(`${stack}/logs-key`, "aws_kms_key").arn;

/** What API Gateway may do for an account: its logs. */
function accountCases(role: Resource): readonly Case[] {
  const group = `arn:aws:logs:${role.region}:${role.account}:log-group:any`;
  const write = [
    "logs:CreateLogGroup",
    "logs:CreateLogStream",
    "logs:DescribeLogStreams",
    "logs:PutLogEvents",
  ];
  return [
    ...trustCases(role, "apigateway.amazonaws.com"),
    ...callsOf(role, "logs", {
      may: [
        { actions: write, on: group },
        { actions: ["logs:DescribeLogGroups", "logs:FilterLogEvents", "logs:GetLogEvents"], on: group },
      ],
      mayNot: [
        { actions: ["logs:DeleteLogGroup", "logs:PutRetentionPolicy", "logs:PutResourcePolicy"], on: group },
        { actions: write, on: elsewhere(group) },
        { actions: write, on: group.replace(role.region, "us-east-1") },
      ],
    }),
  ];
}

/** What API Gateway may do for one API: put records into its stream. */
function putterCases(world: World, role: Resource, home: string): readonly Case[] {
  const stream = world.at(`${home}/stream`, "aws_kinesis_stream").arn;
  const key = world.at(`${home}/stream/key`, "aws_kms_key").arn;
  return [
    ...trustCases(role, "apigateway.amazonaws.com"),
    ...callsOf(role, "records", {
      may: [{ actions: PUT, on: stream }],
      mayNot: [
        { actions: [...READ, ...ADMINISTER], on: stream },
        { actions: PUT, on: `${stream}-2` },
        { actions: PUT, on: elsewhere(stream) },
      ],
    }),
    ...callsOf(role, "the stream's key", {
      may: [{ actions: ["kms:GenerateDataKey"], on: key, context: through("kinesis", role) }],
      mayNot: [
        ...notThrough("kinesis", role).map((context) => ({
          actions: ["kms:GenerateDataKey"],
          on: key,
          context,
        })),
        { actions: ["kms:Decrypt", ...KEY_ADMINISTRATION], on: key, context: through("kinesis", role) },
        { actions: ["kms:GenerateDataKey"], on: otherKey(world, role), context: through("kinesis", role) },
      ],
    }),
  ];
}

/** What Firehose may do: read the stream, write below two prefixes, its log, and read its table. */
function deliveryCases(world: World, role: Resource, home: string): readonly Case[] {
  const above = home.replace(/\/delivery$/, "");
  const scope = above.replace(/\/[^/]+$/, "");
  const stream = world.at(`${above}/stream`, "aws_kinesis_stream").arn;
  const group = world.at(`${home}/log`, "aws_cloudwatch_log_group").arn;
  const lines = `${group}:log-stream:delivery`;
  return [
    ...firehoseTrust(role),
    ...callsOf(role, "the stream", {
      may: [{ actions: READ, on: stream }],
      mayNot: [
        { actions: [...PUT, ...ADMINISTER], on: stream },
        { actions: READ, on: `${stream}-2` },
        { actions: READ, on: elsewhere(stream) },
      ],
    }),
    ...bucketCases(world, role, scope, above.endsWith("/clicks") ? "clicks" : "records"),
    ...keyCases(world, role, { stream: `${above}/stream/key`, bucket: `${scope}/lake/key` }),
    ...callsOf(role, "its log", {
      may: [{ actions: ["logs:PutLogEvents"], on: lines }],
      mayNot: [
        { actions: ["logs:CreateLogStream", "logs:DeleteLogStream", "logs:GetLogEvents"], on: lines },
        { actions: ["logs:PutLogEvents"], on: `${lines}-2` },
        { actions: ["logs:PutLogEvents"], on: elsewhere(lines) },
      ],
    }),
    ...tableCases(world, role, home),
  ];
}

/** It says in whose account the delivery stream is. */
function firehoseTrust(role: Resource): readonly Case[] {
  const service = { service: "firehose.amazonaws.com" };
  const take = (why: string, context: Readonly<Record<string, string>>): Case => ({
    why,
    expected: "refused",
    principal: service,
    action: "sts:AssumeRole",
    resource: role.arn,
    context,
  });
  return [
    ...trustCases(role, service.service).map((each) => ({
      ...each,
      context: { "sts:ExternalId": role.account },
    })),
    take("Firehose for another account", { "sts:ExternalId": FOREIGN_ACCOUNT }),
    take("Firehose for nobody", {}),
  ];
}

function bucketCases(world: World, role: Resource, scope: string, prefix: string): readonly Case[] {
  const bucket = world.at(`${scope}/lake`, "aws_s3_bucket").arn;
  const write = ["s3:AbortMultipartUpload", "s3:GetObject", "s3:PutObject"];
  const look = ["s3:GetBucketLocation", "s3:ListBucket", "s3:ListBucketMultipartUploads"];
  return callsOf(role, "the bucket", {
    may: [
      { actions: write, on: `${bucket}/${prefix}/day=2001-02-03/a` },
      { actions: write, on: `${bucket}/errors/processing-failed/a` },
      { actions: look, on: bucket },
    ],
    mayNot: [
      { actions: ["s3:DeleteObject", "s3:PutObjectAcl"], on: `${bucket}/${prefix}/a` },
      { actions: ["s3:DeleteObject"], on: `${bucket}/errors/a` },
      { actions: write, on: `${bucket}/others/a` },
      { actions: ["s3:DeleteBucket", "s3:PutBucketPolicy"], on: bucket },
      { actions: [...write, ...look], on: `${bucket}-2` },
    ],
  });
}

function keyCases(
  world: World,
  role: Resource,
  paths: { readonly stream: string; readonly bucket: string },
): readonly Case[] {
  const [ofStream, ofBucket] = [paths.stream, paths.bucket].map(
    (path) => world.at(path, "aws_kms_key").arn,
  ) as [string, string];
  return callsOf(role, "keys", {
    may: [
      { actions: ["kms:Decrypt"], on: ofStream, context: through("kinesis", role) },
      { actions: ["kms:Decrypt", "kms:GenerateDataKey"], on: ofBucket, context: through("s3", role) },
    ],
    mayNot: [
      ...notThrough("kinesis", role).map((context) => ({ actions: ["kms:Decrypt"], on: ofStream, context })),
      {
        actions: ["kms:GenerateDataKey", ...KEY_ADMINISTRATION],
        on: ofStream,
        context: through("kinesis", role),
      },
      ...notThrough("s3", role).map((context) => ({
        actions: ["kms:Decrypt", "kms:GenerateDataKey"],
        on: ofBucket,
        context,
      })),
      { actions: KEY_ADMINISTRATION, on: ofBucket, context: through("s3", role) },
      { actions: ["kms:Decrypt"], on: otherKey(world, role), context: through("kinesis", role) },
      {
        actions: ["kms:Decrypt", "kms:GenerateDataKey"],
        on: otherKey(world, role),
        context: through("s3", role),
      },
    ],
  });
}

/** Its table, where it writes Parquet. */
function tableCases(world: World, role: Resource, home: string): readonly Case[] {
  const table = world.find(`${home}/table`, "aws_glue_catalog_table")?.arn;
  const home_ = `arn:aws:glue:${role.region}:${role.account}`;
  const read = ["glue:GetTable", "glue:GetTableVersion", "glue:GetTableVersions"];
  if (table === undefined)
    return callsOf(role, "no table", { mayNot: [{ actions: read, on: `${home_}:catalog` }] });
  const database = world.at(`${home}/table/database`, "aws_glue_catalog_database").arn;
  return callsOf(role, "its table", {
    may: [table, database, `${home_}:catalog`].map((on) => ({ actions: read, on })),
    mayNot: [
      { actions: ["glue:DeleteTable", "glue:UpdateTable", "glue:CreateTable"], on: table },
      { actions: read, on: `${table}-2` },
      { actions: read, on: `${home_}:database/other` },
      { actions: read, on: elsewhere(table) },
    ],
  });
}

/** Whom the policy of an API lets call its methods: the whole internet, from some addresses. */
export function apiCases(api: Resource): readonly Case[] {
  const home = `arn:aws:execute-api:${api.region}:${api.account}:${apiId(api)}`;
  const call = (
    expected: Case["expected"],
    why: string,
    address: string,
    { on = "live/POST/record", action = "execute-api:Invoke", account = FOREIGN_ACCOUNT } = {},
  ): Case => ({
    why,
    expected,
    // Nobody signs: no policy of the caller's own has a say.
    principal: { arn: `arn:aws:iam::${account}:role/anybody` },
    administrator: true,
    action,
    resource: `${home}/${on}`,
    context: { "aws:SourceIp": address },
  });
  return [
    call("allowed", "from the first network", "192.0.2.9"),
    call("allowed", "from the second network", "198.51.100.9", { on: "live/POST/records" }),
    call("refused", "from elsewhere", "203.0.113.9"),
    call("refused", "an administrator from elsewhere", "203.0.113.9", { account: api.account }),
    call("allowed", "an administrator doing something else, from elsewhere", "203.0.113.9", {
      action: "execute-api:InvalidateCache",
      account: api.account,
    }),
    call("refused", "another method", "192.0.2.9", { on: "live/DELETE/record" }),
    call("refused", "another method of the other path", "192.0.2.9", { on: "live/GET/records" }),
    call("refused", "something else", "192.0.2.9", { action: "execute-api:InvalidateCache" }),
    call("refused", "something else of the other path", "192.0.2.9", {
      action: "execute-api:InvalidateCache",
      on: "live/POST/records",
    }),
  ];
}

/** What stands for the id that AWS will choose. */
const apiId = ({ arn }: Resource) => arn.split("/").at(-1);
