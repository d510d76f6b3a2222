import { CloudwatchLogGroup } from "@cdktf/provider-aws/lib/cloudwatch-log-group";
import { Token } from "cdktf";
import { Construct } from "constructs";
import { type Checks, isOfType, logPolicy, namedLogGroup, nameOf } from "../../core";
import { hasFields, type TargetInput } from "./input";
import { checkArn } from "./owned";
import type { RuleBinding, RuleSource, RuleTarget, SentByRule } from "./target";

/** A log group, made here or elsewhere. */
export interface LogGroupRef {
  /** Without `:*` at the end. */
  readonly arn: string;
}

/** The fields of a line, each a text; no others, and neither a path nor a constant (EventBridge API reference, PutTargets; aws-cdk#20748). */
const LINE = ["timestamp", "message"];

class LogGroupTarget implements RuleTarget {
  constructor(private readonly group?: LogGroupRef) {}

  checkForRule(checks: Checks, prefix: string, scope: Construct, { input }: SentByRule = {}): void {
    checkLine(checks, `${prefix}input`, input);
    const { group } = this;
    if (group === undefined) return;
    checkArn(checks, `${prefix}to`, scope, group, { service: "logs", what: "a log group by its ARN" });
    if (Token.isUnresolved(group.arn)) return;
    checks.that(
      !group.arn.endsWith(":*"),
      `${prefix}to is ${JSON.stringify(group.arn)}, whose end names its streams: leave the :* out`,
    );
  }

  bindToRule({ rule, scope }: RuleSource): RuleBinding {
    const group = this.group ?? namedLogGroup(scope, "events", nameOf(scope, "event-log-group"));
    const policy = logPolicy(scope);
    policy.allowRule({ arn: group.arn, identity: identityOf(group, scope) }, rule);
    const made = isOfType<CloudwatchLogGroup>(group, CloudwatchLogGroup.tfResourceType) ? [group] : [];
    return { arn: group.arn, permissions: [...made, policy.resource] };
  }
}

/** Records a form of line that AWS refuses at apply, or overlooks when it comes to write it. */
function checkLine(checks: Checks, name: string, input: TargetInput | undefined): void {
  if (input === undefined) return;
  const written =
    "template" in input && (Token.isUnresolved(input.template) || hasFields(input.template, LINE));
  checks.that(
    written,
    `${name} of a log group must be a template of a timestamp and a message, of all else nothing is written: ` +
      `give { paths: { time: "$.time", text: … }, template: '{"timestamp": <time>, "message": <text>}' }, ` +
      "or leave it out, which writes the whole event",
  );
}

/** What is the same whenever the group is: a reference's text differs at each reading, and so stands for this target alone. */
function identityOf(group: LogGroupRef, scope: Construct): string {
  if (Construct.isConstruct(group)) return group.node.path;
  return Token.isUnresolved(group.arn) ? scope.node.path : group.arn;
}

/**
 * A log group: each event a line, which CloudWatch Logs Insights finds; `input`, if any, is a template of `timestamp` and
 * `message`. Without one it makes its own, `/aws/events/…`, with
 * the environment's retention and key.
 *
 * EventBridge is let in by the stack's one log policy (`logs:CreateLogStream`, `logs:PutLogEvents`).
 */
export function logGroupTarget(group?: LogGroupRef): RuleTarget {
  return new LogGroupTarget(group);
}
