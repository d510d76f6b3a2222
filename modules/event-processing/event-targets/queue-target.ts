import type { SqsQueue } from "@cdktf/provider-aws/lib/sqs-queue";
import { Token } from "cdktf";
import type { Construct } from "constructs";
import { type Checks, type Grantee, type QueueRef, SEND_KEY_ACTIONS } from "../../core";
import { checkDeadLetters, isSqsQueue } from "../queues";
import { checkKey, ownKey } from "../receivers";
import { allowKeyOf, checkArn, checkHome, checkKeyRef, EVENT_BRIDGE } from "./owned";
import { allowRuleToSend } from "./sending-rules";
import type { RuleBinding, RuleSource, RuleTarget, ScheduleBinding, ScheduleTarget } from "./target";

export interface QueueTargetProps {
  /** The group of every message, 1 to 128 characters. A FIFO queue needs one, and keeps order within it. @default - none */
  readonly messageGroupId?: string;
}

class QueueTarget implements RuleTarget, ScheduleTarget {
  constructor(
    private readonly queue: QueueRef,
    private readonly props: QueueTargetProps,
  ) {}

  checkForRule(checks: Checks, prefix: string, scope: Construct): void {
    this.checkQueue(checks, prefix, scope);
    const { own } = this;
    if (own === undefined) return;
    checkHome(checks, `${prefix}to`, scope, own);
    checkKey(checks, { service: EVENT_BRIDGE }, { name: `${prefix}to`, resource: own });
  }

  bindToRule({ rule }: RuleSource): RuleBinding {
    const { own } = this;
    const { arn } = this.queue;
    const settings = { sqsTarget: this.props.messageGroupId === undefined ? undefined : this.props };
    if (own === undefined) return { arn, settings, permissions: [] };
    return { arn, settings, permissions: allowRuleToSend(rule, own, ownKey(own)) };
  }

  checkForSchedule(checks: Checks, prefix: string, scope: Construct): void {
    this.checkQueue(checks, prefix, scope);
    if (this.own !== undefined) checkKeyRef(checks, `${prefix}to`, this.own);
  }

  bindToSchedule(role: Grantee): ScheduleBinding {
    const { own, queue } = this;
    role.allow("SendToTarget", {
      actions: ["sqs:SendMessage"],
      resources: [queue.arn],
      caller: "service",
    });
    if (own !== undefined) {
      allowKeyOf(role, { target: own, named: own.kmsMasterKeyIdInput, service: "sqs" }, ...SEND_KEY_ACTIONS);
    }
    return {
      arn: queue.arn,
      settings: { sqsParameters: this.props.messageGroupId === undefined ? undefined : this.props },
    };
  }

  /** The queue where it is a resource of an app here. */
  private get own(): SqsQueue | undefined {
    return isSqsQueue(this.queue) ? this.queue : undefined;
  }

  private checkQueue(checks: Checks, prefix: string, scope: Construct): void {
    const { own, queue, props } = this;
    checkArn(checks, `${prefix}to`, scope, queue, { service: "sqs", what: "an SQS queue by its ARN" });
    checks.matches(
      `${prefix}to.messageGroupId`,
      props.messageGroupId,
      /^[\x21-\x7e]{1,128}$/,
      "1 to 128 letters, digits or signs",
    );
    if (own !== undefined) checkDeadLetters(checks, `${prefix}to`, own);
    const fifo =
      own?.fifoQueueInput === true || (!Token.isUnresolved(queue.arn) && queue.arn.endsWith(".fifo"));
    checks.that(
      !fifo || props.messageGroupId !== undefined,
      `${prefix}to is a FIFO queue, which takes no message without a group: give messageGroupId`,
    );
    checks.that(
      !fifo || own === undefined || own.contentBasedDeduplicationInput === true,
      `${prefix}to is a FIFO queue without content-based deduplication, and EventBridge gives no deduplication id: ` +
        'set contentBasedDeduplication on it, or deduplication: "content" on the QueueConsumer that makes it',
    );
  }
}

/**
 * A queue. A FIFO queue needs `messageGroupId` and content-based deduplication: `contentBasedDeduplication` of an
 * `SqsQueue`, `deduplication: "content"` of a `QueueConsumer`.
 *
 * A rule is let in by the queue's policy (`sqs:SendMessage` for the rule's ARN) and its key's (`kms:Decrypt`,
 * `kms:GenerateDataKey`), which are extended here for an `SqsQueue` of this stack; of a `{ arn, url }` the owner does it. A
 * schedule is let in by its role.
 */
export function queueTarget(queue: QueueRef, props: QueueTargetProps = {}): RuleTarget & ScheduleTarget {
  return new QueueTarget(queue, props);
}
