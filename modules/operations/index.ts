export { AlarmTopic, type AlarmTopicProps } from "./alarm-topic";
