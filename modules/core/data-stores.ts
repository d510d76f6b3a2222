/** Resource types that hold data which no second apply brings back. A queue's messages are data too. */
export const dataStores: ReadonlySet<string> = new Set([
  "aws_dynamodb_table",
  "aws_ebs_volume",
  "aws_efs_file_system",
  "aws_kinesis_stream",
  "aws_kms_key",
  "aws_s3_bucket",
  "aws_sqs_queue",
]);
