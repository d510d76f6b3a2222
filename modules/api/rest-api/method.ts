import { ApiGatewayIntegration } from "@cdktf/provider-aws/lib/api-gateway-integration";
import { ApiGatewayIntegrationResponse } from "@cdktf/provider-aws/lib/api-gateway-integration-response";
import { ApiGatewayMethod } from "@cdktf/provider-aws/lib/api-gateway-method";
import { ApiGatewayMethodResponse } from "@cdktf/provider-aws/lib/api-gateway-method-response";
import { ApiGatewayModel } from "@cdktf/provider-aws/lib/api-gateway-model";
import { Construct } from "constructs";
import { Checks, type Grantee, sidOf } from "../../core";
import { type Authorization, authorizationArguments, authorizationFault } from "./authorization";
import type { ApiHome, Validation } from "./home";
import type { Integration, IntegrationResponse } from "./integration";
import { checkJsonSchema, type JsonSchema, schemaJson } from "./json-schema";
import { skipMethodChecks } from "./scanner-skips";

/** Verbs of HTTP; `ANY` is each that has no method of its own. */
export type HttpMethod = "ANY" | "DELETE" | "GET" | "HEAD" | "OPTIONS" | "PATCH" | "POST" | "PUT";

const HTTP_METHODS: readonly HttpMethod[] = [
  "ANY",
  "DELETE",
  "GET",
  "HEAD",
  "OPTIONS",
  "PATCH",
  "POST",
  "PUT",
];

export interface ApiMethodProps {
  /** Who may call it, in so many words: `"iam"`, `"none"`, or `{ cognito: userPool }`. */
  readonly authorization: Authorization;
  /** What stands behind it. */
  readonly integration: Integration;
  /** Schema of the JSON body; a body that it does not allow is answered with 400. @default - any body passes */
  readonly body?: JsonSchema;
  /**
   * Query parameters and headers by name, such as `{ "querystring.page": "required" }`; a request without a required one is
   * answered with 400. Those of the path are declared by the path. @default - none
   */
  readonly parameters?: Readonly<Record<string, "required" | "optional">>;
}

/** Where a method is. */
export interface MethodPlace {
  readonly home: ApiHome;
  readonly resourceId: string;
  /** As in the URL below the stage, with a slash in front. */
  readonly path: string;
  readonly verb: HttpMethod;
}

/**
 * One method of an API: `request → authorisation → validation → integration → response`.
 * Makes the method, its integration and a pair of responses for each status, and a model and a validator where asked.
 */
export class ApiMethod extends Construct {
  readonly method: ApiGatewayMethod;
  readonly integration: ApiGatewayIntegration;
  readonly model?: ApiGatewayModel;
  private readonly place: MethodPlace;

  constructor(scope: Construct, id: string, place: MethodPlace, props: ApiMethodProps) {
    super(scope, id);
    checkProps(this, place, props);
    this.place = place;
    const { home, resourceId, verb } = place;
    this.model = props.body && this.makeModel(props.body);
    this.method = new ApiGatewayMethod(this, "Default", {
      restApiId: home.api.id,
      resourceId,
      httpMethod: verb,
      apiKeyRequired: home.needsApiKey,
      requestModels: this.model && { "application/json": this.model.name },
      requestParameters: requestParameters(place.path, props.parameters),
      requestValidatorId: validatorOf(home, props)?.id,
      ...authorizationArguments(home, props.authorization),
    });
    skipMethodChecks(this.method, {
      validated: validatorOf(home, props) !== undefined,
      open: props.authorization === "none" && !home.needsApiKey && verb !== "OPTIONS",
    });
    if (props.authorization !== "iam") home.openMethod?.([verb.toLowerCase(), place.path], this.arn);
    const { responses, ...bound } = props.integration.bind({
      scope: this,
      method: this.method,
      arn: this.arn,
    });
    this.integration = new ApiGatewayIntegration(this, "integration", {
      restApiId: home.api.id,
      resourceId,
      httpMethod: this.method.httpMethod,
      ...bound,
    });
    for (const response of responses) this.respond(response);
  }

  /** ARN of the method in every stage, as policies and permissions name it. */
  get arn(): string {
    const { home, verb, path } = this.place;
    return `${home.api.executionArn}/*/${verb === "ANY" ? "*" : verb}${path.replaceAll(/\{[^}]+\}/g, "*")}`;
  }

  /** Allows calling the method where its authorisation is `"iam"`. Action: `execute-api:Invoke`. */
  grantInvoke(grantee: Grantee): void {
    grantee.allow(sidOf("invoke", this.node.path), {
      actions: ["execute-api:Invoke"],
      resources: [this.arn.replace("/*/", `/${this.place.home.stageName}/`)],
    });
  }

  private makeModel(schema: JsonSchema): ApiGatewayModel {
    const { home, verb, path } = this.place;
    return new ApiGatewayModel(this, "model", {
      restApiId: home.api.id,
      // Letters and digits, unique in the API.
      name: sidOf(verb.toLowerCase(), ...path.split("/").slice(1)),
      contentType: "application/json",
      schema: schemaJson(schema),
    });
  }

  private respond({ status, pattern, template }: IntegrationResponse): void {
    const { method, integration } = this;
    const declared = new ApiGatewayMethodResponse(this, `response-${status}`, {
      restApiId: method.restApiId,
      resourceId: method.resourceId,
      httpMethod: method.httpMethod,
      statusCode: String(status),
    });
    new ApiGatewayIntegrationResponse(this, `integration-response-${status}`, {
      restApiId: method.restApiId,
      resourceId: method.resourceId,
      httpMethod: method.httpMethod,
      statusCode: declared.statusCode,
      selectionPattern: pattern,
      responseTemplates: template === undefined ? undefined : { "application/json": template },
      dependsOn: [integration],
    });
  }
}

function validatorOf(home: ApiHome, { body, parameters = {} }: ApiMethodProps) {
  const required = Object.values(parameters).includes("required");
  if (body === undefined && !required) return undefined;
  const validation: Validation =
    body === undefined ? "parameters" : required ? "body-and-parameters" : "body";
  return home.validator(validation);
}

function requestParameters(path: string, parameters: ApiMethodProps["parameters"] = {}) {
  const ofPath = [...path.matchAll(/\{([^}+]+)\+?\}/g)].map(
    ([, name]) => [`method.request.path.${name}`, true] as const,
  );
  const given = Object.entries(parameters).map(
    ([name, need]) => [`method.request.${name}`, need === "required"] as const,
  );
  const all = [...ofPath, ...given];
  return all.length === 0 ? undefined : Object.fromEntries(all);
}

function checkProps(scope: Construct, { verb }: MethodPlace, props: ApiMethodProps): void {
  const { authorization, body, parameters = {} } = props;
  const checks = new Checks("method", scope);
  checks.oneOf("verb", verb, HTTP_METHODS);
  const fault = authorizationFault(authorization);
  checks.that(fault === undefined, fault ?? "");
  if (body !== undefined) checkJsonSchema(checks, "body", body);
  checks.that(
    body === undefined || !["GET", "HEAD"].includes(verb),
    `body has no meaning for ${verb}: use parameters`,
  );
  for (const [name, need] of Object.entries(parameters)) {
    checks.matches(
      `parameters "${name}"`,
      name,
      /^(querystring|header)\.[\w.-]+$/,
      'named like "querystring.page" or "header.X-Page"',
    );
    checks.oneOf(`parameters.${name}`, need, ["required", "optional"]);
  }
  checks.done();
}
