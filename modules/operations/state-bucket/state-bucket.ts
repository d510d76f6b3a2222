import { S3Bucket } from "@cdktf/provider-aws/lib/s3-bucket";
import { Construct } from "constructs";
import { bucketPolicy, CustomerKey, skipCheck } from "../../core";
import { blockPublicAccess, encryptObjects, keepVersions } from "../../storage/bucket";

export interface StateBucketProps {
  /** The name that the environments' `state.bucket` says, unique in the world. */
  readonly bucket: string;
}

/** How long an older version of a state can be had back. */
const OLD_VERSIONS_DAYS = 90;

/** What the policy scanner says against the bucket, and why it is wrong here. */
const SKIPS = {
  CKV_AWS_18:
    "Access logs need a second bucket, which would lack them in turn: who reads the state is for the account's CloudTrail data events to record",
  CKV_AWS_144:
    "A state describes resources of its own region and is lost with them: what must be had back are older versions, and those are kept",
  CKV2_AWS_62: "Nobody waits for a change of the state: Terraform locks and reads it by itself",
};

/**
 * Where Terraform keeps state: `bucket (versions, encryption, no public access, TLS only) + key`.
 *
 * A bucket that holds a state cannot be destroyed, whatever the environment says of data: `force_destroy` stays off.
 * Costs the key (about 1 USD a month) and a few cents of storage.
 */
export class StateBucket extends Construct {
  readonly bucket: S3Bucket;
  /** Encrypts what the bucket holds. Give its alias as `state.kmsKeyArn`, or Terraform asks S3 for its own key. */
  readonly key: CustomerKey;

  constructor(scope: Construct, id: string, props: StateBucketProps) {
    super(scope, id);
    this.key = new CustomerKey(this, "key", { description: `Terraform state in ${props.bucket}` });
    this.bucket = new S3Bucket(this, "Default", { bucket: props.bucket, forceDestroy: false });
    bucketPolicy(this.bucket);
    blockPublicAccess(this, this.bucket);
    encryptObjects(this, this.bucket, this.key.key);
    keepVersions(this, this.bucket, { oldVersionsDays: OLD_VERSIONS_DAYS });
    for (const [check, reason] of Object.entries(SKIPS)) skipCheck(this.bucket, check, reason);
  }
}
