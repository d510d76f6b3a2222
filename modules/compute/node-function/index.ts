export { allowInvocation, type Invoker } from "./invocation";
export { type Handler, NodeFunction, type NodeFunctionProps, type NoVariables } from "./node-function";
