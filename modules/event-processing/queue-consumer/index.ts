export { QueueConsumer, type QueueConsumerProps } from "./queue-consumer";
