import type { SecurityGroupRef, SubnetRef, VpcRef } from "../core";
import type { GatewayEndpointService, InterfaceEndpointService } from "./endpoint-services";
import type { Tier } from "./subnet-plan";

/** A network, made here or elsewhere, as far as what is placed in it needs to know. */
export interface NetworkRef {
  readonly vpc: VpcRef;
  readonly reach: Reach;
  /** The subnets of a tier, one a zone; none where the network lacks the tier. */
  subnets(tier: Tier): readonly SubnetRef[];
}

/** Ways out of a network. */
export interface Reach {
  /** Whether the private tier reaches the internet through NAT. */
  readonly nat: boolean;
  /** Gateway endpoints, on the route tables of every tier. */
  readonly gatewayEndpoints: Readonly<
    Partial<Record<GatewayEndpointService, { readonly prefixListId: string }>>
  >;
  /** Interface endpoints with private DNS, and the one security group in front of them. @default - none */
  readonly interfaceEndpoints?: {
    readonly services: readonly InterfaceEndpointService[];
    readonly securityGroup: SecurityGroupRef;
  };
}
