/**
 * Calls that CloudTrail counts as data events, which no trail records unless it is told to, and neither a trail of management
 * events (CloudTrail user guide, "Logging data events"; each service's own "Logging … API calls with CloudTrail"). Only well-known
 * ones: a call that is missing here is let through.
 */
const DATA_EVENTS: Readonly<Record<string, readonly string[]>> = {
  dynamodb: [
    ...[
      "BatchExecuteStatement",
      "BatchGetItem",
      "BatchWriteItem",
      "DeleteItem",
      "ExecuteStatement",
      "ExecuteTransaction",
    ],
    ...["GetItem", "PutItem", "Query", "Scan", "TransactGetItems", "TransactWriteItems", "UpdateItem"],
  ],
  kinesis: ["GetRecords", "PutRecord", "PutRecords"],
  lambda: ["Invoke"],
  s3: [
    ...[
      "AbortMultipartUpload",
      "CompleteMultipartUpload",
      "CopyObject",
      "CreateMultipartUpload",
      "DeleteObject",
    ],
    ...[
      "DeleteObjectTagging",
      "GetObject",
      "GetObjectAcl",
      "GetObjectTagging",
      "HeadObject",
      "PutObject",
      "PutObjectAcl",
    ],
    ...["PutObjectTagging", "RestoreObject", "SelectObjectContent", "UploadPart", "UploadPartCopy"],
  ],
  sns: ["Publish", "PublishBatch"],
  sqs: ["DeleteMessage", "DeleteMessageBatch", "ReceiveMessage", "SendMessage", "SendMessageBatch"],
};

/** Whether a call is one of those. */
export function isDataEvent(service: string, name: string): boolean {
  return DATA_EVENTS[service]?.includes(name) ?? false;
}
