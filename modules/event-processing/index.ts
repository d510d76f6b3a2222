export { FanOut, type FanOutProps, type Filter, type Subscriber, type SubscriberProps } from "./fan-out";
export { QueueConsumer, type QueueConsumerProps } from "./queue-consumer";
export {
  type KinesisSource,
  StreamConsumer,
  type StreamConsumerProps,
  type TableSource,
} from "./stream-consumer";
export { TopicConsumer, type TopicConsumerProps } from "./topic-consumer";
