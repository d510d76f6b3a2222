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
export {
  type Decision,
  decide,
  type Policies,
  type Policy,
  type Principal,
  type Request,
  readPolicy,
} from "./policies";
export {
  type Arguments,
  Synthesized,
  someFacts,
  statementsOf,
  synthesize,
  synthesizeApp,
} from "./synthesize";
