import type { KinesisStream } from "@cdktf/provider-aws/lib/kinesis-stream";
import type { KmsKey } from "@cdktf/provider-aws/lib/kms-key";
import { Construct } from "constructs";
import {
  ActionIntegration,
  type ApiMethod,
  type IntegrationResponse,
  type JsonSchema,
  RestApi,
} from "../../api";
import { type Grantee, ServiceRole } from "../../core";
import { checkStreamIngestApi } from "./check-props";
import { Delivery } from "./delivery";
import {
  DEFAULT_ERROR_PREFIX,
  DEFAULT_PREFIX,
  type DeliverySettings,
  LEAST_PARTITIONED_MB,
} from "./delivery-settings";
import { IngestStream } from "./ingest-stream";
import { noteNeighbour } from "./neighbours";
import type { StreamIngestApiProps } from "./props";
import { formOf, recordSchema, recordsSchema } from "./request-schemas";
import {
  FAILURE_ANSWER,
  putRecordsTemplate,
  putRecordTemplate,
  RECORD_ANSWER,
  RECORDS_ANSWER,
  REFUSAL_ANSWER,
} from "./templates";

/**
 * Records over HTTP into a stream and a bucket, without a function:
 * `caller → POST /record, /records (validate, map) → stream → delivery stream (buffer, partition, convert) → bucket`.
 *
 * A record that the stream does not take is no 200: 207 tells which of several, 429 to come again, 400 what is wrong with it.
 * Makes an API, a stream (on demand, from about 29 USD a month) with a key (1 USD), a delivery stream, their two roles, three
 * log groups, and eight alarms or more (0.10 USD each); requests and volumes are paid as used.
 */
export class StreamIngestApi extends Construct {
  readonly api: RestApi;
  /** The stream with its key: hand it to a `StreamConsumer` to read it beside the delivery. */
  readonly source: IngestStream;
  readonly delivery: Delivery;
  /** With which API Gateway puts records. */
  readonly role: ServiceRole;
  readonly methods: { readonly record: ApiMethod; readonly records: ApiMethod };

  constructor(scope: Construct, id: string, props: StreamIngestApiProps) {
    super(scope, id);
    checkStreamIngestApi(this, props);
    noteNeighbour(this, props);
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

  /** The stream itself, as the bindings know it. */
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
    prefix: props.prefix ?? DEFAULT_PREFIX,
    errorPrefix: props.errorPrefix ?? DEFAULT_ERROR_PREFIX,
    bufferMb: props.bufferMb ?? (gathered ? 2 * LEAST_PARTITIONED_MB : 5),
    bufferSeconds: props.bufferSeconds ?? 300,
  };
}
