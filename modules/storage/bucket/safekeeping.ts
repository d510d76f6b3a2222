import type { KmsKey } from "@cdktf/provider-aws/lib/kms-key";
import type { S3Bucket } from "@cdktf/provider-aws/lib/s3-bucket";
import { S3BucketLifecycleConfiguration } from "@cdktf/provider-aws/lib/s3-bucket-lifecycle-configuration";
import { S3BucketPublicAccessBlock } from "@cdktf/provider-aws/lib/s3-bucket-public-access-block";
import { S3BucketServerSideEncryptionConfigurationA } from "@cdktf/provider-aws/lib/s3-bucket-server-side-encryption-configuration";
import { S3BucketVersioningA } from "@cdktf/provider-aws/lib/s3-bucket-versioning";
import type { Construct } from "constructs";

/** What an upload that was begun and not ended holds is paid for, and shown nowhere. */
const UNFINISHED_UPLOADS_DAYS = 7;

/** Nobody from outside, whatever a policy or an ACL says. */
export function blockPublicAccess(scope: Construct, { bucket }: S3Bucket): void {
  new S3BucketPublicAccessBlock(scope, "public-access", {
    bucket,
    blockPublicAcls: true,
    blockPublicPolicy: true,
    ignorePublicAcls: true,
    restrictPublicBuckets: true,
  });
}

/** Encrypts what is put by a key, or by S3's own where there is none. */
export function encryptObjects(scope: Construct, { bucket }: S3Bucket, key: KmsKey | undefined): void {
  const byKey = { sseAlgorithm: "aws:kms", kmsMasterKeyId: key?.arn };
  new S3BucketServerSideEncryptionConfigurationA(scope, "encryption", {
    bucket,
    rule: [
      {
        applyServerSideEncryptionByDefault: key === undefined ? { sseAlgorithm: "AES256" } : byKey,
        // One call to KMS for many objects.
        bucketKeyEnabled: key !== undefined,
      },
    ],
  });
}

/** Keeps what is overwritten or deleted for some days, and, where it is said, drops objects after some. */
export function keepVersions(
  scope: Construct,
  { bucket }: S3Bucket,
  {
    oldVersionsDays,
    expireAfterDays,
  }: { readonly oldVersionsDays: number; readonly expireAfterDays?: number },
): void {
  const versioning = new S3BucketVersioningA(scope, "versioning", {
    bucket,
    versioningConfiguration: { status: "Enabled" },
  });
  new S3BucketLifecycleConfiguration(scope, "lifecycle", {
    bucket,
    rule: [
      {
        id: "old-versions",
        status: "Enabled",
        filter: [{ prefix: "" }],
        expiration: expireAfterDays === undefined ? undefined : [{ days: expireAfterDays }],
        noncurrentVersionExpiration: [{ noncurrentDays: oldVersionsDays }],
        abortIncompleteMultipartUpload: [{ daysAfterInitiation: UNFINISHED_UPLOADS_DAYS }],
      },
    ],
    dependsOn: [versioning],
  });
}
