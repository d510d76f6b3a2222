import { CloudwatchLogGroup } from "@cdktf/provider-aws/lib/cloudwatch-log-group";
import { DefaultNetworkAcl } from "@cdktf/provider-aws/lib/default-network-acl";
import { DefaultSecurityGroup } from "@cdktf/provider-aws/lib/default-security-group";
import { Eip } from "@cdktf/provider-aws/lib/eip";
import { FlowLog } from "@cdktf/provider-aws/lib/flow-log";
import { IamRole } from "@cdktf/provider-aws/lib/iam-role";
import { IamRolePolicy } from "@cdktf/provider-aws/lib/iam-role-policy";
import { InternetGateway } from "@cdktf/provider-aws/lib/internet-gateway";
import { NatGateway } from "@cdktf/provider-aws/lib/nat-gateway";
import { NetworkAcl } from "@cdktf/provider-aws/lib/network-acl";
import { NetworkAclRule } from "@cdktf/provider-aws/lib/network-acl-rule";
import { AwsProvider } from "@cdktf/provider-aws/lib/provider";
import { Route } from "@cdktf/provider-aws/lib/route";
import { RouteTable } from "@cdktf/provider-aws/lib/route-table";
import { RouteTableAssociation } from "@cdktf/provider-aws/lib/route-table-association";
import { SecurityGroup } from "@cdktf/provider-aws/lib/security-group";
import { Subnet } from "@cdktf/provider-aws/lib/subnet";
import { Vpc } from "@cdktf/provider-aws/lib/vpc";
import { VpcEndpoint } from "@cdktf/provider-aws/lib/vpc-endpoint";
import { VpcSecurityGroupEgressRule } from "@cdktf/provider-aws/lib/vpc-security-group-egress-rule";
import { VpcSecurityGroupIngressRule } from "@cdktf/provider-aws/lib/vpc-security-group-ingress-rule";
import { App, TerraformStack, Token } from "cdktf";
import { type Facts, provideFacts, resolveIn, type Statement } from "../../modules/core";
import {
  type InterfaceEndpointService,
  Network,
  type NetworkProps,
  Placement,
  type Tier,
} from "../../modules/network";
import { endpointsFor, interfaceServices } from "../../modules/network/endpoint-services";
import { example } from "../../modules/network/example";
import { allEnvironments } from "../../stacks/environments";
import { dev } from "../../stacks/environments/dev";
import { NetworkStack } from "../../stacks/network-stack";
import {
  type Arguments,
  type Synthesized,
  someFacts,
  statementsOf,
  synthesize,
  synthesizeApp,
} from "../../testing";

type NetworkFacts = Partial<Facts["network"]>;
type ResourceClass = Parameters<Synthesized["resources"]>[0];

/** Facts whose network differs from the usual one in this. */
function factsWith(network: NetworkFacts): Partial<Facts> {
  return { network: { ...someFacts.network, ...network } };
}

function synth(props: NetworkProps = {}, network: NetworkFacts = {}): Synthesized {
  return synthesize((stack) => {
    new Network(stack, "network", props);
  }, factsWith(network));
}

/** A stack for what is refused before synthesis, or asked of the construct itself. */
function stackWith(network: NetworkFacts = {}): TerraformStack {
  const stack = new TerraformStack(new App(), "test");
  provideFacts(stack, { ...someFacts, ...factsWith(network) });
  return stack;
}

function all(made: Synthesized, type: ResourceClass): Arguments[] {
  return Object.values(made.resources(type));
}

/** How others refer to the resource at a path. */
function ref(made: Synthesized, path: string, type: ResourceClass, attribute = "id"): string {
  return `\${${type.tfResourceType}.${made.at(path, type)["//"].metadata.uniqueId}.${attribute}}`;
}

