import type { JsonSchema } from "../../api";
import type { PartitionKey, RecordForm } from "./templates";

/** Kinesis API reference, PutRecords: records in one request. */
const MOST_RECORDS = 500;
/** Bytes of a record before base64 (Kinesis developer guide, "Quotas and limits"). */
export const MOST_BYTES = 1_048_576;

/** How what a request may hold is derived. */
interface RecordShape {
  /** Of `data`. */
  readonly record: JsonSchema;
  readonly partitionKey: PartitionKey;
  /** Partition → field of the record. */
  readonly partitionBy: Readonly<Record<string, string>>;
}

/** A schema that knows nothing but texts makes the record the text; every other one its JSON. */
export function formOf({ type }: JsonSchema): RecordForm {
  return type === "string" ? "text" : "json";
}

/** Body of `POST /record`: `{ "data": … }`, with the fields that keys are taken from. */
export function recordSchema({ record, partitionKey, partitionBy }: RecordShape): JsonSchema {
  const needed = [
    ...(partitionKey === "request-id" ? [] : [fieldSchema(partitionKey.field, SHARD_KEY)]),
    ...Object.values(partitionBy).map((field) => fieldSchema(field, PREFIX_PART)),
  ];
  const data = needed.length === 0 ? limited(record) : { allOf: [record, ...needed] };
  return { type: "object", required: ["data"], additionalProperties: false, properties: { data } };
}

/** Body of `POST /records`: `{ "records": [{ "data": … }] }`, 1 to 500 of them. */
export function recordsSchema(shape: RecordShape): JsonSchema {
  return {
    type: "object",
    required: ["records"],
    additionalProperties: false,
    properties: {
      records: { type: "array", minItems: 1, maxItems: MOST_RECORDS, items: recordSchema(shape) },
    },
  };
}

/** A text has no more characters than Kinesis takes bytes; of other JSON, a schema cannot tell the size. */
function limited(record: JsonSchema): JsonSchema {
  return formOf(record) === "text" ? { maxLength: MOST_BYTES, ...record } : record;
}

/** Kinesis API reference, PutRecord, `PartitionKey`. */
export const SHARD_KEY: JsonSchema = { type: "string", minLength: 1, maxLength: 256 };
/** Becomes part of an object's key: a slash would lead into somebody else's prefix. */
export const PREFIX_PART: JsonSchema = { type: ["string", "integer"], pattern: "^[A-Za-z0-9_.-]{1,128}$" };

/** An object with a field that is there, at a path such as `order.id`. */
function fieldSchema(path: string, schema: JsonSchema): JsonSchema {
  const inner = path
    .split(".")
    .reverse()
    .reduce(
      (below: JsonSchema, name): JsonSchema => ({
        type: "object",
        required: [name],
        properties: { [name]: below },
      }),
      schema,
    );
  return inner;
}
