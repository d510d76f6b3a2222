import type { ApiGatewayAuthorizer } from "@cdktf/provider-aws/lib/api-gateway-authorizer";
import type { ApiGatewayRequestValidator } from "@cdktf/provider-aws/lib/api-gateway-request-validator";
import type { ApiGatewayRestApi } from "@cdktf/provider-aws/lib/api-gateway-rest-api";
import type { UserPoolRef } from "../../core";

/** What of a request is checked before it goes on. */
export type Validation = "body" | "parameters" | "body-and-parameters";

/** What routes and methods need of the API that they are part of. */
export interface ApiHome {
  readonly api: ApiGatewayRestApi;
  readonly stageName: string;
  /** Whether callers need an API key: a usage plan counts by key. */
  readonly needsApiKey: boolean;
  /** Where the API has an own policy, which then must allow who does not sign: lets a method be called. */
  readonly openMethod?: (words: readonly string[], methodArn: string) => void;
  /** Made at the first call, one of each for the whole API. */
  validator(validation: Validation): ApiGatewayRequestValidator;
  /** Made at the first call. @throws Error for a second user pool */
  authorizer(userPool: UserPoolRef): ApiGatewayAuthorizer;
}
