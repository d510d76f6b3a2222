import {
  SchedulerSchedule,
  type SchedulerScheduleFlexibleTimeWindow,
} from "@cdktf/provider-aws/lib/scheduler-schedule";
import { SchedulerScheduleGroup } from "@cdktf/provider-aws/lib/scheduler-schedule-group";
import type { SqsQueue } from "@cdktf/provider-aws/lib/sqs-queue";
import { Token } from "cdktf";
import { Construct } from "constructs";
import { Checks, nameOf, ServiceRole, skipCheck } from "../../core";
import type { ScheduleTarget } from "../event-targets";
// Not by the door, which loads every kind of target, and compute with them.
import { checkRetries, type RetryProps, retryPolicyOf } from "../event-targets/retries";
import { alarmOnDepth } from "../queue-alarms";
import { deadLetterQueue } from "../queues";
import { checkWhen, isMoment, type When } from "./when";

export interface ScheduleProps extends RetryProps {
  /** `every(5, "minutes")`, `at("2030-01-31T08:00:00")` or `cron("0 8 ? * MON-FRI *")`. */
  readonly when: When;
  /** A `functionTarget(…)`, `queueTarget(…)`, `topicTarget(…)`, `stateMachineTarget(…)` … */
  readonly to: ScheduleTarget;
  /** What the target gets, anything that JSON can hold. @default - EventBridge's note of the time */
  readonly input?: unknown;
  /** By its IANA name, such as `Europe/Berlin`: clocks go forward and back with it. @default "UTC" */
  readonly timeZone?: string;
  /**
   * Not before, such as `2030-01-31T08:00:00Z`. Once it has passed, leave it out: AWS takes no start of the past, and each change
   * of the schedule sends it again. @default - from when it is made on
   */
  readonly start?: string;
  /** Not after, in the same form. @default - for ever */
  readonly end?: string;
  /** Minutes after the time within which AWS may choose when to call, 1 to 1,440. @default - at the time itself */
  readonly flexibleWindowMinutes?: number;
  /** Whether it calls at all. @default "enabled" */
  readonly state?: "enabled" | "disabled";
}

/**
 * Calls a target by the clock: `time → schedule → target`, and what does not reach it `→ dead-letter queue → alarm`.
 *
 * The role may call this target and send to this queue, and only a schedule of the group, which has no other, can take it.
 * Makes a group, a schedule, a role, a queue and an alarm (0.10 USD a month); calls cost about 1 USD a million.
 */
export class Schedule extends Construct {
  readonly schedule: SchedulerSchedule;
  readonly group: SchedulerScheduleGroup;
  readonly role: ServiceRole;
  /** Calls that reached the target in no try, kept for 14 days. Encrypted by SQS: the role sends, which needs no key. */
  readonly deadLetters: SqsQueue;

  constructor(scope: Construct, id: string, props: ScheduleProps) {
    super(scope, id);
    checkProps(this, props);
    const { when, to } = props;
    this.group = new SchedulerScheduleGroup(this, "group", { name: nameOf(this, "schedule") });
    this.role = this.makeRole();
    this.deadLetters = this.makeDeadLetters();
    const { arn, settings } = to.bindToSchedule(this.role);
    this.schedule = new SchedulerSchedule(this, "Default", {
      name: nameOf(this, "schedule"),
      groupName: this.group.name,
      scheduleExpression: when.expression,
      scheduleExpressionTimezone: props.timeZone ?? "UTC",
      startDate: props.start,
      endDate: props.end,
      state: props.state === "disabled" ? "DISABLED" : "ENABLED",
      flexibleTimeWindow: windowOf(props.flexibleWindowMinutes),
      target: {
        arn,
        roleArn: this.role.role.arn,
        input: props.input === undefined ? undefined : JSON.stringify(props.input),
        deadLetterConfig: { arn: this.deadLetters.arn },
        retryPolicy: retryPolicyOf(props),
        ...settings,
      },
      dependsOn: [this.role.policy],
    });
    skipCheck(
      this.schedule,
      "CKV_AWS_297",
      "What a schedule hands over stands in the code: Scheduler encrypts it with a key that AWS owns, and secrets do not belong there",
    );
  }

  /** By the group: a condition on one schedule is not supported (Scheduler user guide, "Confused deputy prevention"). */
  private makeRole(): ServiceRole {
    return new ServiceRole(this, "role", {
      service: "scheduler.amazonaws.com",
      conditions: { ArnEquals: { "aws:SourceArn": this.group.arn } },
    });
  }

  private makeDeadLetters(): SqsQueue {
    const queue = deadLetterQueue(this, "dead-letters", { ordering: "standard" });
    this.role.allow("SetAside", { actions: ["sqs:SendMessage"], resources: [queue.arn], caller: "service" });
    alarmOnDepth(this, "dead-letters-alarm", queue, `Calls of ${this.node.path} did not reach their target`);
    return queue;
  }
}

function windowOf(minutes: number | undefined): SchedulerScheduleFlexibleTimeWindow {
  return minutes === undefined ? { mode: "OFF" } : { mode: "FLEXIBLE", maximumWindowInMinutes: minutes };
}

function checkProps(scope: Construct, props: ScheduleProps): void {
  const checks = new Checks("schedule", scope);
  checkWhen(checks, "when", props.when);
  props.to.checkForSchedule(checks, "", scope);
  checkZone(checks, props.timeZone);
  checkSpan(checks, props);
  checks.oneOf("state", props.state, ["enabled", "disabled"]);
  checks.wholeNumber("flexibleWindowMinutes", props.flexibleWindowMinutes, { min: 1, max: 1440 });
  checkRetries(checks, "", props);
  checks.done();
}

function checkZone(checks: Checks, zone: string | undefined): void {
  if (zone === undefined || Token.isUnresolved(zone)) return;
  checks.that(
    isZone(zone),
    `timeZone must be the IANA name of a time zone, such as Europe/Berlin, got ${JSON.stringify(zone)}`,
  );
}

function isZone(zone: string): boolean {
  // Intl takes offsets such as +01:00 too, which AWS does not.
  if (!/^[A-Za-z]/.test(zone)) return false;
  try {
    new Intl.DateTimeFormat("en", { timeZone: zone });
    return true;
  } catch {
    return false;
  }
}

/** AWS overlooks start and end of a schedule that is called once. */
function checkSpan(checks: Checks, { when, start, end }: ScheduleProps): void {
  checkInstant(checks, "start", start);
  checkInstant(checks, "end", end);
  if (when.kind === "at") {
    checks.that(
      start === undefined && end === undefined,
      "start and end are for schedules that are called again and again: leave them out, or use every(…) or cron(…)",
    );
  }
  if (start === undefined || end === undefined || Token.isUnresolved(start) || Token.isUnresolved(end))
    return;
  checks.that(start < end, `end must be after start, got ${start} and ${end}`);
}

function checkInstant(checks: Checks, name: string, instant: string | undefined): void {
  if (instant === undefined || Token.isUnresolved(instant)) return;
  checks.that(
    instant.endsWith("Z") && isMoment(instant.slice(0, -1)),
    `${name} must be an instant in UTC that there is, such as 2030-01-31T08:00:00Z, got ${JSON.stringify(instant)}`,
  );
}
