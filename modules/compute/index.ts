export {
  allowInvocation,
  type Handler,
  type Invoker,
  NodeFunction,
  type NodeFunctionProps,
  type NoVariables,
} from "./node-function";
