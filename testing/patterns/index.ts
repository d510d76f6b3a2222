export { patternMatchers } from "./matchers";
export { matchesPattern } from "./matches";
