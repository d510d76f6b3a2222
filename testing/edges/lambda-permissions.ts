import { type Policy, readPolicy } from "../policies/policy";
import type { Resource, Value } from "./configuration";

/** A function of these stacks, as somebody calls it. */
export interface CalledFunction {
  readonly function: Resource;
  /** With the version or alias called. */
  readonly arn: string;
}

/** What reads values of resources: see `Graph`. */
interface Reader {
  text(resource: Resource, value: Value): string | undefined;
  called(resource: Resource, value: Value): CalledFunction | string | undefined;
}

/**
 * An `aws_lambda_permission` as the statement that AWS writes of it. Not a document of the function's but one statement in
 * it: Lambda keeps a policy for each version and alias, and adds to it call by call (Lambda API reference, AddPermission).
 */
export function readPermission(
  graph: Reader,
  permission: Resource,
): { readonly function?: Resource; readonly policy: Policy } {
  const said = (argument: string) => graph.text(permission, permission.arguments[argument]);
  const called = graph.called(permission, permission.arguments.function_name);
  const known = typeof called === "object" ? called : undefined;
  const qualifier = said("qualifier");
  const statement = {
    Sid: said("statement_id") ?? permission.address,
    Effect: "Allow",
    Action: said("action"),
    Principal: principalOf(said("principal") ?? ""),
    Resource: qualifier === undefined ? known?.arn : `${known?.function.arn}:${qualifier}`,
    Condition: conditionsOf(said),
  };
  return { function: known?.function, policy: readPolicy({ Version: "2012-10-17", Statement: [statement] }) };
}

/** A service by its name, an account by its number, anybody else by ARN. */
function principalOf(text: string): "*" | { readonly Service: string } | { readonly AWS: string } {
  if (text === "*") return "*";
  return /^[a-z0-9-]+(\.[a-z0-9-]+)+$/.test(text) ? { Service: text } : { AWS: text };
}

function conditionsOf(said: (argument: string) => string | undefined): object {
  const keys = (all: Readonly<Record<string, string | undefined>>) =>
    Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined));
  return {
    ArnLike: keys({ "aws:SourceArn": said("source_arn") }),
    StringEquals: keys({
      "aws:SourceAccount": said("source_account"),
      "aws:PrincipalOrgID": said("principal_org_id"),
      "lambda:EventSourceToken": said("event_source_token"),
      "lambda:FunctionUrlAuthType": said("function_url_auth_type"),
    }),
  };
}
