import { LambdaPermission } from "@cdktf/provider-aws/lib/lambda-permission";
import type { TerraformResource } from "cdktf";
import { sidOf } from "../../core";
import type { Handler } from "./node-function";

/** A service that invokes a function, and the resource in whose name it does. */
export interface Invoker {
  /** Such as `s3.amazonaws.com`. */
  readonly service: string;
  readonly source: TerraformResource & { readonly arn: string };
  /** Twelve digits. Needed where the ARN of the source holds no account, as a bucket's. @default - the ARN says it */
  readonly sourceAccount?: string;
}

/**
 * Lets an AWS service invoke a function in the name of one resource only: `source → permission → function`.
 *
 * It stands beside the function, one for each source: whoever makes the source invoke depends on it, because S3 and SNS try
 * it at once. Action: `lambda:InvokeFunction`.
 */
export function allowInvocation(
  handler: Handler,
  { service, source, sourceAccount }: Invoker,
): LambdaPermission {
  const [, ...below] = source.node.path.split("/").filter((id) => id !== "Default");
  const id = `invoked-by-${below.join("-")}`;
  return (
    (handler.lambda.node.tryFindChild(id) as LambdaPermission | undefined) ??
    new LambdaPermission(handler.lambda, id, {
      statementId: sidOf("invoke", source.node.path),
      action: "lambda:InvokeFunction",
      functionName: handler.lambda.functionName,
      principal: service,
      sourceArn: source.arn,
      sourceAccount,
    })
  );
}
