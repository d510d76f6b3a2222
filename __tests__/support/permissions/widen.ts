import type { Policy } from "../../../testing";

type Statement = Policy["statements"][number];

/** A statement that lets through more than the one it was made from, and how. */
export interface Widening {
  readonly sid: string;
  readonly how: string;
  readonly policy: Policy;
  /** Whether the policy is about one resource, which it belongs to. */
  readonly ofResource: boolean;
  /** Whether the statement spoke of a part of it only, such as one folder of a bucket, one method of an API, or one log group of an account. */
  readonly ofPart: boolean;
}

const PART = /^arn:[\w-]+:(s3:::[^/]+\/[^*]|execute-api:[^/]+\/\*\/[^*]|logs:[^*]+:log-group:[^*])/;

/** A statement that lets through less than the one it was made from, and how. */
export type Narrowing = Pick<Widening, "sid" | "how" | "policy">;

/** Every statement gone, every action of several, and every source of several. */
export function narrowingsOf(policy: Policy): readonly Narrowing[] {
  return policy.statements.flatMap((statement) => {
    const { sid, actions = [] } = statement;
    const single = actions.map((action): Step => {
      const others = actions.filter((each) => each !== action);
      return [`without ${action}`, { ...statement, actions: others }];
    });
    const steps: readonly Step[] = [
      ["gone", undefined],
      ...(single.length > 1 ? single : []),
      ...withoutASource(statement),
    ];
    return steps.map(([how, to]) => ({ sid, how, policy: replaced(policy, statement, to) }));
  });
}

function withoutASource(statement: Statement): readonly Step[] {
  const { conditions } = statement;
  return conditions
    .filter(({ key, values }) => key === "aws:SourceArn" && values.length > 1)
    .flatMap((listed) =>
      listed.values.map((source): Step => {
        const values = listed.values.filter((each) => each !== source);
        return [
          `without ${source}`,
          {
            ...statement,
            conditions: conditions.map((each) => (each === listed ? { ...each, values } : each)),
          },
        ];
      }),
    );
}

/**
 * Every single step by which one statement of a policy lets through more: an allowing one loses its actions' names, its
 * resource, a condition or its principal; a denying one is gone. A denying one also denies more than it should where it
 * loses a condition or names every action: that breaks what must be allowed.
 */
export function wideningsOf(policy: Policy): readonly Widening[] {
  return policy.statements.flatMap((statement) => {
    const ofResource = statement.principals !== undefined;
    const ofPart = statement.resources?.every((resource) => PART.test(resource)) ?? false;
    return stepsOf(statement).map(([how, to]) => ({
      sid: statement.sid,
      how,
      ofResource,
      ofPart,
      policy: replaced(policy, statement, to),
    }));
  });
}

function replaced(policy: Policy, statement: Statement, to: Statement | undefined): Policy {
  return {
    ...policy,
    statements: policy.statements.flatMap((each) => (each === statement ? (to ?? []) : [each])),
  };
}

type Step = readonly [how: string, to: Statement | undefined];

function stepsOf(statement: Statement): readonly Step[] {
  const { effect, actions = [], resources, conditions, principals } = statement;
  const services = [...new Set(actions.map((action) => `${action.split(":")[0]}:*`))];
  return [
    ...(effect === "Deny" ? [["gone", undefined] as const] : []),
    ...services
      .filter((wide) => !actions.includes(wide))
      .map((wide): Step => [`action ${wide}`, { ...statement, actions: [...actions, wide] }]),
    ...(resources === undefined || resources.includes("*")
      ? []
      : [["resource *", { ...statement, resources: ["*"] }] as const]),
    ...conditions.map(
      (condition): Step => [
        `without ${condition.operator} ${condition.key}`,
        { ...statement, conditions: conditions.filter((each) => each !== condition) },
      ],
    ),
    ...(principals === undefined || principals === "*" || principals.AWS?.includes("*")
      ? []
      : [["principal *", { ...statement, principals: "*" as const }] as const]),
  ];
}
