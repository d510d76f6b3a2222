export { patternMatchers } from "./matchers";
export { matchesPattern } from "./matches";
export type { Given, RuleArguments } from "./rule";
