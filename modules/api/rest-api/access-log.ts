/**
 * What a line of the access log says, by name. Who called, what came of it, how long it took, and where it went wrong: at the
 * authoriser, the API, or behind it. Bodies are not logged.
 *
 * `$context.error.validationErrorString` is left out: it holds quotes, and the line would be no JSON.
 */
const FIELDS: Readonly<Record<string, string>> = {
  requestId: "requestId",
  extendedRequestId: "extendedRequestId",
  requestTime: "requestTime",
  requestTimeEpoch: "requestTimeEpoch",
  apiId: "apiId",
  stage: "stage",
  httpMethod: "httpMethod",
  resourcePath: "resourcePath",
  path: "path",
  protocol: "protocol",
  status: "status",
  responseLength: "responseLength",
  responseLatency: "responseLatency",
  sourceIp: "identity.sourceIp",
  userAgent: "identity.userAgent",
  userArn: "identity.userArn",
  callerAccountId: "identity.accountId",
  apiKeyId: "identity.apiKeyId",
  subject: "authorizer.claims.sub",
  authorizerError: "authorizer.error",
  authorizerStatus: "authorizer.status",
  authorizeError: "authorize.error",
  authenticateError: "authenticate.error",
  errorMessage: "error.message",
  errorType: "error.responseType",
  integrationError: "integration.error",
  integrationLatency: "integration.latency",
  integrationRequestId: "integration.requestId",
  integrationStatus: "integration.status",
  wafError: "waf.error",
  wafStatus: "waf.status",
  xrayTraceId: "xrayTraceId",
};

/** One JSON object a line (API Gateway developer guide, "Variables for access logging"; at most 3 KB). */
export const ACCESS_LOG_FORMAT = JSON.stringify(
  Object.fromEntries(Object.entries(FIELDS).map(([name, variable]) => [name, `$context.${variable}`])),
);
