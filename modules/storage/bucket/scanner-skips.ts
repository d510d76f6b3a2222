import type { S3Bucket } from "@cdktf/provider-aws/lib/s3-bucket";
import { Aspects } from "cdktf";
import { skipCheck } from "../../core";
import { BucketNotification } from "./notification";

/** What the policy scanner says against every bucket, and why it is wrong about it. */
const ALWAYS = {
  CKV_AWS_18:
    "Access logs need a second bucket, which would lack them in turn: who reads objects is for CloudTrail's data events to record",
  CKV_AWS_144:
    "A copy in another region is the caller's choice and doubles the cost: versions protect against mistakes within the region",
};

/** Says why checks of the scanner are wrong about a bucket. */
export function skipBucketChecks(bucket: S3Bucket): void {
  for (const [check, reason] of Object.entries(ALWAYS)) skipCheck(bucket, check, reason);
  // Known once everybody had a chance to ask: a skip that meets no finding is a fault.
  Aspects.of(bucket).add({
    visit: (node) => {
      if (node !== bucket || BucketNotification.find(bucket) !== undefined) return;
      skipCheck(
        bucket,
        "CKV2_AWS_62",
        "Nobody here wants to hear of its objects: whoever does asks its owner, bucketNotification",
      );
    },
  });
}
