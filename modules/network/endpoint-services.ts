/** Services whose endpoint is a route: free, and made in every network. */
export const gatewayServices = ["s3", "dynamodb"] as const;

/** A service whose endpoint is a route. */
export type GatewayEndpointService = (typeof gatewayServices)[number];

/**
 * Services whose endpoint is a network interface in each zone, by the last part of AWS's service name
 * (`com.amazonaws.<region>.<service>`). Each costs about 8 USD a month and zone.
 *
 * Source: AWS PrivateLink guide, "AWS services that integrate with AWS PrivateLink". Left out on purpose:
 * `execute-api`, whose private DNS hides every public API of the region from the VPC, and `dynamodb-streams`, which has
 * no private DNS.
 */
export const interfaceServices = [
  "athena",
  "autoscaling",
  "batch",
  "cognito-idp",
  "ec2",
  "ec2messages",
  "ecr.api",
  "ecr.dkr",
  "ecs",
  "ecs-agent",
  "ecs-telemetry",
  "elasticfilesystem",
  "elasticloadbalancing",
  "events",
  "fsx",
  "glue",
  "kinesis-firehose",
  "kinesis-streams",
  "kms",
  "lambda",
  "logs",
  "monitoring",
  "rds-data",
  "scheduler",
  "secretsmanager",
  "servicediscovery",
  "sns",
  "sqs",
  "ssm",
  "ssmmessages",
  "states",
  "sts",
  "xray",
] as const;

/** A service whose endpoint is a network interface in each zone. */
export type InterfaceEndpointService = (typeof interfaceServices)[number];

/** Where the prefix of an IAM action is not the endpoint's name. */
const ENDPOINTS_BY_PREFIX: Readonly<Record<string, readonly string[]>> = {
  cloudwatch: ["monitoring"],
  // Layers of an image come from S3.
  ecr: ["ecr.api", "ecr.dkr", "s3"],
  firehose: ["kinesis-firehose"],
  kinesis: ["kinesis-streams"],
};

/** DynamoDB Streams has a host name of its own, which DynamoDB's gateway endpoint does not serve. */
const STREAM_READS = /^dynamodb:(DescribeStream|GetRecords|GetShardIterator|ListStreams)$/;

/** The endpoints that a call goes through, by an IAM action such as `sqs:SendMessage`; none for `*`, which tells nothing. */
export function endpointsFor(action: string): readonly string[] {
  if (STREAM_READS.test(action)) return ["dynamodb-streams"];
  const [prefix, verb] = action.split(":");
  if (prefix === undefined || verb === undefined) return [];
  return ENDPOINTS_BY_PREFIX[prefix] ?? [prefix];
}
