import type { Construct } from "constructs";
import { checkJsonSchema } from "../../api";
import { Checks } from "../../core";
import { DEFAULT_ERROR_PREFIX, DEFAULT_PREFIX, LEAST_PARTITIONED_MB } from "./delivery-settings";
import { checkIngestStream } from "./ingest-stream";
import { checkNeighbours, lieInOneAnother } from "./neighbours";
import { DAY, FIELD } from "./partitioning";
import type { StreamIngestApiProps } from "./props";
import { checkColumn, checkField } from "./record-fields";
import { formOf, MOST_BYTES, PREFIX_PART, SHARD_KEY } from "./request-schemas";

/** Types of Hive that the Parquet writer of Firehose knows. */
const COLUMN_TYPE =
  /^(string|boolean|tinyint|smallint|int|bigint|float|double|date|timestamp|decimal\(\d{1,2},\d{1,2}\)|(array|map|struct)<[\w<>,:()]+>)$/;

/** The faults of the pattern's own props; those of the API, which has the same ones, are told by it. */
export function checkStreamIngestApi(scope: Construct, props: StreamIngestApiProps): void {
  const checks = new Checks("stream ingest api", scope);
  checkIngestStream(checks, scope, props);
  checkRecord(checks, props);
  checkFormat(checks, props);
  checkPartitions(checks, props);
  checkPrefixes(checks, props);
  checkNeighbours(checks, props);
  checkBuffer(checks, props);
  checks.done();
}

function checkRecord(
  checks: Checks,
  { record, partitionKey, partitionBy = {}, format, columns = {} }: StreamIngestApiProps,
): void {
  if (record !== undefined) checkJsonSchema(checks, "record", record);
  const text = record !== undefined && formOf(record) === "text";
  checks.wholeNumber(
    "record.maxLength",
    text ? record.maxLength : undefined,
    { min: 0, max: MOST_BYTES },
    "Kinesis takes records of 1 MiB",
  );
  const field = typeof partitionKey === "object" ? partitionKey.field : undefined;
  if (field === undefined)
    checks.oneOf(
      "partitionKey",
      partitionKey as string | undefined,
      ["request-id"],
      'or { field: "order.id" }',
    );
  else checks.matches("partitionKey.field", field, FIELD, 'a field of the record, such as "order.id"');
  const asked = [
    ...(field === undefined ? [] : ["partitionKey.field"]),
    ...(Object.keys(partitionBy).length === 0 ? [] : ["partitionBy"]),
    ...(format === "parquet" ? ['format "parquet"'] : []),
  ];
  checks.that(
    !text || asked.length === 0,
    `record is a text, which has no fields for ${asked.join(" and ")}: make it an object, or leave those out`,
  );
  if (record === undefined || text) return;
  if (field !== undefined) checkField(checks, record, "partitionKey.field", field, SHARD_KEY);
  for (const [name, path] of Object.entries(partitionBy)) {
    checkField(checks, record, `partitionBy.${name}`, path, PREFIX_PART);
  }
  for (const [name, type] of Object.entries(columns)) checkColumn(checks, record, name, type);
}

function checkFormat(checks: Checks, { format, columns, partitionBy = {} }: StreamIngestApiProps): void {
  checks.oneOf("format", format, ["json-gzip", "parquet"]);
  checks.that(
    (format === "parquet") === (columns !== undefined),
    format === "parquet"
      ? 'columns must be given for parquet, such as { id: "string", total: "double" }: Firehose writes the columns of a table'
      : 'columns belong to format "parquet": set it, or leave them out',
  );
  if (columns === undefined) return;
  const names = Object.keys(columns);
  checks.that(names.length > 0, "columns must name at least one column");
  for (const [name, type] of Object.entries(columns)) {
    checks.matches(
      "columns",
      name,
      /^[a-z_][a-z0-9_]*$/,
      "named in lower case, letters, digits and _: Glue knows no others",
    );
    checks.matches(
      `columns.${name}`,
      type,
      COLUMN_TYPE,
      "a type of Hive such as string, bigint, decimal(10,2) or array<string>",
    );
  }
  const twice = [...Object.keys(partitionBy), DAY].filter((name) => names.includes(name));
  checks.that(
    twice.length === 0,
    `columns has ${twice.join(", ")}, which is a partition too, and a table takes a name once: rename the partition or the column`,
  );
}

function checkPartitions(checks: Checks, { partitionBy = {} }: StreamIngestApiProps): void {
  for (const [name, field] of Object.entries(partitionBy)) {
    checks.matches(
      "partitionBy",
      name,
      /^[a-z_][a-z0-9_]{0,49}$/,
      "named in lower case, letters, digits and _: it is a column of tables",
    );
    checks.that(
      name !== DAY,
      `partitionBy must not name ${DAY}: records lie by the day of their arrival anyway`,
    );
    checks.matches(`partitionBy.${name}`, field, FIELD, 'a field of the record, such as "order.customerId"');
  }
}

function checkPrefixes(
  checks: Checks,
  { prefix = DEFAULT_PREFIX, errorPrefix = DEFAULT_ERROR_PREFIX }: StreamIngestApiProps,
): void {
  const form = /^([\w.-]+\/)+$/;
  const allowed =
    'letters, digits, _, . and - with a slash at the end, such as "orders/raw/"; partitions are added';
  checks.matches("prefix", prefix, form, allowed).matches("errorPrefix", errorPrefix, form, allowed);
  checks.that(
    !lieInOneAnother(prefix, errorPrefix),
    `errorPrefix "${errorPrefix}" and prefix "${prefix}" lie in one another: whoever reads records would read what failed`,
  );
}

function checkBuffer(checks: Checks, props: StreamIngestApiProps): void {
  const partitioned = Object.keys(props.partitionBy ?? {}).length > 0;
  const gathered = partitioned || props.format === "parquet";
  checks.wholeNumber(
    "bufferMb",
    props.bufferMb,
    { min: gathered ? LEAST_PARTITIONED_MB : 1, max: 128 },
    gathered
      ? `Firehose takes no less than ${LEAST_PARTITIONED_MB} with ${partitioned ? "partitionBy" : "parquet"}`
      : "",
  );
  checks.wholeNumber(
    "bufferSeconds",
    props.bufferSeconds,
    { min: partitioned ? 60 : 0, max: 900 },
    partitioned ? "Firehose keeps a buffer for each partition, and takes no less than 60 seconds" : "",
  );
}
