import type { Subnet } from "@cdktf/provider-aws/lib/subnet";
import { Vpc } from "@cdktf/provider-aws/lib/vpc";
import { Construct } from "constructs";
import { Checks, factsOf } from "../core";
import { AccessLists } from "./access-lists";
import { type InterfaceEndpointService, interfaceServices } from "./endpoint-services";
import { Endpoints } from "./endpoints";
import { ExistingNetwork, type ExistingNetworkProps } from "./existing-network";
import { VpcFlowLog } from "./flow-log";
import { nameTag } from "./name-tag";
import type { NetworkRef, Reach } from "./network-ref";
import { Routes } from "./routes";
import { checkPlan, planSubnets, type Tier } from "./subnet-plan";
import { makeSubnets, type ZonedSubnet } from "./subnets";

export interface NetworkProps {
  /** Which subnets there are in each zone. @default ["public", "private", "isolated"] */
  readonly tiers?: readonly Tier[];
  /**
   * AWS services that are reached without the internet, each at about 8 USD a month and zone. S3 and DynamoDB always
   * are, free.
   * @default - none
   */
  readonly interfaceEndpoints?: readonly InterfaceEndpointService[];
}

/**
 * An environment's network over its zones: `internet → public → private → isolated`.
 *
 * Makes a VPC, a subnet for each tier and zone at a place that never moves, routes, S3 and DynamoDB endpoints, one
 * network ACL a tier, closed defaults and a flow log of everything. NAT is the environment's fact: each gateway costs
 * about 35 USD a month, each interface endpoint 8 USD a month and zone; the flow log costs by volume.
 */
export class Network extends Construct implements NetworkRef {
  readonly vpc: Vpc;
  readonly routes: Routes;
  readonly endpoints: Endpoints;
  readonly accessLists: AccessLists;
  readonly flowLog: VpcFlowLog;
  readonly reach: Reach;
  private readonly zoned: readonly ZonedSubnet[];

  constructor(scope: Construct, id: string, props: NetworkProps = {}) {
    super(scope, id);
    const { tiers = ["public", "private", "isolated"], interfaceEndpoints = [] } = props;
    const { cidr, zones, nat } = factsOf(this).network;
    check(this, { tiers, interfaceEndpoints });
    this.vpc = new Vpc(this, "Default", {
      cidrBlock: cidr,
      enableDnsSupport: true,
      enableDnsHostnames: true,
      tags: nameTag(this),
    });
    const vpc = this.vpc;
    this.zoned = makeSubnets(this, vpc, planSubnets({ cidr, zones, tiers }));
    this.routes = new Routes(this, "routes", { vpc, subnets: this.zoned, nat });
    this.accessLists = new AccessLists(this, "access-lists", { vpc, cidr, subnets: this.zoned });
    this.endpoints = new Endpoints(this, "endpoints", {
      vpc,
      cidr,
      routeTables: Object.values(this.routes.tables),
      subnets: this.subnets(tiers.includes("private") ? "private" : "isolated"),
      services: interfaceEndpoints,
    });
    this.flowLog = new VpcFlowLog(this, "flow-log", vpc);
    this.reach = reachOf(nat !== "none", this.endpoints, interfaceEndpoints);
  }

  /** A network made elsewhere, to place things in. Makes nothing. */
  static fromExisting(scope: Construct, id: string, props: ExistingNetworkProps): NetworkRef {
    return new ExistingNetwork(scope, id, props);
  }

  /** The subnets of a tier, in the order of the environment's zones; none where the network lacks the tier. */
  subnets(tier: Tier): readonly Subnet[] {
    return this.zoned.filter((zoned) => zoned.tier === tier).map(({ subnet }) => subnet);
  }
}

function reachOf(
  nat: boolean,
  { gateways, securityGroup }: Endpoints,
  services: readonly InterfaceEndpointService[],
): Reach {
  return {
    nat,
    gatewayEndpoints: gateways,
    interfaceEndpoints: securityGroup && { services, securityGroup },
  };
}

function check(scope: Construct, { tiers, interfaceEndpoints }: Required<NetworkProps>): void {
  const { nat, cidr, zones } = factsOf(scope).network;
  const checks = new Checks("network", scope);
  checkPlan(checks, { cidr, zones, tiers });
  for (const [tier, part] of [
    ["public", "NAT gateways stand in it"],
    ["private", "it alone uses NAT"],
  ] as const) {
    checks.that(
      nat === "none" || tiers.includes(tier),
      `the environment's nat is "${nat}" and there is no ${tier} tier, though ${part}: ` +
        `add "${tier}" to tiers or set the environment's network.nat to "none"`,
    );
  }
  checkInterfaceEndpoints(checks, { tiers, interfaceEndpoints });
  checks.done();
}

function checkInterfaceEndpoints(
  checks: Checks,
  { tiers, interfaceEndpoints }: Required<NetworkProps>,
): void {
  if (interfaceEndpoints.length === 0) return;
  for (const service of interfaceEndpoints) checks.oneOf("interface endpoint", service, interfaceServices);
  checks.that(
    new Set(interfaceEndpoints).size === interfaceEndpoints.length,
    `interfaceEndpoints must differ, got ${interfaceEndpoints.join(", ")}: name each service once`,
  );
  checks.that(
    tiers.includes("private") || tiers.includes("isolated"),
    `interfaceEndpoints stand in the private or the isolated tier, and tiers has neither: add one of them`,
  );
}
