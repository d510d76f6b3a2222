import { Address4 } from "ip-address";
import { Checks, checkVpcRange, type Facts, parseCidr, regions } from "../modules/core";

/** Where Terraform keeps what it knows of a stack. */
type StateStore =
  | {
      /** A file on this machine, `.state/<environment>/<stack>.tfstate`, outside `cdktf.out`, which each synthesis wipes. */
      readonly kind: "local-file";
    }
  | {
      /** `s3://<bucket>/<project>/<environment>/<stack>.tfstate`, encrypted, locked by a lock file beside it. */
      readonly kind: "s3";
      readonly bucket: string;
      /** @default - the environment's region */
      readonly region?: string;
      /** ARN of the key that encrypts the state. @default - the bucket's default encryption */
      readonly kmsKeyArn?: string;
    };

/** The facts in which two environments may differ. Nothing derived, nothing secret. */
export interface Environment extends Omit<Facts, "alarmTopic"> {
  /** Opens the id of every stack: lower-case letters, digits and hyphens, at most 12. */
  readonly name: string;
  /** ARN of the role that reaches the account. @default - the caller's own credentials */
  readonly assumeRole?: string;
  readonly state: StateStore;
  /** Mail address that alarms are sent to. @default - the alarm topic has no subscriber */
  readonly alarmEmail?: string;
  /** On every resource. */
  readonly tags: {
    readonly owner: string;
    readonly "cost-centre": string;
    readonly [name: string]: string;
  };
}

/** CloudWatch Logs API reference, PutRetentionPolicy. */
const RETENTION_DAYS = [
  1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653,
];
/** RFC 1918, and the shared range of RFC 6598 that AWS allows beside it. */
const PRIVATE_RANGES = ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10"].map(
  (cidr) => new Address4(cidr),
);

/**
 * An environment, checked at the door.
 * @param apartFrom environments whose networks must stay reachable from this one: no range may overlap
 * @throws Error with every fault of the environment at once
 */
export function defineEnvironment<const E extends Environment>(
  environment: E,
  { apartFrom = [] }: { readonly apartFrom?: readonly Environment[] } = {},
): E {
  const checks = new Checks("environment", environment.name);
  checkNames(checks, environment);
  checkPlace(checks, environment);
  checkNetwork(checks, environment, apartFrom);
  checkOperations(checks, environment);
  checks.done();
  return environment;
}

function checkNames(checks: Checks, { name, tags }: Environment): void {
  checks.matches("name", name, /^[a-z][a-z0-9-]{0,11}$/, "1 to 12 lower-case letters, digits and hyphens");
  for (const tag of ["owner", "cost-centre"]) {
    checks.that(
      Boolean(tags?.[tag]?.trim()),
      `tags.${tag} is missing: every resource says whose it is and who pays`,
    );
  }
}

function checkPlace(checks: Checks, environment: Environment): void {
  const { account, region, assumeRole, rolePath, rolePermissionsBoundary, state } = environment;
  checks.matches("account", account, /^\d{12}$/, "12 digits");
  checks.oneOf("region", region, regions);
  checks.matches("assumeRole", assumeRole, /^arn:aws[\w-]*:iam::\d{12}:role\/.+$/, "the ARN of a role");
  checks.matches(
    "rolePath",
    rolePath,
    /^\/([\w+=,.@-]+\/)*$/,
    'a path with a slash at both ends, such as "/teams/orders/"',
  );
  checks.matches(
    "rolePermissionsBoundary",
    rolePermissionsBoundary,
    /^arn:aws[\w-]*:iam::(\d{12}|aws):policy\/.+$/,
    "the ARN of a managed policy",
  );
  if (state.kind === "s3") {
    checks.matches(
      "state.bucket",
      state.bucket,
      /^[a-z0-9][a-z0-9-]{1,61}[a-z0-9]$/,
      "a bucket name, 3 to 63 of a-z, 0-9 and -",
    );
    checks.oneOf("state.region", state.region, regions);
  }
}

function checkNetwork(
  checks: Checks,
  { name, region, network }: Environment,
  apartFrom: readonly Environment[],
): void {
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
  if (range === undefined) return;
  checks.that(
    PRIVATE_RANGES.some((allowed) => range.isInSubnet(allowed)),
    `network.cidr must be private (10.0.0.0/8, 172.16.0.0/12, 192.168.0.0/16 or 100.64.0.0/10), got ${cidr}`,
  );
  for (const other of apartFrom) {
    const theirs = parseCidr(other.network.cidr);
    const overlap = theirs !== undefined && (range.isInSubnet(theirs) || theirs.isInSubnet(range));
    checks.that(
      other.name === name || !overlap,
      `network.cidr ${cidr} overlaps ${other.network.cidr} of environment "${other.name}": choose a range apart from it`,
    );
  }
}

function checkOperations(
  checks: Checks,
  { logRetentionDays, alarmEmail, deletion, functionArchitecture }: Environment,
): void {
  checks.that(
    RETENTION_DAYS.includes(logRetentionDays),
    `logRetentionDays must be one of ${RETENTION_DAYS.join(", ")}, got ${logRetentionDays}`,
  );
  checks.matches("alarmEmail", alarmEmail, /^[^\s@]+@[^\s@]+\.[^\s@]+$/, "a mail address");
  checks.oneOf("deletion", deletion, ["allow", "prevent"]);
  checks.oneOf("functionArchitecture", functionArchitecture, ["arm64", "x86_64"]);
}

/**
 * The environments that a comma-separated list of names chooses.
 * @param names such as `dev,staging`; nothing chooses `byDefault`
 * @throws Error listing the right names
 */
export function selectEnvironments(
  all: readonly Environment[],
  byDefault: readonly Environment[],
  names: string | undefined,
): readonly Environment[] {
  const wanted = (names ?? "")
    .split(",")
    .map((name) => name.trim())
    .filter((name) => name !== "");
  if (wanted.length === 0) return byDefault;
  const known = all.map(({ name }) => name);
  const checks = new Checks("ENVIRONMENTS", wanted.join(","));
  for (const name of wanted) {
    checks.that(
      known.includes(name),
      `there is no environment "${name}": the environments are ${known.join(", ")}`,
    );
  }
  checks.done();
  return all.filter(({ name }) => wanted.includes(name));
}