describe("VPC and subnets", () => {
  test("the VPC has the environment's range", () => {
    expect(synth().at("network", Vpc).cidr_block).toBe("10.0.0.0/16");
  });

  test("the VPC resolves and gives names, which private DNS of endpoints needs", () => {
    expect(synth().at("network", Vpc)).toMatchObject({
      enable_dns_hostnames: true,
      enable_dns_support: true,
    });
  });

  test("there is a subnet for each tier and zone", () => {
    expect(all(synth(), Subnet).map((subnet) => subnet["//"].metadata.path)).toEqual(
      ["isolated-a", "isolated-b", "private-a", "private-b", "public-a", "public-b"].map(
        (id) => `test/network/${id}`,
      ),
    );
  });

  test("a subnet lies in its zone and where the plan puts it", () => {
    expect(synth().at("network/private-b", Subnet)).toMatchObject({
      availability_zone: "eu-west-1b",
      cidr_block: "10.0.16.0/20",
    });
  });

  test("no subnet gives out public addresses", () => {
    expect(all(synth(), Subnet).every((subnet) => subnet.map_public_ip_on_launch === false)).toBe(true);
  });

  test("a subnet's address in the state does not depend on the other zones", () => {
    const address = (zones: Facts["network"]["zones"]) =>
      synth({}, { zones }).at("network/private-a", Subnet)["//"].metadata.uniqueId;
    expect(address(["eu-west-1c", "eu-west-1a"])).toBe(address(["eu-west-1a", "eu-west-1b"]));
  });

  test("tiers left out are not made", () => {
    expect(all(synth({ tiers: ["isolated"] }), Subnet)).toHaveLength(2);
  });

  test("a subnet is listed in the console under its path", () => {
    expect(synth().at("network/public-a", Subnet).tags).toEqual({ Name: "test/network/public-a" });
  });

  test("the subnets of a tier come in the order of the zones", () => {
    const network = new Network(stackWith({ zones: ["eu-west-1b", "eu-west-1a"] }), "network");
    expect(network.subnets("isolated").map((subnet) => subnet.node.id)).toEqual(["isolated-b", "isolated-a"]);
  });
});

describe("routes", () => {
  test("public subnets reach the internet through the internet gateway", () => {
    const made = synth();
    expect(made.at("network/routes/public/internet", Route)).toMatchObject({
      destination_cidr_block: "0.0.0.0/0",
      gateway_id: ref(made, "network/routes/internet-gateway", InternetGateway),
    });
  });

  test("without a public tier there is no internet gateway", () => {
    expect(all(synth({ tiers: ["private", "isolated"] }), InternetGateway)).toEqual([]);
  });

  test("without NAT private subnets have no way to the internet", () => {
    expect(all(synth(), Route)).toHaveLength(1);
  });

  test("without NAT there is no gateway and no address to pay for", () => {
    const made = synth();
    expect([...all(made, NatGateway), ...all(made, Eip)]).toEqual([]);
  });

  test("NAT has an address of its own in the VPC, and comes after the way out", () => {
    const made = synth({}, { nat: "shared" });
    const gateway = made.one(NatGateway);
    expect(gateway.allocation_id).toBe(ref(made, "network/routes/nat-a-address", Eip, "allocation_id"));
    expect(made.one(Eip).domain).toBe("vpc");
    for (const { depends_on } of [gateway, made.one(Eip)]) {
      expect(depends_on).toEqual([expect.stringMatching(/^aws_internet_gateway\./)]);
    }
  });

  test("shared NAT stands in the zone of the lowest letter, whatever the order of zones", () => {
    const made = synth({}, { nat: "shared", zones: ["eu-west-1b", "eu-west-1a"] });
    expect(all(made, NatGateway).map((gateway) => gateway.subnet_id)).toEqual([
      ref(made, "network/public-a", Subnet),
    ]);
  });

  test.each(["private-a", "private-b"])("shared NAT serves %s", (table) => {
    const made = synth({}, { nat: "shared" });
    expect(made.at(`network/routes/${table}/internet`, Route).nat_gateway_id).toBe(
      ref(made, "network/routes/nat-a", NatGateway),
    );
  });

  test.each(["a", "b"])("NAT per zone serves zone %s from its own gateway", (letter) => {
    const made = synth({}, { nat: "per-zone" });
    expect(made.at(`network/routes/private-${letter}/internet`, Route).nat_gateway_id).toBe(
      ref(made, `network/routes/nat-${letter}`, NatGateway),
    );
  });

  test.each(["a", "b"])("NAT per zone stands in zone %s", (letter) => {
    const made = synth({}, { nat: "per-zone" });
    expect(made.at(`network/routes/nat-${letter}`, NatGateway).subnet_id).toBe(
      ref(made, `network/public-${letter}`, Subnet),
    );
  });

  test("a NAT gateway waits for the internet gateway", () => {
    const made = synth({}, { nat: "shared" });
    const gateway = made.at("network/routes/internet-gateway", InternetGateway)["//"].metadata.uniqueId;
    expect(made.at("network/routes/nat-a", NatGateway).depends_on).toEqual([
      `aws_internet_gateway.${gateway}`,
    ]);
  });

  test("isolated subnets never have a way out", () => {
    const made = synth({}, { nat: "per-zone" });
    const table = ref(made, "network/routes/isolated", RouteTable);
    expect(all(made, Route).filter((route) => route.route_table_id === table)).toEqual([]);
  });

  test.each([
    ["public-a", "public"],
    ["public-b", "public"],
    ["private-a", "private-a"],
    ["private-b", "private-b"],
    ["isolated-a", "isolated"],
    ["isolated-b", "isolated"],
  ])("subnet %s uses route table %s", (subnet, table) => {
    const made = synth();
    expect(made.at(`network/${subnet}/route-table`, RouteTableAssociation)).toMatchObject({
      route_table_id: ref(made, `network/routes/${table}`, RouteTable),
      subnet_id: ref(made, `network/${subnet}`, Subnet),
    });
  });
});

