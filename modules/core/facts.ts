import { Token } from "cdktf";
import { Address4 } from "ip-address";
import type { Checks } from "./checks";
import { checkVpcRange, parseCidr } from "./cidr";
import type { TopicRef } from "./refs";
import { type Region, regions } from "./regions";

/** A list whose first two members are certain. */
export type AtLeastTwo<T> = readonly [T, T, ...T[]];

/** How private subnets reach the internet. A gateway costs about 35 USD a month, its traffic comes on top. */
export type Nat = "none" | "shared" | "per-zone";

/** What modules need to know of the environment they stand in. */
export interface Facts {
  /** Twelve digits. */
  readonly account: string;
  readonly region: Region;
  readonly network: {
    /** The VPC's range, private, /16 to /22. */
    readonly cidr: string;
    /** Names such as `eu-west-1a`, of this region. */
    readonly zones: AtLeastTwo<string>;
    readonly nat: Nat;
  };
  /**
   * What may happen to data. `"prevent"` sets `prevent_destroy` on everything that holds some, which stops `destroy` and
   * replacements; a resource that leaves the code takes the setting with it, and `npm run plan` and `apply` then refuse.
   */
  readonly deletion: "allow" | "prevent";
  /** Days, one of the values that CloudWatch Logs takes. */
  readonly logRetentionDays: number;
  readonly functionArchitecture: "arm64" | "x86_64";
  /** ARN of the policy that bounds every role. @default - roles are bounded by their own policy only */
  readonly rolePermissionsBoundary?: string;
  /**
   * IAM path of every role, with a slash at both ends. Choose it before the first apply: another one replaces each role, under
   * the name that the old one still has where Terraform makes the new one first (all that an API's deployment depends on), which
   * AWS refuses (EntityAlreadyExists). To change it, take those stacks down first. @default "/"
   */
  readonly rolePath?: string;
  /**
   * Characters of an event pattern that EventBridge takes in this account and region, once AWS has raised its quota: at
   * most 4096.
   *
   * @default 2048
   */
  readonly eventPatternCharacters?: number;
  /**
   * Characters of an event bus's policy that EventBridge takes in this account and region, once AWS has raised its quota.
   *
   * @default 10240
   */
  readonly eventBusPolicyCharacters?: number;
  /** Where alarms go, a topic of this region. `"none"` says in so many words that nobody is called. */
  readonly alarmTopic: TopicRef | "none";
  /**
   * The account's trail: multi-region, with management events; without one, EventBridge hears of no call. `"exists"`: the
   * account has it, such as its organisation's; `"make"`: the environment's operations stack makes it, once an account.
   * @default - not known, and an alert on API calls refuses to be made
   */
  readonly accountTrail?: "exists" | "make";
}

/** CloudWatch Logs API reference, PutRetentionPolicy. */
const RETENTION_DAYS = [
  1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653,
];
/** RFC 1918, and the shared range of RFC 6598 that AWS allows beside it. */
const PRIVATE_RANGES = ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10"];

/** EventBridge quotas, "Event pattern size": the default, and as far as AWS raises it (documented by the provider). */
const PATTERN_CHARACTERS = { min: 2048, max: 4096 };
/** EventBridge quotas, "Event bus policy size": the default; how far AWS raises it is not documented. */
export const BUS_POLICY_CHARACTERS = 10_240;

/** Everything wrong with the facts of an environment, whoever gives them. */
export function checkFacts(checks: Checks, facts: Omit<Facts, "alarmTopic">): void {
  checks.account("account", facts.account);
  checks.oneOf("region", facts.region, regions);
  checkNetwork(checks, facts);
  checks.oneOf("deletion", facts.deletion, ["allow", "prevent"]);
  checks.that(
    RETENTION_DAYS.includes(facts.logRetentionDays),
    `logRetentionDays must be one of ${RETENTION_DAYS.join(", ")}, got ${facts.logRetentionDays}`,
  );
  checks.oneOf("functionArchitecture", facts.functionArchitecture, ["arm64", "x86_64"]);
  checks.oneOf("accountTrail", facts.accountTrail, ["exists", "make"]);
  checks.matches(
    "rolePath",
    facts.rolePath,
    /^\/([\w+=,.@-]+\/)*$/,
    'a path with a slash at both ends, such as "/teams/orders/"',
  );
  checks.matches(
    "rolePermissionsBoundary",
    facts.rolePermissionsBoundary,
    new RegExp(`^arn:aws[\\w-]*:iam::(${facts.account}|aws):policy/.+$`),
    `the ARN of a managed policy of account ${facts.account}, or of AWS`,
  );
  checks.wholeNumber("eventPatternCharacters", facts.eventPatternCharacters, PATTERN_CHARACTERS);
  const { eventBusPolicyCharacters: ofBus = BUS_POLICY_CHARACTERS } = facts;
  checks.that(
    Token.isUnresolved(ofBus) || (Number.isInteger(ofBus) && ofBus >= BUS_POLICY_CHARACTERS),
    `eventBusPolicyCharacters must be a whole number of ${BUS_POLICY_CHARACTERS} or more, got ${ofBus}`,
  );
}

/**
 * Records an alarm topic that CloudWatch cannot call from a region: it refuses the alarm at apply ("Invalid region … specified.
 * Only … is supported", cds-snc/notification-terraform#128). A topic of another account may let it in.
 */
export function checkAlarmTopic(
  checks: Checks,
  name: string,
  topic: TopicRef | "none" | undefined,
  region: string,
): void {
  if (topic === undefined || topic === "none") return;
  const place = Token.isUnresolved(region) ? "[\\w-]+" : region;
  checks.matches(
    name,
    topic.arn,
    new RegExp(`^arn:[\\w-]+:sns:${place}:\\d{12}:[\\w-]+(\\.fifo)?$`),
    `the ARN of an SNS topic of ${region}, since CloudWatch's alarms call topics of their own region only`,
  );
}

function checkNetwork(checks: Checks, { region, network }: Pick<Facts, "region" | "network">): void {
  const { cidr, zones, nat } = network;
  const zone = new RegExp(`^${region}[a-h]$`);
  for (const [index, each] of zones.entries()) {
    checks.matches(`network.zones[${index}]`, each, zone, `a zone of ${region}, such as ${region}a`);
  }
  checks.that(zones.length >= 2, `network.zones must name at least two zones, got ${zones.length}`);
  checks.that(new Set(zones).size === zones.length, `network.zones must differ, got ${zones.join(", ")}`);
  checks.oneOf("network.nat", nat, ["none", "shared", "per-zone"]);
  checkVpcRange(checks, "network.cidr", cidr);
  const range = parseCidr(cidr);
  checks.that(
    range === undefined || PRIVATE_RANGES.some((allowed) => range.isInSubnet(new Address4(allowed))),
    `network.cidr must be private (${PRIVATE_RANGES.join(", ")}), got ${cidr}`,
  );
}
