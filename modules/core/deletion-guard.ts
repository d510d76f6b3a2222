import { Aspects, type IAspect, TerraformResource, TerraformStack } from "cdktf";
import type { IConstruct } from "constructs";
import { dataStores } from "./data-stores";

/**
 * Sets `prevent_destroy` on every store of data below `scope`, and notes it in the stack's JSON: a resource that leaves
 * the code takes its setting with it, so whoever plans must know it from elsewhere (`scripts/terraform/data-loss.ts`).
 */
export function guardDeletion(scope: IConstruct): void {
  Aspects.of(scope).add(new DeletionGuard());
  if (TerraformStack.isStack(scope)) scope.addOverride("//.deletion", "prevent");
}

class DeletionGuard implements IAspect {
  visit(node: IConstruct): void {
    if (!TerraformResource.isTerraformResource(node)) return;
    if (!dataStores.has(node.terraformResourceType)) return;
    node.lifecycle = { ...node.lifecycle, preventDestroy: true };
  }
}
