import type { CloudwatchLogGroup } from "@cdktf/provider-aws/lib/cloudwatch-log-group";
import { CloudwatchLogStream } from "@cdktf/provider-aws/lib/cloudwatch-log-stream";
import {
  type KinesisFirehoseDeliveryStreamExtendedS3Configuration as Destination,
  KinesisFirehoseDeliveryStream,
} from "@cdktf/provider-aws/lib/kinesis-firehose-delivery-stream";
import { Construct } from "constructs";
import { factsOf, logGroup, nameOf, ServiceRole, sidOf } from "../../core";
import { alarmOnDelivery } from "./delivery-alarms";
import { JSON_LINES, LINE_PROCESSOR, ParquetTable } from "./delivery-format";
import type { DeliverySettings } from "./delivery-settings";
import type { IngestStream } from "./ingest-stream";
import { errorPrefixOf, extractionQuery, prefixOf } from "./partitioning";

/**
 * What takes a stream's records to a bucket: `stream → delivery stream (partition, convert, buffer) → prefix | error prefix`.
 * Makes the delivery stream, its role and log, alarms, and for Parquet a table.
 */
export class Delivery extends Construct {
  readonly role: ServiceRole;
  readonly deliveryStream: KinesisFirehoseDeliveryStream;
  /** What could not be delivered, and why. */
  readonly log: CloudwatchLogGroup;
  readonly table?: ParquetTable;

  constructor(scope: Construct, id: string, source: IngestStream, settings: DeliverySettings) {
    super(scope, id);
    // Firehose developer guide, "Allow Firehose to assume an IAM role": it says its account, and nothing of the stream.
    this.role = new ServiceRole(this, "role", {
      service: "firehose.amazonaws.com",
      conditions: { StringEquals: { "sts:ExternalId": factsOf(this).account } },
    });
    this.log = logGroup(this, "log", "log-group");
    const lines = new CloudwatchLogStream(this, "log-stream", {
      logGroupName: this.log.name,
      name: "delivery",
    });
    this.table = this.makeTable(settings);
    this.allow(source, settings, lines);
    this.deliveryStream = this.deliver(source, settings, lines);
    alarmOnDelivery(this, this.deliveryStream, settings);
  }

  private makeTable({ columns, partitionBy, bucket, prefix }: DeliverySettings): ParquetTable | undefined {
    if (columns === undefined) return undefined;
    const location = `s3://${bucket.bucket.bucket}/${prefix}`;
    return new ParquetTable(this, "table", { columns, partitionBy, location });
  }

  /** Firehose developer guide, "Grant Firehose access to an Amazon S3 destination", for two prefixes and not the whole bucket. */
  private allow(
    source: IngestStream,
    { bucket, prefix, errorPrefix }: DeliverySettings,
    lines: CloudwatchLogStream,
  ): void {
    source.grantRead(this.role);
    for (const each of [prefix, errorPrefix])
      bucket.grant(this.role, each, "AbortMultipartUpload", "GetObject", "PutObject");
    this.role.allow(sidOf("list", bucket.node.path), {
      actions: ["s3:GetBucketLocation", "s3:ListBucket", "s3:ListBucketMultipartUploads"],
      resources: [bucket.bucket.arn],
      caller: "service",
    });
    this.role.allow("WriteLog", {
      actions: ["logs:PutLogEvents"],
      resources: [lines.arn],
      caller: "service",
    });
    this.table?.allowReading(this.role);
  }

  /**
   * Partitioning is a matter of creation, so the name changes with it, which replaces the delivery stream; and the new one is
   * there before the old one goes: one that starts later would begin at the newest record, and those between would be lost.
   */
  private deliver(
    { stream }: IngestStream,
    settings: DeliverySettings,
    lines: CloudwatchLogStream,
  ): KinesisFirehoseDeliveryStream {
    const { bucket, partitionBy, prefix, errorPrefix, bufferMb, bufferSeconds } = settings;
    const partitioned = Object.keys(partitionBy).length > 0;
    return new KinesisFirehoseDeliveryStream(this, "Default", {
      name: nameOf(this, "delivery-stream", partitioned ? "partitioned" : undefined),
      destination: "extended_s3",
      kinesisSourceConfiguration: { kinesisStreamArn: stream.arn, roleArn: this.role.role.arn },
      extendedS3Configuration: {
        bucketArn: bucket.bucket.arn,
        roleArn: this.role.role.arn,
        kmsKeyArn: bucket.key?.arn,
        prefix: prefixOf(prefix, partitionBy),
        errorOutputPrefix: errorPrefixOf(errorPrefix),
        bufferingSize: bufferMb,
        bufferingInterval: bufferSeconds,
        cloudwatchLoggingOptions: {
          enabled: true,
          logGroupName: this.log.name,
          logStreamName: lines.name,
        },
        dynamicPartitioningConfiguration: partitioned ? { enabled: true } : undefined,
        processingConfiguration: processing(settings),
        ...(this.table?.conversion(this.role) ?? JSON_LINES),
      },
      lifecycle: { createBeforeDestroy: true },
      // Firehose tries the role at creation, and waits for too few of its answers (terraform-provider-aws#3380).
      dependsOn: [this.role.policy],
    });
  }
}

function processing({ columns, partitionBy }: DeliverySettings): Destination["processingConfiguration"] {
  const extraction = {
    type: "MetadataExtraction",
    parameters: [
      { parameterName: "MetadataExtractionQuery", parameterValue: extractionQuery(partitionBy) },
      { parameterName: "JsonParsingEngine", parameterValue: "JQ-1.6" },
    ],
  };
  const processors = [
    ...(Object.keys(partitionBy).length === 0 ? [] : [extraction]),
    ...(columns === undefined ? [LINE_PROCESSOR] : []),
  ];
  return processors.length === 0 ? undefined : { enabled: true, processors };
}
