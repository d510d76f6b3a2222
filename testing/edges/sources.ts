import { type Request, speaksOf } from "../policies/decide";
import type { Context } from "../policies/policy";
import { accountOf } from "../policies/principals";
import type { Resource } from "./configuration";
import { type FoundEdge, targetOf } from "./derive";
import type { Graph } from "./graph";

/** A statement under which an AWS service may act for anybody's resource: the confused deputy. */
export interface WithoutSource {
  /** The resource that carries the policy, by path. */
  readonly policy: string;
  readonly sid: string;
  readonly service: string;
}

/** An account that nobody of these stacks has. */
const STRANGER = "999999999999";

/** Statements that would let a service in for a stranger's resource as well. */
export function findWithoutSource(graph: Graph, edges: readonly FoundEdge[]): readonly WithoutSource[] {
  const found = edges.flatMap((edge) => {
    const target = targetOf(edge);
    if (target === undefined || edge.row.sourceless !== undefined) return [];
    return edge.requests.flatMap((request) => lettingStrangersIn(graph, target, edge.from.account, request));
  });
  return [
    ...new Map(
      [...found, ...unconditional(graph, edges)].map((each) => [JSON.stringify(each), each]),
    ).values(),
  ];
}

function lettingStrangersIn(
  graph: Graph,
  target: Resource,
  account: string,
  request: Request,
): readonly WithoutSource[] {
  const { principal, context = {} } = request;
  if (!("service" in principal)) return [];
  const theirs = { ...request, context: ofStranger(context, account) };
  return graph.policyOf(target).carried.flatMap(({ carrier, policy }) =>
    policy.statements
      .filter(({ effect }) => effect === "Allow")
      .filter((statement) => speaksOf(statement, policy.version, theirs, "resource"))
      .map(({ sid }) => ({ policy: carrier.path, sid, service: principal.service })),
  );
}

/**
 * The same call for a stranger's resource: of the same name, as bucket names of other accounts may come to be, and in
 * encryption contexts of the stranger's own; what is called stays ours.
 */
function ofStranger(context: Context, account: string): Context {
  const source = context["aws:SourceArn"];
  const accounts = [account, ...(typeof source === "string" ? [accountOf(source) ?? account] : [])];
  // Also where a bucket's name has the account's number in it: whoever comes first may take a name that was given up.
  const swap = (text: string) =>
    isBucket(text) ? text : accounts.reduce((swapped, each) => swapped.replaceAll(each, STRANGER), text);
  return Object.fromEntries(
    Object.entries(context).map(([key, value]) => [
      key,
      typeof value === "string" ? swap(value) : value.map(swap),
    ]),
  );
}

/** An ARN that holds no account. */
function isBucket(text: string): boolean {
  return /^arn:[\w-]+:s3:::/.test(text);
}

/** Statements for a service that no edge uses, with no condition at all that could bind it. */
function unconditional(graph: Graph, edges: readonly FoundEdge[]): readonly WithoutSource[] {
  const excused = edges
    .filter(({ row }) => row.sourceless !== undefined)
    .map((edge) => `${(edge.row.principal as { service: string }).service} on ${targetOf(edge)?.type}`);
  return graph.resources.flatMap((resource) =>
    graph.policyOf(resource).carried.flatMap(({ carrier, policy }) =>
      policy.statements.flatMap(({ effect, sid, principals, conditions }) => {
        if (effect !== "Allow" || principals === undefined || principals === "*") return [];
        const bound = conditions.some(({ key }) =>
          /^(aws:source|kms:encryptioncontext:|sts:externalid$)/i.test(key),
        );
        return (bound ? [] : (principals.Service ?? []))
          .filter((service) => !excused.includes(`${service} on ${resource.type}`))
          .map((service) => ({ policy: carrier.path, sid, service }));
      }),
    ),
  );
}