describe("access lists", () => {
  const rulesOf = (tier: Tier) => {
    const made = synth();
    const list = ref(made, `network/access-lists/${tier}`, NetworkAcl);
    return all(made, NetworkAclRule)
      .filter((rule) => rule.network_acl_id === list)
      .map(
        ({ egress, rule_number, protocol, cidr_block, from_port, to_port, icmp_type, icmp_code }) =>
          `${egress ? "out" : "in"} ${rule_number} ${protocol} ${cidr_block} ${from_port ?? icmp_type ?? "*"}-${to_port ?? icmp_code ?? "*"}`,
      )
      .sort();
  };

  test("public lets everything through", () => {
    expect(rulesOf("public")).toEqual(["in 10000 -1 0.0.0.0/0 *-*", "out 10000 -1 0.0.0.0/0 *-*"]);
  });

  test("private takes the VPC's traffic and answers, and lets everything out", () => {
    expect(rulesOf("private")).toEqual([
      "in 10000 -1 10.0.0.0/16 *-*",
      "in 10010 tcp 0.0.0.0/0 1024-65535",
      "in 10020 udp 0.0.0.0/0 1024-65535",
      "in 10030 icmp 0.0.0.0/0 3-4",
      "out 10000 -1 0.0.0.0/0 *-*",
    ]);
  });

  test("isolated knows the VPC and the gateway endpoints only", () => {
    expect(rulesOf("isolated")).toEqual([
      "in 10000 -1 10.0.0.0/16 *-*",
      "in 10010 tcp 0.0.0.0/0 1024-65535",
      "out 10000 -1 10.0.0.0/16 *-*",
      "out 10010 tcp 0.0.0.0/0 443-443",
    ]);
  });

  test("every rule allows, so that denials below 10000 come first", () => {
    const rules = all(synth(), NetworkAclRule);
    expect(rules.every((rule) => rule.rule_action === "allow" && rule.rule_number >= 10000)).toBe(true);
  });

  test.each(["public", "private", "isolated"])("the %s list holds the subnets of its tier", (tier) => {
    const made = synth();
    expect(made.at(`network/access-lists/${tier}`, NetworkAcl).subnet_ids).toEqual([
      ref(made, `network/${tier}-a`, Subnet),
      ref(made, `network/${tier}-b`, Subnet),
    ]);
  });

  test("lists have no inline rules, which would fight with separate ones", () => {
    const inline = all(synth(), NetworkAcl).filter(
      (list) => list.ingress !== undefined || list.egress !== undefined,
    );
    expect(inline).toEqual([]);
  });

  test("the default network ACL is closed", () => {
    const made = synth();
    const list = made.at("network/access-lists/closed-access-list", DefaultNetworkAcl);
    expect([list.default_network_acl_id, list.ingress, list.egress]).toEqual([
      ref(made, "network", Vpc, "default_network_acl_id"),
      undefined,
      undefined,
    ]);
  });

  test("the default network ACL does not fight over a subnet that its tier's list takes from it", () => {
    const { lifecycle } = synth().at("network/access-lists/closed-access-list", DefaultNetworkAcl);
    expect(lifecycle).toEqual({ ignore_changes: ["subnet_ids"] });
  });

  test("the default security group is closed in so many words, so that a rule added by hand is seen", () => {
    const made = synth();
    expect(made.at("network/access-lists/closed-security-group", DefaultSecurityGroup)).toMatchObject({
      vpc_id: ref(made, "network", Vpc),
      ingress: [],
      egress: [],
    });
  });
});

