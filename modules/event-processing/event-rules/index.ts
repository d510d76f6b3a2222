export type { TargetInput } from "../event-targets";
export type { EventRule, EventRuleProps, RuleState, TargetProps } from "./event-rule";
export { EventRules, type EventRulesProps } from "./event-rules";
