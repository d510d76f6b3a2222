export { busTarget } from "./bus-target";
export { type DeliveryStreamRef, deliveryStreamTarget } from "./delivery-stream-target";
export { functionTarget } from "./function-target";
export type { TargetInput } from "./input";
export { type LogGroupRef, logGroupTarget } from "./log-group-target";
export { type QueueTargetProps, queueTarget } from "./queue-target";
export { checkRetries, type RetryProps, retryPolicyOf } from "./retries";
export { type StateMachineRef, stateMachineTarget } from "./state-machine-target";
export { type StreamRef, type StreamTargetProps, streamTarget } from "./stream-target";
export {
  canBeScheduled,
  type RuleBinding,
  type RuleSource,
  type RuleTarget,
  type ScheduleBinding,
  type ScheduleTarget,
  type SentByRule,
} from "./target";
export { topicTarget } from "./topic-target";
