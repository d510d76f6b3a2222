import type { CloudwatchEventRule } from "@cdktf/provider-aws/lib/cloudwatch-event-rule";
import type { KmsKey } from "@cdktf/provider-aws/lib/kms-key";
import type { SqsQueue } from "@cdktf/provider-aws/lib/sqs-queue";
import type { ITerraformDependable } from "cdktf";
import { allowSender, keyPolicy, queuePolicy, type ResourceStatement } from "../../core";

const EVENTS = "events.amazonaws.com";
/** One statement for all rules that send to one resource. */
export const ALLOW_RULES = "AllowRules";

/** Lets a rule, and no other's, call an action on one resource (EventBridge user guide, "Using resource-based policies"). */
export function rulesStatement(rule: CloudwatchEventRule, action: string, arn: string): ResourceStatement {
  return {
    principal: { Service: EVENTS },
    actions: [action],
    resources: [arn],
    conditions: { ArnEquals: { "aws:SourceArn": rule.arn } },
  };
}

/**
 * Lets a rule send to a queue, be it its target or where what reached none is set aside, and use the queue's key.
 * @returns what must be there before the first event
 */
export function allowRuleToSend(
  rule: CloudwatchEventRule,
  queue: SqsQueue,
  key: KmsKey | undefined,
): readonly ITerraformDependable[] {
  const policy = queuePolicy(queue);
  policy.addSource(ALLOW_RULES, rulesStatement(rule, "sqs:SendMessage", queue.arn));
  if (key === undefined) return [policy.resource];
  allowSender(key, ["rules"], { service: EVENTS, sourceArn: rule.arn });
  return [policy.resource, keyPolicy(key).resource];
}
