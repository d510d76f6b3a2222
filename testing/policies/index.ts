export { type Decision, decide, type Policies, type Request } from "./decide";
export { type Context, type Policy, readPolicy } from "./policy";
export type { Principal } from "./principals";
