export { type Alternative, alternativesOf, type FieldCondition } from "./alternatives";
export { checkEventPattern, patternFaults } from "./check-pattern";
export {
  type DetailPattern,
  type EventPattern,
  eventPatternJson,
  type NumberMatcher,
  type TextMatcher,
  type Value,
} from "./event-pattern";
export { match } from "./match";
export {
  type S3ObjectEvent,
  type S3ObjectEventsProps,
  type S3ObjectReason,
  s3ObjectEvents,
} from "./s3-object-events";
