export { AccountTrail, type AccountTrailProps } from "./account-trail";
