export { FanOut, type FanOutProps, type Filter, type Subscriber, type SubscriberProps } from "./fan-out";
