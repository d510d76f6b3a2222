import { SecurityGroup } from "@cdktf/provider-aws/lib/security-group";
import { VpcSecurityGroupEgressRule } from "@cdktf/provider-aws/lib/vpc-security-group-egress-rule";
import { Construct, type IConstruct } from "constructs";
import { Checks, nameOf, type Statement } from "../core";
import { nameTag } from "./name-tag";
import type { NetworkRef } from "./network-ref";
import { unreachable } from "./reach";
import { allTiers, type Tier } from "./subnet-plan";

export interface PlacementProps {
  /** The subnets to stand in. @default "private" */
  readonly tier?: Tier;
}

/**
 * A place in a network: `what is placed → security group → S3, DynamoDB, interface endpoints, NAT`.
 *
 * Makes a security group that takes nothing in and lets HTTPS out to what the network offers and nowhere else. Name
 * resolution needs no rule: neither security groups nor network ACLs filter the VPC's own resolver. Free.
 */
export class Placement extends Construct {
  readonly tier: Tier;
  readonly subnetIds: readonly string[];
  readonly securityGroup: SecurityGroup;
  private readonly network: NetworkRef;

  /** @throws Error when the network lacks the tier */
  constructor(scope: Construct, id: string, network: NetworkRef, { tier = "private" }: PlacementProps = {}) {
    super(scope, id);
    checkTier(this, network, tier);
    this.tier = tier;
    this.network = network;
    this.subnetIds = network.subnets(tier).map((subnet) => subnet.id);
    this.securityGroup = new SecurityGroup(this, "Default", {
      name: nameOf(this, "security-group"),
      // AWS cannot change a description: a new one means a new group.
      description: "Placement in the network",
      vpcId: network.vpc.id,
      tags: nameTag(this),
    });
    this.letOut();
  }

  /**
   * Reports, at synthesis, each service that `subject` calls and the network gives it no way to.
   * @param kind what the reader calls it, such as `function`
   * @param needs what it is allowed to do, asked for after everything was granted
   */
  requireReach(kind: string, subject: IConstruct, needs: () => Iterable<Statement>): void {
    this.node.addValidation({
      validate: () => {
        const checks = new Checks(kind, subject);
        for (const fault of unreachable(needs(), this.network.reach, this.tier)) checks.that(false, fault);
        return checks.messages();
      },
    });
  }

  private letOut(): void {
    const { nat, gatewayEndpoints, interfaceEndpoints } = this.network.reach;
    for (const [service, { prefixListId }] of Object.entries(gatewayEndpoints)) {
      this.letOutTo(service, `HTTPS to ${service}`, { prefixListId });
    }
    if (interfaceEndpoints !== undefined) {
      this.letOutTo("interface-endpoints", "HTTPS to the interface endpoints", {
        referencedSecurityGroupId: interfaceEndpoints.securityGroup.id,
      });
    }
    if (nat && this.tier === "private") {
      this.letOutTo("internet", "HTTPS to the internet through NAT", { cidrIpv4: "0.0.0.0/0" });
    }
  }

  private letOutTo(
    id: string,
    description: string,
    peer: { prefixListId: string } | { referencedSecurityGroupId: string } | { cidrIpv4: string },
  ): void {
    new VpcSecurityGroupEgressRule(this, `to-${id}`, {
      securityGroupId: this.securityGroup.id,
      description,
      ipProtocol: "tcp",
      fromPort: 443,
      toPort: 443,
      ...peer,
    });
  }
}

function checkTier(scope: Construct, network: NetworkRef, tier: Tier): void {
  const offered = allTiers.filter((each) => network.subnets(each).length > 0);
  new Checks("placement", scope)
    .that(
      offered.includes(tier),
      `the network has no ${tier} tier: place it in one of ${offered.join(", ")}, or add the tier to the network`,
    )
    .done();
}
