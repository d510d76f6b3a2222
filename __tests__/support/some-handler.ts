import { LambdaFunction } from "@cdktf/provider-aws/lib/lambda-function";
import type { Construct } from "constructs";
import type { Handler } from "../../modules/compute";
import { ServiceRole } from "../../modules/core";

/** A handler without code: what a source of events needs to know of one. */
export function someHandler(scope: Construct, id = "handler", settings: Partial<Handler> = {}): Handler {
  const role = new ServiceRole(scope, `${id}-role`, { service: "lambda.amazonaws.com" });
  const lambda = new LambdaFunction(scope, id, { functionName: id, role: role.role.arn });
  role.allow("WriteLogs", { actions: ["logs:PutLogEvents"], resources: ["*"] });
  return {
    lambda,
    timeoutSeconds: 20,
    permissions: role.policy,
    allowed: [],
    allow: (sid, statement) => role.allow(sid, statement),
    ...settings,
  };
}
