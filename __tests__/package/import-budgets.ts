interface Budget {
  /** Files that Node loads, beside those of cdktf and constructs. */
  readonly files: number;
  /** Megabytes of heap that they hold after a collection. */
  readonly heapMb: number;
  /** What is worth that much. */
  readonly because: string;
}

/**
 * What importing a subpath may cost. Files are counted exactly and heap is measured after a collection, so both hold on
 * any machine; the room left is for growth within a module, and one stray barrel is a hundred times as much.
 */
export const importBudgets: Readonly<Record<string, Budget>> = {
  api: { files: 90, heapMb: 4.5, because: "core and seventeen resources of API Gateway" },
  "api/api-gateway-account": { files: 55, heapMb: 2.5, because: "core and the account's setting" },
  "api/rest-api": { files: 85, heapMb: 4.5, because: "core and sixteen resources of API Gateway" },
  core: {
    files: 50,
    heapMb: 2.5,
    because: "keys, roles, log groups, alarms and the four owners of policies",
  },
  compute: {
    files: 95,
    heapMb: 6.5,
    because: "the function, and the network it may be placed in, with esbuild",
  },
  "compute/node-function": { files: 95, heapMb: 6.5, because: "as compute, of which it is the only member" },
  "event-processing": {
    files: 265,
    heapMb: 23,
    because: "the whole chapter, and the rooms below it; import one pattern by its own subpath for less",
  },
  "event-processing/stream-ingest-api": {
    files: 108,
    heapMb: 11,
    because: "the API, the bucket, Kinesis and Glue; the bindings of Firehose are large",
  },
  "event-processing/api-call-alert": { files: 156, heapMb: 10.5, because: "event-rules, and a topic" },
  "event-processing/event-archive": { files: 67, heapMb: 3, because: "core, patterns, a bus and an archive" },
  "event-processing/event-bus": { files: 55, heapMb: 2.5, because: "core, and a bus with its policy" },
  "event-processing/event-pattern": { files: 25, heapMb: 1, because: "no construct; addresses are read" },
  "event-processing/event-router": { files: 166, heapMb: 13, because: "event-rules, and a bucket" },
  "event-processing/event-rules": {
    files: 146,
    heapMb: 10,
    because:
      "core, patterns, a rule with its queue, and what it can call: functions, with compute, among them",
  },
  "event-processing/event-targets": {
    files: 122,
    heapMb: 8,
    because: "what a rule can call: compute, and the bindings of five kinds",
  },
  "event-processing/bucket-notifications": {
    files: 124,
    heapMb: 9.5,
    because:
      "the bucket, whose bindings are large, and the function that it may invoke, with the network it may stand in",
  },
  "event-processing/fan-out": { files: 70, heapMb: 4, because: "core, queues, topic and subscription" },
  "event-processing/schedule": { files: 60, heapMb: 3.5, because: "core, queues, a schedule and its group" },
  "event-processing/queue-consumer": { files: 65, heapMb: 3.5, because: "core, queues and a mapping" },
  "event-processing/stream-consumer": { files: 65, heapMb: 3.5, because: "core, a queue and a mapping" },
  "event-processing/topic-consumer": {
    files: 115,
    heapMb: 7.5,
    because: "core, topic, subscription and queue, and compute, whose functions it may invoke",
  },
  network: { files: 85, heapMb: 5.5, because: "core and seventeen resources of a VPC" },
  operations: { files: 74, heapMb: 6, because: "core, a bucket, a trail, and a topic with its subscription" },
  "operations/account-trail": { files: 66, heapMb: 5.5, because: "core, a bucket, and a trail" },
  "operations/alarm-topic": { files: 55, heapMb: 3, because: "core, and a topic with its subscription" },
  "operations/state-bucket": { files: 66, heapMb: 5, because: "core; the bindings of S3 buckets are large" },
  storage: { files: 65, heapMb: 5.5, because: "core, DynamoDB and S3" },
  "storage/bucket": { files: 62, heapMb: 5, because: "core; the bindings of S3 buckets are large" },
  "storage/table": { files: 55, heapMb: 3.5, because: "core and DynamoDB" },
  testing: {
    files: 135,
    heapMb: 4,
    because:
      "core and the provider, to synthesise; the evaluators of policies and patterns, the edge check, the Terraform driver",
  },
};
