export { AccountTrail, type AccountTrailProps } from "./account-trail";
export { AlarmTopic, type AlarmTopicProps } from "./alarm-topic";
export { StateBucket, type StateBucketProps } from "./state-bucket";
