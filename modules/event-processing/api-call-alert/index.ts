export { ApiCallAlert, type ApiCallAlertProps } from "./api-call-alert";
export { type ApiCalls, type ApiCallsProps, apiCalls } from "./api-calls";
export {
  rootSignIn,
  securityGroupOpening,
  type TrailParts,
  tableDeletion,
  trailTampering,
} from "./named-calls";
