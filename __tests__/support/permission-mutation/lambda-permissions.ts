import type { PolicyDocument, Statement, Synthesized } from "../../../testing";

/** The arguments of an `aws_lambda_permission`, as the stack writes them or as Terraform knows them. */
export type PermissionArguments = Readonly<Record<string, unknown>>;

/** Which argument stands for which condition of the statement that AWS writes. */
const CONDITIONS = {
  source_arn: ["ArnLike", "aws:SourceArn"],
  source_account: ["StringEquals", "aws:SourceAccount"],
} as const;

export const PERMISSION = "aws_lambda_permission";

/** Each `aws_lambda_permission` of a stack as a policy of one statement, to be changed like any other. */
export function lambdaPermissionsOf({ json }: Synthesized): readonly PolicyDocument[] {
  const all = Object.entries<Synthesized["json"]>(json.resource?.[PERMISSION] ?? {});
  return all.map(([id, block]) => {
    const [, ...ids] = (block["//"].metadata.path as string).split("/");
    return {
      address: `${PERMISSION}.${id}`,
      path: ids.filter((each) => each !== "Default").join("/"),
      argument: "statement",
      statements: [statementOf(block)],
    };
  });
}

function statementOf(given: PermissionArguments): Statement {
  const conditions = Object.entries(CONDITIONS)
    .filter(([argument]) => given[argument])
    .map(([argument, [operator, key]]) => [operator, { [key]: given[argument] }]);
  return {
    Sid: given.statement_id,
    Effect: "Allow",
    Principal: { Service: given.principal },
    Action: given.action,
    Condition: Object.fromEntries(conditions),
  } as Statement;
}

/**
 * The arguments after a change of the statement.
 * @returns undefined where the statement is gone
 */
export function changedArguments(
  given: PermissionArguments,
  apply: (statements: readonly Statement[]) => readonly Statement[],
): PermissionArguments | undefined {
  const [left] = apply([statementOf(given)]);
  if (left === undefined) return undefined;
  const gone = Object.entries(CONDITIONS)
    .filter(([, [operator, key]]) => left.Condition?.[operator]?.[key] === undefined)
    .map(([argument]) => argument);
  return Object.fromEntries(Object.entries(given).filter(([argument]) => !gone.includes(argument)));
}
