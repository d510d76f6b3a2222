import fc from "fast-check";
import { Address4 } from "ip-address";
import { allTiers, planSubnets, type SubnetPlanProps, type Tier } from "../../modules/network/subnet-plan";

const letters = [..."abcdefgh"];

/** VPC ranges with no host bits set. */
const cidrs = fc
  .tuple(fc.integer({ min: 16, max: 22 }), fc.integer({ min: 0, max: 255 }), fc.nat(0xffff))
  .map(([prefix, second, rest]) => {
    const address = (10n << 24n) | (BigInt(second) << 16n) | BigInt(rest);
    const network = (address >> BigInt(32 - prefix)) << BigInt(32 - prefix);
    return `${Address4.fromBigInt(network).correctForm()}/${prefix}`;
  });
const zones = fc
  .shuffledSubarray(letters, { minLength: 1 })
  .map((chosen) => chosen.map((letter) => `eu-west-1${letter}`));
const tiers = fc.shuffledSubarray([...allTiers], { minLength: 1 });
const plans: fc.Arbitrary<SubnetPlanProps> = fc.record({ cidr: cidrs, zones, tiers });

/** Place by tier and zone. */
function places(props: SubnetPlanProps): Map<string, string> {
  return new Map(planSubnets(props).map(({ tier, zone, cidr }) => [`${tier} ${zone}`, cidr]));
}

function bounds(cidr: string): readonly [bigint, bigint] {
  const range = new Address4(cidr);
  return [range.startAddress().bigInt(), range.endAddress().bigInt()];
}

test("every subnet lies inside the VPC", () => {
  fc.assert(
    fc.property(plans, (props) => {
      const vpc = new Address4(props.cidr);
      for (const { cidr } of planSubnets(props)) expect(new Address4(cidr).isInSubnet(vpc)).toBe(true);
    }),
  );
});

test("no two subnets overlap", () => {
  fc.assert(
    fc.property(plans, (props) => {
      const sorted = planSubnets(props)
        .map(({ cidr }) => bounds(cidr))
        .sort(([a], [b]) => (a < b ? -1 : 1));
      sorted.slice(1).forEach(([start], index) => {
        expect(start > (sorted[index]?.[1] ?? -1n)).toBe(true);
      });
    }),
  );
});

test("every subnet is written as its first address", () => {
  fc.assert(
    fc.property(plans, (props) => {
      for (const { cidr } of planSubnets(props)) expect(new Address4(cidr).networkForm()).toBe(cidr);
    }),
  );
});

test("no subnet is smaller than AWS takes", () => {
  fc.assert(
    fc.property(plans, (props) => {
      for (const { cidr } of planSubnets(props))
        expect(new Address4(cidr).subnetMask).toBeLessThanOrEqual(28);
    }),
  );
});

test("there is one subnet for each tier and zone asked for", () => {
  fc.assert(
    fc.property(plans, (props) => {
      expect([...places(props).keys()].sort()).toEqual(
        props.tiers.flatMap((tier) => props.zones.map((zone) => `${tier} ${zone}`)).sort(),
      );
    }),
  );
});

test("adding, removing and reordering zones and tiers moves no subnet", () => {
  fc.assert(
    fc.property(plans, zones, tiers, (props, otherZones, otherTiers) => {
      const before = places(props);
      const after = places({ ...props, zones: otherZones, tiers: otherTiers });
      for (const [key, cidr] of after) expect(before.get(key) ?? cidr).toBe(cidr);
    }),
  );
});

test("the same input gives the same plan", () => {
  fc.assert(fc.property(plans, (props) => expect(planSubnets(props)).toEqual(planSubnets(props))));
});

test("the last eighth stays spare", () => {
  fc.assert(
    fc.property(plans, (props) => {
      const [start, end] = bounds(props.cidr);
      const spare = end + 1n - (end + 1n - start) / 8n;
      for (const { cidr } of planSubnets(props)) expect(bounds(cidr)[1] < spare).toBe(true);
    }),
  );
});

test.each([
  ["10.0.0.0/16", "private", "a", "10.0.0.0/20"],
  ["10.0.0.0/16", "private", "h", "10.0.112.0/20"],
  ["10.0.0.0/16", "isolated", "a", "10.0.128.0/21"],
  ["10.0.0.0/16", "isolated", "b", "10.0.136.0/21"],
  ["10.0.0.0/16", "public", "a", "10.0.192.0/22"],
  ["10.0.0.0/16", "public", "h", "10.0.220.0/22"],
  ["10.9.8.0/22", "public", "h", "10.9.11.112/28"],
] as const)("in %s %s of zone %s is %s", (cidr, tier, letter, expected) => {
  expect(planSubnets({ cidr, zones: [`eu-west-1${letter}`], tiers: [tier] })).toEqual([
    { tier, zone: `eu-west-1${letter}`, cidr: expected },
  ]);
});

test("rejects a range wider than AWS takes", () => {
  expect(() => plan({ cidr: "10.0.0.0/15" })).toThrow("cidr must be between /16 and /22, got 10.0.0.0/15");
});

test("rejects a range whose public subnets would be too small for AWS", () => {
  expect(() => plan({ cidr: "10.0.0.0/23" })).toThrow("below /28");
});

test.each(["10.0.0.1/16", "10.0.0.0", "10.0.0/16", "fd00::/16", "", "10.0.0.0/33"])(
  "rejects %j as a range",
  (cidr) => {
    expect(() => plan({ cidr })).toThrow(`cidr must be an IPv4 range with no host bits set`);
  },
);

test.each(["eu-west-1i", "eu-west-1", "us-west-2-lax-1a", "a", "euw1-az1"])(
  "rejects %s as a zone",
  (zone) => {
    expect(() => plan({ zones: [zone] })).toThrow(
      "zone must be an availability zone ending in a letter from a to h",
    );
  },
);

test("rejects two zones of one letter, which would share a range", () => {
  expect(() => plan({ zones: ["eu-west-1a", "eu-west-2a"] })).toThrow("zones must differ in their letter");
});

test("rejects no zone", () => {
  expect(() => plan({ zones: [] })).toThrow("zones must name at least one zone");
});

test("rejects no tier", () => {
  expect(() => plan({ tiers: [] })).toThrow("tiers must name at least one of public, private, isolated");
});

test("rejects an unknown tier", () => {
  expect(() => plan({ tiers: ["dmz" as Tier] })).toThrow("tier must be one of public, private, isolated");
});

test("rejects a tier named twice", () => {
  expect(() => plan({ tiers: ["public", "public"] })).toThrow("tiers must differ");
});

test("rejects everything wrong at once", () => {
  expect(() => plan({ cidr: "10.0.0.0/8", zones: ["here"], tiers: [] })).toThrow("3 faults");
});

function plan(props: Partial<SubnetPlanProps>): unknown {
  return planSubnets({ cidr: "10.0.0.0/16", zones: ["eu-west-1a"], tiers: ["private"], ...props });
}
