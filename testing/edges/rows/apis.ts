import type { Resource } from "../configuration";
import type { Graph } from "../graph";
import { roleKeyEnds } from "../keys";
import type { End, Row } from "../row";
import { named, roleOf } from "./functions";

const API_GATEWAY = "https://docs.aws.amazon.com/apigateway/latest/developerguide";
const KINESIS = "https://docs.aws.amazon.com/streams/latest/dev";

/** The role that an argument names, or the text of one elsewhere. */
function roleIn(from: Resource, graph: Graph, argument: string): Resource | string | undefined {
  return graph.role(from, from.arguments[argument]) ?? graph.text(from, from.arguments[argument]);
}

const takingRole = {
  to: "aws_iam_role",
  principal: { service: "apigateway.amazonaws.com" },
  actions: ["sts:AssumeRole"],
  sourceless: "AWS's page has no condition on this trust; who may pass the role guards it",
} as const;

/** The stream that an integration calls Kinesis for: its template names it. */
function streamOf(from: Resource, graph: Graph, action: string): readonly Resource[] {
  if (graph.text(from, from.arguments.uri)?.endsWith(`:kinesis:action/${action}`) !== true) return [];
  const templates = Object.values((from.arguments.request_templates ?? {}) as Record<string, unknown>);
  return [...new Set(templates.flatMap((template) => graph.namedIn(from, template)))].filter(
    ({ type }) => type === "aws_kinesis_stream",
  );
}

const puts: readonly Row[] = ["PutRecord", "PutRecords"].flatMap((action): readonly Row[] => [
  {
    kind: `API puts into stream by ${action}`,
    from: "aws_api_gateway_integration",
    to: "aws_kinesis_stream",
    principal: "role",
    actions: [`kinesis:${action}`],
    document: `${API_GATEWAY}/integrating-api-with-aws-services-kinesis.html`,
    unproven: "the emulator's integrations know no Kinesis",
    ends: (from, graph) =>
      streamOf(from, graph, action).map((to) => ({
        to,
        role: roleIn(from, graph, "credentials") ?? "the caller's own role",
      })),
  },
  {
    kind: `API encrypts for stream by ${action}`,
    from: "aws_api_gateway_integration",
    to: "aws_kms_key",
    principal: "role",
    actions: ["kms:GenerateDataKey"],
    document: `${KINESIS}/permissions-user-key-KMS.html`,
    unproven: "the emulator's streams encrypt nothing",
    ends: (from, graph) => {
      const role = roleIn(from, graph, "credentials");
      if (role === undefined || typeof role === "string") return [];
      return streamOf(from, graph, action).flatMap((stream) =>
        roleKeyEnds(graph, stream, stream.arguments.kms_key_id, { service: "kinesis", role }),
      );
    },
  },
]);

/** Whoever does not sign must be let in by the API's policy, where there is one. */
const openMethods: Row = {
  kind: "everybody calls open method",
  from: "aws_api_gateway_method",
  to: "aws_api_gateway_rest_api",
  principal: "role",
  actions: ["execute-api:Invoke"],
  document: `${API_GATEWAY}/apigateway-authorization-flow.html`,
  ends: (from, graph) => {
    const api = graph.find(graph.text(from, from.arguments.rest_api_id), "aws_api_gateway_rest_api");
    if (api === undefined || from.arguments.authorization === "AWS_IAM") return [];
    if (graph.policyOf(api).effective === undefined) return [];
    return [
      {
        to: api,
        caller: `arn:${api.partition}:iam::000000000000:role/somebody`,
        context: fromWithin(api, graph),
        ...methodOf(from, graph, api),
      },
    ];
  },
};

/** What a call says of where it comes from, if from an address that the API's policy lets in. */
function fromWithin(api: Resource, graph: Graph): NonNullable<End["context"]> {
  const ranges = (graph.policyOf(api).effective?.statements ?? []).flatMap(({ conditions }) =>
    conditions.filter(({ key }) => key.toLowerCase() === "aws:sourceip").flatMap(({ values }) => values),
  );
  const [address = "192.0.2.1"] = (ranges[0] ?? "").split("/").filter((part) => part !== "");
  return { "aws:SourceIp": address };
}

/** The APIs that a function's environment names: by themselves, or by the URL of a stage. */
function apisNamed(from: Resource, graph: Graph): readonly Resource[] {
  const staged = named(from, graph, "aws_api_gateway_stage").flatMap(
    (stage) => graph.find(graph.text(stage, stage.arguments.rest_api_id), "aws_api_gateway_rest_api") ?? [],
  );
  return [...new Set([...named(from, graph, "aws_api_gateway_rest_api"), ...staged])];
}

