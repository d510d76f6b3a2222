import { Lazy } from "cdktf";
import type { Construct, IConstruct } from "constructs";
import { overlong, type SizeLimit } from "./policy-size";
import type { ResourceStatement, Statement, Statements } from "./statements";
import { resolveIn } from "./tokens";

interface Document {
  /** Such as `role`, as its faults name it. */
  readonly kind: string;
  /** Whose it is. @default - the owner */
  readonly of?: IConstruct;
  readonly statements: Statements<Statement | ResourceStatement>;
  /** How long AWS lets it be. @default - not measured */
  readonly limit?: SizeLimit;
}

/**
 * The text of a policy, rendered from its statements once everybody has added theirs. Reports, at synthesis, each statement
 * id that stands for two different statements, and a text that AWS would refuse at apply for its length.
 */
export function policyDocument(owner: Construct, { kind, of = owner, statements, limit }: Document): string {
  const subject = `${kind} "${of.node.path}"`;
  const contradictions = () =>
    statements
      .contradictions((value) => resolveIn(owner, value))
      .map((sid) => `${subject}: "${sid}" stands for two different statements: choose another id for one`);
  const text = Lazy.stringValue({
    produce: (context) => statements.json((value) => context.resolve(value)),
  });
  const excess = () => (limit === undefined ? [] : overlong(owner, subject, { text, limit }));
  owner.node.addValidation({ validate: () => [...contradictions(), ...excess()] });
  return text;
}
