import type { Arguments } from "../../../testing";

interface PolicyDocument {
  readonly Statement: readonly Arguments[];
}

/** A policy that a stack emits. */
export interface EmittedPolicy {
  /** `type.id`, as in the stack's JSON and in the state. */
  readonly address: string;
  readonly type: string;
  /** Construct path of what carries it, below the stack. */
  readonly path: string;
  readonly argument: string;
  /** As it stands in the JSON: references spelled out. */
  readonly document: PolicyDocument;
}

/** One permission less, or one restriction less. */
export interface Mutation {
  readonly policy: EmittedPolicy;
  readonly sid: string;
  /** e.g. `without sqs:SendMessage`. */
  readonly what: string;
  /** Taking a permission away must break a behaviour; taking a restriction away must let a probe through. */
  readonly takes: "permission" | "restriction";
  /** Of the statement, or the one action. */
  readonly actions: readonly string[];
  /** Whether nobody could put it back: a deny of every call, without its condition. */
  readonly locksOut?: boolean;
  /** @param document the emitted one, or the same with its references resolved */
  apply(document: PolicyDocument): PolicyDocument;
}

/** The arguments that hold a policy, by resource type. */
const ARGUMENTS: Readonly<Record<string, string>> = {
  aws_iam_role: "assume_role_policy",
  aws_iam_role_policy: "policy",
  aws_kms_key_policy: "policy",
  aws_s3_bucket_policy: "policy",
  aws_sns_topic_policy: "policy",
  aws_sqs_queue_policy: "policy",
};

export function emittedPolicies(json: Arguments): readonly EmittedPolicy[] {
  return Object.entries(ARGUMENTS).flatMap(([type, argument]) =>
    Object.entries<Arguments>(json.resource?.[type] ?? {}).map(([id, resource]) => {
      const [, ...path] = (resource["//"].metadata.path as string).split("/");
      const document = JSON.parse(resource[argument]);
      return {
        address: `${type}.${id}`,
        type,
        path: path.filter((each) => each !== "Default").join("/"),
        argument,
        document: { ...document, Statement: [document.Statement].flat() },
      };
    }),
  );
}

/** Every statement, action and condition, each taken away alone. */
export function mutationsOf(policy: EmittedPolicy): readonly Mutation[] {
  return policy.document.Statement.flatMap((statement, index) => {
    const actions = [statement.Action].flat() as string[];
    const sid = statement.Sid ?? `statement ${index + 1}`;
    const replaced =
      (change: (statement: Arguments) => readonly Arguments[]) => (document: PolicyDocument) => ({
        ...document,
        Statement: document.Statement.flatMap((each, at) => (at === index ? change(each) : [each])),
      });
    const takes = statement.Effect === "Deny" ? ("restriction" as const) : ("permission" as const);
    const whole = { policy, sid, what: "without it", takes, actions, apply: replaced(() => []) };
    const single = actions.map((action) => ({
      policy,
      sid,
      what: `without ${action}`,
      takes,
      actions: [action],
      apply: replaced((each) => [{ ...each, Action: actions.filter((other) => other !== action) }]),
    }));
    const conditions = Object.entries<Arguments>(statement.Condition ?? {}).flatMap(([operator, keys]) =>
      Object.keys(keys).map((key) => ({
        policy,
        sid,
        what: `without ${operator} ${key}`,
        // A deny with one condition less denies more, and so takes a permission.
        takes: statement.Effect === "Deny" ? ("permission" as const) : ("restriction" as const),
        actions,
        locksOut: statement.Effect === "Deny" && actions.some((action) => action.endsWith(":*")),
        apply: replaced((each) => [withoutCondition(each, operator, key)]),
      })),
    );
    return [whole, ...(single.length > 1 ? single : []), ...conditions];
  });
}

/** The stack's JSON with one mutation. */
export function mutated(json: Arguments, { policy, apply }: Mutation): Arguments {
  const [type = "", id = ""] = policy.address.split(".");
  const ofType = json.resource[type];
  const resource = { ...ofType[id], [policy.argument]: JSON.stringify(apply(policy.document)) };
  return { ...json, resource: { ...json.resource, [type]: { ...ofType, [id]: resource } } };
}

function withoutCondition(statement: Arguments, operator: string, key: string): Arguments {
  const { [key]: _gone, ...keys } = statement.Condition[operator];
  const { [operator]: _old, ...others } = statement.Condition;
  const Condition = Object.keys(keys).length === 0 ? others : { ...others, [operator]: keys };
  const { Condition: _all, ...rest } = statement;
  return Object.keys(Condition).length === 0 ? rest : { ...rest, Condition };
}
