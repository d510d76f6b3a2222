import { Eip } from "@cdktf/provider-aws/lib/eip";
import { InternetGateway } from "@cdktf/provider-aws/lib/internet-gateway";
import { NatGateway } from "@cdktf/provider-aws/lib/nat-gateway";
import { Route } from "@cdktf/provider-aws/lib/route";
import { RouteTable } from "@cdktf/provider-aws/lib/route-table";
import { RouteTableAssociation } from "@cdktf/provider-aws/lib/route-table-association";
import type { Vpc } from "@cdktf/provider-aws/lib/vpc";
import { Construct } from "constructs";
import type { Nat } from "../core";
import { nameTag } from "./name-tag";
import { zoneLetter } from "./subnet-plan";
import type { ZonedSubnet } from "./subnets";

export interface RoutesProps {
  readonly vpc: Vpc;
  readonly subnets: readonly ZonedSubnet[];
  readonly nat: Nat;
}

/**
 * Where packets go: `public subnet → internet gateway`, `private subnet → NAT gateway → internet gateway`,
 * `isolated subnet → nowhere`.
 *
 * One route table for the public tier, one for each private zone, one for the isolated tier. A NAT gateway costs about
 * 35 USD a month and 0.048 USD a gigabyte (eu-west-1); its public address costs 3.65 USD.
 */
export class Routes extends Construct {
  /** Made with a public tier only. */
  readonly internetGateway?: InternetGateway;
  /** By the letter of their zone. */
  readonly natGateways: Readonly<Record<string, NatGateway>>;
  /** `public`, `private-a`, …, `isolated`. */
  readonly tables: Readonly<Record<string, RouteTable>>;

  constructor(scope: Construct, id: string, { vpc, subnets, nat }: RoutesProps) {
    super(scope, id);
    const publicSubnets = subnets.filter(({ tier }) => tier === "public");
    if (publicSubnets.length > 0) {
      this.internetGateway = new InternetGateway(this, "internet-gateway", {
        vpcId: vpc.id,
        tags: nameTag(this, "internet-gateway"),
      });
    }
    // By letter and not by position: reordering the zones must not move the address that others have let in.
    const [first] = [...publicSubnets].sort((a, b) => (a.zone < b.zone ? -1 : 1));
    const withNat = { none: [], shared: first ? [first] : [], "per-zone": publicSubnets }[nat];
    this.natGateways = Object.fromEntries(
      withNat.map((subnet) => [zoneLetter(subnet.zone), this.natGateway(subnet)]),
    );
    const tables: Record<string, RouteTable> = {};
    for (const subnet of subnets) {
      const key = tableOf(subnet);
      tables[key] ??= this.table(key, vpc, subnet);
      new RouteTableAssociation(subnet.subnet, "route-table", {
        routeTableId: tables[key].id,
        subnetId: subnet.subnet.id,
      });
    }
    this.tables = tables;
  }

  private natGateway({ zone, subnet }: ZonedSubnet): NatGateway {
    const id = `nat-${zoneLetter(zone)}`;
    const ready = this.internetGateway === undefined ? [] : [this.internetGateway];
    const address = new Eip(this, `${id}-address`, {
      domain: "vpc",
      tags: nameTag(this, id),
      dependsOn: ready,
    });
    return new NatGateway(this, id, {
      allocationId: address.allocationId,
      subnetId: subnet.id,
      tags: nameTag(this, id),
      dependsOn: ready,
    });
  }

  private table(key: string, vpc: Vpc, subnet: ZonedSubnet): RouteTable {
    const table = new RouteTable(this, key, { vpcId: vpc.id, tags: nameTag(this, key) });
    const wayOut = this.wayOutOf(subnet);
    if (wayOut !== undefined) {
      new Route(table, "internet", {
        routeTableId: table.id,
        destinationCidrBlock: "0.0.0.0/0",
        ...wayOut,
      });
    }
    return table;
  }

  private wayOutOf({
    tier,
    zone,
  }: ZonedSubnet): { gatewayId: string } | { natGatewayId: string } | undefined {
    if (tier === "public" && this.internetGateway !== undefined)
      return { gatewayId: this.internetGateway.id };
    if (tier !== "private") return undefined;
    const gateway = this.natGateways[zoneLetter(zone)] ?? Object.values(this.natGateways)[0];
    return gateway && { natGatewayId: gateway.id };
  }
}

/** Private zones have a table each even with shared NAT, so that going over to NAT in each zone replaces none. */
function tableOf({ tier, zone }: ZonedSubnet): string {
  return tier === "private" ? `private-${zoneLetter(zone)}` : tier;
}
