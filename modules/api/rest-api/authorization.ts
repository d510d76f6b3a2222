import type { ApiGatewayMethodConfig } from "@cdktf/provider-aws/lib/api-gateway-method";
import type { UserPoolRef } from "../../core";
import type { ApiHome } from "./home";

/**
 * Who may call a method, in so many words.
 *
 * - `"iam"`: whoever signs the request and has `execute-api:Invoke`, such as by `method.grantInvoke(grantee)`;
 * - `"none"`: everybody, unless the API's own policy or an API key stands in the way;
 * - `{ cognito }`: whoever has a token of the user pool; with `scopes` an access token with one of them, without an ID token.
 */
export type Authorization =
  | "iam"
  | "none"
  | { readonly cognito: UserPoolRef; readonly scopes?: readonly string[] };

/** What a method says of its callers. */
export function authorizationArguments(
  home: ApiHome,
  authorization: Authorization,
): Pick<ApiGatewayMethodConfig, "authorization" | "authorizerId" | "authorizationScopes"> {
  if (authorization === "iam") return { authorization: "AWS_IAM" };
  if (authorization === "none") return { authorization: "NONE" };
  const { cognito, scopes = [] } = authorization;
  return {
    authorization: "COGNITO_USER_POOLS",
    authorizerId: home.authorizer(cognito).id,
    authorizationScopes: scopes.length === 0 ? undefined : [...scopes],
  };
}

/** What is wrong with it; TypeScript is not everywhere. */
export function authorizationFault(authorization: unknown): string | undefined {
  if (authorization === "iam" || authorization === "none") return undefined;
  const { cognito } = (authorization ?? {}) as { readonly cognito?: Partial<UserPoolRef> };
  if (typeof cognito?.arn === "string") return undefined;
  return (
    `authorization must be "iam", "none" or { cognito: userPool }, got ${JSON.stringify(authorization)}: ` +
    "say who may call the method, also where everybody may"
  );
}
