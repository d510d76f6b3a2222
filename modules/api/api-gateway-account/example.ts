import type { Construct } from "constructs";
import { ApiGatewayAccount } from ".";

/** Once an account and region, in a stack that is applied before those with APIs. */
export function example(scope: Construct): ApiGatewayAccount {
  return new ApiGatewayAccount(scope, "api-gateway");
}
