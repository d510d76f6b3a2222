import { isAction, type Request, speaksOf } from "../policies/decide";
import type { PolicyStatement } from "../policies/policy";
import { accountOf } from "../policies/principals";
import type { Resource } from "./configuration";
import { type FoundEdge, roleOf, targetOf } from "./derive";
import type { CarriedPolicy, Graph } from "./graph";

/** A permission that no edge and nothing in a function's environment asks for. */
export interface Unasked {
  /** The resource that carries the policy, by path. */
  readonly policy: string;
  readonly sid: string;
  readonly action: string;
  readonly resource: string;
  readonly why: string;
  /** Who is let in, where that is somebody outside these stacks: no fault then, since nobody here could ask. */
  readonly elsewhere?: string;
}

/** One action on one resource out of a statement. */
interface Permission extends CarriedPolicy {
  readonly statement: PolicyStatement;
  readonly action: string;
  readonly resource: string;
}

/** One call that an edge makes or, by AWS's documents, may make. */
interface Ask {
  readonly key: string;
  readonly request: Request;
  /** How a policy says exactly this action; `anyOf`: any one action of a service. */
  readonly words: readonly string[] | { readonly anyOf: string };
  /** How a policy says exactly this resource; none where every form does. */
  readonly patterns?: readonly string[];
}

type Side = "identity" | "resource";

/** What the policies of the stacks allow beyond what is asked for. */
export function findUnasked(graph: Graph, edges: readonly FoundEdge[]): readonly Unasked[] {
  const byRole = groupBy(edges, roleOf);
  const byTarget = groupBy(edges, targetOf);
  return graph.resources.flatMap((owner) => {
    const asRole = byRole.get(owner) ?? [];
    const asTarget = byTarget.get(owner) ?? [];
    const own = { graph, owner, side: "identity", asks: asRole.flatMap(asksOf) } as const;
    const others = { graph, owner, side: "resource", asks: asTarget.flatMap(asksOf) } as const;
    return [
      // What a role needs that nobody here takes is not known.
      ...(asRole.length === 0 ? [] : beyond(graph.policiesOf(owner).carried, own)),
      ...beyond(graph.policyOf(owner).carried, others),
    ];
  });
}

function groupBy<K, V>(values: readonly V[], keyOf: (value: V) => K): ReadonlyMap<K, readonly V[]> {
  const groups = new Map<K, V[]>();
  for (const value of values) {
    const group = groups.get(keyOf(value));
    if (group === undefined) groups.set(keyOf(value), [value]);
    else group.push(value);
  }
  return groups;
}

/** Whose policies are looked at, and what is asked of them. */
interface Of {
  readonly graph: Graph;
  readonly owner: Resource;
  readonly side: Side;
  readonly asks: readonly Ask[];
}

const wild = (text: string) => /[*?]/.test(text);

function asksOf(edge: FoundEdge): readonly Ask[] {
  const { row, from, end, requests } = edge;
  const key = `${row.kind} of ${from.stack}/${from.address} to ${typeof end.to === "string" ? end.to : end.to.arn}`;
  const [first] = requests;
  if (first === undefined) return [];
  if ("anyOf" in row.actions) {
    const resource = end.resource ?? (end.to as Resource).arn;
    return [{ key, request: { ...first, resource }, words: row.actions }];
  }
  const { documented = [] } = row;
  const patterns = end.patterns ?? [first.resource];
  const demanded = requests.map((request) => ({
    key: `${key}#${request.action}`,
    request,
    words: [request.action, ...documented.filter((word) => isAction(request.action, word))],
    patterns,
  }));
  const others = documented
    .filter((word) => !requests.some(({ action }) => isAction(action, word)))
    .map((word) => ({
      key: `${key}#${word}`,
      request: { ...first, action: word.replaceAll("*", "") },
      words: [word],
      patterns,
    }));
  return [...demanded, ...others];
}

function beyond(carried: readonly CarriedPolicy[], of: Of): readonly Unasked[] {
  const seen: { readonly permission: Permission; readonly keys: readonly string[] }[] = [];
  return carried.flatMap(permissionsOf).flatMap((permission) => {
    const keys = of.asks
      .filter((ask) => answers(permission, of.side, ask))
      .map((ask) => keyOf(permission, ask));
    const earlier = seen.filter((each) => sameTerms(each.permission.statement, permission.statement));
    seen.push({ permission, keys });
    if (keys.length === 0)
      return [unasked(permission, reason(permission, of), elsewhere(permission.statement, of))];
    const said = earlier.find((each) => keys.every((key) => each.keys.includes(key)));
    return said === undefined
      ? []
      : [unasked(permission, `"${said.permission.statement.sid}" says it already`)];
  });
}

function keyOf({ action, resource }: Permission, { key, words }: Ask): string {
  return "anyOf" in words ? `${key}#${action.toLowerCase()} on ${resource}` : key;
}

