export type { Columns } from "./delivery-format";
export type { PartitionBy } from "./partitioning";
export { StreamIngestApi, type StreamIngestApiProps } from "./stream-ingest-api";
export type { PartitionKey } from "./templates";
