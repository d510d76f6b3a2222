import { KinesisStream } from "@cdktf/provider-aws/lib/kinesis-stream";
import type { KmsKey } from "@cdktf/provider-aws/lib/kms-key";
import { Token } from "cdktf";
import { Construct } from "constructs";
import {
  alarm,
  allowKeyUse,
  type Checks,
  checkEncryption,
  type Encryption,
  type Grantee,
  type KeyAction,
  keyFor,
  nameOf,
  regionOf,
  sidOf,
} from "../../core";

export interface IngestStreamProps {
  /**
   * `"on-demand"` grows with the load and is paid by volume, and at least 29 USD a month; `{ shards }` takes 1 MiB and 1,000
   * records a second each, for 11 USD a month. @default "on-demand"
   */
  readonly capacity?: "on-demand" | { readonly shards: number };
  /** Hours for which a record can be read, 24 to 8,760; above 24 they are paid. @default 24 */
  readonly retentionHours?: number;
  /** Of the stream: a key of its own, Kinesis's, or a key shared with others. @default "customer-key" */
  readonly encryption?: Encryption;
}

export function checkIngestStream(checks: Checks, scope: Construct, props: IngestStreamProps): void {
  const { capacity = "on-demand", retentionHours, encryption = "customer-key" } = props;
  if (typeof capacity === "string") checks.oneOf("capacity", capacity, ["on-demand"], "or { shards: 2 }");
  else checks.wholeNumber("capacity.shards", capacity.shards, { min: 1, max: 20_000 });
  checks.wholeNumber("retentionHours", retentionHours, { min: 24, max: 8760 });
  checkEncryption(checks, scope, encryption);
}

/** A Kinesis stream with its key and two alarms: on writers that are throttled, and on readers about to miss records. */
export class IngestStream extends Construct {
  readonly stream: KinesisStream;
  /** The key that encrypts it; none where Kinesis manages it. */
  readonly key?: KmsKey;

  constructor(scope: Construct, id: string, props: IngestStreamProps) {
    super(scope, id);
    const { capacity = "on-demand", retentionHours = 24, encryption = "customer-key" } = props;
    this.key = keyFor(this, encryption, `Stream ${this.node.path}`);
    this.stream = new KinesisStream(this, "Default", {
      name: nameOf(this, "stream"),
      streamModeDetails: { streamMode: capacity === "on-demand" ? "ON_DEMAND" : "PROVISIONED" },
      shardCount: capacity === "on-demand" ? undefined : capacity.shards,
      retentionPeriod: retentionHours,
      encryptionType: "KMS",
      kmsKeyId: this.key?.arn ?? "alias/aws/kinesis",
    });
    this.alarmOnTrouble(retentionHours);
  }

  /** With its name and key, what a `StreamConsumer` needs to know of its source. */
  get arn(): string {
    return this.stream.arn;
  }

  get name(): string {
    return this.stream.name;
  }

  /** Allows putting records. Actions: `kinesis:PutRecord`, `kinesis:PutRecords`; `kms:GenerateDataKey` through Kinesis. */
  grantPut(grantee: Grantee): void {
    grantee.allow(sidOf("put", this.node.path), {
      actions: ["kinesis:PutRecord", "kinesis:PutRecords"],
      resources: [this.stream.arn],
    });
    this.allowKey(grantee, "kms:GenerateDataKey");
  }

  /**
   * Allows reading records. Actions: `kinesis:DescribeStream`, `kinesis:GetRecords`, `kinesis:GetShardIterator`,
   * `kinesis:ListShards`; `kms:Decrypt` through Kinesis.
   */
  grantRead(grantee: Grantee): void {
    grantee.allow(sidOf("read", this.node.path), {
      actions: [
        "kinesis:DescribeStream",
        "kinesis:GetRecords",
        "kinesis:GetShardIterator",
        "kinesis:ListShards",
      ],
      resources: [this.stream.arn],
    });
    this.allowKey(grantee, "kms:Decrypt");
  }

  /** Kinesis developer guide, "Permissions to use user-generated KMS keys": what a producer and a consumer need. */
  private allowKey(grantee: Grantee, action: KeyAction): void {
    const { key, stream } = this;
    if (key !== undefined)
      allowKeyUse(grantee, key, { service: "kinesis", region: regionOf(stream) }, action);
  }

  private alarmOnTrouble(retentionHours: number): void {
    const common = { namespace: "AWS/Kinesis", dimensions: { StreamName: this.stream.name } } as const;
    alarm(this, "throttled-alarm", {
      ...common,
      description: `Records for ${this.node.path} are refused: it has too few shards, or one key takes all of them`,
      metric: "WriteProvisionedThroughputExceeded",
      statistic: "Sum",
      threshold: 1,
      periods: 3,
    });
    const hours = Token.isUnresolved(retentionHours) ? 24 : retentionHours;
    alarm(this, "age-alarm", {
      ...common,
      description: `A reader of ${this.node.path} is half the retention behind: records will be lost to it unless it catches up`,
      metric: "GetRecords.IteratorAgeMilliseconds",
      statistic: "Maximum",
      threshold: (hours * 3_600_000) / 2,
    });
  }
}
