import { meets } from "./conditions";
import type { Context, Policy, PolicyStatement } from "./policy";
import { accountOf, type Naming, namingOf, type Principal, principalContext } from "./principals";
import { fill, isLike, isResourceLike } from "./wildcards";

/** A call on AWS. */
export interface Request {
  readonly principal: Principal;
  /** Such as `sqs:SendMessage`. */
  readonly action: string;
  /** The ARN called upon, or `*` for a call that knows no resource. */
  readonly resource: string;
  /** Condition keys of the request. Those of the principal are added. */
  readonly context?: Context;
}

/** The policies that bear on a request. */
export interface Policies {
  /** Of the principal; none for a service. */
  readonly identity?: readonly Policy[];
  /** Of the resource called upon. */
  readonly resource?: Policy;
  /** The permissions boundary of the principal. */
  readonly boundary?: Policy;
  /** Whose the resource is, twelve digits. @default - the account in its ARN, or else the principal's */
  readonly resourceAccount?: string;
}

/** Which policy of a request's. */
type Side = "identity" | "resource" | "boundary";

/** A statement that counted, and where it stands. */
export interface Counted {
  readonly side: Side;
  readonly sid: string;
}

/** What AWS would answer. */
export type Decision =
  | { readonly outcome: "allowed"; readonly by: readonly Counted[] }
  | { readonly outcome: "denied"; readonly by: Counted }
  /** `missing`: the side on which an allowing statement would have to be. */
  | { readonly outcome: "not allowed"; readonly missing: Side };

/** Actions for which the resource's own policy must agree in its account too: keys and the trust of roles. */
const RESOURCE_MUST_AGREE = /^(kms:|sts:assumerole)/i;

/**
 * Decides a request as AWS does: an explicit deny wins; in one account an allow of either side is enough, but a resource's
 * policy that names the account only leaves it to IAM; across accounts both sides must allow; a key's and a role's own
 * policy must always agree; a service is judged by the resource's policy alone; a boundary limits what the identity's
 * policies allow, and what a resource's policy allows to its role.
 *
 * Source: IAM user guide, "Policy evaluation logic", and KMS developer guide, "Key policies". Not modelled: session
 * policies, service and resource control policies, VPC endpoint policies, federated and canonical users.
 */
export function decide(request: Request, policies: Policies): Decision {
  const { resource } = policies;
  const { identity = [], boundary } = "service" in request.principal ? {} : policies;
  const sides = { identity, resource: listOf(resource), boundary: listOf(boundary) };
  for (const side of ["identity", "boundary", "resource"] as const) {
    const [deny] = matching(request, side, sides[side], "Deny");
    if (deny !== undefined) return { outcome: "denied", by: { side, sid: deny.sid } };
  }
  const allows = (side: Side) => matching(request, side, sides[side], "Allow");
  const byResource = allows("resource").map((statement) => ({
    sid: statement.sid,
    naming: namingOf(statement, request.principal) as Naming,
  }));
  if ("service" in request.principal) return verdict("resource", byResource);

  const [byIdentity] = allows("identity");
  const bounded = boundary === undefined || allows("boundary").length > 0;
  const account = accountOf(request.principal.arn);
  const owner = policies.resourceAccount ?? accountOf(request.resource) ?? account;
  const mustAgree = owner !== account || RESOURCE_MUST_AGREE.test(request.action);
  if (byIdentity !== undefined && bounded && !(mustAgree && byResource.length === 0)) {
    const agreed: Counted[] = byResource.slice(0, 1).map(({ sid }) => ({ side: "resource", sid }));
    return { outcome: "allowed", by: [{ side: "identity", sid: byIdentity.sid }, ...agreed] };
  }
  if (owner === account) {
    const named = byResource.filter(
      ({ naming }) => naming === "identity" || (bounded && naming !== "account"),
    );
    if (named.length > 0) return verdict("resource", named);
  }
  const missing = byIdentity === undefined ? "identity" : bounded ? "resource" : "boundary";
  return { outcome: "not allowed", missing };
}

/** Whether a statement speaks of a request: principal, action, resource and conditions. */
export function speaksOf(statement: PolicyStatement, version: string, request: Request, side: Side): boolean {
  const context = { ...request.context, ...principalContext(request.principal) };
  const reading = { context, version };
  return (
    (side !== "resource" || namingOf(statement, request.principal) !== undefined) &&
    oneOf(request.action, statement.actions, statement.notActions, isAction) &&
    oneOf(request.resource, statement.resources, statement.notResources, (value, text) => {
      const pattern = fill(text, reading);
      return pattern !== undefined && isResourceLike(value, pattern);
    }) &&
    meets(statement, reading)
  );
}

/** Whether an action is like a pattern of the Action element, in which case does not count. */
export function isAction(action: string, pattern: string): boolean {
  return isLike(action, [{ text: pattern, literal: false }], true);
}

function matching(
  request: Request,
  side: Side,
  policies: readonly Policy[],
  effect: PolicyStatement["effect"],
): readonly PolicyStatement[] {
  return policies.flatMap(({ statements, version }) =>
    statements.filter((each) => each.effect === effect && speaksOf(each, version, request, side)),
  );
}

/** A list, or all but a list; a trust policy has no Resource, which then is the role itself. */
function oneOf(
  value: string,
  patterns: readonly string[] | undefined,
  notPatterns: readonly string[] | undefined,
  like: (value: string, pattern: string) => boolean,
): boolean {
  if (patterns !== undefined) return patterns.some((pattern) => like(value, pattern));
  return notPatterns === undefined || !notPatterns.some((pattern) => like(value, pattern));
}

function verdict(side: Side, by: readonly { readonly sid: string }[]): Decision {
  const [first] = by;
  return first === undefined
    ? { outcome: "not allowed", missing: side }
    : { outcome: "allowed", by: [{ side, sid: first.sid }] };
}

function listOf<T>(value: T | undefined): readonly T[] {
  return value === undefined ? [] : [value];
}