describe("endpoints", () => {
  test.each(["s3", "dynamodb"])("%s has a gateway endpoint", (service) => {
    expect(synth().at(`network/endpoints/${service}`, VpcEndpoint)).toMatchObject({
      vpc_endpoint_type: "Gateway",
      service_name: `com.amazonaws.eu-west-1.${service}`,
    });
  });

  test.each(["s3", "dynamodb"])("the %s endpoint is on every route table", (service) => {
    const made = synth();
    expect(made.at(`network/endpoints/${service}`, VpcEndpoint).route_table_ids).toEqual(
      ["public", "private-a", "private-b", "isolated"].map((table) =>
        ref(made, `network/routes/${table}`, RouteTable),
      ),
    );
  });

  test("interface endpoints are none unless asked for", () => {
    const made = synth();
    expect([all(made, VpcEndpoint).length, all(made, SecurityGroup)]).toEqual([2, []]);
  });

  test("an interface endpoint answers under the service's own name", () => {
    expect(synth({ interfaceEndpoints: ["kms"] }).at("network/endpoints/kms", VpcEndpoint)).toMatchObject({
      vpc_endpoint_type: "Interface",
      service_name: "com.amazonaws.eu-west-1.kms",
      private_dns_enabled: true,
    });
  });

  test("an interface endpoint stands in the private tier, once a zone", () => {
    const made = synth({ interfaceEndpoints: ["kms"] });
    expect(made.at("network/endpoints/kms", VpcEndpoint).subnet_ids).toEqual([
      ref(made, "network/private-a", Subnet),
      ref(made, "network/private-b", Subnet),
    ]);
  });

  test("without a private tier an interface endpoint stands in the isolated one", () => {
    const made = synth({ tiers: ["isolated"], interfaceEndpoints: ["kms"] });
    expect(made.at("network/endpoints/kms", VpcEndpoint).subnet_ids).toContain(
      ref(made, "network/isolated-a", Subnet),
    );
  });

  test("interface endpoints share one security group", () => {
    const made = synth({ interfaceEndpoints: ["kms", "ecr.api"] });
    const group = [ref(made, "network/endpoints/security-group", SecurityGroup)];
    expect(
      ["kms", "ecr-api"].map((id) => made.at(`network/endpoints/${id}`, VpcEndpoint).security_group_ids),
    ).toEqual([group, group]);
  });

  test("the security group takes HTTPS from the VPC only", () => {
    const made = synth({ interfaceEndpoints: ["kms"] });
    expect(all(made, VpcSecurityGroupIngressRule)).toEqual([
      expect.objectContaining({
        cidr_ipv4: "10.0.0.0/16",
        ip_protocol: "tcp",
        from_port: 443,
        to_port: 443,
      }),
    ]);
  });
});

describe("flow log", () => {
  test("records accepted and rejected traffic of the whole VPC", () => {
    const made = synth();
    expect(made.at("network/flow-log", FlowLog)).toMatchObject({
      vpc_id: ref(made, "network", Vpc),
      traffic_type: "ALL",
      log_destination: ref(made, "network/flow-log/log-group", CloudwatchLogGroup, "arn"),
    });
  });

  test("goes to an encrypted group with the environment's retention", () => {
    const group = synth().at("network/flow-log/log-group", CloudwatchLogGroup);
    expect([group.retention_in_days, group.kms_key_id]).toEqual([30, "${aws_kms_key.logs-key.arn}"]);
  });

  test("its role may write to that group and nothing else", () => {
    const made = synth();
    const { policy } = made.at("network/flow-log/role/policy", IamRolePolicy);
    const group = ref(made, "network/flow-log/log-group", CloudwatchLogGroup, "arn");
    expect(statementsOf(policy)).toEqual([
      {
        Sid: "WriteFlowLog",
        Effect: "Allow",
        Action: ["logs:CreateLogStream", "logs:DescribeLogStreams", "logs:PutLogEvents"],
        Resource: `${group}:*`,
      },
    ]);
  });

  test("its role is taken for flow logs of this account only", () => {
    const [trust] = statementsOf(synth().at("network/flow-log/role", IamRole).assume_role_policy);
    expect(trust).toEqual({
      Effect: "Allow",
      Action: "sts:AssumeRole",
      Principal: { Service: "vpc-flow-logs.amazonaws.com" },
      Condition: {
        ArnLike: { "aws:SourceArn": "arn:aws:ec2:eu-west-1:123456789012:vpc-flow-log/*" },
      },
    });
  });

  test("is made after its role may write", () => {
    const made = synth();
    const policy = made.at("network/flow-log/role/policy", IamRolePolicy)["//"].metadata.uniqueId;
    expect(made.at("network/flow-log", FlowLog).depends_on).toEqual([`aws_iam_role_policy.${policy}`]);
  });
});

