import type { Construct } from "constructs";
import type { ResourceStatement, Statement, Statements } from "./statements";
import { resolveIn } from "./tokens";

/** Reports, at synthesis, each statement id of a policy that stands for two different statements. */
export function rejectContradictions(
  owner: Construct,
  kind: string,
  statements: Statements<Statement | ResourceStatement>,
): void {
  owner.node.addValidation({
    validate: () =>
      statements
        .contradictions((value) => resolveIn(owner, value))
        .map(
          (sid) =>
            `${kind} "${owner.node.path}": "${sid}" stands for two different statements: choose another id for one`,
        ),
  });
}
