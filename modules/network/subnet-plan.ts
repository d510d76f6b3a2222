import { Address4 } from "ip-address";
import { Checks, checkVpcRange } from "../core";

/**
 * How a subnet reaches the internet: `public` through the internet gateway, `private` through NAT where the
 * environment has it, `isolated` never.
 */
export type Tier = "public" | "private" | "isolated";

export interface SubnetPlanProps {
  /** The VPC's range, /16 to /22. */
  readonly cidr: string;
  /** Names such as `eu-west-1a`. The letter decides the place, not the position in the list. */
  readonly zones: readonly string[];
  readonly tiers: readonly Tier[];
}

/** One subnet of the plan. */
export interface PlannedSubnet {
  readonly tier: Tier;
  readonly zone: string;
  readonly cidr: string;
}

/** The block of a tier: the `index`-th of the 2^`bits` equal parts of the VPC. The last eighth is spare. */
const BLOCKS = {
  private: { bits: 1, index: 0 },
  isolated: { bits: 2, index: 2 },
  public: { bits: 3, index: 6 },
} as const satisfies Record<Tier, { bits: number; index: number }>;

/** Every tier that can be asked for. */
export const allTiers: readonly Tier[] = ["public", "private", "isolated"];

/** Eight zone slots in each tier, `a` to `h`. */
const SLOT_LETTERS = "abcdefgh";
const SLOT_BITS = 3;

/**
 * The subnets of a VPC on a fixed grid, tier by tier in the order given. No subnet depends on another, so adding,
 * removing or reordering a zone or a tier moves none.
 *
 * ```
 * | private: first half             | isolated: third quarter | public: 7th eighth | spare |
 * | a  b  c  d  e  f  g  h          | a b c d e f g h         | abcdefgh           |       |
 * ```
 *
 * | VPC | private       | isolated      | public        | addresses for hosts in each subnet |
 * |-----|---------------|---------------|---------------|------------------------------------|
 * | /16 | /20           | /21           | /22           | 4091, 2043, 1019                   |
 * | /19 | /23           | /24           | /25           | 507, 251, 123                      |
 * | /22 | /26           | /27           | /28           | 59, 27, 11                         |
 *
 * AWS keeps five addresses of every subnet: network, router, DNS, one reserved, broadcast. An internet-facing load
 * balancer wants eight free ones in each of its subnets.
 * @throws Error with every fault of the input
 */
export function planSubnets(props: SubnetPlanProps): readonly PlannedSubnet[] {
  const checks = new Checks("subnet plan", props.cidr);
  checkPlan(checks, props);
  checks.done();
  const range = new Address4(props.cidr);
  return props.tiers.flatMap((tier) =>
    props.zones.map((zone) => ({ tier, zone, cidr: subnetOf(range, tier, zone) })),
  );
}

/** Records what {@link planSubnets} would refuse. */
export function checkPlan(checks: Checks, { cidr, zones, tiers }: SubnetPlanProps): void {
  checkVpcRange(checks, "cidr", cidr);
  checks.that(zones.length > 0, "zones must name at least one zone, such as eu-west-1a");
  for (const zone of zones) {
    checks.that(
      /^[a-z]{2}(-[a-z]+)+-\d[a-h]$/.test(zone),
      `zone must be an availability zone ending in a letter from a to h, such as eu-west-1a, got "${zone}": ` +
        "the letter is its slot in each tier; for a local zone make an aws_subnet in the spare last eighth",
    );
  }
  const letters = zones.map(zoneLetter);
  checks.that(
    new Set(letters).size === letters.length,
    `zones must differ in their letter, got ${zones.join(", ")}: two of them would share one range`,
  );
  checks.that(tiers.length > 0, `tiers must name at least one of ${allTiers.join(", ")}`);
  for (const tier of tiers) checks.oneOf("tier", tier, allTiers);
  checks.that(new Set(tiers).size === tiers.length, `tiers must differ, got ${tiers.join(", ")}`);
}

/** `a` of `eu-west-1a`. */
export function zoneLetter(zone: string): string {
  return zone.slice(-1);
}

function subnetOf(range: Address4, tier: Tier, zone: string): string {
  const { bits, index } = BLOCKS[tier];
  const prefix = range.subnetMask + bits + SLOT_BITS;
  const slot = SLOT_LETTERS.indexOf(zoneLetter(zone));
  const offset = BigInt(index) * sizeOf(range.subnetMask + bits) + BigInt(slot) * sizeOf(prefix);
  return `${Address4.fromBigInt(range.startAddress().bigInt() + offset).correctForm()}/${prefix}`;
}

/** How many addresses a range of this prefix has. */
function sizeOf(prefix: number): bigint {
  return 1n << BigInt(32 - prefix);
}
