export type { Columns } from "./delivery-format";
export type { PartitionBy } from "./partitioning";
export type { StreamIngestApiProps } from "./props";
export { StreamIngestApi } from "./stream-ingest-api";
export type { PartitionKey } from "./templates";
