import { LambdaPermission } from "@cdktf/provider-aws/lib/lambda-permission";
import { TerraformStack } from "cdktf";
import type { IConstruct } from "constructs";
import { shortHash, sidOf } from "../../core";
import type { Handler } from "./node-function";

/** A service that invokes a function, and the resource in whose name it does. */
export type Invoker = Named & {
  /** Such as `s3.amazonaws.com`. */
  readonly service: string;
  /** Twelve digits. Needed where the ARN of the source holds no account, as a bucket's. @default - the ARN says it */
  readonly sourceAccount?: string;
};

type Named =
  | { readonly source: IConstruct & { readonly arn: string }; readonly via?: undefined }
  /** A resource made elsewhere, and the construct that stands for it here: its path names the permission. */
  | { readonly source: { readonly arn: string }; readonly via: IConstruct };

/**
 * Lets an AWS service invoke a function in the name of one resource only: `source → permission → function`.
 *
 * It stands beside the function, one for each source: whoever makes the source invoke depends on it, because S3 and SNS try
 * it at once. Action: `lambda:InvokeFunction`.
 */
export function allowInvocation(handler: Handler, invoker: Invoker): LambdaPermission {
  const { service, source, sourceAccount } = invoker;
  const via = invoker.via ?? invoker.source;
  const id = `invoked-by-${nameIn(TerraformStack.of(handler.lambda), via)}`;
  return (
    (handler.lambda.node.tryFindChild(id) as LambdaPermission | undefined) ??
    new LambdaPermission(handler.lambda, id, {
      statementId: sidOf("invoke", via.node.path),
      action: "lambda:InvokeFunction",
      functionName: handler.lambda.functionName,
      principal: service,
      sourceArn: source.arn,
      sourceAccount,
    })
  );
}

/**
 * A name that no two constructs share: the ids below the stack. With a hash of the whole path where those could be another
 * construct's too, of another stack or with a `_` of its own.
 */
function nameIn(stack: TerraformStack, { node }: IConstruct): string {
  const [home, ...below] = node.scopes
    .map((scope) => scope.node.id)
    .filter((id) => !["", "Default"].includes(id));
  const ambiguous = home !== stack.node.id || below.some((id) => id.includes("_"));
  return ambiguous ? `${below.join("_")}-${shortHash(node.path)}` : below.join("_");
}
