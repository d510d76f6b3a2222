import { ApiGatewayGatewayResponse } from "@cdktf/provider-aws/lib/api-gateway-gateway-response";
import type { ApiGatewayRestApi } from "@cdktf/provider-aws/lib/api-gateway-rest-api";
import type { Construct } from "constructs";

/**
 * What API Gateway answers where a request does not come to an integration, or fails there: JSON with the request's id, by
 * which its line in the log is found. `messageString` has its quotes already.
 */
const BODY =
  '{"message":$context.error.messageString,"type":"$context.error.responseType","requestId":"$context.requestId"}';

/** The answers of an API for itself. */
export function gatewayResponses(
  scope: Construct,
  api: ApiGatewayRestApi,
): readonly ApiGatewayGatewayResponse[] {
  return ["DEFAULT_4XX", "DEFAULT_5XX"].map(
    (responseType) =>
      new ApiGatewayGatewayResponse(scope, responseType.toLowerCase().replace("_", "-"), {
        restApiId: api.id,
        responseType,
        responseTemplates: { "application/json": BODY },
      }),
  );
}
