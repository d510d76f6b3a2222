export type { Filter } from "../filter-policy";
export { FanOut, type FanOutProps } from "./fan-out";
export type { Subscriber, SubscriberProps } from "./subscriber";
