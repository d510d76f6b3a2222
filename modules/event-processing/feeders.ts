import type { LambdaFunction } from "@cdktf/provider-aws/lib/lambda-function";
import { TerraformStack } from "cdktf";
import type { Construct } from "constructs";
import type { Handler } from "../compute";
import { type Checks, resolveIn } from "../core";

/** Which sources feed a function, by ARN, and which construct said so. */
const feeders = new WeakMap<LambdaFunction, Map<string, string>>();

/**
 * Records that a function is fed by a source already: AWS keeps one subscription, or one mapping, for both, and of two
 * resources each apply of one would undo the other's filter, or be refused.
 */
export function checkFedOnce(
  checks: Checks,
  scope: Construct,
  { lambda }: Handler,
  { arn }: { readonly arn: string },
): void {
  const by = feeders.get(lambda)?.get(identityOf(scope, arn));
  checks.that(
    by === undefined,
    `handler is fed from this source already, by "${by}", and AWS keeps one connection of the two: join the filters, or ` +
      "hand in another handler",
  );
}

/** Notes that a construct feeds a function, for whoever tries it again. */
export function noteFeeder(scope: Construct, { lambda }: Handler, { arn }: { readonly arn: string }): void {
  const sources = feeders.get(lambda) ?? new Map<string, string>();
  feeders.set(lambda, sources.set(identityOf(scope, arn), scope.node.path));
}

/** Records that a function is made in another stack, whose role or permission would name what stands here, and this stack it. */
export function checkSameStack(checks: Checks, scope: Construct, { lambda }: Handler, kind: string): void {
  const home = TerraformStack.of(lambda);
  checks.that(
    home === TerraformStack.of(scope),
    `handler is made in stack "${home.node.id}", and the two stacks would need each other: make the ${kind} in that stack, ` +
      "and hand in the source",
  );
}

/** What all readings of one ARN have in common. A reference reads alike in each stack: told apart by the stack. */
function identityOf(scope: Construct, arn: string): string {
  return JSON.stringify(resolveIn(scope, arn));
}
