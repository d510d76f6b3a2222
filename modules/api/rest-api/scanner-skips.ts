import type { ApiGatewayMethod } from "@cdktf/provider-aws/lib/api-gateway-method";
import type { ApiGatewayMethodSettings } from "@cdktf/provider-aws/lib/api-gateway-method-settings";
import type { ApiGatewayStage } from "@cdktf/provider-aws/lib/api-gateway-stage";
import { skipCheck } from "../../core";

const NO_CACHE =
  "A cache is paid by the hour whether anybody asks or not, and answers reads only: it is for whoever has such methods to add";

/** What the policy scanner says against every stage, and why it is wrong about it. */
const STAGE = {
  CKV_AWS_120: NO_CACHE,
  CKV2_AWS_29:
    "Which requests a firewall keeps off is decided where web ACLs are made, and one is attached to the stage from there",
  CKV2_AWS_51:
    "A client certificate shows API Gateway to a server behind it: AWS services are called with a role instead",
};

/** Says why checks of the scanner are wrong about an API. */
export function skipApiChecks(stage: ApiGatewayStage, settings: ApiGatewayMethodSettings): void {
  for (const [check, reason] of Object.entries(STAGE)) skipCheck(stage, check, reason);
  skipCheck(settings, "CKV_AWS_225", NO_CACHE);
}

/** Says why checks of the scanner are wrong about a method. */
export function skipMethodChecks(
  method: ApiGatewayMethod,
  { validated, open }: { readonly validated: boolean; readonly open: boolean },
): void {
  if (!validated) {
    skipCheck(
      method,
      "CKV2_AWS_53",
      "Neither a body nor a required parameter is declared: there is nothing to validate a request against",
    );
  }
  if (open) {
    skipCheck(
      method,
      "CKV_AWS_59",
      'That everybody may call it is said in so many words: authorization "none"',
    );
  }
}
