import { type QueueRef, queuePolicy } from "../../core";
import { isSqsQueue } from "../queues";
import type { BucketDestination } from "./destination";
import { receiverDestination } from "./receiver";

/**
 * A standard queue. Of an `SqsQueue` of the bucket's stack the policy is extended here, and its key's; of any other the owner
 * allows `sqs:SendMessage` to `s3.amazonaws.com` with the bucket's ARN as `aws:SourceArn` and its account as
 * `aws:SourceAccount`, and grants the key likewise.
 */
export function queueDestination(queue: QueueRef): BucketDestination {
  return receiverDestination({
    what: "queue",
    service: "sqs",
    action: "sqs:SendMessage",
    byHand: "{ arn, url }",
    arn: queue.arn,
    target: { queueArn: queue.arn },
    own: isSqsQueue(queue)
      ? { resource: queue, fifo: queue.fifoQueueInput === true, policy: () => queuePolicy(queue) }
      : undefined,
  });
}
