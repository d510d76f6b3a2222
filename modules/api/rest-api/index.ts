export type { Authorization } from "./authorization";
export {
  ActionIntegration,
  type ActionIntegrationProps,
  type IntegratedMethod,
  type Integration,
  type IntegrationArguments,
  type IntegrationResponse,
} from "./integration";
export { checkJsonSchema, type JsonSchema } from "./json-schema";
export type { ApiMethod, ApiMethodProps, HttpMethod } from "./method";
export { RestApi, type RestApiProps } from "./rest-api";
export type { Route } from "./route";
export type { Throttle, UsagePlan, UsagePlanProps } from "./usage-plan";
