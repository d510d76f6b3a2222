import { ApiGatewayAccount as AccountSettings } from "@cdktf/provider-aws/lib/api-gateway-account";
import { ApiGatewayApiKey } from "@cdktf/provider-aws/lib/api-gateway-api-key";
import { ApiGatewayAuthorizer } from "@cdktf/provider-aws/lib/api-gateway-authorizer";
import { ApiGatewayDeployment } from "@cdktf/provider-aws/lib/api-gateway-deployment";
import { ApiGatewayGatewayResponse } from "@cdktf/provider-aws/lib/api-gateway-gateway-response";
import { ApiGatewayIntegration } from "@cdktf/provider-aws/lib/api-gateway-integration";
import { ApiGatewayIntegrationResponse } from "@cdktf/provider-aws/lib/api-gateway-integration-response";
import { ApiGatewayMethod } from "@cdktf/provider-aws/lib/api-gateway-method";
import { ApiGatewayMethodSettings } from "@cdktf/provider-aws/lib/api-gateway-method-settings";
import { ApiGatewayModel } from "@cdktf/provider-aws/lib/api-gateway-model";
import { ApiGatewayRequestValidator } from "@cdktf/provider-aws/lib/api-gateway-request-validator";
import { ApiGatewayResource } from "@cdktf/provider-aws/lib/api-gateway-resource";
import { ApiGatewayRestApi } from "@cdktf/provider-aws/lib/api-gateway-rest-api";
import { ApiGatewayRestApiPolicy } from "@cdktf/provider-aws/lib/api-gateway-rest-api-policy";
import { ApiGatewayStage } from "@cdktf/provider-aws/lib/api-gateway-stage";
import { ApiGatewayUsagePlan } from "@cdktf/provider-aws/lib/api-gateway-usage-plan";
import { ApiGatewayUsagePlanKey } from "@cdktf/provider-aws/lib/api-gateway-usage-plan-key";
import { CloudwatchLogGroup } from "@cdktf/provider-aws/lib/cloudwatch-log-group";
import { CloudwatchMetricAlarm } from "@cdktf/provider-aws/lib/cloudwatch-metric-alarm";
import { CognitoUserPool } from "@cdktf/provider-aws/lib/cognito-user-pool";
import { IamRole } from "@cdktf/provider-aws/lib/iam-role";
import { IamRolePolicy } from "@cdktf/provider-aws/lib/iam-role-policy";
import { KmsKeyPolicy } from "@cdktf/provider-aws/lib/kms-key-policy";
import { type TerraformStack, Token } from "cdktf";
import {
  ActionIntegration,
  ApiGatewayAccount,
  type ApiMethodProps,
  type HttpMethod,
  type Integration,
  type IntegrationArguments,
  type JsonSchema,
  RestApi,
  type RestApiProps,
} from "../../modules/api";
import { resolveIn, restApiPolicy, ServiceRole } from "../../modules/core";
import { decide, readPolicy, statementsOf, synthesize } from "../../testing";

const UNKNOWN = Token.asString({ resolve: () => "${var.x}" });
const UNKNOWN_NUMBER = Token.asNumber({ resolve: () => "${var.n}" });

/** Answers by itself. */
class Mock implements Integration {
  constructor(private readonly more: Partial<IntegrationArguments> = {}) {}
  bind(): IntegrationArguments {
    return { type: "MOCK", responses: [{ status: 200, template: "{}" }], ...this.more };
  }
}

const integration = new Mock();
const open = { authorization: "none", integration } as const;

interface Given {
  readonly props?: RestApiProps;
  readonly method?: Partial<ApiMethodProps>;
  readonly on?: `${HttpMethod} /${string}`;
  readonly also?: (api: RestApi, stack: TerraformStack) => void;
}

const made = ({ props, method, on = "GET /ping", also }: Given = {}) =>
  synthesize((stack) => {
    const api = new RestApi(stack, "orders", props);
    api.method(on, { ...open, ...method });
    also?.(api, stack);
  });

