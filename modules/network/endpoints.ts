import type { RouteTable } from "@cdktf/provider-aws/lib/route-table";
import { SecurityGroup } from "@cdktf/provider-aws/lib/security-group";
import type { Subnet } from "@cdktf/provider-aws/lib/subnet";
import type { Vpc } from "@cdktf/provider-aws/lib/vpc";
import { VpcEndpoint } from "@cdktf/provider-aws/lib/vpc-endpoint";
import { VpcSecurityGroupIngressRule } from "@cdktf/provider-aws/lib/vpc-security-group-ingress-rule";
import { Construct } from "constructs";
import { factsOf, nameOf } from "../core";
import {
  type GatewayEndpointService,
  gatewayServices,
  type InterfaceEndpointService,
} from "./endpoint-services";
import { nameTag } from "./name-tag";

export interface EndpointsProps {
  readonly vpc: Vpc;
  readonly cidr: string;
  readonly routeTables: readonly RouteTable[];
  /** Where interface endpoints stand, one subnet a zone. */
  readonly subnets: readonly Subnet[];
  readonly services: readonly InterfaceEndpointService[];
}

/**
 * Ways to AWS that need no internet: `subnet → route → S3, DynamoDB` and `subnet → interface endpoint → service`.
 *
 * Makes both gateway endpoints, free, on every route table; interface endpoints with private DNS behind one security
 * group that takes HTTPS from the VPC only, each about 8 USD a month and zone, plus 0.01 USD a gigabyte.
 */
export class Endpoints extends Construct {
  readonly gateways: Readonly<Record<GatewayEndpointService, VpcEndpoint>>;
  readonly interfaces: Readonly<Partial<Record<InterfaceEndpointService, VpcEndpoint>>>;
  /** In front of the interface endpoints; made with the first of them. */
  readonly securityGroup?: SecurityGroup;

  constructor(scope: Construct, id: string, props: EndpointsProps) {
    super(scope, id);
    const [s3, dynamodb] = gatewayServices;
    this.gateways = { [s3]: this.gateway(s3, props), [dynamodb]: this.gateway(dynamodb, props) };
    if (props.services.length > 0) this.securityGroup = this.door(props);
    this.interfaces = Object.fromEntries(
      props.services.map((service) => [service, this.interface(service, props)]),
    );
  }

  private gateway(service: GatewayEndpointService, { vpc, routeTables }: EndpointsProps): VpcEndpoint {
    return new VpcEndpoint(this, service, {
      vpcId: vpc.id,
      vpcEndpointType: "Gateway",
      serviceName: this.serviceName(service),
      routeTableIds: routeTables.map((table) => table.id),
      tags: nameTag(this, service),
    });
  }

  private interface(service: InterfaceEndpointService, { vpc, subnets }: EndpointsProps): VpcEndpoint {
    // cdktf drops dots from addresses, so `ecr.api` would read `ecrapi`.
    const id = service.replace(".", "-");
    return new VpcEndpoint(this, id, {
      vpcId: vpc.id,
      vpcEndpointType: "Interface",
      serviceName: this.serviceName(service),
      subnetIds: subnets.map((subnet) => subnet.id),
      securityGroupIds: this.securityGroup && [this.securityGroup.id],
      privateDnsEnabled: true,
      tags: nameTag(this, id),
    });
  }

  private door({ vpc, cidr }: EndpointsProps): SecurityGroup {
    const group = new SecurityGroup(this, "security-group", {
      name: nameOf(this, "security-group"),
      description: "Interface endpoints",
      vpcId: vpc.id,
      tags: nameTag(this),
    });
    new VpcSecurityGroupIngressRule(group, "https", {
      securityGroupId: group.id,
      description: "HTTPS from the VPC",
      ipProtocol: "tcp",
      fromPort: 443,
      toPort: 443,
      cidrIpv4: cidr,
    });
    return group;
  }

  private serviceName(service: string): string {
    return `com.amazonaws.${factsOf(this).region}.${service}`;
  }
}
