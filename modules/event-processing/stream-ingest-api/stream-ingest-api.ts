import type { KinesisStream } from "@cdktf/provider-aws/lib/kinesis-stream";
import type { KmsKey } from "@cdktf/provider-aws/lib/kms-key";
import { Construct } from "constructs";
import {
  ActionIntegration,
  type ApiMethod,
  type Authorization,
  type IntegrationResponse,
  type JsonSchema,
  RestApi,
  type RestApiProps,
} from "../../api";
import { type Grantee, ServiceRole } from "../../core";
import type { Bucket } from "../../storage";
import { checkStreamIngestApi } from "./check-props";
import { Delivery } from "./delivery";
import type { Columns } from "./delivery-format";
import { type DeliverySettings, LEAST_PARTITIONED_MB } from "./delivery-settings";
import { IngestStream, type IngestStreamProps } from "./ingest-stream";
import type { PartitionBy } from "./partitioning";
import { formOf, recordSchema, recordsSchema } from "./request-schemas";
import {
  FAILURE_ANSWER,
  type PartitionKey,
  putRecordsTemplate,
  putRecordTemplate,
  RECORD_ANSWER,
  RECORDS_ANSWER,
  REFUSAL_ANSWER,
} from "./templates";

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
  /** Below which records lie, with a slash at the end. @default "records/" */
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
      /** Columns of the Parquet files: name in lower case → type of Hive, such as `bigint`. Needed by `"parquet"` alone. */
      readonly columns: Columns;
    });

/**
 * Records over HTTP into a stream and a bucket, without a function:
 * `caller → POST /record, /records (validate, map) → stream → delivery stream (buffer, partition, convert) → bucket`.
 *
 * A record that the stream does not take is no 200: 207 tells which of several, 429 to come again, 400 what is wrong with it.
 * Makes an API, a stream (on demand, from about 29 USD a month) with a key (1 USD), a delivery stream, their two roles, four
 * logs' worth of groups, and eight alarms or more (0.10 USD each); requests and volumes are paid as used.
 */
export class StreamIngestApi extends Construct {
  readonly api: RestApi;
  readonly source: IngestStream;
  readonly delivery: Delivery;
  /** With which API Gateway puts records. */
  readonly role: ServiceRole;
  readonly methods: { readonly record: ApiMethod; readonly records: ApiMethod };

  constructor(scope: Construct, id: string, props: StreamIngestApiProps) {
    super(scope, id);
    checkStreamIngestApi(this, props);
    this.source = new IngestStream(this, "stream", props);
    // API Gateway's pages of AWS integrations have no condition on this trust; who may pass the role guards it.
    this.role = new ServiceRole(this, "role", { service: "apigateway.amazonaws.com" });
    this.source.grantPut(this.role);
    this.api = new RestApi(this, "api", props);
    this.methods = this.makeMethods(props);
    this.delivery = new Delivery(this, "delivery", this.source, settingsOf(props));
  }

  /** Where it is called: `POST` to `/record` or `/records` below. */
  get url(): string {
    return this.api.url;
  }

  /** The stream, for consumers beside the delivery. */
  get stream(): KinesisStream {
    return this.source.stream;
  }

  /** The key of the stream; none where Kinesis manages it. */
  get key(): KmsKey | undefined {
    return this.source.key;
  }

  /** Allows putting records over HTTP, where the authorisation is `"iam"`. Action: `execute-api:Invoke` on both methods. */
  grantPut(grantee: Grantee): void {
    this.methods.record.grantInvoke(grantee);
    this.methods.records.grantInvoke(grantee);
  }

  /** Allows reading the stream. Actions: see `IngestStream.grantRead`. */
  grantRead(grantee: Grantee): void {
    this.source.grantRead(grantee);
  }

  private makeMethods(props: StreamIngestApiProps): StreamIngestApi["methods"] {
    const { authorization, record = ANY_OBJECT, partitionKey = "request-id", partitionBy = {} } = props;
    const shape = { record, partitionKey, partitionBy };
    const put = { streamName: this.stream.name, partitionKey, form: formOf(record) };
    return {
      record: this.api.method("POST /record", {
        authorization,
        body: recordSchema(shape),
        integration: this.kinesis("PutRecord", putRecordTemplate(put), RECORD_ANSWER),
      }),
      records: this.api.method("POST /records", {
        authorization,
        body: recordsSchema(shape),
        integration: this.kinesis("PutRecords", putRecordsTemplate(put), RECORDS_ANSWER),
      }),
    };
  }

  private kinesis(action: string, template: string, answer: string): ActionIntegration {
    const responses: readonly IntegrationResponse[] = [
      { status: 200, template: answer },
      { status: 400, pattern: "4\\d{2}", template: REFUSAL_ANSWER },
      { status: 502, pattern: "5\\d{2}", template: FAILURE_ANSWER },
    ];
    return new ActionIntegration({ service: "kinesis", action, role: this.role, template, responses });
  }
}

const ANY_OBJECT: JsonSchema = { type: "object" };

function settingsOf({ bucket, columns, partitionBy = {}, ...props }: StreamIngestApiProps): DeliverySettings {
  const gathered = columns !== undefined || Object.keys(partitionBy).length > 0;
  return {
    bucket,
    columns,
    partitionBy,
    prefix: props.prefix ?? "records/",
    errorPrefix: props.errorPrefix ?? "errors/",
    bufferMb: props.bufferMb ?? (gathered ? 2 * LEAST_PARTITIONED_MB : 5),
    bufferSeconds: props.bufferSeconds ?? 300,
  };
}
