import type { Construct } from "constructs";
import { type Checks, factsOf } from "../../core";
import { type EventBusRef, existingBus } from "../event-bus";
import { checkEventPattern } from "../event-pattern";
import { canBeScheduled, checkRetries } from "../event-targets";
import { checkInput } from "../event-targets/input";
import { checkWhen } from "../schedule";
import { type EventRuleProps, patternOf, STATES, type TargetProps } from "./event-rule";

/** EventBridge quotas, "Targets": not adjustable. */
const MOST_TARGETS = 5;
/** Ids of a rule's own children. */
const RESERVED_NAMES = ["failures-alarm", "loss-alarm"];

/** The faults of one rule, each name with its `prefix`. */
export function checkRule(
  checks: Checks,
  scope: Construct,
  prefix: string,
  props: EventRuleProps,
  bus: EventBusRef | undefined,
): void {
  const targets = Object.entries(props.targets);
  checks.that(
    targets.length > 0,
    `${prefix}targets must name at least one target: a rule without one does nothing`,
  );
  checks.that(
    targets.length <= MOST_TARGETS,
    `${prefix}targets names ${targets.length}, and AWS calls ${MOST_TARGETS} a rule: ` +
      "make a second rule with the same pattern, or send to a topic that fans out",
  );
  // A rule by the clock matches no event, whatever its bus.
  const heard = props.pattern === undefined ? undefined : (bus ?? existingBus(scope));
  for (const [name, each] of targets)
    checkTarget(checks, scope, `${prefix}targets.${name}`, name, each, heard);
  checks.oneOf(`${prefix}state`, props.state, Object.keys(STATES));
  checks.oneOf(`${prefix}replays`, props.replays, ["include", "exclude"]);
  checks.that(
    (props.pattern === undefined) !== (props.schedule === undefined),
    `${prefix}pattern or schedule must be given, and not both: one rule waits for events, another for the time`,
  );
  if (props.pattern !== undefined) {
    const pattern = patternOf(props.pattern, props.replays);
    checkEventPattern(checks, `${prefix}pattern`, pattern, factsOf(scope).eventPatternCharacters);
  }
  if (props.schedule !== undefined) checkScheduled(checks, prefix, props, bus);
}

/**
 * The faults of one target, called `path` in messages.
 * @param heard the bus whose events the rule matches
 */
export function checkTarget(
  checks: Checks,
  scope: Construct,
  path: string,
  name: string,
  { to, input, ...retries }: TargetProps,
  heard?: EventBusRef,
): void {
  checks.that(
    /^[a-z][a-z0-9-]{0,63}$/.test(name) && !RESERVED_NAMES.includes(name),
    `${path}: a name is kebab-case, of 64 characters at most and none of ${RESERVED_NAMES.join(", ")}, ` +
      "because it becomes a target's id",
  );
  to.checkForRule(checks, `${path}.`, scope, { input, bus: heard });
  checkInput(checks, `${path}.input`, input);
  checkRetries(checks, `${path}.`, retries);
}

/** A rule by the clock is the older way: no time zone, no window, no start, no end, and on the default bus only. */
function checkScheduled(
  checks: Checks,
  prefix: string,
  { schedule, state, targets }: EventRuleProps,
  bus: EventBusRef | undefined,
): void {
  if (schedule === undefined) return;
  checkWhen(checks, `${prefix}schedule`, schedule);
  checks.that(
    schedule.kind !== "at",
    `${prefix}schedule is a point in time, and a rule knows every(…) and cron(…) only: use a Schedule`,
  );
  checks.that(
    bus === undefined,
    `${prefix}schedule is on a bus of its own, and AWS runs scheduled rules on the default bus only: ` +
      "leave the bus out, or use a Schedule",
  );
  checks.that(
    (state as string | undefined) !== "enabled-with-all-management-events",
    `${prefix}state is for patterns, and AWS refuses it on a schedule: use "enabled"`,
  );
  checks.that(
    Object.values(targets).some(({ to }) => !canBeScheduled(to)),
    `${prefix}schedule calls only what a Schedule can call, with a time zone and a window besides: use a Schedule`,
  );
}
