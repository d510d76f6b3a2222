export {
  type AddressChanges,
  compareAddresses,
  describeAddressChanges,
  type Move,
} from "./addresses";
export type { Arguments, ArgumentsOf, BindingClass } from "./arguments";
export {
  checkEdges,
  type Edge,
  type EdgeReport,
  edgeMatchers,
  type StackJson,
  type Unasked,
  type Unpermitted,
  type Unresolved,
  type WithoutSource,
} from "./edges";
export { holdAddresses } from "./hold-addresses";
export { matchesPattern, patternMatchers } from "./patterns";
export {
  type Decision,
  decide,
  type Policies,
  type Policy,
  type Principal,
  type Request,
  readPolicy,
} from "./policies";
export { type PolicyDocument, type Statement, statementsOf } from "./statements";
export { someFacts, synthesize, synthesizeApp } from "./synthesize";
export { Synthesized } from "./synthesized";
export {
  type Change,
  checkWiring,
  type GivenOutputs,
  type PlannedStack,
  type PlanStacksProps,
  planStacks,
  readManifest,
  readStack,
  type SynthesisedStack,
  synthesizeTo,
  validateStacks,
  type WiringProps,
} from "./terraform";
