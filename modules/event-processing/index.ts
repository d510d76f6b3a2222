export { FanOut, type FanOutProps, type Filter, type Subscriber, type SubscriberProps } from "./fan-out";
export {
  type Columns,
  type PartitionBy,
  type PartitionKey,
  StreamIngestApi,
  type StreamIngestApiProps,
} from "./stream-ingest-api";
