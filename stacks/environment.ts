import { Checks, checkFacts, type Facts, parseCidr, regions } from "../modules/core";

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
      /** ARN of the key, or of its alias, that encrypts the state. @default - S3's own key, whatever the bucket says */
      readonly kmsKeyArn?: string;
    };

/** The facts in which two environments may differ. Nothing derived, nothing secret. */
export interface Environment extends Omit<Facts, "alarmTopic"> {
  /** Opens the id of every stack: 1 to 12 lower-case letters, digits and hyphens, a letter first. */
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
  checkFacts(checks, environment);
  checkReach(checks, environment);
  checkApart(checks, environment, apartFrom);
  checks.mailAddress("alarmEmail", environment.alarmEmail);
  checks.done();
  return environment;
}

function checkNames(checks: Checks, { name, tags }: Environment): void {
  checks.matches(
    "name",
    name,
    /^[a-z][a-z0-9-]{0,11}$/,
    "1 to 12 lower-case letters, digits and hyphens, beginning with a letter",
  );
  checks.that(name !== "sg", 'name must not be "sg": EC2 takes no security group whose name begins with sg-');
  for (const tag of ["owner", "cost-centre"]) {
    checks.that(
      Boolean(tags?.[tag]?.trim()),
      `tags.${tag} is missing: every resource says whose it is and who pays`,
    );
  }
}

function checkReach(checks: Checks, { account, assumeRole, state }: Environment): void {
  checks.matches(
    "assumeRole",
    assumeRole,
    new RegExp(`^arn:aws[\\w-]*:iam::${account}:role/.+$`),
    `the ARN of a role of account ${account}`,
  );
  if (state.kind !== "s3") return;
  checks.matches(
    "state.bucket",
    state.bucket,
    /^[a-z0-9][a-z0-9-]{1,61}[a-z0-9]$/,
    "a bucket name, 3 to 63 of a-z, 0-9 and -",
  );
  checks.oneOf("state.region", state.region, regions);
  checks.matches(
    "state.kmsKeyArn",
    state.kmsKeyArn,
    /^arn:aws[\w-]*:kms:.+$/,
    "the ARN of a key or an alias",
  );
}

function checkApart(checks: Checks, environment: Environment, others: readonly Environment[]): void {
  const { network, account, accountTrail } = environment;
  const ours = parseCidr(network.cidr);
  for (const { name, network: other, ...rest } of others) {
    const theirs = parseCidr(other.cidr);
    const overlap = ours && theirs && (ours.isInSubnet(theirs) || theirs.isInSubnet(ours));
    checks.that(
      !overlap,
      `network.cidr ${network.cidr} overlaps ${other.cidr} of environment "${name}": choose a range apart from it`,
    );
    checks.that(
      rest.account !== account || rest.accountTrail !== "make" || accountTrail !== "make",
      `accountTrail "make" is said by environment "${name}" of the same account, ${account}: a trail is the account's, so ` +
        'say "exists" in one of the two',
    );
  }
}

/**
 * The environments that a comma-separated list of names chooses.
 * @param names such as `dev,staging`; nothing chooses `byDefault`
 * @throws Error listing the right names, and where two networks of all of them overlap
 */
export function selectEnvironments(
  all: readonly Environment[],
  byDefault: readonly Environment[],
  names: string | undefined,
): readonly Environment[] {
  for (const [index, environment] of all.entries()) {
    const checks = new Checks("environment", environment.name);
    checkApart(checks, environment, all.slice(0, index));
    checks.done();
  }
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
