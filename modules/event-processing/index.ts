export {
  ApiCallAlert,
  type ApiCallAlertProps,
  type ApiCalls,
  type ApiCallsProps,
  apiCalls,
  rootSignIn,
  securityGroupOpening,
  type TrailParts,
  tableDeletion,
  trailTampering,
} from "./api-call-alert";
export {
  type BoundDestination,
  type BucketDestination,
  type BucketDestinationProps,
  BucketNotifications,
  type BucketNotificationsProps,
  functionDestination,
  queueDestination,
  topicDestination,
} from "./bucket-notifications";
export { EventArchive, type EventArchiveProps } from "./event-archive";
export { type BusPlace, EventBus, type EventBusRef, existingBus, type OnlyEvents } from "./event-bus";
export {
  checkEventPattern,
  type DetailPattern,
  type EventPattern,
  match,
  type S3ObjectEventsProps,
  s3ObjectEvents,
} from "./event-pattern";
export { EventRouter, type EventRouterProps, type RouteProps } from "./event-router";
export {
  type EventRule,
  type EventRuleProps,
  EventRules,
  type EventRulesProps,
  type RuleState,
  type TargetInput,
  type TargetProps,
} from "./event-rules";
export {
  busTarget,
  deliveryStreamTarget,
  functionTarget,
  logGroupTarget,
  queueTarget,
  type RuleTarget,
  type ScheduleTarget,
  stateMachineTarget,
  streamTarget,
  topicTarget,
} from "./event-targets";
export { FanOut, type FanOutProps, type Filter, type Subscriber, type SubscriberProps } from "./fan-out";
export { QueueConsumer, type QueueConsumerProps } from "./queue-consumer";
export { at, cron, every, Schedule, type ScheduleProps, type When } from "./schedule";
export {
  type KinesisSource,
  StreamConsumer,
  type StreamConsumerProps,
  type TableSource,
} from "./stream-consumer";
export {
  type Columns,
  type PartitionBy,
  type PartitionKey,
  StreamIngestApi,
  type StreamIngestApiProps,
} from "./stream-ingest-api";
export { TopicConsumer, type TopicConsumerProps } from "./topic-consumer";
