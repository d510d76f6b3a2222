import type { TerraformProvider } from "cdktf";
import type { Construct } from "constructs";
import { factsOf, OtherRegion, type TopicRef } from "../../core";
import { existingBus } from "../event-bus";
import { EventRules } from "../event-rules";
import { busTarget } from "../event-targets";
import type { ApiCalls } from "./api-calls";
import { ruleOf, rulesOf } from "./rule";

/** Where CloudTrail tells of global services' calls (CloudTrail user guide, "Global service events"). */
export const GLOBAL_REGION = "us-east-1";

interface Abroad {
  /** Of the region there. */
  readonly provider: TerraformProvider;
  readonly alarmTopic?: TopicRef;
}

/**
 * Rules in us-east-1 that hand calls over to the default bus at home. Only what happened there is handed over, never what was
 * handed to it, so that no event goes round in a circle.
 *
 * What cannot be handed over is set aside there, since a dead-letter queue is in its rule's region (EventBridge user guide,
 * "Using dead-letter queues"); SQS encrypts that queue, which spares a second key.
 */
export function forwardHome(
  home: Construct,
  calls: Readonly<Record<string, ApiCalls>>,
  { provider, alarmTopic }: Abroad,
): EventRules<string> {
  const there = new OtherRegion(home, GLOBAL_REGION, { region: GLOBAL_REGION, provider, alarmTopic });
  const bus = { home: { to: busTarget(existingBus(home)) } };
  return new EventRules(there, "rules", {
    rules: rulesOf(calls, (each) => ruleOf(each, bus, { region: [GLOBAL_REGION] })),
    encryption: "service-managed",
  });
}

/** The calls that are heard of in us-east-1 and not here. */
export function forwarded(
  scope: Construct,
  calls: Readonly<Record<string, ApiCalls>>,
): Readonly<Record<string, ApiCalls>> {
  if (factsOf(scope).region === GLOBAL_REGION) return {};
  return Object.fromEntries(Object.entries(calls).filter(([, { global }]) => global));
}
