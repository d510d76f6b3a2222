import { type TerraformProvider, Token } from "cdktf";
import type { Construct } from "constructs";
import { Checks, checkAlarmTopic, factsOf, regionOf, type TopicRef } from "../../core";
import { existingBus } from "../event-bus";
import { checkEventPattern } from "../event-pattern";
import type { TargetProps } from "../event-rules";
import { checkTarget } from "../event-rules/check-rule";
import { patternOf } from "../event-rules/event-rule";
import { checkRuleName } from "../event-rules/event-rules";
import { checkPath } from "../event-targets/input";
import { checkTopicOfRule } from "../event-targets/topic-target";
import { isSnsTopic } from "../topics";
import type { ApiCalls } from "./api-calls";
import { forwarded, GLOBAL_REGION } from "./forwarding";

/** What of an alert's props can be wrong. */
interface Checked {
  readonly calls: Readonly<Record<string, ApiCalls>>;
  readonly email?: string;
  readonly topic?: TopicRef;
  readonly targets?: Readonly<Record<string, TargetProps>>;
  readonly usEast1?: TerraformProvider;
  readonly usEast1AlarmTopic?: TopicRef;
}

/** EventBridge quotas, "Targets", less the topic. */
const MOST_TARGETS = 4;

/**
 * The faults of an alert. What its rules would find is looked for here too, in the words of whoever wrote the props: a rule
 * speaks of patterns and targets that they never saw.
 */
export function checkApiCallAlert(scope: Construct, props: Checked): void {
  const { calls, targets = {}, topic } = props;
  const { accountTrail } = factsOf(scope);
  const checks = new Checks("api-call-alert", scope);
  checks.that(
    accountTrail !== undefined,
    'accountTrail is not among the environment\'s facts, and without a trail EventBridge hears of no call: say "exists" where the ' +
      'account has a multi-region trail with management events, or "make" and make an AccountTrail',
  );
  checks.that(Object.keys(calls).length > 0, "calls must name at least one kind of call");
  for (const [name, each] of Object.entries(calls)) checkCalls(checks, scope, name, each);
  checks.mailAddress("email", props.email);
  const names = Object.keys(targets);
  checks.that(
    !names.includes("topic"),
    'targets.topic: "topic" is the alert\'s own target: choose another name',
  );
  checks.that(
    names.length <= MOST_TARGETS,
    `targets names ${names.length}, and AWS calls ${MOST_TARGETS} a rule beside the topic: subscribe the others to the topic`,
  );
  checkTargets(checks, scope, targets);
  if (topic !== undefined) checkTopicOfRule(checks, "topic", scope, topic);
  checkForwarding(checks, scope, props);
  checkAlarmsAbroad(checks, props);
  checks.done();
}

/** One kind of calls: its name, what would never be heard of, and what its rule and its mail are made of. */
function checkCalls(checks: Checks, scope: Construct, name: string, calls: ApiCalls): void {
  const { region, eventPatternCharacters } = factsOf(scope);
  const place = `calls.${name}`;
  checkRuleName(checks, place, name);
  const own = checks.messages().length;
  calls.check(checks, `${place}.`, region);
  // A fault that the maker told would be told a second time.
  if (checks.messages().length === own) {
    const pattern = patternOf(calls.pattern, "exclude");
    checkEventPattern(checks, `${place}.pattern`, pattern, eventPatternCharacters);
  }
  checkMail(checks, place, calls);
}

/** What the mail is made of: words that hold no placeholder, and paths. */
function checkMail(checks: Checks, place: string, { meaning, details = {} }: ApiCalls): void {
  const words = { [`${place}.meaning`]: meaning };
  for (const [label, paths] of Object.entries(details)) {
    words[`${place}.details name ${JSON.stringify(label)}`] = label;
    for (const path of [paths].flat()) checkPath(checks, `${place}.details.${label}`, path);
  }
  for (const [name, text] of Object.entries(words)) {
    checks.that(
      Token.isUnresolved(text) || !/<[^<>\s]+>/.test(text),
      `${name} has a word in < and >, for which EventBridge would look in the event, got ${JSON.stringify(text)}: leave them out`,
    );
  }
}

/** The caller's targets, once and not for each rule that calls them. */
function checkTargets(
  checks: Checks,
  scope: Construct,
  targets: Readonly<Record<string, TargetProps>>,
): void {
  for (const [name, each] of Object.entries(targets))
    checkTarget(checks, scope, `targets.${name}`, name, each, existingBus(scope));
}

function checkForwarding(checks: Checks, scope: Construct, { calls, usEast1 }: Checked): void {
  const names = Object.keys(forwarded(scope, calls));
  if (names.length === 0) return;
  const { region } = factsOf(scope);
  checks.that(
    !region.startsWith("us-gov-"),
    `calls.${names.join(", calls.")}: EventBridge forwards nothing between regions of GovCloud (AWS Compute Blog, "Expanding ` +
      'cross-Region event routing"): leave global services out',
  );
  checks.that(
    usEast1 !== undefined,
    `usEast1 is missing: CloudTrail tells of calls.${names.join(", calls.")} in us-east-1 only, and a rule there must forward them: ` +
      "hand in usEast1 of the EnvironmentStack, or a provider of us-east-1 with an alias",
  );
}

/** Where the alarms of what forwards go. In an environment of us-east-1 nothing does, but a program may be written for several. */
function checkAlarmsAbroad(checks: Checks, { calls, usEast1AlarmTopic: topic }: Checked): void {
  if (topic === undefined) return;
  checkAlarmTopic(checks, "usEast1AlarmTopic", topic, GLOBAL_REGION);
  const region = isSnsTopic(topic) ? regionOf(topic) : GLOBAL_REGION;
  checks.that(
    Token.isUnresolved(region) || region === GLOBAL_REGION,
    `usEast1AlarmTopic is in ${region}, and CloudWatch's alarms call topics of their own region only: make one in an OtherRegion ` +
      `of ${GLOBAL_REGION}, or leave it out`,
  );
  checks.that(
    Object.values(calls).some(({ global }) => global),
    "usEast1AlarmTopic is for what forwards global services' calls, and none of these calls is one: leave it out",
  );
}
