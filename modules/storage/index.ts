export {
  Bucket,
  type BucketEvent,
  type BucketNotification,
  type BucketProps,
  bucketNotification,
  checkWatch,
  type NotificationPart,
  type NotificationTarget,
  type ObjectAction,
  type Watch,
} from "./bucket";
export { type ItemAction, Table, type TableProps } from "./table";
