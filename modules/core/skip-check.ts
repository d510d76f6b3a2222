import type { TerraformResource } from "cdktf";
import { Checks } from "./checks";

/**
 * Says of a resource that one check of the policy scanner is wrong about it, and why. Write it beside the resource.
 *
 * checkov honours no skip in plans and in Terraform's JSON, so it goes into the resource's comment (`//`, which Terraform
 * overlooks) as `skip_checks: { CKV_AWS_1: "reason" }`, and whoever scans subtracts it (`scripts/policy/`). There, a skip
 * that meets no finding is a fault.
 *
 * @param id such as `CKV_AWS_116` or `CKV2_AWS_62`
 * @param reason a sentence: why the check is wrong here
 * @throws Error with every fault at once
 */
export function skipCheck(resource: TerraformResource, id: string, reason: string): void {
  const checks = new Checks("skipCheck", resource);
  checks.matches("id", id, /^CKV2?_AWS_[1-9]\d*$/, "the id of a check of checkov, such as CKV_AWS_116");
  checks.matches(
    `reason for ${id}`,
    reason,
    /^\S+(\s+\S+){2,}$/,
    "a sentence that says why the check is wrong here",
  );
  checks.done();
  resource.addOverride(`//.skip_checks.${id}`, reason);
}
