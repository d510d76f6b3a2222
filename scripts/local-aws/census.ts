import { spawn } from "node:child_process";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { OperatorError } from "../support/command";
import { projectRoot } from "../support/paths";
import type { Emulator } from "./emulators";

/** Kind of resource → the ids of those that exist. */
export type Census = Readonly<Record<string, readonly string[]>>;

interface Query {
  readonly kind: string;
  readonly service: string;
  /** botocore's name of the operation. */
  readonly operation: string;
  readonly params?: Readonly<Record<string, unknown>>;
  /** JMESPath over the answer. */
  readonly ids: string;
}

/**
 * Every kind of resource that the stacks make, and how to ask for it.
 *
 * A VPC's default group and default ACL are left out: they are part of the VPC, which is counted.
 */
const queries: readonly Query[] = [
  { kind: "queue", service: "sqs", operation: "list_queues", ids: "QueueUrls[]" },
  { kind: "topic", service: "sns", operation: "list_topics", ids: "Topics[].TopicArn" },
  {
    kind: "subscription",
    service: "sns",
    operation: "list_subscriptions",
    ids: "Subscriptions[].SubscriptionArn",
  },
  { kind: "table", service: "dynamodb", operation: "list_tables", ids: "TableNames[]" },
  { kind: "bucket", service: "s3", operation: "list_buckets", ids: "Buckets[].Name" },
  { kind: "function", service: "lambda", operation: "list_functions", ids: "Functions[].FunctionName" },
  {
    kind: "event source mapping",
    service: "lambda",
    operation: "list_event_source_mappings",
    ids: "EventSourceMappings[].UUID",
  },
  { kind: "role", service: "iam", operation: "list_roles", ids: "Roles[].RoleName" },
  {
    kind: "policy",
    service: "iam",
    operation: "list_policies",
    params: { Scope: "Local" },
    ids: "Policies[].Arn",
  },
  { kind: "log group", service: "logs", operation: "describe_log_groups", ids: "logGroups[].logGroupName" },
  {
    kind: "log resource policy",
    service: "logs",
    operation: "describe_resource_policies",
    ids: "resourcePolicies[].policyName",
  },
  { kind: "alarm", service: "cloudwatch", operation: "describe_alarms", ids: "MetricAlarms[].AlarmName" },
  {
    kind: "dashboard",
    service: "cloudwatch",
    operation: "list_dashboards",
    ids: "DashboardEntries[].DashboardName",
  },
  { kind: "trail", service: "cloudtrail", operation: "describe_trails", ids: "trailList[].TrailARN" },
  { kind: "event bus", service: "events", operation: "list_event_buses", ids: "EventBuses[].Name" },
  { kind: "event rule", service: "events", operation: "list_rules", ids: "Rules[].Name" },
  { kind: "archive", service: "events", operation: "list_archives", ids: "Archives[].ArchiveName" },
  { kind: "REST API", service: "apigateway", operation: "get_rest_apis", ids: "items[].name" },
  {
    kind: "delivery stream",
    service: "firehose",
    operation: "list_delivery_streams",
    ids: "DeliveryStreamNames[]",
  },
  { kind: "Glue database", service: "glue", operation: "get_databases", ids: "DatabaseList[].Name" },
  { kind: "schedule", service: "scheduler", operation: "list_schedules", ids: "Schedules[].Name" },
  {
    kind: "schedule group",
    service: "scheduler",
    operation: "list_schedule_groups",
    ids: "ScheduleGroups[].Name",
  },
  {
    kind: "state machine",
    service: "stepfunctions",
    operation: "list_state_machines",
    ids: "stateMachines[].name",
  },
  { kind: "stream", service: "kinesis", operation: "list_streams", ids: "StreamNames[]" },
  { kind: "key", service: "kms", operation: "list_keys", ids: "Keys[].KeyId" },
  { kind: "key alias", service: "kms", operation: "list_aliases", ids: "Aliases[?TargetKeyId].AliasName" },
  { kind: "secret", service: "secretsmanager", operation: "list_secrets", ids: "SecretList[].Name" },
  { kind: "VPC", service: "ec2", operation: "describe_vpcs", ids: "Vpcs[].VpcId" },
  { kind: "subnet", service: "ec2", operation: "describe_subnets", ids: "Subnets[].SubnetId" },
  {
    kind: "route table",
    service: "ec2",
    operation: "describe_route_tables",
    ids: "RouteTables[].RouteTableId",
  },
  {
    kind: "security group",
    service: "ec2",
    operation: "describe_security_groups",
    ids: "SecurityGroups[?GroupName!='default'].GroupId",
  },
  {
    kind: "network ACL",
    service: "ec2",
    operation: "describe_network_acls",
    ids: "NetworkAcls[?!IsDefault].NetworkAclId",
  },
  {
    kind: "internet gateway",
    service: "ec2",
    operation: "describe_internet_gateways",
    ids: "InternetGateways[].InternetGatewayId",
  },
  {
    kind: "NAT gateway",
    service: "ec2",
    operation: "describe_nat_gateways",
    ids: "NatGateways[?State!='deleted'].NatGatewayId",
  },
  {
    kind: "elastic address",
    service: "ec2",
    operation: "describe_addresses",
    ids: "Addresses[].AllocationId",
  },
  {
    kind: "VPC endpoint",
    service: "ec2",
    operation: "describe_vpc_endpoints",
    ids: "VpcEndpoints[?State!='deleted'].VpcEndpointId",
  },
  { kind: "flow log", service: "ec2", operation: "describe_flow_logs", ids: "FlowLogs[].FlowLogId" },
  {
    kind: "network interface",
    service: "ec2",
    operation: "describe_network_interfaces",
    ids: "NetworkInterfaces[].join(' in ', [NetworkInterfaceId, SubnetId])",
  },
];

