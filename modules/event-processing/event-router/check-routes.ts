import type { Construct } from "constructs";
import { Checks } from "../../core";
import { type EventPattern, patternFaults } from "../event-pattern";
import type { EventRuleProps } from "../event-rules";
import { checkRule } from "../event-rules/check-rule";
import { checkRuleName } from "../event-rules/event-rules";

/** A rule whose pattern was made of a route's props. */
export type RuleOfObjects = EventRuleProps & { readonly pattern: EventPattern };

/** What the fields of the pattern are called in a route. */
const WORDS = {
  "pattern.detail-type": "events",
  "pattern.detail.object.key": "key",
  "pattern.detail.object.size": "size",
  "pattern.detail.reason": "reason",
  "pattern.detail.requester": "requester",
};
/** Stands for a pattern whose faults were told. */
const FAULTLESS: EventPattern = { source: ["aws.s3"] };

/** Records what the rules would refuse, in the words of whoever wrote the routes and never saw a pattern. */
export function checkRoutes(scope: Construct, rules: Readonly<Record<string, RuleOfObjects>>): void {
  const checks = new Checks("event-router", scope);
  checks.that(Object.keys(rules).length > 0, "routes must name at least one route");
  for (const [name, rule] of Object.entries(rules)) {
    const place = `routes.${name}`;
    checkRuleName(checks, place, name);
    const faults = patternFaults(rule.pattern, `${place}.pattern`);
    for (const fault of faults) checks.that(false, inWordsOf(place, fault));
    const rest = faults.length === 0 ? rule : { ...rule, pattern: FAULTLESS };
    checkRule(checks, scope, `${place}.`, rest, undefined);
  }
  checks.done();
}

function inWordsOf(place: string, fault: string): string {
  return Object.entries(WORDS).reduce(
    (told, [field, word]) => told.replaceAll(`${place}.${field}`, `${place}.${word}`),
    fault,
  );
}
