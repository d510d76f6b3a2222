export {
  type Arguments,
  Synthesized,
  someFacts,
  statementsOf,
  synthesize,
  synthesizeApp,
} from "./synthesize";
