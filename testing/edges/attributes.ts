/** Where a resource is made, and what it is called. */
export interface Described {
  readonly region: string;
  readonly account: string;
  /** Unique among all resources: stands in for what AWS would choose. */
  readonly unique: string;
  /** An argument as text, or nothing. */
  argument(name: string): string | undefined;
  /** An ARN in the resource's partition, region and account. */
  arn(service: string, resource: string, scope?: "regional" | "global" | "nowhere"): string;
}

type Attributes = Readonly<Record<string, string>>;

/**
 * What the attributes of a resource will be like once it is made, for each type that a policy or an edge names: policies
 * are judged on whole ARNs. A type that is left out has unique texts instead, which are equal to themselves only.
 */
const ATTRIBUTES: Readonly<Record<string, (resource: Described) => Attributes>> = {
  aws_api_gateway_rest_api: (r) => ({
    arn: r.arn("apigateway", `/restapis/${r.unique}`),
    execution_arn: r.arn("execute-api", r.unique),
    id: r.unique,
    root_resource_id: `root-of-${r.unique}`,
  }),
  aws_cloudtrail: named("name", (r, name) => {
    const arn = r.arn("cloudtrail", `trail/${name}`);
    return { arn, id: arn };
  }),
  aws_cloudwatch_composite_alarm: named("alarm_name", (r, name) => ({
    arn: r.arn("cloudwatch", `alarm:${name}`),
    id: name,
  })),
  aws_cloudwatch_event_archive: named("name", (r, name) => ({
    arn: r.arn("events", `archive/${name}`),
    id: name,
  })),
  aws_cloudwatch_event_bus: named("name", (r, name) => ({
    arn: r.arn("events", `event-bus/${name}`),
    id: name,
  })),
  aws_cloudwatch_event_rule: named("name", (r, name) => {
    // A bus by its ARN or by its name; the default one is left out.
    const bus = (r.argument("event_bus_name") ?? "default").split("event-bus/").at(-1);
    const path = bus === "default" ? name : `${bus}/${name}`;
    return { arn: r.arn("events", `rule/${path}`), id: path };
  }),
  aws_cloudwatch_log_group: named("name", (r, name) => ({
    arn: r.arn("logs", `log-group:${name}`),
    id: name,
  })),
  aws_cloudwatch_log_stream: named("name", (r, name) => ({
    arn: r.arn("logs", `log-group:${r.argument("log_group_name")}:log-stream:${name}`),
    id: name,
  })),
  aws_cloudwatch_metric_alarm: named("alarm_name", (r, name) => ({
    arn: r.arn("cloudwatch", `alarm:${name}`),
    id: name,
  })),
  aws_dynamodb_table: named("name", (r, name) => ({
    arn: r.arn("dynamodb", `table/${name}`),
    id: name,
    stream_arn: r.arn("dynamodb", `table/${name}/stream/2000-01-01T00:00:00.000`),
  })),
  aws_flow_log: (r) => ({ arn: r.arn("ec2", `vpc-flow-log/fl-${r.unique}`), id: `fl-${r.unique}` }),
  aws_glue_catalog_database: named("name", (r, name) => ({
    arn: r.arn("glue", `database/${name}`),
    id: `${r.account}:${name}`,
  })),
  aws_glue_catalog_table: named("name", (r, name) => ({
    arn: r.arn("glue", `table/${r.argument("database_name")}/${name}`),
    id: `${r.account}:${r.argument("database_name")}:${name}`,
  })),
  aws_iam_policy: named("name", (r, name) => {
    const arn = r.arn("iam", `policy${r.argument("path") ?? "/"}${name}`, "global");
    return { arn, id: arn };
  }),
  aws_iam_role: named("name", (r, name) => ({
    arn: r.arn("iam", `role${r.argument("path") ?? "/"}${name}`, "global"),
    id: name,
  })),
  aws_kinesis_firehose_delivery_stream: named("name", (r, name) => {
    const arn = r.arn("firehose", `deliverystream/${name}`);
    return { arn, id: arn };
  }),
  aws_kinesis_stream: named("name", (r, name) => {
    const arn = r.arn("kinesis", `stream/${name}`);
    return { arn, id: arn };
  }),
  aws_kms_alias: named("name", (r, name) => ({ arn: r.arn("kms", name), id: name })),
  aws_kms_key: (r) => ({ arn: r.arn("kms", `key/${r.unique}`), id: r.unique, key_id: r.unique }),
  aws_lambda_alias: (r) => {
    const called = `${r.argument("function_name")}:${r.argument("name")}`;
    // The function by its ARN or by its name.
    const arn = called.startsWith("arn:") ? called : r.arn("lambda", `function:${called}`);
    return { arn, id: arn, invoke_arn: invokeArn(r, arn) };
  },
  aws_lambda_function: named("function_name", (r, name) => {
    const arn = r.arn("lambda", `function:${name}`);
    return { arn, id: name, invoke_arn: invokeArn(r, arn), qualified_arn: `${arn}:1` };
  }),
  aws_s3_bucket: named("bucket", (r, name) => ({ arn: r.arn("s3", name, "nowhere"), id: name })),
  aws_scheduler_schedule: named("name", (r, name) => {
    const group = r.argument("group_name") ?? "default";
    return { arn: r.arn("scheduler", `schedule/${group}/${name}`), id: `${group}/${name}` };
  }),
  aws_scheduler_schedule_group: named("name", (r, name) => ({
    arn: r.arn("scheduler", `schedule-group/${name}`),
    id: name,
  })),
  aws_sfn_state_machine: named("name", (r, name) => {
    const arn = r.arn("states", `stateMachine:${name}`);
    return { arn, id: arn };
  }),
  aws_sns_topic: named("name", (r, name) => ({ arn: r.arn("sns", name), id: r.arn("sns", name) })),
  aws_sqs_queue: named("name", (r, name) => {
    const url = `https://sqs.${r.region}.amazonaws.com/${r.account}/${name}`;
    return { arn: r.arn("sqs", name), id: url, url };
  }),
};

/** By which API Gateway calls a function. */
function invokeArn({ region, arn }: Described, called: string): string {
  const [, partition] = arn("lambda", "").split(":");
  return `arn:${partition}:apigateway:${region}:lambda:path/2015-03-31/functions/${called}/invocations`;
}

/** A type with a name of its own; without one, or with a prefix only, AWS or Terraform chooses it. */
function named(argument: string, attributes: (resource: Described, name: string) => Attributes) {
  return (resource: Described) => {
    const name = resource.argument(argument) ?? resource.unique;
    return { [argument]: name, ...attributes(resource, name) };
  };
}

/** The attributes of a resource as far as its type is known; `arn` and `id` are always there. */
export function attributesOf(type: string, resource: Described): Attributes {
  const known = ATTRIBUTES[type]?.(resource);
  if (known !== undefined) return known;
  const [, service = type] = type.split("_");
  return { arn: resource.arn(service, `${type}/${resource.unique}`), id: `${type}-${resource.unique}` };
}
