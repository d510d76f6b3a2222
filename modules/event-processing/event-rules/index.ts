export type { EventRule, EventRuleProps, RuleState, TargetProps } from "./event-rule";
export { EventRules, type EventRulesProps } from "./event-rules";
export type { TargetInput } from "./input";
