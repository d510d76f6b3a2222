export { type AlarmProps, alarm } from "./alarms";
export { Checks } from "./checks";
export { checkVpcRange, parseCidr } from "./cidr";
export {
  type AtLeastTwo,
  BUS_POLICY_CHARACTERS,
  checkAlarmTopic,
  checkFacts,
  type Facts,
  type Nat,
} from "./facts";
export { arnOf, factsOf, provideFacts } from "./facts-of";
export {
  allowKeyUse,
  allowSender,
  CustomerKey,
  checkEncryption,
  type Encryption,
  type KeyAction,
  type KeyUse,
  keyFor,
  keyNamedBy,
  keyStatement,
  SEND_KEY_ACTIONS,
  throughService,
} from "./keys";
export { logPolicy } from "./log-policy";
export { logGroup, namedLogGroup } from "./logs";
export { nameOf } from "./names";
export { isOfType } from "./of-type";
export { OtherRegion, type OtherRegionProps } from "./other-region";
export { watchForSecondOwners } from "./owners";
export type {
  KeyRef,
  QueueRef,
  SecurityGroupRef,
  StreamRef,
  SubnetRef,
  TopicRef,
  UserPoolRef,
  VpcRef,
} from "./refs";
export { regionOf } from "./region-of";
export { type Region, regions } from "./regions";
export {
  bucketPolicy,
  keyPolicy,
  queuePolicy,
  ResourcePolicy,
  restApiPolicy,
  topicPolicy,
} from "./resource-policy";
export { type Grantee, ServiceRole } from "./roles";
export { shortHash } from "./short-hash";
export { skipCheck } from "./skip-check";
export { type Conditions, type ResourceStatement, type Statement, sidOf } from "./statements";
export { silenceTokenTraces } from "./token-traces";
export { addressOf, resolveIn } from "./tokens";