describe("a REST API", () => {
  it("is regional, and replaced by a new one before the old one goes", () => {
    expect(made().one(ApiGatewayRestApi)).toMatchObject({
      name: "test_orders",
      endpoint_configuration: { types: ["REGIONAL"] },
      lifecycle: { create_before_destroy: true },
    });
  });

  it("makes each path once, however many methods ask for it", () => {
    const result = made({
      on: "GET /orders/{id}/lines",
      also: (api) => {
        api.method("POST /orders/{id}/lines", open);
        api.method("GET /orders", open);
        api.method("GET /files/{name+}", open);
        api.method("GET /", open);
      },
    });
    const parts = Object.values(result.resources(ApiGatewayResource)).map(({ path_part }) => path_part);
    expect(parts.sort()).toEqual(["files", "lines", "orders", "{id}", "{name+}"]);
    const id = result.addressAt("orders/root/orders", ApiGatewayResource);
    expect(result.at("orders/root/orders/by-id", ApiGatewayResource).parent_id).toBe(`\${${id}.id}`);
    expect(result.at("orders/root/get", ApiGatewayMethod).resource_id).toMatch(/root_resource_id}$/);
  });

  it("declares the parameters of its paths", () => {
    const result = made({ on: "GET /orders/{id}/{rest+}" });
    expect(result.one(ApiGatewayMethod).request_parameters).toEqual({
      "method.request.path.id": true,
      "method.request.path.rest": true,
    });
  });

  it("has one stage, live unless named otherwise, traced, with an access log in JSON", () => {
    const stage = made().one(ApiGatewayStage);
    expect(stage).toMatchObject({ stage_name: "live", xray_tracing_enabled: true });
    expect(stage.access_log_settings.destination_arn).toMatch(/access-log_\w+\.arn}$/);
    expect(made({ props: { stage: "v2" } }).one(ApiGatewayStage).stage_name).toBe("v2");
  });

  it("logs who called, what came of it and where it went wrong, within the 3 KB that AWS takes", () => {
    const { format } = made().one(ApiGatewayStage).access_log_settings;
    const fields = Object.values(JSON.parse(format));
    expect(fields).toEqual(
      expect.arrayContaining([
        "$context.requestId",
        "$context.status",
        "$context.identity.sourceIp",
        "$context.authorizer.error",
        "$context.error.message",
        "$context.integration.error",
        "$context.integration.status",
      ]),
    );
    // It holds quotes itself.
    expect(fields).not.toContain("$context.error.validationErrorString");
    expect(format.length).toBeLessThan(3072);
  });

  it("writes errors to the log group that API Gateway would else make and keep for ever, made before the stage", () => {
    const result = made();
    const group = result.at("orders/execution-log", CloudwatchLogGroup);
    const api = result.addressAt("orders", ApiGatewayRestApi);
    expect(group.name).toBe(`API-Gateway-Execution-Logs_\${${api}.id}/live`);
    expect(group.retention_in_days).toBe(30);
    expect(result.one(ApiGatewayStage).depends_on).toEqual([
      result.addressAt("orders/execution-log", CloudwatchLogGroup),
    ]);
    expect(result.one(ApiGatewayMethodSettings)).toMatchObject({
      method_path: "*/*",
      settings: { logging_level: "ERROR", data_trace_enabled: false, metrics_enabled: true },
    });
  });

  it("lets the key of the stack's logs be used for that group", () => {
    const policy = statementsOf(made().one(KmsKeyPolicy).policy);
    const groups = policy.map(({ Condition }) => Condition?.ArnLike["kms:EncryptionContext:aws:logs:arn"]);
    expect(groups.flat()).toContainEqual(
      expect.stringMatching(/:log-group:API-Gateway-Execution-Logs_\$\{.*\}\/live$/),
    );
  });

  it("writes more, or nothing, of its own doing where asked, and then makes no group", () => {
    const level = (executionLogs: RestApiProps["executionLogs"]) => {
      const result = made({ props: { executionLogs } });
      const names = Object.values(result.resources(CloudwatchLogGroup)).map(({ name }) => name);
      return [result.one(ApiGatewayMethodSettings).settings.logging_level, names.length];
    };
    expect(level("info")).toEqual(["INFO", 2]);
    expect(level("off")).toEqual(["OFF", 1]);
  });

  it("lets 100 requests a second through, or as many as said", () => {
    expect(made().one(ApiGatewayMethodSettings).settings).toMatchObject({
      throttling_rate_limit: 100,
      throttling_burst_limit: 200,
    });
    const throttled = made({ props: { throttle: { ratePerSecond: 5, burst: UNKNOWN_NUMBER } } });
    expect(throttled.one(ApiGatewayMethodSettings).settings).toMatchObject({
      throttling_rate_limit: 5,
      throttling_burst_limit: "${var.n}",
    });
  });

  it("answers for itself in JSON, with the id of the request", () => {
    const responses = Object.values(made().resources(ApiGatewayGatewayResponse));
    expect(responses.map(({ response_type }) => response_type)).toEqual(["DEFAULT_4XX", "DEFAULT_5XX"]);
    for (const { response_templates } of responses) {
      const filled = (response_templates["application/json"] ?? "")
        .replace("$context.error.messageString", '"Forbidden"')
        .replace("$context.error.responseType", "ACCESS_DENIED")
        .replace("$context.requestId", "r-1");
      expect(JSON.parse(filled)).toEqual({ message: "Forbidden", type: "ACCESS_DENIED", requestId: "r-1" });
    }
  });

  it("is watched by its name and stage: the rate of errors on both sides, and slowness", () => {
    const alarms = Object.values(made({ props: { stage: "v2" } }).resources(CloudwatchMetricAlarm));
    const api = made().addressAt("orders", ApiGatewayRestApi);
    expect(
      alarms.map(({ metric_name, statistic, threshold, evaluation_periods, dimensions }) => [
        metric_name,
        statistic,
        threshold,
        evaluation_periods,
        dimensions,
      ]),
    ).toEqual([
      ["4XXError", "Average", 0.5, 3, { ApiName: `\${${api}.name}`, Stage: "v2" }],
      ["Latency", "Average", 1000, 3, { ApiName: `\${${api}.name}`, Stage: "v2" }],
      ["5XXError", "Average", 0.01, 1, { ApiName: `\${${api}.name}`, Stage: "v2" }],
    ]);
  });

  it("calls at other rates where asked, also at ones known at apply only", () => {
    const props = {
      alarmAtServerErrorRate: 0.2,
      alarmAtClientErrorRate: UNKNOWN_NUMBER,
      alarmAtLatencyMs: 50,
    };
    const alarms = Object.values(made({ props }).resources(CloudwatchMetricAlarm));
    expect(alarms.map(({ threshold }) => threshold)).toEqual(["${var.n}", 50, 0.2]);
  });

  it("says where it is called", () => {
    let url: unknown;
    const result = made({
      also: (api) => {
        url = resolveIn(api, api.url);
      },
    });
    expect(url).toBe(`\${${result.addressAt("orders/stage", ApiGatewayStage)}.invoke_url}`);
  });

  it.each<[string, RestApiProps, RegExp]>([
    ["a stage that is no name", { stage: "a/b" }, /rest api "test\/orders": stage must be 1 to 128/],
    [
      "no requests at all",
      { throttle: { ratePerSecond: 0, burst: 1 } },
      /throttle.ratePerSecond must be between 1 and 10000, got 0/,
    ],
    [
      "a burst above the account's",
      { throttle: { ratePerSecond: 1, burst: 5001 } },
      /throttle.burst must be between 1 and 5000/,
    ],
    [
      "an unknown log level",
      { executionLogs: "debug" as "info" },
      /executionLogs must be one of off, errors, info, got "debug"/,
    ],
    [
      "a rate of errors that never is",
      { alarmAtServerErrorRate: 0 },
      /alarmAtServerErrorRate must be above 0 and at most 1, got 0/,
    ],
    [
      "a rate above all",
      { alarmAtClientErrorRate: 1.1 },
      /alarmAtClientErrorRate must be above 0 and at most 1/,
    ],
    [
      "a latency that API Gateway does not wait for",
      { alarmAtLatencyMs: 29_001 },
      /alarmAtLatencyMs must be between 1 and 29000/,
    ],
    ["nobody's range", { allowedSourceRanges: [] }, /allowedSourceRanges must name at least one range/],
    [
      "a range that is none",
      { allowedSourceRanges: ["192.0.2.0"] },
      /allowedSourceRanges must be ranges such as 192.0.2.0\/24/,
    ],
    ["keys of nobody", { usagePlan: { keys: [] } }, /usagePlan.keys must name at least one caller/],
    ["a key twice", { usagePlan: { keys: ["a", "a"] } }, /usagePlan.keys must differ, got a, a/],
    ["a key that is no id", { usagePlan: { keys: ["A b"] } }, /usagePlan.keys "A b" must be kebab-case/],
    [
      "a quota of none",
      { usagePlan: { keys: ["a"], quota: { limit: 0, period: "day" } } },
      /usagePlan.quota.limit must be between/,
    ],
    [
      "a quota for a year",
      { usagePlan: { keys: ["a"], quota: { limit: 1, period: "year" as "day" } } },
      /usagePlan.quota.period must be one of day, week, month/,
    ],
  ])("rejects %s", (_, props, message) => {
    expect(() => made({ props })).toThrow(message);
  });

  it("rejects an API without a method, which AWS does not deploy", () => {
    expect(() => synthesize((stack) => void new RestApi(stack, "orders"))).toThrow(
      /rest api "test\/orders": has no method/,
    );
  });

  it.each([
    ["GET /orders/", /path must be a path such as/],
    ["GET /a b", /path must be a path such as/],
    ["GET /{all+}/more", /path must end with \{all\+\}/],
    ["GET /orders/get", /path must not have a part named like a verb, got get/],
  ] as const)("rejects the path of %s", (on, message) => {
    expect(() => made({ on })).toThrow(message);
  });
});

