export { type Change, type GivenOutputs, type PlannedStack, type PlanStacksProps, planStacks } from "./plan";
export { readManifest, readStack, type SynthesisedStack, synthesizeTo } from "./stacks";
export { validateStacks } from "./validate";
export { checkWiring, type WiringProps } from "./wiring";
