import type { Resource } from "../configuration";
import type { Graph } from "../graph";
import { serviceKeyEnds } from "../keys";
import type { Row } from "../row";

const CLOUDTRAIL = "https://docs.aws.amazon.com/awscloudtrail/latest/userguide";
const BUCKET_POLICY = `${CLOUDTRAIL}/create-s3-bucket-policy-for-cloudtrail.html`;

const trail = { from: "aws_cloudtrail", principal: { service: "cloudtrail.amazonaws.com" } } as const;

/** The bucket of a trail, or the name of one elsewhere. */
function bucketOf(from: Resource, graph: Graph): Resource | string {
  const name = graph.text(from, from.arguments.s3_bucket_name) ?? "";
  return graph.find(name, "aws_s3_bucket") ?? name;
}

/** Where a trail puts its files. */
function folderOf(from: Resource, graph: Graph, bucket: Resource | string): string {
  const prefix = graph.text(from, from.arguments.s3_key_prefix);
  const arn = typeof bucket === "string" ? `arn:${from.partition}:s3:::${bucket}` : bucket.arn;
  return [arn, ...(prefix === undefined ? [] : [prefix]), "AWSLogs", from.account].join("/");
}

/** Trails, and the buckets and keys of their log files. */
export const trails: readonly Row[] = [
  {
    ...trail,
    kind: "trail checks its bucket",
    to: "aws_s3_bucket",
    actions: ["s3:GetBucketAcl"],
    document: BUCKET_POLICY,
    ends: (from, graph) => [{ to: bucketOf(from, graph) }],
  },
  {
    ...trail,
    kind: "trail writes to its bucket",
    to: "aws_s3_bucket",
    actions: ["s3:PutObject"],
    document: BUCKET_POLICY,
    ends: (from, graph) => {
      const to = bucketOf(from, graph);
      const folder = folderOf(from, graph, to);
      return [
        {
          to,
          resource: `${folder}/CloudTrail/file.json.gz`,
          patterns: [`${folder}/*`],
          context: { "s3:x-amz-acl": "bucket-owner-full-control" },
        },
      ];
    },
  },
  {
    ...trail,
    kind: "trail encrypts",
    to: "aws_kms_key",
    actions: ["kms:Decrypt", "kms:DescribeKey", "kms:GenerateDataKey"],
    documented: ["kms:GenerateDataKey*"],
    document: `${CLOUDTRAIL}/create-kms-key-policy-for-cloudtrail.html`,
    unproven:
      "AWS's page binds kms:GenerateDataKey and kms:DescribeKey to the trail's ARN; that kms:Decrypt, for a bucket with a " +
      "bucket key, carries it too wants a real account",
    ends: (from, graph) => serviceKeyEnds(graph, from),
  },
];
