import { OperatorError } from "../support/command";
import type { EmulatorName } from "./tools";

export interface Assignment {
  readonly emulator: EmulatorName;
  readonly reason: string;
}

/** Which emulator holds which stack, by the stack's name without its environment. */
export const assignments: Readonly<Record<string, Assignment>> = {
  operations: { emulator: "ministack", reason: "its topic and key are used by the stacks on ministack" },
  network: {
    emulator: "moto",
    reason: "ministack cannot associate network ACLs and drifts on flow logs and endpoints",
  },
  "event-processing": {
    emulator: "ministack",
    reason: "runs functions and enforces role, queue and topic policies",
  },
};

/**
 * @param stackId e.g. `local-event-processing`
 * @throws OperatorError for a stack that the table does not know
 */
export function assignmentOf(stackId: string): Assignment {
  const assignment = assignments[stackId.replace(/^local-/, "")];
  if (assignment) return assignment;
  throw new OperatorError(
    `${stackId} is assigned to no emulator: add it to the table in scripts/local-aws/assignment.ts (it knows ${Object.keys(assignments).join(", ")})`,
  );
}
