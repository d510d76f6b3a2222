export {
  type AddressChanges,
  compareAddresses,
  describeAddressChanges,
  type Move,
} from "./addresses";
export type { Arguments, ArgumentsOf, BindingClass } from "./arguments";
export { holdAddresses } from "./hold-addresses";
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
