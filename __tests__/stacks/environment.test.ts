import * as fc from "fast-check";
import { regions } from "../../modules/core";
import { defineEnvironment, type Environment, selectEnvironments } from "../../stacks/environment";
import { allEnvironments, awsEnvironments } from "../../stacks/environments";

const sound: Environment = {
  name: "test",
  account: "123456789012",
  region: "eu-west-1",
  network: { cidr: "10.0.0.0/16", zones: ["eu-west-1a", "eu-west-1b"], nat: "none" },
  deletion: "allow",
  state: { kind: "local-file" },
  logRetentionDays: 30,
  functionArchitecture: "arm64",
  tags: { owner: "team", "cost-centre": "1" },
};
const withNetwork = (network: object) => ({ ...sound, network: { ...sound.network, ...network } });

/** One fault each: what is changed, and what the message says. */
const FAULTS: readonly (readonly [string, object, RegExp])[] = [
  [
    "an account that is not 12 digits",
    { account: "12345678901" },
    /account must be 12 digits, got "12345678901"/,
  ],
  ["an unknown region", { region: "eu-west-9" }, /region must be one of af-south-1, .*got "eu-west-9"/],
  [
    "a name with capitals",
    { name: "Test" },
    /name must be 1 to 12 lower-case letters, digits and hyphens, beginning with a letter, got "Test"/,
  ],
  ["a name that begins with a digit", { name: "1a" }, /beginning with a letter, got "1a"/],
  ["a name that is too long", { name: "a".repeat(13) }, /name must be 1 to 12/],
  ["a missing owner", { tags: { "cost-centre": "1" } }, /tags.owner is missing/],
  ["a blank cost centre", { tags: { owner: "x", "cost-centre": " " } }, /tags.cost-centre is missing/],
  ["no tags at all", { tags: undefined }, /tags.owner is missing/],
  [
    "a zone of another region",
    withNetwork({ zones: ["eu-west-1a", "eu-west-2b"] }),
    /zones\[1\] must be a zone of eu-west-1.*got "eu-west-2b"/,
  ],
  ["a single zone", withNetwork({ zones: ["eu-west-1a"] }), /at least two zones, got 1/],
  ["a zone named twice", withNetwork({ zones: ["eu-west-1a", "eu-west-1a"] }), /zones must differ/],
  ["an unknown NAT", withNetwork({ nat: "many" }), /network.nat must be one of none, shared, per-zone/],
  [
    "a malformed CIDR",
    withNetwork({ cidr: "10.0.0/16" }),
    /must be an IPv4 range with no host bits set.*such as 10.0.0.0\/16/,
  ],
  ["a CIDR without mask", withNetwork({ cidr: "10.0.0.0" }), /must be an IPv4 range/],
  ["a CIDR with host bits", withNetwork({ cidr: "10.0.1.0/16" }), /no host bits set.*got "10.0.1.0\/16"/],
  ["a public CIDR", withNetwork({ cidr: "8.8.0.0/16" }), /must be private .*got 8.8.0.0\/16/],
  ["a CIDR that is half public", withNetwork({ cidr: "172.0.0.0/8" }), /must be private/],
  [
    "a CIDR that is too small",
    withNetwork({ cidr: "10.0.0.0/23" }),
    /between \/16 and \/22, got 10.0.0.0\/23: too small/,
  ],
  ["a CIDR that is too large", withNetwork({ cidr: "10.0.0.0/15" }), /larger than AWS allows/],
  [
    "a retention that CloudWatch does not know",
    { logRetentionDays: 31 },
    /logRetentionDays must be one of 1, 3, 5.*got 31/,
  ],
  ["an endless retention", { logRetentionDays: 0 }, /logRetentionDays/],
  ["half a mail address", { alarmEmail: "oncall@example" }, /alarmEmail must be a mail address/],
  [
    "a bucket name that ends in a hyphen",
    { state: { kind: "s3", bucket: "state-" } },
    /state.bucket must be/,
  ],
  [
    "a role that is a user",
    { assumeRole: "arn:aws:iam::123456789012:user/x" },
    /assumeRole must be the ARN of a role/,
  ],
  ["a mail address that is none", { alarmEmail: "oncall" }, /alarmEmail must be a mail address/],
  ["an unknown deletion", { deletion: "maybe" }, /deletion must be one of allow, prevent/],
  ["an unknown architecture", { functionArchitecture: "mips" }, /functionArchitecture must be one of/],
  ["an unknown trail", { accountTrail: "none" }, /accountTrail must be one of exists, make, got "none"/],
  [
    "a role of another account",
    { assumeRole: "arn:aws:iam::999999999999:role/x" },
    /assumeRole must be the ARN of a role of account 123456789012/,
  ],
  [
    "a boundary of another account",
    { rolePermissionsBoundary: "arn:aws:iam::999999999999:policy/x" },
    /of account 123456789012/,
  ],
  ["a name that EC2 refuses", { name: "sg" }, /name must not be "sg"/],
  [
    "a state key that is none",
    { state: { kind: "s3", bucket: "state", kmsKeyArn: "key" } },
    /state.kmsKeyArn must be the ARN of a key/,
  ],
  ["a role that is no ARN", { assumeRole: "deployment" }, /assumeRole must be the ARN of a role/],
  ["a role path without slashes", { rolePath: "teams" }, /rolePath must be a path with a slash at both ends/],
  [
    "a boundary that is no policy",
    { rolePermissionsBoundary: "arn:aws:iam::123456789012:role/x" },
    /rolePermissionsBoundary/,
  ],
  [
    "a state bucket with capitals",
    { state: { kind: "s3", bucket: "State" } },
    /state.bucket must be a bucket name/,
  ],
  [
    "an unknown state region",
    { state: { kind: "s3", bucket: "state", region: "x" } },
    /state.region must be one of/,
  ],
];

