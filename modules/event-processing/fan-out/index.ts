export { FanOut, type FanOutProps } from "./fan-out";
export type { Filter } from "./filter-policy";
export type { Subscriber, SubscriberProps } from "./subscriber";