describe("the deployment of a REST API", () => {
  const triggers = (given?: Given) => made(given).one(ApiGatewayDeployment).triggers;

  it("waits for everything that it copies, and stands beside the old one until the stage has moved", () => {
    const result = made({
      method: { authorization: "none", parameters: { "querystring.page": "required" } },
      on: "POST /orders",
      props: { allowedSourceRanges: ["192.0.2.0/24"] },
    });
    const deployment = result.one(ApiGatewayDeployment);
    const types = deployment.depends_on.map((address: string) => address.split(".")[0]);
    expect([...new Set(types)].sort()).toEqual([
      "aws_api_gateway_gateway_response",
      "aws_api_gateway_integration",
      "aws_api_gateway_integration_response",
      "aws_api_gateway_method",
      "aws_api_gateway_method_response",
      "aws_api_gateway_request_validator",
      "aws_api_gateway_resource",
      "aws_api_gateway_rest_api_policy",
    ]);
    expect(deployment.lifecycle).toEqual({ create_before_destroy: true });
    expect(deployment.stage_name).toBeUndefined();
  });

  it("is the same for the same API", () => {
    expect(triggers()).toEqual(triggers());
    expect(triggers({ props: { stage: "v2", throttle: { ratePerSecond: 1, burst: 1 } } })).toEqual(
      triggers(),
    );
  });

  const pool = (stack: TerraformStack) => new CognitoUserPool(stack, "users", { name: "users" });
  const body: JsonSchema = { type: "object" };
  it.each<[string, Given, Given]>([
    ["a method", { method: { authorization: "iam" } }, {}],
    [
      "an integration",
      { method: { integration: new Mock({ requestTemplates: { "application/json": "{}" } }) } },
      {},
    ],
    [
      "a word in a response's template",
      { method: { integration: new Mock({ responses: [{ status: 200, template: '{"a": 1}' }] }) } },
      {},
    ],
    [
      "the statuses that a response takes",
      { method: { integration: new Mock({ responses: [{ status: 200, pattern: "2.*", template: "{}" }] }) } },
      {},
    ],
    [
      "a model",
      { on: "POST /ping", method: { body: { type: "object", maxProperties: 3 } } },
      { on: "POST /ping", method: { body } },
    ],
    [
      "a validator",
      { on: "POST /ping", method: { body, parameters: { "header.X-A": "required" } } },
      { on: "POST /ping", method: { body, parameters: { "header.X-A": "optional" } } },
    ],
    [
      "the API's policy",
      { props: { allowedSourceRanges: ["192.0.2.0/24"] } },
      { props: { allowedSourceRanges: ["192.0.2.0/25"] } },
    ],
    [
      "the scopes of an authoriser's tokens",
      {
        also: (api, stack) =>
          void api.method("GET /a", {
            integration,
            authorization: { cognito: pool(stack), scopes: ["a/b"] },
          }),
      },
      {
        also: (api, stack) =>
          void api.method("GET /a", { integration, authorization: { cognito: pool(stack) } }),
      },
    ],
    [
      "an authoriser",
      {
        also: (api, stack) => {
          api.method("GET /a", { integration, authorization: { cognito: pool(stack) } });
          (api.node.findChild("authorizer") as ApiGatewayAuthorizer).identitySource =
            "method.request.header.Token";
        },
      },
      {
        also: (api, stack) =>
          void api.method("GET /a", { integration, authorization: { cognito: pool(stack) } }),
      },
    ],
    [
      "a gateway response, by the escape hatch",
      {
        also: (api) => {
          const response = api.node.findChild("default-4xx") as ApiGatewayGatewayResponse;
          response.responseTemplates = { "application/json": "{}" };
        },
      },
      {},
    ],
    [
      "what the API says of bodies that are not text",
      {
        also: ({ api }) => {
          api.binaryMediaTypes = ["image/png"];
        },
      },
      {},
    ],
    [
      "something made elsewhere in the stack, by the API's id",
      {
        also: ({ api }, stack) =>
          void new ApiGatewayModel(stack, "pet", {
            restApiId: api.id,
            name: "Pet",
            contentType: "application/json",
            schema: "{}",
          }),
      },
      {},
    ],
  ])("is made anew when %s changes", (_, changed, before) => {
    expect(triggers(changed).bodies).not.toBe(triggers(before).bodies);
  });

  it("is made anew when something that it refers to is another one, though no word of the stack has changed", () => {
    const { references } = made({
      also: (api, stack) => {
        const role = new ServiceRole(stack, "role", { service: "apigateway.amazonaws.com" });
        role.allow("Put", { actions: ["kinesis:PutRecord"], resources: ["*"] });
        api.method("POST /a", { ...open, integration: action(role) });
      },
    }).one(ApiGatewayDeployment).triggers;
    expect(references).toMatch(/^\$\{sha256\(jsonencode\(\[.*aws_iam_role\.role\.arn.*\]\)\)\}$/);
  });

  it("does not tell apart two APIs of one stack by each other's changes", () => {
    const other = (stage: string) =>
      made({
        also: (_, stack) => {
          const second = new RestApi(stack, "second");
          second.method(`GET /${stage}`, open);
        },
      }).at("orders/deployment", ApiGatewayDeployment);
    expect(other("a").triggers).toEqual(other("b").triggers);
    expect(other("a").depends_on.filter((address: string) => address.includes("second"))).toEqual([]);
  });
});