describe("defineEnvironment", () => {
  it("hands back what it was given", () => {
    expect(defineEnvironment(sound)).toBe(sound);
  });

  it.each(FAULTS)("rejects %s", (_, change, message) => {
    expect(() => defineEnvironment({ ...sound, ...change } as Environment)).toThrow(message);
  });

  it("rejects every fault at once", () => {
    const faulty = {
      ...withNetwork({ cidr: "10.0.0.0/23", zones: ["eu-west-2a"] }),
      account: "1",
      deletion: "maybe",
      logRetentionDays: 31,
      tags: {},
    };
    expect(() => defineEnvironment(faulty as unknown as Environment)).toThrow(
      /environment "test": 8 faults\n(?=.*account must).*(?=.*zones\[0\])(?=.*two zones)(?=.*too small)(?=.*deletion)(?=.*logRetention)/s,
    );
  });

  it("rejects a network that overlaps another environment's, either way round", () => {
    const other: Environment = {
      ...sound,
      name: "other",
      network: { ...sound.network, cidr: "10.0.16.0/20" },
    };
    expect(() => defineEnvironment(sound, { apartFrom: [other] })).toThrow(
      /overlaps 10.0.16.0\/20 of environment "other"/,
    );
    expect(() => defineEnvironment(other, { apartFrom: [sound] })).toThrow(
      /overlaps 10.0.0.0\/16 of environment "test"/,
    );
  });

  it("takes any private range of a size that AWS allows, wherever it lies", () => {
    const byte = fc.integer({ min: 0, max: 255 });
    fc.assert(
      fc.property(byte, byte, fc.integer({ min: 16, max: 22 }), (second, third, prefix) => {
        const aligned = prefix <= 16 ? 0 : third & (0xff << (24 - prefix));
        const cidr = `10.${second}.${aligned}.0/${prefix}`;
        expect(() => defineEnvironment(withNetwork({ cidr }) as Environment)).not.toThrow();
      }),
    );
  });

  it("rejects any network that overlaps, and takes any that does not", () => {
    const third = fc.integer({ min: 0, max: 63 }).map((n) => n * 4);
    fc.assert(
      fc.property(third, third, (one, other) => {
        const theirs: Environment = {
          ...sound,
          name: "other",
          network: { ...sound.network, cidr: `10.0.${other}.0/22` },
        };
        const define = () =>
          defineEnvironment(withNetwork({ cidr: `10.0.${one}.0/22` }) as Environment, {
            apartFrom: [theirs],
          });
        if (one === other) expect(define).toThrow(/overlaps/);
        else expect(define).not.toThrow();
      }),
    );
  });

  it("takes the zones of its own region, for every region, and of no other", () => {
    fc.assert(
      fc.property(fc.constantFrom(...regions), fc.constantFrom(...regions), (region, other) => {
        const define = () =>
          defineEnvironment({
            ...sound,
            region,
            network: { ...sound.network, zones: [`${region}a`, `${other}b`] },
          });
        if (region === other) expect(define).not.toThrow();
        else expect(define).toThrow(/zones\[1\]/);
      }),
    );
  });
});

describe("the environments", () => {
  it("lie apart from each other, so that any two can be connected", () => {
    for (const one of allEnvironments) {
      const apartFrom = allEnvironments.filter((other) => other !== one);
      expect(() => defineEnvironment(one as Environment, { apartFrom })).not.toThrow();
    }
  });

  it("keep data in production, and state of AWS in S3", () => {
    expect(allEnvironments.find(({ name }) => name === "prod")?.deletion).toBe("prevent");
    for (const { state } of awsEnvironments) expect(state.kind).toBe("s3");
  });
});

describe("selectEnvironments", () => {
  const select = (names?: string) =>
    selectEnvironments(allEnvironments, awsEnvironments, names).map(({ name }) => name);

  it("chooses those of AWS when nobody chooses", () => {
    expect(select()).toEqual(["dev", "staging", "prod"]);
    expect(select(" , ")).toEqual(["dev", "staging", "prod"]);
  });

  it("chooses by name, in the order of dependence and not of asking", () => {
    expect(select("prod, dev")).toEqual(["dev", "prod"]);
    expect(select("local")).toEqual(["local"]);
  });

  it("rejects two that overlap, though neither says that it lies apart", () => {
    const other: Environment = { ...sound, name: "other" };
    expect(() => selectEnvironments([sound, other], [sound], undefined)).toThrow(
      /environment "other": network.cidr 10.0.0.0\/16 overlaps 10.0.0.0\/16 of environment "test"/,
    );
  });

  it("rejects two that make the trail of one account, and takes two of which one has it made", () => {
    const here: Environment = { ...sound, accountTrail: "make" };
    const there = (accountTrail: "exists" | "make", account = sound.account): Environment => ({
      ...withNetwork({ cidr: "10.1.0.0/16" }),
      name: "other",
      account,
      accountTrail,
    });
    expect(() => selectEnvironments([here, there("make")], [here], undefined)).toThrow(
      /environment "other": accountTrail "make" is said by environment "test" of the same account, 123456789012/,
    );
    for (const other of [there("exists"), there("make", "210987654321")])
      expect(() => selectEnvironments([here, other], [here], undefined)).not.toThrow();
  });

  it("rejects a wrong name, listing the right ones", () => {
    expect(() => select("dev,production")).toThrow(
      /there is no environment "production": the environments are dev, staging, prod, local/,
    );
  });
});
