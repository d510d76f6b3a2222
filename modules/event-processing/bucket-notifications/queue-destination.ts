import type { SqsQueue } from "@cdktf/provider-aws/lib/sqs-queue";
import { type QueueRef, queuePolicy, sidOf } from "../../core";
import { isSqsQueue } from "../queues";
import {
  type BucketDestination,
  checkArn,
  checkOrdering,
  checkPlace,
  inNameOf,
  S3,
  type Sender,
} from "./destination";
import { allowKey, checkKey } from "./key-use";

/**
 * A standard queue. Of an `SqsQueue` of the bucket's stack the policy is extended here, and its key's; of any other the owner
 * allows `sqs:SendMessage` to `s3.amazonaws.com` with the bucket's ARN as `aws:SourceArn` and its account as
 * `aws:SourceAccount`, and grants the key likewise.
 */
export function queueDestination(queue: QueueRef): BucketDestination {
  return {
    check(checks, sender) {
      if (!isSqsQueue(queue)) {
        checkArn(checks, sender, { what: "queue", service: "sqs", arn: queue.arn });
        checkOrdering(checks, sender, "queue", queue.arn.endsWith(".fifo"));
        return;
      }
      const remedy = "or hand in { arn, url } and allow the bucket where the queue is made";
      checkPlace(checks, sender, { what: "queue", resource: queue, remedy });
      checkOrdering(checks, sender, "queue", queue.fifoQueueInput === true);
      checkKey(checks, sender, "queue", queue);
    },
    bind(sender) {
      const target = { queueArn: queue.arn };
      return isSqsQueue(queue) ? { target, after: allow(queue, sender) } : { target, after: [] };
    },
  };
}

function allow(queue: SqsQueue, sender: Sender) {
  const policy = queuePolicy(queue);
  policy.add(sidOf("allow", "bucket", sender.bucket.node.path), {
    principal: { Service: S3 },
    actions: ["sqs:SendMessage"],
    resources: [queue.arn],
    conditions: inNameOf(sender),
  });
  return [policy.resource, ...allowKey(sender, queue)];
}
