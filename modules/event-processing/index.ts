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
export { FanOut, type FanOutProps, type Filter, type Subscriber, type SubscriberProps } from "./fan-out";
