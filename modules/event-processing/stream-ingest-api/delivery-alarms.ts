import type { KinesisFirehoseDeliveryStream } from "@cdktf/provider-aws/lib/kinesis-firehose-delivery-stream";
import { Token } from "cdktf";
import type { Construct } from "constructs";
import { type AlarmProps, alarm } from "../../core";
import type { DeliverySettings } from "./delivery-settings";

const LEAST_FRESHNESS_SECONDS = 900;

/** Alarms on records that do not get to the bucket (Firehose developer guide, "Monitor Firehose using CloudWatch metrics"). */
export function alarmOnDelivery(
  scope: Construct,
  { name }: KinesisFirehoseDeliveryStream,
  {
    columns,
    partitionBy,
    bufferSeconds,
  }: Pick<DeliverySettings, "columns" | "partitionBy" | "bufferSeconds">,
): void {
  const { path } = scope.node;
  const on = (id: string, props: Omit<AlarmProps, "namespace" | "dimensions">) =>
    alarm(scope, id, { namespace: "AWS/Firehose", dimensions: { DeliveryStreamName: name }, ...props });
  on("freshness-alarm", {
    description: `Records of ${path} wait too long for the bucket: its policy or key is gone, or S3 does not answer`,
    metric: "DeliveryToS3.DataFreshness",
    statistic: "Maximum",
    // A record waits for a whole buffer as a rule; three of them are late.
    threshold: Token.isUnresolved(bufferSeconds)
      ? LEAST_FRESHNESS_SECONDS
      : Math.max(LEAST_FRESHNESS_SECONDS, 3 * bufferSeconds),
  });
  on("success-alarm", {
    description: `Some deliveries of ${path} to the bucket failed: its log says why`,
    metric: "DeliveryToS3.Success",
    statistic: "Average",
    threshold: 1,
    direction: "below",
  });
  on("throttled-alarm", {
    description: `${path} may not read the stream as fast as it wants: too many readers for its shards`,
    metric: "ThrottledGetRecords",
    statistic: "Sum",
    threshold: 1,
    periods: 3,
  });
  if (columns !== undefined) {
    on("conversion-alarm", {
      description: `Records of ${path} do not fit the table's columns, and lie below the error prefix`,
      metric: "FailedConversion.Records",
      statistic: "Sum",
      threshold: 1,
    });
  }
  if (Object.keys(partitionBy).length > 0) {
    on("partitions-alarm", {
      description: `Records of ${path} have more partitions at once than Firehose takes (500), and lie below the error prefix`,
      metric: "PartitionCountExceeded",
      statistic: "Maximum",
      threshold: 1,
    });
  }
}
