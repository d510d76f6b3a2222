import type { SnsTopic } from "@cdktf/provider-aws/lib/sns-topic";
import type { SqsQueue } from "@cdktf/provider-aws/lib/sqs-queue";
import type { ITerraformDependable } from "cdktf";
import { allowSender, type Checks, factsOf, keyNamedBy, keyPolicy } from "../../core";
import { S3, type Sender } from "./destination";

/** Records why S3 could not use the key of a queue or topic: it must be one whose policy we write. */
export function checkKey(
  checks: Checks,
  { place }: Sender,
  what: string,
  encrypted: SqsQueue | SnsTopic,
): void {
  const key = keyNamedBy(encrypted, encrypted.kmsMasterKeyIdInput);
  checks.that(
    key !== "aws",
    `${place}.to is a ${what} encrypted with an AWS-managed key, whose policy lets no AWS service send and cannot be ` +
      `changed, so that nothing would arrive: encrypt the ${what} with a customer-managed key` +
      (what === "queue" ? ", or let SQS manage it" : ""),
  );
  checks.that(
    key !== "elsewhere",
    `${place}.to is a ${what} encrypted with a key that is not of this stack or named by an alias, which could not be granted ` +
      "to S3, so that nothing would arrive: encrypt it with the ARN of a KmsKey made here",
  );
  checks.that(
    typeof key !== "object" || key.policyInput === undefined,
    `${place}.to is a ${what} encrypted with a key with an inline policy, which we cannot extend: leave \`policy\` out and ` +
      "add its statements with keyPolicy(key).add(…)",
  );
}

/** Lets the bucket use the key of a queue or topic, where there is one. */
export function allowKey(
  { bucket }: Sender,
  encrypted: SqsQueue | SnsTopic,
): readonly ITerraformDependable[] {
  const key = keyNamedBy(encrypted, encrypted.kmsMasterKeyIdInput);
  if (typeof key !== "object") return [];
  allowSender(key, ["bucket", bucket.node.path], {
    service: S3,
    sourceArn: bucket.arn,
    sourceAccount: factsOf(bucket).account,
  });
  return [keyPolicy(key).resource];
}
