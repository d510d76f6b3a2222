import type { Arguments } from "../arguments";

/** The policy that the data source `aws_iam_policy_document` writes, as JSON; `text` follows references. */
export function policyDocument(document: Arguments, text: (template: string) => string): string {
  const all = (values: unknown): string[] | undefined =>
    values === undefined ? undefined : [values].flat().map((value) => text(String(value)));
  const principals = (block: unknown): unknown =>
    block === undefined
      ? undefined
      : Object.fromEntries(
          blocks(block).map(({ type, identifiers }) => [type === "*" ? "AWS" : type, all(identifiers)]),
        );
  return JSON.stringify({
    Version: document.version ?? "2012-10-17",
    Statement: blocks(document.statement).map((statement) => ({
      Sid: statement.sid,
      Effect: statement.effect ?? "Allow",
      Action: all(statement.actions),
      NotAction: all(statement.not_actions),
      Resource: all(statement.resources),
      NotResource: all(statement.not_resources),
      Principal: principals(statement.principals),
      NotPrincipal: principals(statement.not_principals),
      Condition: conditions(blocks(statement.condition), all),
    })),
  });
}

function blocks(value: unknown): Arguments[] {
  return value === undefined ? [] : ([value].flat() as Arguments[]);
}

function conditions(all: readonly Arguments[], text: (values: unknown) => string[] | undefined): unknown {
  const byOperator: Record<string, Record<string, unknown>> = {};
  for (const { test, variable, values } of all) {
    byOperator[test] = { ...byOperator[test], [variable]: text(values) };
  }
  return all.length === 0 ? undefined : byOperator;
}
