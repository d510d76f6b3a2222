/** A statement as AWS's policy language has it: one value or a list of them. What a reader asks for counts as given. */
export interface Statement {
  readonly Sid: string;
  readonly Effect: "Allow" | "Deny";
  // biome-ignore lint/suspicious/noExplicitAny: `"*"`, or lists by kind; compared, never computed with.
  readonly Principal: any;
  // biome-ignore lint/suspicious/noExplicitAny: as Principal.
  readonly NotPrincipal: any;
  readonly Action: string | readonly string[];
  readonly NotAction: string | readonly string[];
  readonly Resource: string | readonly string[];
  readonly NotResource: string | readonly string[];
  /** Operator → condition key → values. */
  // biome-ignore lint/suspicious/noExplicitAny: compared, never computed with.
  readonly Condition: Readonly<Record<string, any>>;
}

/**
 * The statements of a policy in a resource's argument.
 * @throws Error when there is no policy, or the text is none
 */
export function statementsOf(policy: string | undefined): readonly Statement[] {
  const statements = policy === undefined ? undefined : readStatements(policy);
  if (statements !== undefined) return statements;
  throw new Error(
    `no policy but ${JSON.stringify(policy)}: give the JSON text of a document with statements, as an argument holds it`,
  );
}

/** A policy document of a stack. */
export interface PolicyDocument {
  /** e.g. `aws_sqs_queue_policy.orders_policy_1A2B3C4D`. */
  readonly address: string;
  /** Of the construct, without the stack's id. */
  readonly path: string;
  /** Where in the resource it stands, e.g. `policy`, `inline_policy.0.policy`. */
  readonly argument: string;
  readonly statements: readonly Statement[];
}

/** Every text below a value that is a policy document, with the way to it. */
export function policiesIn(
  value: unknown,
  way: readonly string[] = [],
): readonly Pick<PolicyDocument, "argument" | "statements">[] {
  if (typeof value === "string") {
    const statements = readStatements(value);
    return statements === undefined ? [] : [{ argument: way.join("."), statements }];
  }
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) => policiesIn(inner, [...way, key]));
}

function readStatements(text: string): readonly Statement[] | undefined {
  if (!/^\s*\{.*"Statement"/s.test(text)) return undefined;
  try {
    const { Statement } = JSON.parse(text) as { Statement?: Statement | readonly Statement[] };
    return Statement === undefined ? undefined : [Statement].flat();
  } catch {
    return undefined;
  }
}
