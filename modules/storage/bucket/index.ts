export { Bucket, type BucketProps, type ObjectAction } from "./bucket";
export {
  type BucketNotification,
  bucketNotification,
  type NotificationPart,
  type NotificationTarget,
} from "./notification";
export { blockPublicAccess, encryptObjects, keepVersions } from "./safekeeping";
export { type BucketEvent, checkWatch, commonEvents, type Watch } from "./watch";
