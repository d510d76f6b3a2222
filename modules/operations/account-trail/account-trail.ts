import { Cloudtrail } from "@cdktf/provider-aws/lib/cloudtrail";
import { Construct } from "constructs";
import { arnOf, bucketPolicy, Checks, CustomerKey, factsOf, keyPolicy, nameOf, skipCheck } from "../../core";
import { Bucket } from "../../storage/bucket";

export interface AccountTrailProps {
  /** Days that a log file is kept, 1 to 36,500. @default - the environment's `logRetentionDays` */
  readonly retentionDays?: number;
}

const SERVICE = "cloudtrail.amazonaws.com";

/** What the policy scanner says against the trail, and why it is wrong here. */
const SKIPS = {
  CKV_AWS_252: "Nobody waits for a log file: who must know of a call hears it from EventBridge at once",
  CKV2_AWS_10:
    "EventBridge hears of every management event without CloudWatch Logs, where each would be paid for a second time",
};

/**
 * The account's trail: `API calls of every region → trail → bucket (locked down) + key`, and through it
 * `→ EventBridge, the default bus of each region`, which hears of API calls only where a trail records them.
 *
 * Records management events, reads and writes, global services' too, and signs its log files. An account needs one: the
 * fact `accountTrail` says who makes it. Nobody deletes a log file before its time, whatever the environment's `deletion`.
 * Costs the key (about 1 USD a month) and storage; a second trail of the account would cost 2 USD per
 * 100,000 events.
 */
export class AccountTrail extends Construct {
  readonly trail: Cloudtrail;
  readonly bucket: Bucket;
  readonly key: CustomerKey;

  constructor(scope: Construct, id: string, props: AccountTrailProps = {}) {
    super(scope, id);
    const { accountTrail, logRetentionDays } = factsOf(this);
    checkProps(this, props, accountTrail);
    this.key = new CustomerKey(this, "key", { description: `Trail ${this.node.path}` });
    this.bucket = new Bucket(this, "logs", {
      encryption: this.key.key,
      expireAfterDays: props.retentionDays ?? logRetentionDays,
    });
    this.allowLogs();
    this.trail = new Cloudtrail(this, "Default", {
      name: nameOf(this, "trail"),
      s3BucketName: this.bucket.bucket.bucket,
      kmsKeyId: this.key.key.arn,
      isMultiRegionTrail: true,
      includeGlobalServiceEvents: true,
      enableLogFileValidation: true,
      // AWS tries both at once.
      dependsOn: [bucketPolicy(this.bucket.bucket).resource, keyPolicy(this.key.key).resource],
    });
    for (const [check, reason] of Object.entries(SKIPS)) skipCheck(this.trail, check, reason);
  }

  /** CloudTrail in the name of this trail, by the ARN it will have: the trail waits for these policies. */
  private allowLogs(): void {
    const { bucket } = this.bucket;
    const trailArn = arnOf(this, { service: "cloudtrail", resource: `trail/${nameOf(this, "trail")}` });
    const forTrail = { StringEquals: { "aws:SourceArn": trailArn } };
    const { account } = factsOf(this);
    const policy = bucketPolicy(bucket);
    const principal = { Service: SERVICE };
    policy.add("AllowTrailCheck", {
      principal,
      actions: ["s3:GetBucketAcl"],
      resources: [bucket.arn],
      conditions: forTrail,
    });
    // AWS's page asks for the ACL bucket-owner-full-control too; a bucket without ACLs takes no other one.
    policy.add("AllowTrailWrite", {
      principal,
      actions: ["s3:PutObject"],
      resources: [`${bucket.arn}/AWSLogs/${account}/*`],
      conditions: forTrail,
    });
    // Whatever the environment's `deletion`: the trail is the account's. Who destroys the stack takes this policy away before
    // the bucket is emptied, and a lifecycle rule deletes all the same (S3 user guide, "Lifecycle configuration").
    policy.add("DenyDeletion", {
      effect: "Deny",
      principal: "*",
      actions: ["s3:DeleteObject", "s3:DeleteObjectVersion"],
      resources: [`${bucket.arn}/*`],
    });
    this.allowKey(trailArn);
  }

  /** CloudTrail user guide, "Configure AWS KMS key policies for CloudTrail"; the bucket key is why it decrypts. */
  private allowKey(trailArn: string): void {
    const policy = keyPolicy(this.key.key);
    // The page leaves the region open: in other regions the trail is the same one, at work there.
    const anywhere = arnOf(this, {
      service: "cloudtrail",
      region: "*",
      resource: `trail/${nameOf(this, "trail")}`,
    });
    policy.add("AllowTrailToEncrypt", {
      principal: { Service: SERVICE },
      actions: ["kms:GenerateDataKey"],
      resources: ["*"],
      conditions: {
        StringEquals: { "aws:SourceArn": trailArn },
        StringLike: { "kms:EncryptionContext:aws:cloudtrail:arn": anywhere },
      },
    });
    policy.add("AllowTrailToCheck", {
      principal: { Service: SERVICE },
      actions: ["kms:Decrypt", "kms:DescribeKey"],
      resources: ["*"],
      conditions: { StringEquals: { "aws:SourceArn": trailArn } },
    });
  }
}

function checkProps(scope: Construct, props: AccountTrailProps, accountTrail?: "exists" | "make"): void {
  const checks = new Checks("account trail", scope);
  checks.wholeNumber("retentionDays", props.retentionDays, { min: 1, max: 36_500 });
  checks.that(
    accountTrail === "make",
    `accountTrail must be "make" among the environment's facts, got ${JSON.stringify(accountTrail) ?? "nothing"}: ` +
      "say so once an account, or use the trail that there is; a second one would be paid for by the event",
  );
  checks.done();
}