describe("refusals of a network", () => {
  const refused = (props: NetworkProps, network: NetworkFacts = {}, others: Partial<Facts> = {}) =>
    expect(() =>
      synthesize(
        (stack) => {
          new Network(stack, "network", props);
        },
        { ...factsWith(network), ...others },
      ),
    );

  test("rejects no tier, with the construct's path", () => {
    refused({ tiers: [] }).toThrow('network "test/network": tiers must name at least one');
  });

  test("rejects NAT without a public tier", () => {
    refused({ tiers: ["private"] }, { nat: "shared" }).toThrow(
      `the environment's nat is "shared" and there is no public tier, though NAT gateways stand in it: ` +
        `add "public" to tiers or set the environment's network.nat to "none"`,
    );
  });

  test("rejects NAT without a private tier, which alone uses it", () => {
    refused({ tiers: ["public"] }, { nat: "per-zone" }).toThrow("there is no private tier");
  });

  test("rejects interface endpoints without a tier to stand in", () => {
    refused({ tiers: ["public"], interfaceEndpoints: ["sqs"] }).toThrow(
      "interfaceEndpoints stand in the private or the isolated tier",
    );
  });

  test("rejects an interface endpoint named twice", () => {
    refused({ interfaceEndpoints: ["sqs", "sqs"] }).toThrow("interfaceEndpoints must differ, got sqs, sqs");
  });

  test("rejects an interface endpoint that is not known", () => {
    refused({ interfaceEndpoints: ["s3" as InterfaceEndpointService] }).toThrow(
      "interface endpoint must be one of",
    );
  });

  test("rejects a range that the plan cannot divide", () => {
    refused({}, { cidr: "10.0.0.0/24" }).toThrow(
      "cidr must be between /16 and /22, got 10.0.0.0/24: too small",
    );
  });

  test("rejects everything wrong at once", () => {
    refused({ tiers: ["private"], interfaceEndpoints: ["sqs", "sqs"] }, { nat: "shared" }).toThrow(
      "2 faults",
    );
  });
});

const existing = {
  vpcId: "vpc-0a1b2c3d",
  cidr: "10.0.0.0/16",
  subnetIds: { private: ["subnet-0a", "subnet-0b"], isolated: ["subnet-0c"] },
} as const;

describe("a flow log", () => {
  test("goes to CloudWatch Logs by its role", () => {
    const made = synth();
    expect(made.one(FlowLog)).toMatchObject({
      log_destination_type: "cloud-watch-logs",
      iam_role_arn: expect.stringMatching(/^\$\{aws_iam_role\.network_flow-log_role_\w+\.arn\}$/),
    });
  });
});

