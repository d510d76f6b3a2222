export { type BusPlace, EventBus, type EventBusRef, existingBus } from "./event-bus";
