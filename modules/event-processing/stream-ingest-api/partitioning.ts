/** Partition → field of the record, such as `{ customer: "order.customerId" }`. */
export type PartitionBy = Readonly<Record<string, string>>;

/** A name that JSONPath, jq and a schema spell alike, and a path of such names. */
const NAME = "[A-Za-z_][A-Za-z0-9_]*";
export const FIELD = new RegExp(`^${NAME}(\\.${NAME})*$`);

/** The jq expression that takes the partitions out of a record: `{customer: .order.customerId}`. */
export function extractionQuery(partitionBy: PartitionBy): string {
  const pairs = Object.entries(partitionBy).map(([name, field]) => `${name}: .${field}`);
  return `{${pairs.join(", ")}}`;
}

/** The partition that each record has besides. */
export const DAY = "day";
const BY_DAY = `${DAY}=!{timestamp:yyyy-MM-dd}/`;

/** Where records go, in the form that Athena and Glue take for partitions: `records/customer=…/day=…/`. */
export function prefixOf(prefix: string, partitionBy: PartitionBy): string {
  const partitions = Object.keys(partitionBy).map((name) => `${name}=!{partitionKeyFromQuery:${name}}/`);
  return `${prefix}${partitions.join("")}${BY_DAY}`;
}

/** Where records go that could not be delivered, by what went wrong. */
export function errorPrefixOf(prefix: string): string {
  return `${prefix}!{firehose:error-output-type}/${BY_DAY}`;
}