describe("an existing network", () => {
  test.each([
    ["vpcId", { vpcId: "x-vpc-0a" }],
    ["subnetIds", { subnetIds: { private: ["x-subnet-0a", "subnet-0b"] } }],
    ["securityGroupId", { interfaceEndpoints: { services: ["sqs"], securityGroupId: "x-sg-0a" } }],
  ] as const)("rejects a %s that only holds one", (_, props) => {
    expect(() => Network.fromExisting(stackWith(), "existing", { ...existing, ...props })).toThrow(
      /x-(vpc|subnet|sg)-0a/,
    );
  });

  const from = (props: Partial<Parameters<typeof Network.fromExisting>[2]> = {}) =>
    Network.fromExisting(stackWith(), "existing", { ...existing, ...props });

  test("makes nothing", () => {
    const made = synthesize((stack) => {
      Network.fromExisting(stack, "existing", existing);
    });
    expect(made.addresses).toEqual([]);
  });

  test("knows its VPC", () => {
    expect(from().vpc).toEqual({ id: "vpc-0a1b2c3d", cidrBlock: "10.0.0.0/16" });
  });

  test("knows its subnets by tier", () => {
    expect(from().subnets("private")).toEqual([{ id: "subnet-0a" }, { id: "subnet-0b" }]);
  });

  test("has no subnets in a tier that it was not told of", () => {
    expect(from().subnets("public")).toEqual([]);
  });

  test("offers nothing unless told so", () => {
    expect(from().reach).toEqual({ nat: false, gatewayEndpoints: {}, interfaceEndpoints: undefined });
  });

  test("offers what it was told of", () => {
    expect(
      from({
        nat: true,
        gatewayEndpoints: { s3: "pl-0a" },
        interfaceEndpoints: { services: ["kms"], securityGroupId: "sg-0a" },
      }).reach,
    ).toEqual({
      nat: true,
      gatewayEndpoints: { s3: { prefixListId: "pl-0a" } },
      interfaceEndpoints: { services: ["kms"], securityGroup: { id: "sg-0a" } },
    });
  });

  test("takes references for every id", () => {
    const token = Token.asString({ resolve: () => "later" });
    expect(() =>
      from({
        vpcId: token,
        cidr: token,
        subnetIds: { private: [token] },
        gatewayEndpoints: { s3: token },
        interfaceEndpoints: { services: ["kms"], securityGroupId: token },
      }),
    ).not.toThrow();
  });

  test("rejects a list of subnets whose length only Terraform knows", () => {
    const list = Token.asList({ resolve: () => ["subnet-0a"] });
    expect(() => from({ subnetIds: { private: list } })).toThrow(
      "subnetIds.private is a list that only Terraform knows",
    );
  });

  test("rejects no subnet at all", () => {
    expect(() => from({ subnetIds: { private: [] } })).toThrow(
      "subnetIds must name the subnets of at least one of",
    );
  });

  test("rejects one subnet named twice", () => {
    expect(() => from({ subnetIds: { private: ["subnet-0a", "subnet-0a"] } })).toThrow("must differ");
  });

  test("rejects NAT for private subnets that are not named", () => {
    expect(() => from({ nat: true, subnetIds: { public: ["subnet-0a"] } })).toThrow(
      "subnetIds.private names none",
    );
  });

  test.each([
    ["vpcId", { vpcId: "my-vpc" }],
    ["cidr", { cidr: "ten" }],
    ["subnetIds.private", { subnetIds: { private: ["eu-west-1a"] } }],
    ["gatewayEndpoints.s3", { gatewayEndpoints: { s3: "vpce-0a" } }],
    ["interfaceEndpoints.securityGroupId", { interfaceEndpoints: { services: [], securityGroupId: "web" } }],
    ["interface endpoint", { interfaceEndpoints: { services: ["s3" as "sqs"], securityGroupId: "sg-0a" } }],
    ["gateway endpoint", { gatewayEndpoints: { sqs: "pl-0a" } as object }],
    ["tier", { subnetIds: { dmz: ["subnet-0a"] } as object }],
  ])("rejects a wrong %s", (name, props) => {
    expect(() => from(props)).toThrow(`${name} must be`);
  });
});

