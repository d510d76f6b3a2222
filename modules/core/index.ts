export { type AlarmProps, alarm } from "./alarms";
export { Checks } from "./checks";
export { checkVpcRange, parseCidr } from "./cidr";
export { type AtLeastTwo, checkFacts, type Facts, type Nat } from "./facts";
export { arnOf, factsOf, provideFacts } from "./facts-of";
export {
  allowSender,
  CustomerKey,
  checkEncryption,
  decryptStatement,
  type Encryption,
  encryptStatement,
  keyFor,
  keyNamedBy,
} from "./keys";
export { logPolicy } from "./log-policy";
export { logGroup } from "./logs";
export { nameOf } from "./names";
export { OtherRegion, type OtherRegionProps } from "./other-region";
export { watchForSecondOwners } from "./owners";
export type { KeyRef, QueueRef, SecurityGroupRef, SubnetRef, TopicRef, VpcRef } from "./refs";
export { type Region, regions } from "./regions";
export { bucketPolicy, keyPolicy, queuePolicy, topicPolicy } from "./resource-policy";
export { type Grantee, ServiceRole } from "./roles";
export { skipCheck } from "./skip-check";
export { type ResourceStatement, type Statement, sidOf } from "./statements";
export { silenceTokenTraces } from "./token-traces";
export { resolveIn } from "./tokens";
