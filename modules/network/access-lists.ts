import { DefaultNetworkAcl } from "@cdktf/provider-aws/lib/default-network-acl";
import { DefaultSecurityGroup } from "@cdktf/provider-aws/lib/default-security-group";
import { NetworkAcl } from "@cdktf/provider-aws/lib/network-acl";
import { NetworkAclRule } from "@cdktf/provider-aws/lib/network-acl-rule";
import type { Vpc } from "@cdktf/provider-aws/lib/vpc";
import { Construct } from "constructs";
import { skipCheck } from "../core";
import { nameTag } from "./name-tag";
import type { Tier } from "./subnet-plan";
import type { ZonedSubnet } from "./subnets";

/** A rule that allows; what no rule allows is denied. */
interface Rule {
  readonly number: number;
  readonly direction: "in" | "out";
  readonly peer: "anywhere" | "vpc";
  /** @default - every protocol and port */
  readonly traffic?: "tcp-answers" | "udp-answers" | "https" | "packet-too-big";
}

/**
 * What each tier lets through. Numbers start at 10000: below them is room for denials, which must come first.
 * A network ACL has no memory, so answers need a rule of their own; they come to ports from 1024 on (Linux, NAT
 * gateways and load balancers together). Gateway endpoints answer from public addresses, so the isolated tier too
 * lets HTTPS out and its answers in; with no route but the endpoints' own that leads nowhere else.
 */
const RULES: Readonly<Record<Tier, Readonly<Record<string, Rule>>>> = {
  public: {
    "in-all": { number: 10000, direction: "in", peer: "anywhere" },
    "out-all": { number: 10000, direction: "out", peer: "anywhere" },
  },
  private: {
    "in-vpc": { number: 10000, direction: "in", peer: "vpc" },
    "in-tcp-answers": { number: 10010, direction: "in", peer: "anywhere", traffic: "tcp-answers" },
    "in-udp-answers": { number: 10020, direction: "in", peer: "anywhere", traffic: "udp-answers" },
    // Without it a path that takes smaller packets only swallows them (VPC user guide, "Path MTU Discovery").
    "in-packet-too-big": { number: 10030, direction: "in", peer: "anywhere", traffic: "packet-too-big" },
    "out-all": { number: 10000, direction: "out", peer: "anywhere" },
  },
  isolated: {
    "in-vpc": { number: 10000, direction: "in", peer: "vpc" },
    "in-tcp-answers": { number: 10010, direction: "in", peer: "anywhere", traffic: "tcp-answers" },
    "out-vpc": { number: 10000, direction: "out", peer: "vpc" },
    "out-https": { number: 10010, direction: "out", peer: "anywhere", traffic: "https" },
  },
};

const TRAFFIC = {
  all: { protocol: "-1" },
  "tcp-answers": { protocol: "tcp", fromPort: 1024, toPort: 65535 },
  "udp-answers": { protocol: "udp", fromPort: 1024, toPort: 65535 },
  https: { protocol: "tcp", fromPort: 443, toPort: 443 },
  "packet-too-big": { protocol: "icmp", icmpType: 3, icmpCode: 4 },
};

/** What the policy scanner says against rules that let something in, and why it is wrong about them. */
const SKIPS: Readonly<Record<string, { readonly checks: readonly string[]; readonly reason: string }>> = {
  "anywhere all": {
    checks: ["CKV_AWS_229", "CKV_AWS_230", "CKV_AWS_231", "CKV_AWS_232", "CKV_AWS_352"],
    reason:
      "The public tier is where the internet comes in: which ports are open is for security groups to say, and this list is for denials",
  },
  "anywhere tcp-answers": {
    checks: ["CKV_AWS_231"],
    reason: "Answers come to ports from 1024 on, and a list without memory cannot tell them from calls",
  },
  "anywhere udp-answers": {
    checks: ["CKV_AWS_231"],
    reason: "Answers come to ports from 1024 on, and a list without memory cannot tell them from calls",
  },
  "anywhere packet-too-big": {
    checks: ["CKV_AWS_352"],
    reason: "ICMP knows no ports: one message is let in",
  },
  "vpc all": {
    checks: ["CKV_AWS_352"],
    reason: "Only the VPC itself comes in, and between its parts security groups say which ports are open",
  },
};

export interface AccessListsProps {
  readonly vpc: Vpc;
  readonly cidr: string;
  readonly subnets: readonly ZonedSubnet[];
}

/**
 * One network ACL a tier, each rule a resource of its own so that others can add theirs, and the VPC's two defaults –
 * security group and network ACL – closed: what nobody placed on purpose reaches nothing. Free.
 */
export class AccessLists extends Construct {
  /** By tier; deny rules numbered below 10000 go on these. */
  readonly byTier: Readonly<Partial<Record<Tier, NetworkAcl>>>;
  readonly closedSecurityGroup: DefaultSecurityGroup;
  readonly closedAccessList: DefaultNetworkAcl;

  constructor(scope: Construct, id: string, { vpc, cidr, subnets }: AccessListsProps) {
    super(scope, id);
    const byTier: Partial<Record<Tier, NetworkAcl>> = {};
    for (const tier of new Set(subnets.map((subnet) => subnet.tier))) {
      const members = subnets.filter((subnet) => subnet.tier === tier).map(({ subnet }) => subnet.id);
      byTier[tier] = this.accessList(tier, vpc, cidr, members);
    }
    this.byTier = byTier;
    this.closedSecurityGroup = new DefaultSecurityGroup(this, "closed-security-group", {
      vpcId: vpc.id,
      // Said in so many words: left out, Terraform closes the group once and overlooks a rule that somebody adds.
      ingress: [],
      egress: [],
      tags: nameTag(this, "closed-security-group"),
    });
    this.closedAccessList = new DefaultNetworkAcl(this, "closed-access-list", {
      defaultNetworkAclId: vpc.defaultNetworkAclId,
      tags: nameTag(this, "closed-access-list"),
      // A new subnet starts here until its tier's list takes it; the list's own argument says where it belongs.
      lifecycle: { ignoreChanges: ["subnet_ids"] },
    });
  }

  private accessList(tier: Tier, vpc: Vpc, cidr: string, subnetIds: string[]): NetworkAcl {
    const list = new NetworkAcl(this, tier, { vpcId: vpc.id, subnetIds, tags: nameTag(this, tier) });
    for (const [id, { number, direction, peer, traffic = "all" }] of Object.entries(RULES[tier])) {
      const rule = new NetworkAclRule(list, id, {
        networkAclId: list.id,
        ruleNumber: number,
        ruleAction: "allow",
        egress: direction === "out",
        cidrBlock: peer === "vpc" ? cidr : "0.0.0.0/0",
        ...TRAFFIC[traffic],
      });
      const skips = direction === "in" ? SKIPS[`${peer} ${traffic}`] : undefined;
      for (const check of skips?.checks ?? []) skipCheck(rule, check, skips?.reason ?? "");
    }
    return list;
  }
}
