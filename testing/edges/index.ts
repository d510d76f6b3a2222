export { checkEdges, type Edge, type EdgeReport, type Unpermitted, type Unresolved } from "./check-edges";
export type { StackJson } from "./configuration";
export { edgeMatchers } from "./matchers";
export type { WithoutSource } from "./sources";
export type { Unasked } from "./unasked";
