import { TerraformStack } from "cdktf";
import type { Handler } from "../../compute";
import { resolveIn, type Statement } from "../../core";
import type { Sender } from "./destination";
import { loopsIn } from "./loop";

/**
 * Why a function must not be told of what a sender tells, once everybody has granted what they will: it may itself do that.
 * One of another stack is passed over: what its statements name could not be read here without a reference between the two.
 * @param through what leads to the function, such as `queue "dev-pictures/uploads"`; none where S3 invokes it
 */
export function faultsOfLoops(
  handler: Handler,
  { bucket, watch, scope, place }: Sender,
  through?: string,
): string[] {
  if (TerraformStack.of(handler.lambda) !== TerraformStack.of(bucket)) return [];
  const allowed = resolveIn(bucket, handler.allowed) as readonly Statement[];
  const [arn, name] = [bucket.arn, bucket.bucketInput].map((each) => resolveIn(bucket, each)) as [
    string,
    string,
  ];
  const which = through === undefined ? "" : `, to which ${through} leads,`;
  return loopsIn(allowed, { arn, name }, watch).map(
    ({ action, keys }) =>
      `bucket-notifications "${scope.node.path}": ${place}: function "${handler.lambda.node.path}"${which} may ${action} on ` +
      `${keys} and is told of ${watch.events.join(", ")} on ${watch.prefix ?? ""}*${watch.suffix ?? ""}, so that it would ` +
      "invoke itself without end: let it write below a prefix that it does not watch, or into another bucket",
  );
}
