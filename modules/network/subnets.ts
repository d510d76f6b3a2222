import { Subnet } from "@cdktf/provider-aws/lib/subnet";
import type { Vpc } from "@cdktf/provider-aws/lib/vpc";
import type { Construct } from "constructs";
import { nameTag } from "./name-tag";
import { type PlannedSubnet, zoneLetter } from "./subnet-plan";

/** A planned subnet and the resource made of it. */
export interface ZonedSubnet extends PlannedSubnet {
  readonly subnet: Subnet;
}

/** One subnet resource for each of the plan, `public-a` and so on. No tier gives out public addresses by itself. */
export function makeSubnets(
  scope: Construct,
  vpc: Vpc,
  plan: readonly PlannedSubnet[],
): readonly ZonedSubnet[] {
  return plan.map((planned) => {
    const id = `${planned.tier}-${zoneLetter(planned.zone)}`;
    const subnet = new Subnet(scope, id, {
      vpcId: vpc.id,
      availabilityZone: planned.zone,
      cidrBlock: planned.cidr,
      mapPublicIpOnLaunch: false,
      tags: nameTag(scope, id),
    });
    return { ...planned, subnet };
  });
}
