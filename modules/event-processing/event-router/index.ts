export { EventRouter, type EventRouterProps, type RouteProps } from "./event-router";
