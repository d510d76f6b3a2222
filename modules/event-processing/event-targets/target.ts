import type { CloudwatchEventRule } from "@cdktf/provider-aws/lib/cloudwatch-event-rule";
import type { CloudwatchEventTargetConfig } from "@cdktf/provider-aws/lib/cloudwatch-event-target";
import type { SchedulerScheduleTarget } from "@cdktf/provider-aws/lib/scheduler-schedule";
import type { ITerraformDependable } from "cdktf";
import type { Construct } from "constructs";
import { type Checks, type Grantee, ServiceRole } from "../../core";
import type { EventBusRef } from "../event-bus";
import type { TargetInput } from "./input";

/** A rule, as its targets see it. */
export interface RuleSource {
  readonly rule: CloudwatchEventRule;
  /** Home of what a target makes for itself, such as its role. */
  readonly scope: Construct;
}

/** How a rule reaches a target. */
export interface RuleBinding {
  readonly arn: string;
  /** The role in which EventBridge calls; none where the target's own policy lets the rule in, and AWS then wants none. */
  readonly role?: ServiceRole;
  /** What must be there before the first event. */
  readonly permissions: readonly ITerraformDependable[];
  readonly settings?: Pick<CloudwatchEventTargetConfig, "kinesisTarget" | "sqsTarget">;
}

/** What a rule sends to a target. */
export interface SentByRule {
  /** What the target gets in place of the whole event; its form was checked. @default - the whole event */
  readonly input?: TargetInput;
  /** The bus whose events the rule matches. @default - it matches none, as a rule by the clock */
  readonly bus?: EventBusRef;
}

/** Something that a rule can send events to. A new kind is a new file. */
export interface RuleTarget {
  /**
   * Records what AWS would refuse, or lose, of a rule that stands in `scope`; the target itself is called `to` there, and each
   * name begins with `prefix`.
   * @param sent what goes there, for targets that take one form only, or not everything
   */
  checkForRule(checks: Checks, prefix: string, scope: Construct, sent?: SentByRule): void;
  /** Lets the rule in, and says how it gets there. */
  bindToRule(source: RuleSource): RuleBinding;
}

/** How a schedule reaches a target. */
export interface ScheduleBinding {
  readonly arn: string;
  readonly settings?: Pick<SchedulerScheduleTarget, "kinesisParameters" | "sqsParameters">;
}

/** Something that a schedule can call. EventBridge Scheduler calls in a role, whatever the target. */
export interface ScheduleTarget {
  /** Records what AWS would refuse of a schedule that stands in `scope`; each name, such as `to`, begins with `prefix`. */
  checkForSchedule(checks: Checks, prefix: string, scope: Construct): void;
  /** Allows the schedule's role what it needs, and says how it gets there. */
  bindToSchedule(role: Grantee): ScheduleBinding;
}

/**
 * The role in which EventBridge calls one target of one rule, and in no other rule's name
 * (EventBridge user guide, "Cross-service confused deputy prevention").
 */
export function targetRole({ rule, scope }: RuleSource): ServiceRole {
  return new ServiceRole(scope, "role", {
    service: "events.amazonaws.com",
    conditions: { ArnEquals: { "aws:SourceArn": rule.arn } },
  });
}

/** Whether a schedule can call what a rule calls. */
export function canBeScheduled(target: RuleTarget): target is RuleTarget & ScheduleTarget {
  return "bindToSchedule" in target;
}