/**
 * Asks an emulator what exists in it.
 *
 * Keys that are pending deletion are left out: a destroyed key stays listed for days, on AWS too.
 *
 * @param python of a virtual environment with botocore: the emulator's own
 * @throws OperatorError when a question was not answered, because "nothing left" must not come from silence
 */
export async function takeCensus(emulator: Emulator, python: string, signal?: AbortSignal): Promise<Census> {
  const census = await ask(emulator, python, queries, signal);
  const keys = (census.key ?? []).map((id) => ({
    kind: id,
    service: "kms",
    operation: "describe_key",
    params: { KeyId: id },
    ids: "KeyMetadata.[KeyState]",
  }));
  const states = keys.length > 0 ? await ask(emulator, python, keys, signal) : {};
  return { ...census, key: (census.key ?? []).filter((id) => states[id]?.[0] !== "PendingDeletion") };
}

/** What the second census has and the first has not, kinds without a difference left out. */
export function leftovers(before: Census, after: Census): Census {
  const kinds = Object.entries(after).map(
    ([kind, ids]) => [kind, ids.filter((id) => !before[kind]?.includes(id))] as const,
  );
  return Object.fromEntries(kinds.filter(([, ids]) => ids.length > 0));
}

async function ask(
  { name, url, env }: Emulator,
  python: string,
  questions: readonly Query[],
  signal?: AbortSignal,
): Promise<Record<string, readonly string[]>> {
  const child = spawn(python, [join(projectRoot, "scripts", "local-aws", "aws_query.py")], { signal });
  child.stdin.end(
    JSON.stringify({
      endpoint: url,
      ca: env.AWS_CA_BUNDLE,
      region: env.AWS_REGION,
      key: env.AWS_ACCESS_KEY_ID,
      secret: env.AWS_SECRET_ACCESS_KEY,
      queries: questions,
    }),
  );
  // Node's own AbortError would hide who asked to stop.
  const failed = new Promise<never>((_, reject) =>
    child.once("error", (error) => reject(signal?.aborted ? signal.reason : error)),
  );
  const [output, trouble] = await Promise.race([
    Promise.all([text(child.stdout), text(child.stderr)]),
    failed,
  ]);
  if (output === "")
    throw new OperatorError(`${name} was asked what exists, and nothing came back: ${trouble.trim()}`);
  const answers = JSON.parse(output) as Record<string, readonly string[] | { readonly error: string }>;
  const unanswered = Object.entries(answers).flatMap(([kind, answer]) =>
    "error" in answer ? [`${kind}: ${answer.error}`] : [],
  );
  if (unanswered.length > 0) {
    throw new OperatorError(`${name} does not say what exists:\n  ${unanswered.join("\n  ")}`);
  }
  return answers as Record<string, readonly string[]>;
}