const action = (role: ServiceRole) =>
  new ActionIntegration({
    service: "kinesis",
    action: "PutRecord",
    role,
    template: "{}",
    responses: [
      { status: 200, template: "{}" },
      { status: 400, pattern: "4\\d{2}", template: "{}" },
    ],
  });

describe("a method", () => {
  it("says in so many words who may call it", () => {
    const authorization = (given: ApiMethodProps["authorization"]) =>
      made({ method: { authorization: given } }).one(ApiGatewayMethod).authorization;
    expect(authorization("iam")).toBe("AWS_IAM");
    expect(authorization("none")).toBe("NONE");
  });

  it("takes the tokens of a user pool, by one authoriser for all methods", () => {
    const result = made({
      also: (api, stack) => {
        const cognito = new CognitoUserPool(stack, "users", { name: "users" });
        api.method("GET /a", { integration, authorization: { cognito } });
        api.method("GET /b", { integration, authorization: { cognito, scopes: ["orders/read"] } });
      },
    });
    expect(result.one(ApiGatewayAuthorizer)).toMatchObject({
      type: "COGNITO_USER_POOLS",
      provider_arns: ["${aws_cognito_user_pool.users.arn}"],
    });
    const id = `\${${result.addressAt("orders/authorizer", ApiGatewayAuthorizer)}.id}`;
    expect(result.at("orders/root/a/get", ApiGatewayMethod)).toMatchObject({
      authorization: "COGNITO_USER_POOLS",
      authorizer_id: id,
    });
    expect(result.at("orders/root/a/get", ApiGatewayMethod).authorization_scopes).toBeUndefined();
    expect(result.at("orders/root/b/get", ApiGatewayMethod).authorization_scopes).toEqual(["orders/read"]);
  });

  it("checks a body against a model, and parameters where one is required, with one validator for each kind", () => {
    const result = made({
      on: "POST /orders/{id}",
      method: { body: { type: "object", required: ["total"], properties: { total: { type: "number" } } } },
      also: (api) => {
        api.method("PUT /orders/{id}", { ...open, body: { type: "object" } });
        api.method("GET /orders", {
          ...open,
          parameters: { "querystring.page": "required", "header.X-B": "optional" },
        });
        api.method("PATCH /orders", { ...open, body: {}, parameters: { "header.X-A": "required" } });
      },
    });
    expect(
      Object.values(result.resources(ApiGatewayRequestValidator)).map((each) => [
        each.name,
        each.validate_request_body,
        each.validate_request_parameters,
      ]),
    ).toEqual([
      ["body-and-parameters", true, true],
      ["body", true, false],
      ["parameters", false, true],
    ]);
    const model = result.at("orders/root/orders/by-id/post/model", ApiGatewayModel);
    expect(model.name).toMatch(/^PostOrders\w+$/);
    expect(JSON.parse(model.schema)).toEqual({
      $schema: "http://json-schema.org/draft-04/schema#",
      type: "object",
      required: ["total"],
      properties: { total: { type: "number" } },
    });
    const name = `\${${result.addressAt("orders/root/orders/by-id/post/model", ApiGatewayModel)}.name}`;
    expect(result.at("orders/root/orders/by-id/post", ApiGatewayMethod).request_models).toEqual({
      "application/json": name,
    });
    expect(result.at("orders/root/orders/get", ApiGatewayMethod).request_parameters).toEqual({
      "method.request.querystring.page": true,
      "method.request.header.X-B": false,
    });
  });

  it("may be invoked in its own stage by whom that is granted", () => {
    const result = made({
      on: "ANY /orders/{id}",
      method: { authorization: "iam" },
      also: (api, stack) => {
        const role = new ServiceRole(stack, "role", { service: "lambda.amazonaws.com" });
        api.method("GET /mine", { ...open, authorization: "iam" }).grantInvoke(role);
        (api.route("/orders/{id}").node.findChild("any") as ReturnType<RestApi["method"]>).grantInvoke(role);
      },
    });
    const arn = "${aws_api_gateway_rest_api.orders.execution_arn}";
    const resources = statementsOf(result.one(IamRolePolicy).policy).map(({ Action, Resource }) => [
      Action,
      Resource,
    ]);
    expect(resources.sort()).toEqual([
      ["execute-api:Invoke", `${arn}/live/*/orders/*`],
      ["execute-api:Invoke", `${arn}/live/GET/mine`],
    ]);
  });

  it("calls an action of a service with its role, takes JSON only, and answers by what came back", () => {
    const result = synthesize((stack) => {
      const role = new ServiceRole(stack, "role", { service: "apigateway.amazonaws.com" });
      role.allow("Put", { actions: ["kinesis:PutRecord"], resources: ["*"] });
      new RestApi(stack, "orders").method("PUT /a", { ...open, integration: action(role) });
    });
    expect(result.one(ApiGatewayIntegration)).toMatchObject({
      type: "AWS",
      integration_http_method: "POST",
      uri: "arn:aws:apigateway:eu-west-1:kinesis:action/PutRecord",
      credentials: "${aws_iam_role.role.arn}",
      passthrough_behavior: "NEVER",
      request_parameters: { "integration.request.header.Content-Type": "'application/x-amz-json-1.1'" },
      request_templates: { "application/json": "{}" },
      depends_on: [result.addressAt("role/policy", IamRolePolicy)],
    });
    const responses = Object.values(result.resources(ApiGatewayIntegrationResponse));
    expect(responses.map(({ selection_pattern }) => selection_pattern)).toEqual([undefined, "4\\d{2}"]);
  });

  it("is integrated by whatever binds, which learns where it is", () => {
    let arn = "";
    class Proxied implements Integration {
      bind(method: Parameters<Integration["bind"]>[0]): IntegrationArguments {
        ({ arn } = method);
        return { type: "AWS_PROXY", integrationHttpMethod: "POST", uri: "arn:…:function", responses: [] };
      }
    }
    const result = made({ on: "POST /orders/{id}", method: { integration: new Proxied() } });
    expect(result.one(ApiGatewayIntegration)).toMatchObject({ type: "AWS_PROXY", uri: "arn:…:function" });
    expect(Object.keys(result.resources(ApiGatewayIntegrationResponse))).toEqual([]);
    expect(arn).toMatch(/\/\*\/POST\/orders\/\*$/);
  });

  it.each<[string, Partial<ApiMethodProps>, RegExp]>([
    [
      "one that does not say who may call it",
      { authorization: undefined as never },
      /method "test\/orders\/root\/ping\/get": authorization must be "iam", "none" or \{ cognito: userPool \}, got undefined/,
    ],
    [
      "another word for everybody",
      { authorization: "NONE" as "none" },
      /authorization must be "iam", "none"/,
    ],
    ["a body where there is none", { body: {} }, /body has no meaning for GET: use parameters/],
    ["a parameter of nowhere", { parameters: { page: "required" } }, /parameters "page" must be named like/],
    [
      "a parameter that may be",
      { parameters: { "header.A": "maybe" as "optional" } },
      /parameters.header.A must be one of required, optional/,
    ],
  ])("rejects %s", (_, method, message) => {
    expect(() => made({ method })).toThrow(message);
  });

  it("tells the scanner that nothing is validated, or that everybody may call, where that is so", () => {
    const skips = (given: Given) => Object.keys(made(given).one(ApiGatewayMethod)["//"].skip_checks ?? {});
    const body: JsonSchema = { type: "object" };
    expect(skips({ method: { authorization: "iam" } })).toEqual(["CKV2_AWS_53"]);
    expect(skips({ on: "POST /a", method: { authorization: "iam", body } })).toEqual([]);
    expect(skips({ on: "POST /a", method: { body } })).toEqual(["CKV_AWS_59"]);
    expect(skips({ on: "POST /a", method: { body }, props: { usagePlan: { keys: ["a"] } } })).toEqual([]);
  });

  it("rejects a verb that is none", () => {
    expect(() => made({ on: "FETCH /a" as "GET /a" })).toThrow(/verb must be one of ANY, DELETE/);
  });

  it("rejects a second method with the same verb", () => {
    expect(() => made({ also: (api) => void api.method("GET /ping", open) })).toThrow(
      /route "test\/orders\/root\/ping": has a method GET already/,
    );
  });

  it("rejects a second user pool, since tokens of either would do for both", () => {
    const pools = (api: RestApi, stack: TerraformStack) => {
      for (const id of ["a", "b"]) {
        const cognito = new CognitoUserPool(stack, id, { name: id });
        api.method(`GET /${id}`, { integration, authorization: { cognito } });
      }
    };
    expect(() => made({ also: pools })).toThrow(/has methods for another user pool already/);
  });
});

