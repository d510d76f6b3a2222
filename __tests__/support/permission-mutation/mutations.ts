import type { PolicyDocument, Statement, Synthesized } from "../../../testing";

/** One permission less, or one restriction less. */
export interface Mutation {
  readonly policy: PolicyDocument;
  readonly sid: string;
  /** e.g. `without sqs:SendMessage`. */
  readonly what: string;
  /** Taking a permission away must break a behaviour; taking a restriction away must let a probe through. */
  readonly takes: "permission" | "restriction";
  /** Of the statement, or the one action. */
  readonly actions: readonly string[];
  /** Whether nobody could put it back: a deny of every call, without its condition. */
  readonly locksOut?: boolean;
  /** @param statements the emitted ones, or the same with their references resolved */
  apply(statements: readonly Statement[]): readonly Statement[];
}

/** Every statement, action and condition of a policy, each taken away alone. */
export function mutationsOf(policy: PolicyDocument): readonly Mutation[] {
  return policy.statements.flatMap((statement, index) => {
    const actions = [statement.Action].flat();
    const sid = statement.Sid ?? `statement ${index + 1}`;
    const common = { policy, sid, actions };
    const changed = (change: (statement: Statement) => readonly Statement[]) => ({
      apply: (statements: readonly Statement[]) =>
        statements.flatMap((each, at) => (at === index ? change(each) : [each])),
    });
    const denies = statement.Effect === "Deny";
    const takes = denies ? ("restriction" as const) : ("permission" as const);
    const single = actions.map((action) => ({
      ...common,
      what: `without ${action}`,
      takes,
      actions: [action],
      ...changed((each) => [{ ...each, Action: actions.filter((other) => other !== action) }]),
    }));
    const conditions = Object.entries(statement.Condition ?? {}).flatMap(([operator, keys]) =>
      Object.keys(keys).map((key) => ({
        ...common,
        what: `without ${operator} ${key}`,
        // A deny with one condition less denies more, and so takes a permission.
        takes: denies ? ("permission" as const) : ("restriction" as const),
        locksOut: denies && actions.some((action) => action.endsWith(":*")),
        ...changed((each) => [withoutCondition(each, operator, key)]),
      })),
    );
    const whole = { ...common, what: "without it", takes, ...changed(() => []) };
    return [whole, ...(single.length > 1 ? single : []), ...conditions];
  });
}

/** A policy's text with one mutation. */
export function mutatedText(text: string, { apply }: Mutation): string {
  const document = JSON.parse(text);
  return JSON.stringify({ ...document, Statement: apply([document.Statement].flat()) });
}

/** The stack's JSON with one mutation. */
export function mutated({ json }: Synthesized, mutation: Mutation): Synthesized["json"] {
  const { address, argument } = mutation.policy;
  const [type = "", id = ""] = address.split(".");
  const ofType = json.resource[type];
  const resource = { ...ofType[id], [argument]: mutatedText(ofType[id][argument], mutation) };
  return { ...json, resource: { ...json.resource, [type]: { ...ofType, [id]: resource } } };
}

function withoutCondition(statement: Statement, operator: string, key: string): Statement {
  const { [key]: _gone, ...keys } = statement.Condition[operator];
  const { [operator]: _old, ...others } = statement.Condition;
  const left = Object.keys(keys).length === 0 ? others : { ...others, [operator]: keys };
  // Spread out of JSON: undefined is not written.
  return { ...statement, Condition: Object.keys(left).length === 0 ? undefined : left } as Statement;
}
