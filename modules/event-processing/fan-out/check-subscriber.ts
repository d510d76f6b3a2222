import { SqsQueue } from "@cdktf/provider-aws/lib/sqs-queue";
import { TerraformStack, Token } from "cdktf";
import type { Construct } from "constructs";
import { type Checks, type Encryption, factsOf, type QueueRef, resolveIn } from "../../core";
import { type ConsumedQueueProps, checkConsumedQueue } from "../consumed-queue";
import { checkFilter } from "../filter-policy";
import { checkDeadLetters, isSqsQueue, type Ordering } from "../queues";
import type { SubscriberProps } from "./subscriber";

/** The faults of one subscriber, each name with its `prefix`. */
export function checkSubscriber(
  checks: Checks,
  scope: Construct,
  prefix: string,
  { ordering: topic, key }: { readonly ordering: Ordering; readonly key: Encryption },
  props: SubscriberProps,
): void {
  const { ordering, delivery, filter, queue } = props;
  checks.oneOf(`${prefix}ordering`, ordering, ["standard", "fifo"]);
  checks.oneOf(`${prefix}delivery`, delivery, ["raw", "envelope"]);
  checks.that(
    !(topic === "standard" && ordering === "fifo"),
    `${prefix}ordering is "fifo" on a standard topic, which has no order to keep: make the fan-out "fifo"`,
  );
  checkFilter(checks, `${prefix}filter`, filter);
  if (queue === undefined) {
    checkConsumedQueue(checks, props, prefix);
    return;
  }
  const settings = [
    "maxReceives",
    "visibilityTimeoutSeconds",
    "retentionSeconds",
    "alarmAtAgeSeconds",
  ] as const;
  for (const setting of settings) {
    checks.that(
      (props as ConsumedQueueProps)[setting] === undefined,
      `${prefix}${setting} belongs to the queue handed in: set it where that queue is made`,
    );
  }
  checkQueueRef(checks, scope, prefix, queue, key);
  const fifoQueue = Token.isUnresolved(queue.arn) ? fifoOf(queue) : queue.arn.endsWith(".fifo");
  const wanted = ordering ?? topic;
  checks.that(
    fifoQueue === undefined || fifoQueue === (wanted === "fifo"),
    `${prefix}queue is a ${fifoQueue ? "FIFO" : "standard"} queue, and the subscriber's ordering is "${wanted}": ` +
      (topic === "fifo"
        ? 'set ordering: "standard" and lose the order, or hand in a FIFO queue'
        : "SNS refuses it: hand in a standard queue"),
  );
}

/** A queue handed in must be reachable by SNS: here and now what its owner would learn from lost messages. */
function checkQueueRef(
  checks: Checks,
  scope: Construct,
  prefix: string,
  queue: QueueRef,
  key: Encryption,
): void {
  const { account } = factsOf(scope);
  if (!Token.isUnresolved(queue.arn)) {
    checks.matches(
      `${prefix}queue`,
      queue.arn,
      /^arn:[\w-]+:sqs:[\w-]+:\d{12}:[\w-]+(\.fifo)?$/,
      "an SQS queue by its ARN (raw delivery and redrive reach no other endpoint here; put a queue before it)",
    );
    const [, , , , owner] = queue.arn.split(":");
    checks.that(
      owner === undefined || Token.isUnresolved(account) || owner === account,
      `${prefix}queue belongs to account ${owner}, and a subscription is made in the queue's account: ` +
        "let that account subscribe its queue to the topic",
    );
  }
  const type = (queue as Partial<SqsQueue>).terraformResourceType;
  checks.that(
    type === undefined || type === SqsQueue.tfResourceType,
    `${prefix}queue is an ${type}: raw delivery and redrive reach queues only; put a queue before it`,
  );
  if (!isSqsQueue(queue)) return;
  const home = TerraformStack.of(queue);
  checks.that(
    home === TerraformStack.of(scope),
    `${prefix}queue is made in stack "${home.node.id}", and its policy would name this topic while the subscription names ` +
      "the queue: make it in this stack, or hand in { arn, url } and allow the topic's ARN where it is made",
  );
  if (home !== TerraformStack.of(scope)) return;
  checkQueueKey(checks, prefix, queue, key);
  checkDeadLetters(checks, `${prefix}queue`, queue);
}

/** SNS must be able to use the key of the queue: only a key that we grant it on. */
function checkQueueKey(checks: Checks, prefix: string, queue: SqsQueue, key: Encryption): void {
  const theirs = queue.kmsMasterKeyIdInput;
  if (theirs === undefined) return;
  const ours =
    typeof key === "string" ? [] : [key.arn, key.id, key.keyId].map((each) => resolveIn(queue, each));
  checks.that(
    ours.includes(resolveIn(queue, theirs)),
    `${prefix}queue is encrypted with a key that this fan-out does not grant to SNS, so that nothing would arrive: ` +
      "hand the same key, a KmsKey of this stack, to the fan-out as encryption, or let SQS manage the queue's key",
  );
}

/** What an `SqsQueue` of this stack says of itself; unknown for any other. */
function fifoOf(queue: QueueRef): boolean | undefined {
  return isSqsQueue(queue) ? queue.fifoQueueInput === true : undefined;
}
