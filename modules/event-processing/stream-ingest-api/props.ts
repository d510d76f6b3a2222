import type { Authorization, JsonSchema, RestApiProps } from "../../api";
import type { Bucket } from "../../storage";
import type { Columns } from "./delivery-format";
import type { IngestStreamProps } from "./ingest-stream";
import type { PartitionBy } from "./partitioning";
import type { PartitionKey } from "./templates";

interface CommonProps extends RestApiProps, IngestStreamProps {
  /** Who may put records, in so many words: `"iam"`, `"none"`, or `{ cognito: userPool }`. */
  readonly authorization: Authorization;
  /** Where the records end. */
  readonly bucket: Bucket;
  /**
   * JSON schema (draft 4) of a record, the `data` of a request. The record is the JSON of `data`; where the schema's type is
   * `"string"` it is the text itself. @default - any JSON object
   */
  readonly record?: JsonSchema;
  /**
   * What keeps records in order: those with the same value of `{ field }`, a text such as `"order.id"` names, come out in the
   * order in which they went in. `"request-id"` spreads them. @default "request-id"
   */
  readonly partitionKey?: PartitionKey;
  /**
   * Partition → field of the record, such as `{ customer: "order.customerId" }`: records lie below `customer=…/`. Fields hold
   * 1 to 128 letters, digits, `_`, `.` or `-`. Adding the first or removing the last replaces the delivery stream, without a
   * gap, and some records arrive twice. @default - by day only
   */
  readonly partitionBy?: PartitionBy;
  /** Below which records lie, with a slash at the end; another API of the same bucket needs one of its own. @default "records/" */
  readonly prefix?: string;
  /** Below which lies what could not be delivered. @default "errors/" */
  readonly errorPrefix?: string;
  /** Megabytes that are gathered for an object, 1 to 128; at least 64 for Parquet and partitions. @default - 5, or 128 for those */
  readonly bufferMb?: number;
  /** Seconds after which a smaller object is written, 0 to 900; at least 60 with partitions. @default 300 */
  readonly bufferSeconds?: number;
}

/** Lines of JSON, or Parquet with a table. */
export type StreamIngestApiProps =
  | (CommonProps & {
      /** `"json-gzip"`: lines of JSON, compressed; `"parquet"`: columns, with a table for Athena. @default "json-gzip" */
      readonly format?: "json-gzip";
      readonly columns?: undefined;
    })
  | (CommonProps & {
      readonly format: "parquet";
      /**
       * Columns of the Parquet files: name in lower case → type of Hive, such as `bigint`. Each is read from the key that is the
       * same in lower case, `measuredat` from `measuredAt`. Needed by `"parquet"`. @default - none, for lines
       */
      readonly columns: Columns;
    });
