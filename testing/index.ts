export type { Arguments, ArgumentsOf, BindingClass } from "./arguments";
export { type PolicyDocument, type Statement, statementsOf } from "./statements";
export { someFacts, synthesize, synthesizeApp } from "./synthesize";
export { Synthesized } from "./synthesized";
