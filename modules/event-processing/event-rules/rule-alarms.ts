import type { CloudwatchEventRule } from "@cdktf/provider-aws/lib/cloudwatch-event-rule";
import type { CloudwatchMetricAlarm } from "@cdktf/provider-aws/lib/cloudwatch-metric-alarm";
import type { Construct } from "constructs";
import { alarm } from "../../core";
import type { EventBusRef } from "../event-bus";

/** Goes off when a target was not reached for good: its permission, its key or the target itself is gone. */
export function alarmOnFailures(
  scope: Construct,
  rule: CloudwatchEventRule,
  bus: EventBusRef | undefined,
): CloudwatchMetricAlarm {
  return alarm(scope, "failures-alarm", {
    description: `Rule ${scope.node.path} did not reach a target: the dead-letter queue says which and why`,
    metric: "FailedInvocations",
    ...ofRule(rule, bus),
  });
}

/** Goes off when an event could not even be set aside: it is lost, and no queue shows it. */
export function alarmOnLoss(
  scope: Construct,
  rule: CloudwatchEventRule,
  bus: EventBusRef | undefined,
): CloudwatchMetricAlarm {
  return alarm(scope, "loss-alarm", {
    description: `Events of rule ${scope.node.path} are lost: its dead-letter queue, the queue's policy or its key is gone`,
    metric: "InvocationsFailedToBeSentToDlq",
    ...ofRule(rule, bus),
  });
}

/**
 * EventBridge user guide, "Monitoring Amazon EventBridge": metrics with the rule alone are of the default bus, those of any
 * other bus name both.
 */
function ofRule(rule: CloudwatchEventRule, bus: EventBusRef | undefined) {
  return {
    namespace: "AWS/Events",
    dimensions: { RuleName: rule.name, ...(bus === undefined ? {} : { EventBusName: bus.name }) },
    statistic: "Sum",
    threshold: 1,
    periodSeconds: 60,
  } as const;
}
