/**
 * The Velocity templates between HTTP and Kinesis. Whatever the caller sent gets into JSON through `$input.json`, which keeps
 * it JSON, or as base64: `$util.escapeJavaScript` writes `\'`, which is none (API Gateway developer guide, "Mapping template and
 * access logging variable reference").
 */

/** What a record's place among the shards is derived from. */
export type PartitionKey = "request-id" | { readonly field: string };

/** Whether the record is the JSON of `data`, or, where `data` is a text, the text itself. */
export type RecordForm = "json" | "text";

interface PutTemplateProps {
  readonly streamName: string;
  readonly partitionKey: PartitionKey;
  readonly form: RecordForm;
}

/** `POST /record`: `{ "data": … }` becomes the body of PutRecord. */
export function putRecordTemplate({ streamName, partitionKey, form }: PutTemplateProps): string {
  const key =
    partitionKey === "request-id" ? '"$context.requestId"' : `$input.json('$.data.${partitionKey.field}')`;
  const data = form === "json" ? "$input.json('$.data')" : "$input.path('$.data')";
  return `{"StreamName": "${streamName}", "Data": "$util.base64Encode(${data})", "PartitionKey": ${key}}`;
}

/**
 * `POST /records`: `{ "records": [{ "data": … }] }` becomes the body of PutRecords. A request's records are spread by their
 * index: with one key for all they would fill one shard. A hyphen before the index would belong to the variable's name.
 */
export function putRecordsTemplate({ streamName, partitionKey, form }: PutTemplateProps): string {
  const at = (path: string) => `"$.records[$foreach.index].data${path}"`;
  const key =
    partitionKey === "request-id"
      ? '"$context.requestId:$foreach.index"'
      : `$input.json(${at(`.${partitionKey.field}`)})`;
  const data = form === "json" ? `$input.json(${at("")})` : `$input.path(${at("")})`;
  return [
    `{"StreamName": "${streamName}", "Records": [`,
    "#foreach($record in $input.path('$.records'))",
    `{"Data": "$util.base64Encode(${data})", "PartitionKey": ${key}}#if($foreach.hasNext),#end`,
    "#end",
    "]}",
  ].join("\n");
}

/** A record is in the stream. */
export const RECORD_ANSWER = `{"shardId": $input.json('$.ShardId'), "sequenceNumber": $input.json('$.SequenceNumber')}`;

/**
 * What became of each record, in the order of the request. Kinesis answers 200 though some were refused, so the status
 * becomes 207. Its messages are left out: they tell the account and the stream.
 */
export const RECORDS_ANSWER = [
  "#set($failed = $input.path('$.FailedRecordCount'))",
  "#if($failed > 0)",
  "#set($context.responseOverride.status = 207)",
  "#end",
  `{"failed": $failed, "records": [`,
  "#foreach($record in $input.path('$.Records'))",
  "#if($record.ErrorCode)",
  `{"error": $input.json("$.Records[$foreach.index].ErrorCode")}#if($foreach.hasNext),#end`,
  "#else",
  `{"shardId": $input.json("$.Records[$foreach.index].ShardId"), ` +
    `"sequenceNumber": $input.json("$.Records[$foreach.index].SequenceNumber")}#if($foreach.hasNext),#end`,
  "#end",
  "#end",
  "]}",
].join("\n");

/** Kinesis answers 400 to all of these; the caller may try again (Kinesis API reference, PutRecord, "Errors"). */
const THROTTLED = ["ProvisionedThroughputExceeded", "LimitExceeded", "Throttling"];
/** The request itself is wrong: it will be, however often it is tried. */
const REFUSED = ["InvalidArgument", "Validation", "Serialization"];

const isOneOf = (names: readonly string[]) => names.map((name) => `$type.contains("${name}")`).join(" || ");

/**
 * Kinesis answered 4xx. Only what the caller can mend is theirs, and stays 400; too much at once is 429; a key, a role or a
 * stream that is gone is ours, and 500.
 */
export const REFUSAL_ANSWER = [
  "#set($type = $input.path('$.__type'))",
  `#if(${isOneOf(THROTTLED)})`,
  "#set($context.responseOverride.status = 429)",
  `{"message": "Too many records at once: try again, with growing pauses", "requestId": "$context.requestId"}`,
  `#elseif(${isOneOf(REFUSED)})`,
  `{"message": "Not taken: a record holds 1 MiB at most, a request 5 MiB", "requestId": "$context.requestId"}`,
  "#else",
  "#set($context.responseOverride.status = 500)",
  `{"message": "The stream cannot be used", "requestId": "$context.requestId"}`,
  "#end",
].join("\n");

/** Kinesis answered 5xx. */
export const FAILURE_ANSWER = `{"message": "The stream does not answer: try again, with growing pauses", "requestId": "$context.requestId"}`;
