import type { KmsKey } from "@cdktf/provider-aws/lib/kms-key";
import { S3Bucket } from "@cdktf/provider-aws/lib/s3-bucket";
import { S3BucketOwnershipControls } from "@cdktf/provider-aws/lib/s3-bucket-ownership-controls";
import type { ITerraformDependable } from "cdktf";
import { Construct } from "constructs";
import {
  allowKeyUse,
  bucketPolicy,
  Checks,
  checkEncryption,
  type Encryption,
  factsOf,
  type Grantee,
  type KeyAction,
  keyFor,
  nameOf,
  regionOf,
  sidOf,
} from "../../core";
import { bucketNotification } from "./notification";
import { blockPublicAccess, encryptObjects, keepVersions } from "./safekeeping";
import { skipBucketChecks } from "./scanner-skips";

/** The calls on objects that can be granted. */
export type ObjectAction =
  | "AbortMultipartUpload"
  | "DeleteObject"
  | "GetObject"
  | "GetObjectTagging"
  | "GetObjectVersion"
  | "PutObject"
  | "PutObjectTagging";

export interface BucketProps {
  /** A key of its own, S3's, or a key shared with others. @default "customer-key" */
  readonly encryption?: Encryption;
  /** Days after which an object is deleted, 1 or more. @default - objects stay */
  readonly expireAfterDays?: number;
  /** Days that an overwritten or deleted version can be had back, 1 or more. @default 30 */
  readonly oldVersionsDays?: number;
}

/** Calls that hand out what an object holds. Tags, and the removal of an object, are not encrypted. */
const READS: readonly ObjectAction[] = ["GetObject", "GetObjectVersion"];

/**
 * A bucket: `bucket (versions, encryption, no public access, no ACLs, TLS only) + key`.
 *
 * It owns what S3 keeps once a bucket: the policy (`bucketPolicy(bucket.bucket)`) and, once anybody asks for it, the
 * notification (`bucketNotification(bucket.bucket)`). Where the environment's `deletion` is `"allow"`, destroying it deletes what it holds.
 * Costs the key (about 1 USD a month), storage and requests.
 */
export class Bucket extends Construct {
  readonly bucket: S3Bucket;
  /** The key that encrypts it; none where S3 manages it. */
  readonly key?: KmsKey;

  constructor(scope: Construct, id: string, props: BucketProps = {}) {
    super(scope, id);
    const { encryption = "customer-key" } = props;
    checkProps(this, props, encryption);
    const { account, region, deletion } = factsOf(this);
    this.key = keyFor(this, encryption, `Bucket ${this.node.path}`);
    this.bucket = new S3Bucket(this, "Default", {
      // Bucket names are unique in the world, and the same stack may stand in several accounts and regions.
      bucket: nameOf(this, "bucket", `${account}-${region}`),
      forceDestroy: deletion === "allow",
    });
    bucketPolicy(this.bucket);
    blockPublicAccess(this, this.bucket);
    new S3BucketOwnershipControls(this, "ownership", {
      bucket: this.bucket.bucket,
      rule: { objectOwnership: "BucketOwnerEnforced" },
    });
    encryptObjects(this, this.bucket, this.key);
    keepVersions(this, this.bucket, { ...props, oldVersionsDays: props.oldVersionsDays ?? 30 });
    skipBucketChecks(this.bucket);
  }

  /**
   * Allows the named calls on the objects below a prefix, and no others.
   * Actions: `s3:<each>`; with a customer key `kms:Decrypt` where objects are read, and `kms:GenerateDataKey` too where they
   * are put, through S3 only (S3 user guide, "Using SSE-KMS"; a multipart upload decrypts its parts).
   * @param prefix such as `"thumbnails/"`; `""` is every object
   */
  grant(grantee: Grantee, prefix: string, ...actions: readonly [ObjectAction, ...ObjectAction[]]): void {
    grantee.allow(sidOf("use", this.node.path, prefix, ...actions), {
      actions: actions.map((action) => `s3:${action}`),
      resources: [`${this.bucket.arn}/${prefix}*`],
    });
    const puts = actions.includes("PutObject");
    const reads = actions.some((action) => READS.includes(action));
    if (puts || reads) this.allowKey(grantee, "kms:Decrypt");
    if (puts) this.allowKey(grantee, "kms:GenerateDataKey");
  }

  /**
   * Allows listing the keys below a prefix. Without it S3 answers 403 and not 404 for a key that is not there.
   * Actions: `s3:ListBucket`, where the call names the prefix.
   */
  grantList(grantee: Grantee, prefix: string): void {
    grantee.allow(sidOf("list", this.node.path, prefix), {
      actions: ["s3:ListBucket"],
      resources: [this.bucket.arn],
      conditions: prefix === "" ? undefined : { StringLike: { "s3:prefix": `${prefix}*` } },
    });
  }

  /**
   * Has S3 tell EventBridge of every event, beside whatever else it tells: rules on the default bus choose among them.
   * @returns what must be there before events come: depend on it where none may be missed
   */
  sendToEventBridge(): ITerraformDependable {
    const notification = bucketNotification(this.bucket);
    notification.sendToEventBridge();
    return notification.resource;
  }

  private allowKey(grantee: Grantee, action: KeyAction): void {
    const { bucket, key } = this;
    if (key !== undefined) allowKeyUse(grantee, key, { service: "s3", region: regionOf(bucket) }, action);
  }
}

function checkProps(scope: Construct, props: BucketProps, encryption: Encryption): void {
  const checks = new Checks("bucket", scope);
  const days = { min: 1, max: 36_500 };
  checks.wholeNumber("expireAfterDays", props.expireAfterDays, days);
  checks.wholeNumber("oldVersionsDays", props.oldVersionsDays, days);
  checkEncryption(checks, scope, encryption);
  checks.done();
}
