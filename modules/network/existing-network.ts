import { Token } from "cdktf";
import { Construct } from "constructs";
import { Checks, type SubnetRef, type VpcRef } from "../core";
import {
  type GatewayEndpointService,
  gatewayServices,
  type InterfaceEndpointService,
  interfaceServices,
} from "./endpoint-services";
import type { NetworkRef, Reach } from "./network-ref";
import { allTiers, type Tier } from "./subnet-plan";

export interface ExistingNetworkProps {
  /** Its id, `vpc-…`. */
  readonly vpcId: string;
  /** The VPC's range. */
  readonly cidr: string;
  /** Ids of the subnets of each tier that may be used. The ids may be references, their number may not. */
  readonly subnetIds: Readonly<Partial<Record<Tier, readonly string[]>>>;
  /** Whether the private subnets reach the internet through NAT. @default false */
  readonly nat?: boolean;
  /** Prefix list ids (`pl-…`) of the gateway endpoints on those subnets' route tables. @default - none */
  readonly gatewayEndpoints?: Readonly<Partial<Record<GatewayEndpointService, string>>>;
  /**
   * Interface endpoints with private DNS and the security group in front of them, which must take HTTPS from the VPC.
   * @default - none
   */
  readonly interfaceEndpoints?: {
    readonly services: readonly InterfaceEndpointService[];
    readonly securityGroupId: string;
  };
}

/** A network made elsewhere. Makes nothing and changes nothing there. */
export class ExistingNetwork extends Construct implements NetworkRef {
  readonly vpc: VpcRef;
  readonly reach: Reach;
  private readonly subnetIds: ExistingNetworkProps["subnetIds"];

  constructor(scope: Construct, id: string, props: ExistingNetworkProps) {
    super(scope, id);
    check(this, props);
    this.vpc = { id: props.vpcId, cidrBlock: props.cidr };
    this.reach = reachOf(props);
    this.subnetIds = props.subnetIds;
  }

  subnets(tier: Tier): readonly SubnetRef[] {
    return (this.subnetIds[tier] ?? []).map((id) => ({ id }));
  }
}

function reachOf({ nat = false, gatewayEndpoints = {}, interfaceEndpoints }: ExistingNetworkProps): Reach {
  return {
    nat,
    gatewayEndpoints: Object.fromEntries(
      Object.entries(gatewayEndpoints).map(([service, prefixListId]) => [service, { prefixListId }]),
    ),
    interfaceEndpoints: interfaceEndpoints && {
      services: interfaceEndpoints.services,
      securityGroup: { id: interfaceEndpoints.securityGroupId },
    },
  };
}

function check(scope: Construct, props: ExistingNetworkProps): void {
  const { vpcId, cidr, subnetIds, nat, gatewayEndpoints = {}, interfaceEndpoints } = props;
  const checks = new Checks("existing network", scope);
  checks.matches("vpcId", vpcId, /^vpc-[0-9a-f]+$/, "the id of a VPC, such as vpc-0123456789abcdef0");
  checks.matches("cidr", cidr, /^\d+(\.\d+){3}\/\d+$/, "an IPv4 range such as 10.0.0.0/16");
  checkSubnetIds(checks, subnetIds);
  checks.that(
    nat !== true || (subnetIds.private ?? []).length > 0,
    "nat says that private subnets reach the internet, and subnetIds.private names none: name them or leave nat out",
  );
  for (const [service, prefixListId] of Object.entries(gatewayEndpoints)) {
    checks.oneOf("gateway endpoint", service, gatewayServices);
    checks.matches(`gatewayEndpoints.${service}`, prefixListId, /^pl-[0-9a-f]+$/, "a prefix list id, pl-…");
  }
  if (interfaceEndpoints !== undefined) {
    const { services, securityGroupId } = interfaceEndpoints;
    for (const service of services) checks.oneOf("interface endpoint", service, interfaceServices);
    checks.matches("interfaceEndpoints.securityGroupId", securityGroupId, /^sg-[0-9a-f]+$/, "an id sg-…");
  }
  checks.done();
}

function checkSubnetIds(checks: Checks, subnetIds: ExistingNetworkProps["subnetIds"]): void {
  const named = Object.entries(subnetIds).filter(([, ids]) => ids.length > 0);
  checks.that(named.length > 0, `subnetIds must name the subnets of at least one of ${allTiers.join(", ")}`);
  for (const [tier, ids] of named) {
    checks.oneOf("tier", tier, allTiers);
    if (Token.isUnresolved(ids)) {
      checks.that(
        false,
        `subnetIds.${tier} is a list that only Terraform knows, and its length decides what is made: ` +
          "write the ids out, each of which may be a reference",
      );
      continue;
    }
    for (const id of ids) checks.matches(`subnetIds.${tier}`, id, /^subnet-[0-9a-f]+$/, "ids subnet-…");
    checks.that(new Set(ids).size === ids.length, `subnetIds.${tier} must differ, got ${ids.join(", ")}`);
  }
}
