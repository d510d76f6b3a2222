import { DefaultTokenResolver, StringConcat, type TerraformResource, Tokenization } from "cdktf";
import type { IConstruct } from "constructs";

const resolver = new DefaultTokenResolver(new StringConcat());

/** What a value will read as in the stack's JSON: references spelled out, lazy values made. For validations only. */
export function resolveIn(scope: IConstruct, value: unknown): unknown {
  return Tokenization.resolve(value, { scope, resolver, preparing: false });
}

/** By what Terraform, and every reference in the JSON, knows a resource of a stack: such as `aws_sqs_queue.orders`. */
export function addressOf({ terraformResourceType, friendlyUniqueId }: TerraformResource): string {
  return `${terraformResourceType}.${friendlyUniqueId}`;
}

/** Resources by their addresses, for who follows references. */
export function byAddress(resources: readonly TerraformResource[]): ReadonlyMap<string, TerraformResource> {
  return new Map(resources.map((each) => [addressOf(each), each]));
}
