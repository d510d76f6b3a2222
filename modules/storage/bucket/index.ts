export { Bucket, type BucketProps, type ObjectAction } from "./bucket";
