import type { ApiGatewayIntegrationConfig } from "@cdktf/provider-aws/lib/api-gateway-integration";
import type { ApiGatewayMethod } from "@cdktf/provider-aws/lib/api-gateway-method";
import type { Construct } from "constructs";
import { arnOf, type ServiceRole } from "../../core";

/** A method as its integration sees it. */
export interface IntegratedMethod {
  /** Where an integration may make what it needs, such as the permission to invoke a function. */
  readonly scope: Construct;
  readonly method: ApiGatewayMethod;
  /** ARN of the method in every stage, such as `arn:…:execute-api:…:id/∗/POST/record`. */
  readonly arn: string;
}

/** One answer of an integration. */
export interface IntegrationResponse {
  /** Status of the answer, unless the template overrides it. */
  readonly status: number;
  /** Regular expression over the status of what was called. @default - whatever no other response takes */
  readonly pattern?: string;
  /** Velocity template of the JSON answer. @default - what was called answers for itself */
  readonly template?: string;
}

/** What stands behind a method. */
export interface IntegrationArguments
  extends Pick<
    ApiGatewayIntegrationConfig,
    | "connectionId"
    | "connectionType"
    | "credentials"
    | "dependsOn"
    | "integrationHttpMethod"
    | "passthroughBehavior"
    | "requestParameters"
    | "requestTemplates"
    | "timeoutMilliseconds"
    | "uri"
  > {
  readonly type: "AWS" | "AWS_PROXY" | "HTTP" | "HTTP_PROXY" | "MOCK";
  /** None where what is called answers for itself (the proxies). */
  readonly responses: readonly IntegrationResponse[];
}

/** Where a method leads. A new kind of integration is a new file with one `bind`. */
export interface Integration {
  /** Called once a method. */
  bind(method: IntegratedMethod): IntegrationArguments;
}

export interface ActionIntegrationProps {
  /** As in the endpoint of the service, such as `kinesis`. */
  readonly service: string;
  /** Such as `PutRecord`. */
  readonly action: string;
  /** Role with which API Gateway calls: it must trust `apigateway.amazonaws.com` and allow the action. */
  readonly role: ServiceRole;
  /** Velocity template of the call's body, from a request in JSON. */
  readonly template: string;
  /** What the caller gets, by the status that the service answers with; one without a pattern takes whatever is left. */
  readonly responses: readonly IntegrationResponse[];
}

/**
 * One action of an AWS service, called with a role: `request → template → service → one of the responses`.
 *
 * Only JSON gets in: whatever else a request says it is, is refused with 415 and never passed through (passthrough NEVER),
 * since a request past the template would also be one past the model.
 */
export class ActionIntegration implements Integration {
  constructor(private readonly props: ActionIntegrationProps) {}

  bind({ scope }: IntegratedMethod): IntegrationArguments {
    const { service, action, role, template, responses } = this.props;
    return {
      type: "AWS",
      // AWS's JSON protocols take POST only, whatever the method itself is.
      integrationHttpMethod: "POST",
      // The service stands where other ARNs have the account.
      uri: arnOf(scope, { service: "apigateway", account: service, resource: `action/${action}` }),
      credentials: role.role.arn,
      passthroughBehavior: "NEVER",
      requestParameters: { "integration.request.header.Content-Type": "'application/x-amz-json-1.1'" },
      requestTemplates: { "application/json": template },
      // API Gateway tries the role at the first call, and a call before its policy is there fails.
      dependsOn: [role.policy],
      responses,
    };
  }
}
