export { Bucket, type BucketProps, type ObjectAction } from "./bucket";
export { type ItemAction, Table, type TableProps } from "./table";
