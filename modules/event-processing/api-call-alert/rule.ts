import type { EventPattern } from "../event-pattern";
import type { EventRuleProps, TargetProps } from "../event-rules";
import type { ApiCalls } from "./api-calls";

/** The rule that hears of calls. What an archive replays was told once. */
export function ruleOf(
  { pattern, meaning, managementEvents }: ApiCalls,
  targets: Readonly<Record<string, TargetProps>>,
  more: EventPattern = {},
): EventRuleProps {
  return {
    pattern: { ...pattern, ...more },
    description: meaning,
    state: managementEvents === "all" ? "enabled-with-all-management-events" : "enabled",
    replays: "exclude",
    targets,
  };
}

/** A rule for each kind of calls, by the same name. */
export function rulesOf<Name extends string>(
  calls: Readonly<Record<Name, ApiCalls>>,
  rule: (calls: ApiCalls) => EventRuleProps,
): Readonly<Record<Name, EventRuleProps>> {
  const rules = Object.entries<ApiCalls>(calls).map(([name, each]) => [name, rule(each)]);
  return Object.fromEntries(rules) as Record<Name, EventRuleProps>;
}
