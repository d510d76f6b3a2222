export { type Handler, NodeFunction, type NodeFunctionProps, type NoVariables } from "./node-function";