describe("placement", () => {
  const placed = (props: NetworkProps, nat: Facts["network"]["nat"], tier?: Tier) =>
    synthesize((stack) => {
      new Placement(stack, "placement", new Network(stack, "network", props), { tier });
    }, factsWith({ nat }));
  const egress = (made: Synthesized) =>
    all(made, VpcSecurityGroupEgressRule).map((rule) =>
      rule["//"].metadata.path.replace("test/placement/", ""),
    );

  test.each([
    ["the private tier by default", undefined, "private"],
    ["the tier asked for", "isolated", "isolated"],
  ] as const)("is in %s", (_, tier, expected) => {
    const stack = stackWith();
    const network = new Network(stack, "network");
    const { subnetIds } = new Placement(stack, "placement", network, { tier });
    expect(resolveIn(stack, subnetIds)).toEqual(
      network.subnets(expected).map((subnet) => `\${aws_subnet.${subnet.friendlyUniqueId}.id}`),
    );
  });

  test("has a security group named after its path", () => {
    expect(placed({}, "none").at("placement", SecurityGroup).name).toBe("test_placement");
  });

  test("takes nothing in", () => {
    const made = placed({}, "shared");
    expect(all(made, VpcSecurityGroupIngressRule)).toEqual([]);
  });

  test("has no inline rules, which would fight with separate ones", () => {
    const { ingress, egress: inline } = placed({}, "none").at("placement", SecurityGroup);
    expect([ingress, inline]).toEqual([undefined, undefined]);
  });

  test("lets out to the gateway endpoints only, where there is nothing else", () => {
    expect(egress(placed({}, "none"))).toEqual(["to-dynamodb", "to-s3"]);
  });

  test("lets out to a gateway endpoint by its prefix list", () => {
    const made = placed({}, "none");
    expect(made.at("placement/to-s3", VpcSecurityGroupEgressRule)).toMatchObject({
      prefix_list_id: ref(made, "network/endpoints/s3", VpcEndpoint, "prefix_list_id"),
      ip_protocol: "tcp",
      from_port: 443,
      to_port: 443,
    });
  });

  test("lets out to the interface endpoints by their security group", () => {
    const made = placed({ interfaceEndpoints: ["kms"] }, "none");
    expect(
      made.at("placement/to-interface-endpoints", VpcSecurityGroupEgressRule).referenced_security_group_id,
    ).toBe(ref(made, "network/endpoints/security-group", SecurityGroup));
  });

  test("lets HTTPS out to the internet from the private tier with NAT", () => {
    expect(placed({}, "shared").at("placement/to-internet", VpcSecurityGroupEgressRule)).toMatchObject({
      cidr_ipv4: "0.0.0.0/0",
      ip_protocol: "tcp",
      from_port: 443,
      to_port: 443,
    });
  });

  test.each(["isolated", "public"] as const)("lets nothing out to the internet from the %s tier", (tier) => {
    expect(egress(placed({}, "shared", tier))).not.toContain("to-internet");
  });

  test("stands in an existing network too", () => {
    const made = synthesize((stack) => {
      new Placement(
        stack,
        "placement",
        Network.fromExisting(stack, "existing", { ...existing, gatewayEndpoints: { s3: "pl-0a" } }),
      );
    });
    expect(egress(made)).toEqual(["to-s3"]);
  });

  test("rejects a tier that the network lacks, naming those it has", () => {
    const stack = stackWith();
    const network = new Network(stack, "network", { tiers: ["isolated"] });
    expect(() => new Placement(stack, "placement", network)).toThrow(
      'placement "test/placement": the network has no private tier: place it in one of isolated, or add the tier to the network',
    );
  });
});