describe("a schema of bodies", () => {
  const withBody = (body: unknown) => made({ on: "POST /ping", method: { body: body as JsonSchema } });

  it("may say whatever draft 4 knows", () => {
    const schema: JsonSchema = {
      title: "order",
      type: ["object", "null"],
      required: ["id"],
      minProperties: 1,
      maxProperties: 9,
      properties: {
        id: { type: "string", minLength: 1, maxLength: 9, pattern: "^\\d+$", format: "date" },
        total: { type: "number", minimum: 0, exclusiveMinimum: true, multipleOf: 0.01 },
        lines: { type: "array", items: { enum: [1, 2] }, minItems: 0, maxItems: 3, uniqueItems: true },
        pair: { items: [{ type: "string" }, {}], additionalItems: false },
        any: { anyOf: [{ type: "string" }], allOf: [{}], oneOf: [{}], not: { type: "null" } },
      },
      patternProperties: { "^x-": {} },
      additionalProperties: { type: "string", description: "more" },
    };
    expect(() => withBody(schema)).not.toThrow();
    expect(() => withBody(UNKNOWN)).not.toThrow();
  });

  it.each<[string, unknown, RegExp]>([
    ["one that is none", "object", /body must be a JSON schema \(an object\), got "object"/],
    ["a type of another language", { type: "float" }, /body.type must be array, boolean, integer/],
    ["a flag of draft 3", { required: true }, /body.required must be a list of at least one name/],
    ["an empty list of names", { required: [] }, /body.required must be a list of at least one name/],
    [
      "an exclusive minimum of draft 6",
      { exclusiveMinimum: 3 },
      /body.exclusiveMinimum must be true or false \(draft 4/,
    ],
    [
      "a word of draft 6",
      { const: 1 },
      /body.const is no keyword of JSON schema draft 4: use enum with one value/,
    ],
    ["a word of draft 7", { if: {} }, /body.if is no keyword of JSON schema draft 4: use anyOf/],
    [
      "a misspelt word, deep inside",
      { properties: { a: { maxLenght: 3 } } },
      /body.properties.a.maxLenght is no keyword.*API Gateway would overlook it/,
    ],
    ["a count below none", { maxItems: -1 }, /body.maxItems must be a whole number, 0 or more, got -1/],
    ["an expression that is none", { pattern: "(" }, /body.pattern must be a regular expression/],
    ["an empty choice", { enum: [] }, /body.enum must be a list of at least one value/],
    ["no alternatives", { anyOf: [] }, /body.anyOf must be a list of at least one schema/],
    ["properties that are a list", { properties: [] }, /body.properties must be schemas by name/],
    ["a bound that is a text", { minimum: "3" }, /body.minimum must be a number/],
    ["a description that is none", { description: 3 }, /body.description must be a text/],
    ["items that are no schema", { items: true }, /body.items must be a JSON schema/],
    [
      "a name that is required and forbidden",
      { required: ["a"], additionalProperties: false, properties: { b: {} } },
      /body.required names a, which additionalProperties: false forbids/,
    ],
  ])("rejects %s", (_, body, message) => {
    expect(() => withBody(body)).toThrow(message);
  });
});

describe("the usage plan of an API", () => {
  const usagePlan = {
    keys: ["north", "south"],
    throttle: { ratePerSecond: 2, burst: 4 },
    quota: { limit: 1000, period: "day" },
  } as const;

  it("gives each caller a key, and every method asks for one", () => {
    const result = made({ props: { usagePlan } });
    expect(Object.values(result.resources(ApiGatewayApiKey)).map(({ name }) => name)).toEqual([
      "test_orders_usage-plan_north",
      "test_orders_usage-plan_south",
    ]);
    expect(Object.values(result.resources(ApiGatewayUsagePlanKey))).toHaveLength(2);
    expect(result.one(ApiGatewayMethod).api_key_required).toBe(true);
    expect(made().one(ApiGatewayMethod).api_key_required).toBe(false);
  });

  it("throttles each key and counts its requests, on the one stage", () => {
    expect(made({ props: { usagePlan } }).one(ApiGatewayUsagePlan)).toMatchObject({
      throttle_settings: { rate_limit: 2, burst_limit: 4 },
      quota_settings: { limit: 1000, period: "DAY" },
      api_stages: [{ stage: expect.stringMatching(/stage_name}$/) }],
    });
    const bare = made({ props: { usagePlan: { keys: ["a"] } } }).one(ApiGatewayUsagePlan);
    expect([bare.throttle_settings, bare.quota_settings]).toEqual([undefined, undefined]);
  });
});