/** An attribute of a resource, spelled out. */
const attributeOf = (of: Resource, graph: Graph, name: string) => graph.text(of, `\${${of.address}.${name}}`);

/**
 * Which methods a function calls only its code knows, and only those that want a signature need its role: one or more where
 * all of them do, and where others are beside them, what its role says of the API.
 */
const signing: Row = {
  kind: "function calls the API that its environment names",
  from: "aws_lambda_function",
  to: "aws_api_gateway_rest_api",
  principal: "role",
  actions: { anyOf: "execute-api" },
  document: `${API_GATEWAY}/api-gateway-control-access-using-iam-policies-to-invoke-api.html`,
  ends: (from, graph) => {
    const role = roleOf(from, graph);
    return apisNamed(from, graph).flatMap((api) => {
      const id = attributeOf(api, graph, "id");
      const methods = graph
        .ofType("aws_api_gateway_method")
        .filter((each) => graph.text(each, each.arguments.rest_api_id) === id);
      const signed = methods.filter(({ arguments: { authorization } }) => authorization === "AWS_IAM");
      const resource = `${attributeOf(api, graph, "execution_arn")}/`;
      const said = typeof role === "string" || graph.speaksOf(role, resource);
      if (signed.length === 0 || (signed.length < methods.length && !said)) return [];
      return [{ to: api, role, resource, patterns: [`${resource}*`], context: fromWithin(api, graph) }];
    });
  },
};

/** A method as policies name it: in any stage. */
function methodOf(from: Resource, graph: Graph, api: Resource): Pick<End, "resource" | "patterns"> {
  const verb = from.arguments.http_method === "ANY" ? "*" : String(from.arguments.http_method);
  const home = `arn:${api.partition}:execute-api:${api.region}:${api.account}:${graph.text(from, from.arguments.rest_api_id)}`;
  const path = pathOf(graph, from, from.arguments.resource_id).replaceAll(/\{[^}]+\}/g, "*");
  return {
    resource: `${home}/stage/${verb}${path}`.replaceAll("*", "x"),
    patterns: [`${home}/*/${verb}${path}`],
  };
}

function pathOf(graph: Graph, from: Resource, value: unknown): string {
  const resource = graph.find(graph.text(from, value), "aws_api_gateway_resource");
  if (resource === undefined) return "/";
  const above = pathOf(graph, resource, resource.arguments.parent_id);
  return `${above === "/" ? "" : above}/${graph.text(resource, resource.arguments.path_part)}`;
}

/** The setting that all APIs of an account and region share. */
const account: readonly Row[] = [
  {
    ...takingRole,
    kind: "API Gateway takes the account's role",
    from: "aws_api_gateway_account",
    document: `${API_GATEWAY}/set-up-logging.html#set-up-access-logging-permissions`,
    ends: (from, graph) => {
      const to = roleIn(from, graph, "cloudwatch_role_arn");
      return to === undefined ? [] : [{ to }];
    },
  },
  {
    kind: "API Gateway writes logs",
    from: "aws_api_gateway_account",
    to: "*",
    principal: "role",
    actions: [
      "logs:CreateLogGroup",
      "logs:CreateLogStream",
      "logs:DescribeLogGroups",
      "logs:DescribeLogStreams",
      "logs:FilterLogEvents",
      "logs:GetLogEvents",
      "logs:PutLogEvents",
    ],
    document: `${API_GATEWAY}/set-up-logging.html#set-up-access-logging-permissions`,
    unproven:
      "AWS's policy names every log group; that those of one account and region do wants a real account",
    ends: (from, graph) => {
      const role = roleIn(from, graph, "cloudwatch_role_arn");
      const all = `arn:${from.partition}:logs:${from.region}:${from.account}:`;
      return role === undefined
        ? []
        : [{ to: "*", role, resource: `${all}log-group:any`, patterns: [`${all}*`, "*"] }];
    },
  },
];

/** REST APIs: who calls them, what they call, and where they write. */
export const apis: readonly Row[] = [
  {
    ...takingRole,
    kind: "API takes the role of its integration",
    from: "aws_api_gateway_integration",
    document: `${API_GATEWAY}/integrating-api-with-aws-services-kinesis.html`,
    ends: (from, graph) => {
      const to = roleIn(from, graph, "credentials");
      return to === undefined ? [] : [{ to }];
    },
  },
  ...puts,
  openMethods,
  signing,
  ...account,
];