describe("the reach of what is placed", () => {
  const call = (...actions: string[]): Statement => ({ actions, resources: ["*"] });

  /** What synthesis reports of a function that is placed in a network. */
  function reportedIn(
    place: (stack: TerraformStack) => Placement,
    needs: readonly Statement[],
    nat: Facts["network"]["nat"] = "none",
  ): string[] {
    try {
      synthesize((stack) => {
        const placement = place(stack);
        const granted: Statement[] = [];
        placement.requireReach("function", placement, () => granted);
        granted.push(...needs);
      }, factsWith({ nat }));
      return [];
    } catch (error) {
      return [...String(error).matchAll(/function ".*/g)].map(([message]) => message);
    }
  }
  const reported = (
    needs: readonly Statement[],
    { tier, ...props }: NetworkProps & { tier?: Tier } = {},
    nat: Facts["network"]["nat"] = "none",
  ) =>
    reportedIn(
      (stack) => new Placement(stack, "placement", new Network(stack, "network", props), { tier }),
      needs,
      nat,
    );

  test("rejects a call for which there is no way, naming path, service and remedies", () => {
    expect(reported([call("kms:Decrypt")])).toEqual([
      'function "test/placement": calls kms, which the private tier cannot reach: ' +
        'add "kms" to the network\'s interfaceEndpoints, or set the environment\'s network.nat to "shared" or "per-zone"',
    ]);
  });

  test("an interface endpoint is a way", () => {
    expect(reported([call("kms:Decrypt")], { interfaceEndpoints: ["kms"] })).toEqual([]);
  });

  test.each(["dynamodb:PutItem", "s3:GetObject"])("a gateway endpoint is a way for %s", (action) => {
    expect(reported([call(action)])).toEqual([]);
  });

  test("NAT is a way from the private tier", () => {
    expect(reported([call("kms:Decrypt", "iam:GetRole")], {}, "shared")).toEqual([]);
  });

  test("rejects NAT as a way from the isolated tier, and says which tier has it", () => {
    expect(reported([call("kms:Decrypt")], { tier: "isolated" }, "shared")).toEqual([
      expect.stringContaining("interfaceEndpoints, or place it in the private tier"),
    ]);
  });

  test("rejects each service once, in order", () => {
    const needs = [call("sqs:SendMessage", "kms:Decrypt"), call("kms:GenerateDataKey")];
    expect(reported(needs).map((message) => /calls (\S+),/.exec(message)?.[1])).toEqual(["kms", "sqs"]);
  });

  test("calls that an AWS service makes do not count", () => {
    expect(reported([{ ...call("kms:Decrypt"), caller: "service" }])).toEqual([]);
  });

  test("rejects a service without a known endpoint, with NAT as the only remedy", () => {
    expect(reported([call("iam:GetRole")])).toEqual([
      expect.stringMatching(
        /calls iam, which the private tier cannot reach: set the environment's network.nat/,
      ),
    ]);
  });

  test("rejects a stream's reads, which DynamoDB's gateway endpoint does not serve", () => {
    expect(reported([call("dynamodb:GetRecords")])).toEqual([
      expect.stringContaining("calls dynamodb-streams"),
    ]);
  });

  test("rejects S3 where an existing network has no gateway endpoint", () => {
    const place = (stack: TerraformStack) =>
      new Placement(stack, "placement", Network.fromExisting(stack, "existing", existing));
    expect(reportedIn(place, [call("s3:GetObject")])).toEqual([
      expect.stringContaining("add a gateway endpoint for s3 to the network and name it in gatewayEndpoints"),
    ]);
  });

  test.each([
    ["cloudwatch:PutMetricData", ["monitoring"]],
    ["kinesis:PutRecord", ["kinesis-streams"]],
    ["firehose:PutRecord", ["kinesis-firehose"]],
    ["ecr:BatchGetImage", ["ecr.api", "ecr.dkr", "s3"]],
    ["events:PutEvents", ["events"]],
    ["dynamodb:DescribeStream", ["dynamodb-streams"]],
    ["dynamodb:GetRecords", ["dynamodb-streams"]],
    ["dynamodb:GetShardIterator", ["dynamodb-streams"]],
    ["dynamodb:ListStreams", ["dynamodb-streams"]],
    ["dynamodb:GetItem", ["dynamodb"]],
    ["dynamodb:ListTables", ["dynamodb"]],
    ["kinesis:GetRecords", ["kinesis-streams"]],
    ["*", []],
    ["", []],
  ])("%s goes through %j", (action, endpoints) => {
    expect(endpointsFor(action)).toEqual(endpoints);
  });

  test("every endpoint of the table can be asked for", () => {
    const reached = ["cloudwatch:*", "kinesis:*", "firehose:*", "ecr:*"].flatMap(endpointsFor);
    expect(
      reached.filter((service) => service !== "s3" && !interfaceServices.includes(service as "sqs")),
    ).toEqual([]);
  });
});

test.each(["none", "shared", "per-zone"] as const)("the example stands with nat %s", (nat) => {
  expect(() => synthesize(example, factsWith({ nat }))).not.toThrow();
});

test.each(allEnvironments)("$name has its network", (environment) => {
  const made = synthesizeApp((app) => {
    new NetworkStack(app, environment, { alarmTopic: "none" });
  });
  const { cidr, zones } = environment.network;
  const network = made[`${environment.name}-network`] as Synthesized;
  expect([network.at("network", Vpc).cidr_block, all(network, Subnet).length]).toEqual([
    cidr,
    3 * zones.length,
  ]);
});

test("another stack takes the network as an object", () => {
  const made = synthesizeApp((app) => {
    const { network } = new NetworkStack(app, dev, { alarmTopic: "none" });
    const stack = new TerraformStack(app, "orders");
    new AwsProvider(stack, "aws", { region: "eu-west-1" });
    provideFacts(stack, { ...dev, alarmTopic: "none" });
    new Placement(stack, "placement", network);
  });
  expect(made.orders?.at("placement", SecurityGroup).vpc_id).toMatch(
    /^\$\{data\.terraform_remote_state\.cross-stack-reference-input-dev-network/,
  );
});
