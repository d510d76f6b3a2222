export {
  type BucketDestinationProps,
  BucketNotifications,
  type BucketNotificationsProps,
} from "./bucket-notifications";
export type { BoundDestination, BucketDestination, Sender } from "./destination";
export { functionDestination } from "./function-destination";
export { queueDestination } from "./queue-destination";
export { topicDestination } from "./topic-destination";
