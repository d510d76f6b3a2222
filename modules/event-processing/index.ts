export { EventArchive, type EventArchiveProps } from "./event-archive";
export { type BusPlace, EventBus, type EventBusRef, existingBus } from "./event-bus";
export { EventRouter, type EventRouterProps, type RouteProps } from "./event-router";
export {
  type EventRule,
  type EventRuleProps,
  EventRules,
  type EventRulesProps,
  type RuleState,
  type TargetInput,
  type TargetProps,
} from "./event-rules";
export {
  busTarget,
  deliveryStreamTarget,
  functionTarget,
  logGroupTarget,
  queueTarget,
  type RuleTarget,
  type ScheduleTarget,
  stateMachineTarget,
  streamTarget,
  topicTarget,
} from "./event-targets";
export { FanOut, type FanOutProps, type Filter, type Subscriber, type SubscriberProps } from "./fan-out";
export { at, cron, every, Schedule, type ScheduleProps, type When } from "./schedule";
