export { TopicConsumer, type TopicConsumerProps } from "./topic-consumer";
