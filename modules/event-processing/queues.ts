import type { KmsKey } from "@cdktf/provider-aws/lib/kms-key";
import { SqsQueue, type SqsQueueConfig } from "@cdktf/provider-aws/lib/sqs-queue";
import { TerraformStack } from "cdktf";
import type { Construct } from "constructs";
import { type Checks, isOfType, nameOf, type QueueRef, queuePolicy, resolveIn } from "../core";

/** Does a queue or topic keep the order of messages that share a group? */
export type Ordering = "standard" | "fifo";

/** What all queues of one pattern have in common. */
export interface QueueMould {
  readonly ordering: Ordering;
  /** The key that encrypts them; none where SQS manages it. */
  readonly key?: KmsKey;
}

/** What only a FIFO queue has. */
export type FifoSettings = Pick<
  SqsQueueConfig,
  "contentBasedDeduplication" | "deduplicationScope" | "fifoThroughputLimit"
>;

/** Longest that SQS keeps a message. */
export const DEAD_LETTER_RETENTION_SECONDS = 14 * 24 * 60 * 60;

/** How long SQS keeps an unread message unless told otherwise. */
export const DEFAULT_RETENTION_SECONDS = 4 * 24 * 60 * 60;

/** An encrypted queue that refuses calls without TLS. */
export function queue(
  scope: Construct,
  id: string,
  { ordering, key }: QueueMould,
  settings: FifoSettings &
    Pick<SqsQueueConfig, "messageRetentionSeconds" | "visibilityTimeoutSeconds" | "redrivePolicy">,
): SqsQueue {
  const fifo = ordering === "fifo";
  const made = new SqsQueue(scope, id, {
    name: nameOf(scope, fifo ? "fifo-queue" : "queue", id),
    fifoQueue: fifo ? true : undefined,
    kmsMasterKeyId: key?.arn,
    sqsManagedSseEnabled: key === undefined ? true : undefined,
    ...settings,
  });
  queuePolicy(made);
  return made;
}

/** A queue for messages that could not be handled or delivered, of the same kind as its source, kept for 14 days. */
export function deadLetterQueue(scope: Construct, id: string, mould: QueueMould): SqsQueue {
  return queue(scope, id, mould, { messageRetentionSeconds: DEAD_LETTER_RETENTION_SECONDS });
}

/** Whether a queue is a resource of an app here. See `isOfType`. */
export function isSqsQueue(queue: QueueRef): queue is SqsQueue {
  return isOfType<SqsQueue>(queue, SqsQueue.tfResourceType);
}

/**
 * Records a queue whose dead-letter queue is of the other kind, which SQS refuses (SQS developer guide, "Configure a dead-letter
 * queue"); as far as its `redrivePolicy` names a queue of the same stack, or an ARN.
 */
export function checkDeadLetters(checks: Checks, name: string, queue: SqsQueue): void {
  const target = deadLettersOf(queue);
  if (target === undefined) return;
  const others = TerraformStack.of(queue)
    .node.findAll()
    .filter((node) => isOfType<SqsQueue>(node, SqsQueue.tfResourceType));
  const found = others.find((each) => resolveIn(each, each.arn) === target);
  if (found === undefined && !target.startsWith("arn:")) return;
  const [ours, theirs] = [
    queue.fifoQueueInput === true,
    found === undefined ? target.endsWith(".fifo") : found.fifoQueueInput === true,
  ].map((fifo) => (fifo ? "FIFO" : "standard"));
  checks.that(
    ours === theirs,
    `${name} is a ${ours} queue whose dead-letter queue${found === undefined ? "" : ` "${found.node.path}"`} is a ${theirs} one, which ` +
      `SQS refuses: make both of one kind`,
  );
}

/** Where a queue sets messages aside, as it will stand in the stack; nothing where that cannot be read. */
function deadLettersOf(queue: SqsQueue): string | undefined {
  const policy = resolveIn(queue, queue.redrivePolicyInput);
  return typeof policy === "string" ? /"deadLetterTargetArn"\s*:\s*"([^"]+)"/.exec(policy)?.[1] : undefined;
}
