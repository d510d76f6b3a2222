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
    files: 125,
    heapMb: 12,
    because:
      "core, queues, topic and subscription, and the API with its stream; the bindings of Firehose are large",
  },
  "event-processing/bucket-notifications": {
    files: 115,
    heapMb: 9.5,
    because:
      "the bucket, whose bindings are large, and the function that it may invoke, with the network it may stand in",
  },
  "event-processing/fan-out": { files: 70, heapMb: 4, because: "core, queues, topic and subscription" },
  network: { files: 85, heapMb: 5.5, because: "core and seventeen resources of a VPC" },
  "operations/alarm-topic": { files: 55, heapMb: 3, because: "core, and a topic with its subscription" },
  "operations/state-bucket": { files: 60, heapMb: 5, because: "core; the bindings of S3 buckets are large" },
  storage: { files: 65, heapMb: 5.5, because: "core, DynamoDB and S3" },
  "storage/bucket": { files: 62, heapMb: 5, because: "core; the bindings of S3 buckets are large" },
  "storage/table": { files: 55, heapMb: 3.5, because: "core and DynamoDB" },
  testing: {
    files: 120,
    heapMb: 4,
    because: "core and the provider, to synthesise; the evaluator, the edge check, the Terraform driver",
  },
};