describe("the policy of an API", () => {
  const HOME = "arn:aws:execute-api:eu-west-1:123456789012:abc";
  const allowedSourceRanges = ["192.0.2.0/24"];
  const policyOf = (given: Given) => {
    const text = made(given).one(ApiGatewayRestApiPolicy).policy;
    return readPolicy(text.replaceAll("${aws_api_gateway_rest_api.orders.execution_arn}", HOME));
  };
  const outcome = (given: Given, ip: string, on = "live/GET/ping") =>
    decide(
      {
        principal: { arn: "arn:aws:iam::123456789012:user/visitor" },
        action: "execute-api:Invoke",
        resource: `${HOME}/${on}`,
        context: { "aws:SourceIp": ip },
      },
      { identity: [], resource: policyOf(given), resourceAccount: "123456789012" },
    ).outcome;

  it("is not there unless asked for", () => {
    expect(Object.keys(made().resources(ApiGatewayRestApiPolicy))).toEqual([]);
  });

  it("lets callers of an open method in from the ranges, and from nowhere else", () => {
    const given = { props: { allowedSourceRanges } };
    expect(outcome(given, "192.0.2.9")).toBe("allowed");
    expect(outcome(given, "198.51.100.1")).toBe("denied");
    expect(outcome(given, "192.0.2.9", "live/DELETE/ping")).toBe("not allowed");
  });

  it("spares nobody the permission to invoke a method that asks for signed requests", () => {
    const given = { props: { allowedSourceRanges }, method: { authorization: "iam" } } as const;
    expect(outcome(given, "192.0.2.9")).toBe("not allowed");
    expect(outcome(given, "198.51.100.1")).toBe("denied");
  });

  it("has one owner, to whom others add statements, in either order", () => {
    const add = (api: RestApi) =>
      restApiPolicy(api.api).add("AllowPartner", {
        principal: { AWS: "arn:aws:iam::444455556666:root" },
        actions: ["execute-api:Invoke"],
        resources: [`${api.api.executionArn}/*`],
      });
    const after = made({ props: { allowedSourceRanges }, also: add }).one(ApiGatewayRestApiPolicy).policy;
    const before = synthesize((stack) => {
      const api = new RestApi(stack, "orders", { allowedSourceRanges });
      add(api);
      api.method("GET /ping", open);
    }).one(ApiGatewayRestApiPolicy).policy;
    expect(statementsOf(after).map(({ Sid }) => Sid)).toEqual([
      expect.stringMatching(/^AllowGetPing/),
      "AllowPartner",
      "DenyFromElsewhere",
    ]);
    expect(before).toBe(after);
  });

  it("rejects a second owner", () => {
    const second = ({ api }: RestApi, stack: TerraformStack) => {
      restApiPolicy(api);
      new ApiGatewayRestApiPolicy(stack, "other", { restApiId: api.id, policy: "{}" });
    };
    expect(() => made({ also: second, props: { allowedSourceRanges } })).toThrow(
      /API policy of .* both write it/,
    );
  });

  it("rejects one that is written inline", () => {
    const inline = ({ api }: RestApi) => {
      api.policy = "{}";
      restApiPolicy(api);
    };
    expect(() => made({ also: inline })).toThrow(/its policy is written inline/);
  });
});

describe("the account's setting for API Gateway", () => {
  const account = () => synthesize((stack) => void new ApiGatewayAccount(stack, "api-gateway"));

  it("names a role that may write logs of this account and region, once its policy is there", () => {
    const result = account();
    expect(result.one(AccountSettings)).toMatchObject({
      cloudwatch_role_arn: expect.stringMatching(/role_\w+\.arn}$/),
      depends_on: [result.addressAt("api-gateway/role/policy", IamRolePolicy)],
    });
    expect(result.one(AccountSettings).reset_on_delete).toBeUndefined();
    expect(statementsOf(result.one(IamRole).assume_role_policy)[0]?.Principal).toEqual({
      Service: "apigateway.amazonaws.com",
    });
    expect(statementsOf(result.one(IamRolePolicy).policy)).toEqual([
      {
        Sid: "WriteLogs",
        Effect: "Allow",
        Action: [
          "logs:CreateLogGroup",
          "logs:CreateLogStream",
          "logs:DescribeLogGroups",
          "logs:DescribeLogStreams",
          "logs:FilterLogEvents",
          "logs:GetLogEvents",
          "logs:PutLogEvents",
        ],
        Resource: "arn:aws:logs:eu-west-1:123456789012:*",
      },
    ]);
  });
});
