import { TerraformResource } from "cdktf";

/**
 * Whether something is a resource of an app here and of this Terraform type: its policy is then ours to extend. Not so one that
 * a data source looked up, which has the same type and an owner elsewhere. By type and not by class: two copies of the
 * bindings may be loaded.
 */
export function isOfType<R extends TerraformResource>(something: object, type: string): something is R {
  return TerraformResource.isTerraformResource(something) && something.terraformResourceType === type;
}
