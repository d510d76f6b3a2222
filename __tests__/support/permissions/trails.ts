import type { Resource } from "../../../testing/edges/configuration";
import { type Sender, senderCases } from "./senders";
import { type Case, elsewhere, pathOf, type World } from "./world";

/** The trail whose log bucket or key this is. */
function trailOf(world: World, part: Resource): Resource | undefined {
  const home = pathOf(part).split("/").slice(0, -1).join("/");
  return world.find(home, "aws_cloudtrail");
}

/** Whether nobody may delete what the bucket holds: it is a trail's. */
export function keepsLogs(world: World, bucket: Resource): boolean {
  return trailOf(world, bucket) !== undefined;
}

/** CloudTrail in the name of a trail, not of a neighbour, another account's or another region's. */
function sender({ arn, region }: Resource, context?: Sender["context"]): Sender {
  const others = [`${arn}-2`, elsewhere(arn), arn.replace(`:${region}:`, ":us-east-1:")];
  return { service: "cloudtrail.amazonaws.com", sourceArn: arn, others, context };
}

/** The bucket of a trail's log files. */
export function trailBucketCases(world: World, bucket: Resource): readonly Case[] {
  const trail = trailOf(world, bucket);
  if (trail === undefined) return [];
  const folder = `${bucket.arn}/AWSLogs/${trail.account}`;
  const file = `${folder}/CloudTrail/eu-west-1/2026/11/26/file.json.gz`;
  const deletions = ["s3:DeleteObject", "s3:DeleteObjectVersion"];
  return [
    ...senderCases(bucket.arn, sender(trail), {
      may: ["s3:GetBucketAcl"],
      mayNot: ["s3:ListBucket", "s3:PutBucketPolicy", "s3:DeleteBucket"],
    }),
    ...senderCases(file, sender(trail), {
      may: ["s3:PutObject"],
      mayNot: ["s3:GetObject", "s3:PutObjectAcl", ...deletions],
    }),
    ...senderCases(`${bucket.arn}/AWSLogs/999999999999/file`, sender(trail), {
      may: [],
      mayNot: ["s3:PutObject"],
    }),
    ...deletions.map(
      (action): Case => ({
        why: "the account's own administrator, deleting a log file",
        expected: "refused",
        principal: { arn: `arn:aws:iam::${bucket.account}:role/administrator` },
        administrator: true,
        action,
        resource: file,
        context: { "aws:SecureTransport": "true" },
      }),
    ),
  ];
}

/** The key of a trail's log files: to encrypt, CloudTrail says for which trail. */
export function trailKeyCases(world: World, key: Resource): readonly Case[] {
  const trail = trailOf(world, key);
  if (trail === undefined) return [];
  const more = ["kms:CreateGrant", "kms:Encrypt", "kms:PutKeyPolicy", "kms:ScheduleKeyDeletion"];
  const said = (arn: string) => ({ "kms:EncryptionContext:aws:cloudtrail:arn": arn });
  const inRegion = trail.arn.replace(`:${trail.region}:`, ":us-east-1:");
  return [
    ...[trail.arn, inRegion].flatMap((arn) =>
      senderCases(key.arn, sender(trail, said(arn)), { may: ["kms:GenerateDataKey"], mayNot: more }),
    ),
    ...[`${trail.arn}-2`, elsewhere(trail.arn)].flatMap((arn) =>
      senderCases(key.arn, sender(trail, said(arn)), { may: [], mayNot: ["kms:GenerateDataKey"] }),
    ),
    ...senderCases(key.arn, sender(trail), {
      may: ["kms:Decrypt", "kms:DescribeKey"],
      mayNot: ["kms:GenerateDataKey", ...more],
    }),
  ];
}
