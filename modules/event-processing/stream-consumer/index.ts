export { StreamConsumer, type StreamConsumerProps } from "./stream-consumer";
export type { KinesisSource, TableSource } from "./stream-source";
