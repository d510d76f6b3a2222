import { CloudwatchEventRule } from "@cdktf/provider-aws/lib/cloudwatch-event-rule";
import { CloudwatchEventTarget } from "@cdktf/provider-aws/lib/cloudwatch-event-target";
import type { SqsQueue } from "@cdktf/provider-aws/lib/sqs-queue";
import type { ITerraformDependable } from "cdktf";
import { Construct } from "constructs";
import { nameOf } from "../../core";
import type { EventBusRef } from "../event-bus";
import type { EventPattern } from "../event-pattern";
import { type RetryProps, type RuleTarget, retryPolicyOf, type TargetInput } from "../event-targets";
import { inputArguments } from "../event-targets/input";
import type { When } from "../schedule";
import { alarmOnFailures, alarmOnLoss } from "./rule-alarms";

/** Who gets the events of a rule, and in what form. */
export interface TargetProps extends RetryProps {
  /** A `functionTarget(…)`, `queueTarget(…)`, `topicTarget(…)` … */
  readonly to: RuleTarget;
  /** What the target gets: `{ path }`, `{ paths, template }` or `{ constant }`. @default - the whole event */
  readonly input?: TargetInput;
}

interface SharedRuleProps {
  /** One target per entry, five at most. The key is the target's id: renaming it replaces the target. */
  readonly targets: Readonly<Record<string, TargetProps>>;
  /** What the rule is for. @default - the construct's path */
  readonly description?: string;
}

/** A rule for the events that match a pattern, or, where a target knows no other clock, for points in time. */
export type EventRuleProps =
  | (SharedRuleProps & {
      /** Which events: `{ source: ["shop"], detail: { total: [match.numeric(">=", 100)] } }`. @default - none: `schedule` is given */
      readonly pattern: EventPattern;
      /**
       * `"enabled-with-all-management-events"` also lets in what CloudTrail tells of read-only calls (`Get…`, `List…`,
       * `Describe…`). @default "enabled"
       */
      readonly state?: RuleState;
      /** Whether events that an archive replays match too. @default "include" */
      readonly replays?: "include" | "exclude";
      readonly schedule?: undefined;
    })
  | (SharedRuleProps & {
      /**
       * `every(…)` or `cron(…)`, in UTC and on the default bus only, for a target that a `Schedule` cannot call.
       * @default - none: `pattern` is given
       */
      readonly schedule: When;
      /** Whether it runs at all. @default "enabled" */
      readonly state?: "enabled" | "disabled";
      readonly pattern?: undefined;
      readonly replays?: undefined;
    });

export type RuleState = keyof typeof STATES;

/** As AWS says it. */
export const STATES = {
  enabled: "ENABLED",
  disabled: "DISABLED",
  "enabled-with-all-management-events": "ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS",
} as const;

/** What a rule needs of its home. */
export interface RuleHome {
  /** None is the account's default bus. */
  readonly bus?: EventBusRef;
  readonly deadLetters: SqsQueue;
  /** Lets the rule send to the dead-letter queue. */
  allow(rule: CloudwatchEventRule): readonly ITerraformDependable[];
}

/**
 * One rule: `bus → rule (pattern) → up to five targets`, and what does not reach a target `→ dead-letter queue`.
 */
export class EventRule extends Construct {
  readonly rule: CloudwatchEventRule;
  readonly targets: Readonly<Record<string, CloudwatchEventTarget>>;

  constructor(scope: Construct, id: string, home: RuleHome, props: EventRuleProps) {
    super(scope, id);
    const { bus } = home;
    this.rule = new CloudwatchEventRule(this, "Default", {
      name: nameOf(this, "event-rule"),
      description: props.description ?? this.node.path,
      eventBusName: bus?.name,
      eventPattern: props.pattern && JSON.stringify(patternOf(props.pattern, props.replays)),
      scheduleExpression: props.schedule?.expression,
      state: STATES[props.state ?? "enabled"],
    });
    const permissions = home.allow(this.rule);
    this.targets = Object.fromEntries(
      Object.entries(props.targets).map(([name, each]) => [name, this.target(name, home, permissions, each)]),
    );
    alarmOnFailures(this, this.rule, bus);
    alarmOnLoss(this, this.rule, bus);
  }

  private target(
    name: string,
    { bus, deadLetters }: RuleHome,
    permissions: readonly ITerraformDependable[],
    { to, input, ...retries }: TargetProps,
  ): CloudwatchEventTarget {
    const scope = new Construct(this, name);
    const binding = to.bindToRule({ rule: this.rule, scope });
    return new CloudwatchEventTarget(scope, "Default", {
      rule: this.rule.name,
      eventBusName: bus?.name,
      targetId: name,
      arn: binding.arn,
      roleArn: binding.role?.role.arn,
      deadLetterConfig: { arn: deadLetters.arn },
      retryPolicy: retryPolicyOf(retries),
      ...binding.settings,
      ...inputArguments(input),
      dependsOn: [...permissions, ...binding.permissions],
    });
  }
}

/** EventBridge user guide, "Replaying archived events": a replayed event names its replay, no other has the field. */
export function patternOf(pattern: EventPattern, replays: "include" | "exclude" = "include"): EventPattern {
  return replays === "include" ? pattern : { ...pattern, "replay-name": [{ exists: false }] };
}
