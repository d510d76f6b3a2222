import type { PolicyDocument, Statement, Synthesized } from "../../../testing";
import { changedArguments, lambdaPermissionsOf, PERMISSION } from "./lambda-permissions";

/** A policy of a stack with one statement changed. */
export interface PolicyChange {
  readonly policy: PolicyDocument;
  readonly sid: string;
  /** e.g. `without sqs:SendMessage`. */
  readonly what: string;
  /** @param statements the emitted ones, or the same with their references resolved */
  apply(statements: readonly Statement[]): readonly Statement[];
}

/** One permission less, or one restriction less. */
export interface Mutation extends PolicyChange {
  /** What of the statement goes. */
  readonly part: "statement" | "action" | "condition";
  /** Taking a permission away must break a behaviour; taking a restriction away must let a probe through. */
  readonly takes: "permission" | "restriction";
  /** Of the statement, or the one action. */
  readonly actions: readonly string[];
  /** Whether nobody could put it back: a deny of every call, without its condition. */
  readonly locksOut?: boolean;
}

/** Every mutation of a stack: of its policy documents, and of what it permits on functions. */
export function mutationsIn(stack: Synthesized): readonly Mutation[] {
  return [...stack.policies, ...lambdaPermissionsOf(stack)].flatMap(mutationsOf);
}

/** Every statement, action and condition of a policy, each taken away alone. */
export function mutationsOf(policy: PolicyDocument): readonly Mutation[] {
  return policy.statements.flatMap((statement, index) => {
    const actions = [statement.Action].flat();
    const at = statementAt(policy, index);
    const denies = statement.Effect === "Deny";
    const takes = denies ? ("restriction" as const) : ("permission" as const);
    const single = actions.map((action) => ({
      ...at(`without ${action}`, (each) => [
        { ...each, Action: actions.filter((other) => other !== action) },
      ]),
      part: "action" as const,
      takes,
      actions: [action],
    }));
    const conditions = Object.entries(statement.Condition ?? {}).flatMap(([operator, keys]) =>
      Object.keys(keys).map((key) => ({
        ...at(`without ${operator} ${key}`, (each) => [withoutCondition(each, operator, key)]),
        part: "condition" as const,
        actions,
        // A deny with one condition less denies more, and so takes a permission.
        takes: denies ? ("permission" as const) : ("restriction" as const),
        locksOut: denies && actions.some((action) => action.endsWith(":*")),
      })),
    );
    const whole = { ...at("without it", () => []), part: "statement" as const, takes, actions };
    return [whole, ...(single.length > 1 ? single : []), ...conditions];
  });
}

/** Makes changes of the one statement of a policy. */
export function statementAt(policy: PolicyDocument, index: number) {
  const sid = policy.statements[index]?.Sid ?? `statement ${index + 1}`;
  return (what: string, change: (statement: Statement) => readonly Statement[]): PolicyChange => ({
    policy,
    sid,
    what,
    apply: (statements) => statements.flatMap((each, at) => (at === index ? change(each) : [each])),
  });
}

/** A policy's text with one change. */
export function mutatedText(text: string, { apply }: PolicyChange): string {
  const document = JSON.parse(text);
  return JSON.stringify({ ...document, Statement: apply([document.Statement].flat()) });
}

/** The stack's JSON with one change. */
export function mutated({ json }: Synthesized, change: PolicyChange): Synthesized["json"] {
  const { address, argument } = change.policy;
  const [type = "", id = ""] = address.split(".");
  const { [id]: given, ...others } = json.resource[type];
  const resource =
    type === PERMISSION
      ? changedArguments(given, change.apply)
      : { ...given, [argument]: mutatedText(given[argument], change) };
  const ofType = resource === undefined ? others : { ...others, [id]: resource };
  return { ...json, resource: { ...json.resource, [type]: ofType } };
}

/** A statement with one key of one operator less. */
function withoutCondition(statement: Statement, operator: string, key: string): Statement {
  const { [operator]: old, ...others } = statement.Condition;
  const { [key]: _gone, ...keys } = old;
  const left = Object.keys(keys).length === 0 ? others : { ...others, [operator]: keys };
  // Spread out of JSON: undefined is not written.
  return { ...statement, Condition: Object.keys(left).length === 0 ? undefined : left } as Statement;
}