function permissionsOf(carried: CarriedPolicy): readonly Permission[] {
  return carried.policy.statements
    .filter(({ effect }) => effect === "Allow")
    .flatMap((statement) => {
      const { actions = ["all but a list"], resources, notResources } = statement;
      // A trust policy has no Resource: the role itself.
      const on = resources ?? (notResources === undefined ? ["*"] : ["all but a list"]);
      return bySource(statement).flatMap((each) =>
        actions.flatMap((action) =>
          on.map((resource) => ({ ...carried, statement: each, action, resource })),
        ),
      );
    });
}

const isSource = ({ operator, key }: PolicyStatement["conditions"][number]) =>
  key.toLowerCase() === "aws:sourcearn" && !/not/i.test(operator);

/** A statement that lists several sources, once for each: one that nobody calls in the name of is let in for nothing. */
function bySource(statement: PolicyStatement): readonly PolicyStatement[] {
  const { conditions } = statement;
  const listed = conditions.find(isSource);
  if (listed === undefined) return [statement];
  return listed.values.map((value) => ({
    ...statement,
    conditions: conditions.map((each) => (each === listed ? { ...each, values: [value] } : each)),
  }));
}

/** Whether a permission is what an ask asks for, no wider in action or resource. */
function answers({ statement, action, resource, policy }: Permission, side: Side, ask: Ask): boolean {
  const { words, patterns, request } = ask;
  const anyOf = "anyOf" in words;
  const wanted = anyOf
    ? !wild(action) && isAction(action, `${words.anyOf}:*`)
    : words.some((word) => word.toLowerCase() === action.toLowerCase());
  if (!wanted) return false;
  // What code calls within its table or bucket only the code knows: a policy may say all of it, or any part.
  if (anyOf && side === "identity" && !resource.startsWith(request.resource)) return false;
  const exact = anyOf || side === "resource" || !wild(resource) || patterns?.includes(resource) === true;
  const called = anyOf ? { ...request, resource: resource.replace(/[*?]/g, "x") } : request;
  // So it is with what the call says of itself, such as `s3:prefix`.
  const conditions = anyOf
    ? statement.conditions.filter(({ key }) => !key.toLowerCase().startsWith(`${words.anyOf}:`))
    : statement.conditions;
  const reduced = { ...statement, actions: ["*"], resources: [resource], conditions };
  return exact && speaksOf(reduced, policy.version, called, side);
}

function reason({ statement, action, resource, policy }: Permission, { asks, side }: Of): string {
  const reduced = { ...statement, actions: [action], resources: [resource] };
  const served = asks.filter(({ request }) => speaksOf(reduced, policy.version, request, side));
  if (served.length === 0) return "nothing here asks for it";
  const exact = wild(action)
    ? served.map(({ request }) => request.action)
    : served.flatMap((ask) => ask.patterns ?? []);
  return `wider than what is asked for: ${[...new Set(exact)].join(", ")}`;
}

/** Whom a statement of a resource's policy lets in that is not in these stacks, and so cannot ask here. */
function elsewhere(statement: PolicyStatement, { graph, owner, side, asks }: Of): string | undefined {
  const { principals, conditions } = statement;
  if (side === "identity" || principals === undefined) return undefined;
  const organization = conditions.find(({ key }) => key.toLowerCase() === "aws:principalorgid")?.values[0];
  if (organization !== undefined) return `organisation ${organization}`;
  if (principals === "*") return undefined;
  const { AWS = [], Service = [] } = principals;
  const accounts = AWS.map((each) => accountOf(each) ?? each);
  if (accounts.length > 0) {
    const foreign = accounts.every((account) => /^\d{12}$/.test(account) && account !== owner.account);
    return foreign ? `account ${accounts.join(", ")}` : undefined;
  }
  // Senders of other stacks: no edge here that the statement speaks of, and no source that is one of ours.
  const whole = { ...statement, actions: ["*"], resources: ["*"] };
  const asking = asks.some(({ request }) => speaksOf(whole, "2012-10-17", request, side));
  const sources = conditions.filter(({ key }) => /^aws:source/i.test(key)).flatMap(({ values }) => values);
  const here = sources.some((arn) => graph.resources.some((resource) => resource.arn === arn));
  return asking || here || sources.length === 0
    ? undefined
    : `${Service.join(", ")} for ${sources.join(", ")}`;
}

/** Whether two statements differ in action and resource only. */
function sameTerms(one: PolicyStatement, other: PolicyStatement): boolean {
  const terms = ({ principals, conditions }: PolicyStatement) => JSON.stringify([principals, conditions]);
  return terms(one) === terms(other);
}

function unasked(
  { carrier, statement: { sid }, action, resource }: Permission,
  why: string,
  elsewhere?: string,
): Unasked {
  return {
    policy: carrier.path,
    sid,
    action,
    resource,
    why,
    ...(elsewhere === undefined ? {} : { elsewhere }),
  };
}
