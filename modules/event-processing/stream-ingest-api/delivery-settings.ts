import type { Bucket } from "../../storage";
import type { Columns } from "./delivery-format";
import type { PartitionBy } from "./partitioning";

/** How records get to the bucket, with every default filled in. */
export interface DeliverySettings {
  readonly bucket: Bucket;
  /** None for lines of JSON. */
  readonly columns?: Columns;
  readonly partitionBy: PartitionBy;
  readonly prefix: string;
  readonly errorPrefix: string;
  readonly bufferMb: number;
  readonly bufferSeconds: number;
}

/** Where records and what failed lie unless told otherwise. */
export const DEFAULT_PREFIX = "records/";
export const DEFAULT_ERROR_PREFIX = "errors/";

/** Firehose gathers at least so much for each object of Parquet, and of each partition (CreateDeliveryStream, `SizeInMBs`). */
export const LEAST_PARTITIONED_MB = 64;
