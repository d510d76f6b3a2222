import type { Resource } from "../configuration";
import { blocks, type Graph } from "../graph";
import { serviceKeyEnds } from "../keys";
import type { End, Row } from "../row";
import { invokingRow } from "./invocations";

const S3 = "https://docs.aws.amazon.com/AmazonS3/latest/userguide";
const GRANTING = `${S3}/grant-destinations-permissions-to-s3.html`;

const notification = {
  from: "aws_s3_bucket_notification",
  principal: { service: "s3.amazonaws.com" },
} as const;

/** S3 names the bucket, whose ARN holds no account. */
function bucketArn(from: Resource, graph: Graph): string | undefined {
  const named = graph.text(from, from.arguments.bucket);
  return graph.find(named, "aws_s3_bucket")?.arn ?? `arn:${from.partition}:s3:::${named}`;
}

/** What one kind of block of the notification leads to, each once: a bucket may send to a queue for several reasons. */
function targets(
  from: Resource,
  graph: Graph,
  kind: (typeof DESTINATIONS)[number],
): readonly (Resource | string)[] {
  const named = blocks(from.arguments[kind.block]).map(
    (block) => graph.text(from, block[kind.argument]) as string,
  );
  return [...new Set(named)].map((text) => graph.find(text, kind.to) ?? text);
}

const DESTINATIONS = [
  { word: "queue", block: "queue", argument: "queue_arn", to: "aws_sqs_queue", action: "sqs:SendMessage" },
  { word: "topic", block: "topic", argument: "topic_arn", to: "aws_sns_topic", action: "sns:Publish" },
] as const;

/** Buckets, and whom their notification tells. */
export const buckets: readonly Row[] = [
  ...DESTINATIONS.flatMap((kind): Row[] => [
    {
      ...notification,
      kind: `bucket notifies ${kind.word}`,
      to: kind.to,
      actions: [kind.action],
      document: `${GRANTING}#grant-sns-sqs-permission-for-s3`,
      ends: (from, graph) =>
        targets(from, graph, kind).map((to): End => ({ to, source: bucketArn(from, graph) })),
    },
    {
      ...notification,
      kind: `bucket encrypts for ${kind.word}`,
      to: "aws_kms_key",
      actions: ["kms:Decrypt", "kms:GenerateDataKey"],
      documented: ["kms:GenerateDataKey*"],
      document: `${GRANTING}#key-policy-sns-sqs`,
      unproven:
        "AWS's page has no condition; that the calls carry the bucket's ARN and account wants a real account",
      ends: (from, graph) =>
        targets(from, graph, kind).flatMap((to) =>
          typeof to === "string" ? [] : serviceKeyEnds(graph, to, { source: bucketArn(from, graph) }),
        ),
    },
  ]),
  invokingRow(
    {
      kind: "bucket invokes function",
      from: notification.from,
      service: notification.principal.service,
      document: `${GRANTING}#grant-lambda-invoke-permission-to-s3`,
    },
    (from, graph) => {
      const named = blocks(from.arguments.lambda_function).map(({ lambda_function_arn: arn }) => arn);
      return [...new Set(named)].map((each) => ({ named: each, source: bucketArn(from, graph) }));
    },
  ),
];
