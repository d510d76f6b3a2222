export type { OnlyEvents } from "./bus-policy";
export { type BusPlace, EventBus, type EventBusRef, existingBus } from "./event-bus";
