import { CloudwatchLogGroup } from "@cdktf/provider-aws/lib/cloudwatch-log-group";
import type { Construct } from "constructs";
import { type Checks, isOfType, logPolicy, namedLogGroup, nameOf, sidOf } from "../../core";
import { checkArn } from "./owned";
import type { RuleBinding, RuleSource, RuleTarget } from "./target";

/** A log group, made here or elsewhere. */
export interface LogGroupRef {
  /** Without `:*` at the end. */
  readonly arn: string;
}

/** Who writes, by AWS's page: without the second, deliveries fail (terraform-provider-aws#30388). */
const WRITERS = ["events.amazonaws.com", "delivery.logs.amazonaws.com"];

class LogGroupTarget implements RuleTarget {
  constructor(private readonly group?: LogGroupRef) {}

  checkForRule(checks: Checks, prefix: string, scope: Construct): void {
    const { group } = this;
    if (group === undefined) return;
    checkArn(checks, `${prefix}group`, scope, group, { service: "logs", what: "a log group by its ARN" });
  }

  bindToRule({ rule, scope }: RuleSource): RuleBinding {
    const group = this.group ?? namedLogGroup(scope, "events", nameOf(scope, "event-log-group"));
    const policy = logPolicy(scope);
    const principal = { Service: WRITERS };
    const resources = [`${group.arn}:*`];
    // Without a source: by AWS's own template, making the stream is not said to be for a rule.
    policy.add(sidOf("make", "streams", rule.node.path, scope.node.id), {
      principal,
      actions: ["logs:CreateLogStream"],
      resources,
    });
    policy.add(sidOf("write", rule.node.path, scope.node.id), {
      principal,
      actions: ["logs:PutLogEvents"],
      resources,
      conditions: { ArnEquals: { "aws:SourceArn": rule.arn } },
    });
    const made = isOfType<CloudwatchLogGroup>(group, CloudwatchLogGroup.tfResourceType) ? [group] : [];
    return { arn: group.arn, permissions: [...made, policy.resource] };
  }
}

/**
 * A log group: each event a line, which CloudWatch Logs Insights finds. Without one it makes its own, `/aws/events/…`, with
 * the environment's retention and key.
 *
 * EventBridge is let in by the stack's one log policy (`logs:CreateLogStream`, `logs:PutLogEvents`).
 */
export function logGroupTarget(group?: LogGroupRef): RuleTarget {
  return new LogGroupTarget(group);
}
