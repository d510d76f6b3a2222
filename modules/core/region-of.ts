import type { TerraformResource } from "cdktf";
import { factsOf } from "./facts-of";

/** The region that a resource is made in: that of the provider it was given, or of the environment it stands in. */
export function regionOf(resource: TerraformResource): string {
  const { provider } = resource as { readonly provider?: { readonly region?: string } };
  return provider?.region ?? factsOf(resource).region;
}
