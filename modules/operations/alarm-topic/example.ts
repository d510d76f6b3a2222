import type { Construct } from "constructs";
import { AlarmTopic } from ".";

/** Alarms reach the people on call. Hand the topic to other stacks as the fact `alarmTopic`. */
export function example(scope: Construct): AlarmTopic {
  return new AlarmTopic(scope, "alarms", { email: "oncall@example.com" });
}
