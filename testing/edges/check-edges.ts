import { type Counted, type Decision, decide } from "../policies/decide";
import type { Resource, StackJson } from "./configuration";
import { decideOn, type FoundEdge, findEdges, roleOf, targetOf } from "./derive";
import { Graph } from "./graph";
import { findWithoutSource, type WithoutSource } from "./sources";
import { findUnasked, type Unasked } from "./unasked";

/** One way in which a resource uses another. */
export interface Edge {
  readonly kind: string;
  /** Both ends by construct path, or by the text that names one elsewhere. */
  readonly from: string;
  readonly to: string;
  readonly verdict: "permitted" | "unpermitted" | "unresolved";
  /** The page of AWS that says what it needs. */
  readonly document: string;
  /** What about it only a real account would show. */
  readonly unproven?: string;
}

/** An edge that AWS would refuse. */
export interface Unpermitted extends Pick<Edge, "kind" | "from" | "to"> {
  /** The policy that the missing statement belongs to, by the path of the resource that carries it, or would. */
  readonly policy: string;
  /** A statement that would permit it; none where no statement can, or where one denies. */
  readonly statement?: object;
  readonly why: string;
}

/** What the stacks do not tell. */
export interface Unresolved {
  readonly where: string;
  readonly why: string;
}

/** What the policies of some stacks permit, against what their edges need. */
export interface EdgeReport {
  readonly edges: readonly Edge[];
  readonly unpermitted: readonly Unpermitted[];
  readonly unasked: readonly Unasked[];
  readonly withoutSource: readonly WithoutSource[];
  readonly unresolved: readonly Unresolved[];
  /** Queues, topics and buckets that a call without TLS reaches. Told, and no fault of an edge. */
  readonly withoutTls: readonly string[];
}

/**
 * Derives the edges between the resources of some stacks – a subscription and its queue, a function and its log – and
 * judges each by the policies that the stacks write. Stacks that refer to each other are given together.
 */
export function checkEdges(stacks: StackJson | readonly StackJson[]): EdgeReport {
  const graph = new Graph([stacks].flat());
  const found = findEdges(graph);
  const unasked = findUnasked(graph, found);
  const judged = found.map((edge) => ({ edge, ...judge(graph, edge) }));
  return {
    edges: judged.map(({ edge, faults, unresolved }) => ({
      ...names(edge),
      verdict: unresolved !== undefined ? "unresolved" : faults.length > 0 ? "unpermitted" : "permitted",
      document: edge.row.document,
      unproven: edge.row.unproven,
    })),
    unpermitted: judged.flatMap(({ faults }) => faults),
    unasked: unasked.filter(({ elsewhere }) => elsewhere === undefined),
    withoutSource: findWithoutSource(graph, found),
    unresolved: [
      ...judged.flatMap(({ edge, unresolved }) =>
        unresolved === undefined ? [] : [{ where: `${edge.row.kind}: ${edge.from.path}`, why: unresolved }],
      ),
      ...grantsElsewhere(unasked),
      ...untold(graph, found),
    ],
    withoutTls: withoutTls(graph),
  };
}

function names({ row, from, end }: FoundEdge): Pick<Edge, "kind" | "from" | "to"> {
  return { kind: row.kind, from: from.path, to: typeof end.to === "string" ? end.to : end.to.path };
}

interface Judgement {
  readonly faults: readonly Unpermitted[];
  readonly unresolved?: string;
}

function judge(graph: Graph, edge: FoundEdge): Judgement {
  const { end, requests } = edge;
  const named = names(edge);
  if (end.never !== undefined) {
    return { faults: [{ ...named, policy: targetOf(edge)?.path ?? String(end.to), why: end.never }] };
  }
  const refused = requests
    .map((request) => ({ action: request.action, decision: decideOn(graph, edge, request) }))
    .filter(({ decision }) => decision.outcome !== "allowed");
  const elsewhere = roleOf(edge) ? graph.policiesOf(roleOf(edge) as Resource).elsewhere : [];
  const unknown = elsewhere.filter((arn) => !arn.endsWith("(boundary)"));
  if (
    refused.length > 0 &&
    unknown.length > 0 &&
    refused.every(({ decision }) => missing(decision) === "identity")
  ) {
    return { faults: [], unresolved: `the role also has ${unknown.join(", ")}, whose text is not here` };
  }
  const bySide = new Map<
    string,
    { actions: string[]; decision: Exclude<Decision, { outcome: "allowed" }> }
  >();
  for (const { action, decision } of refused) {
    if (decision.outcome === "allowed") continue;
    const side = JSON.stringify(decision);
    bySide.set(side, { decision, actions: [...(bySide.get(side)?.actions ?? []), action] });
  }
  const faults = [...bySide.values()].map(({ actions, decision }) => ({
    ...named,
    ...fault(graph, edge, actions, decision),
  }));
  return { faults, unresolved: edge.unresolved };
}

function missing(decision: Decision): string | undefined {
  return decision.outcome === "not allowed" ? decision.missing : undefined;
}

function fault(
  graph: Graph,
  edge: FoundEdge,
  actions: readonly string[],
  decision: Exclude<Decision, { outcome: "allowed" }>,
): Omit<Unpermitted, "kind" | "from" | "to"> {
  const side = decision.outcome === "denied" ? decision.by.side : decision.missing;
  const policy = placeOf(graph, edge, side);
  if (decision.outcome === "denied") {
    return { policy, why: `"${decision.by.sid}" denies ${actions.join(", ")}` };
  }
  if (side === "boundary") return { policy, why: `the role's boundary does not allow ${actions.join(", ")}` };
  return {
    policy,
    why: `nothing allows ${actions.join(", ")}`,
    statement: statementFor(edge, actions, side),
  };
}

/** Where a statement of a side stands, or would. */
function placeOf(graph: Graph, edge: FoundEdge, side: Counted["side"]): string {
  const owner = (side === "resource" ? targetOf(edge) : roleOf(edge)) as Resource;
  const { carried } = side === "resource" ? graph.policyOf(owner) : graph.policiesOf(owner);
  return (carried.find(({ single }) => !single)?.carrier ?? owner).path;
}

function statementFor(
  { row, end, from, requests: [request] }: FoundEdge,
  actions: readonly string[],
  side: Counted["side"],
): object {
  const allowed = { Effect: "Allow", Action: actions };
  const [pattern = request?.resource] = end.patterns ?? [];
  if (side !== "resource") return { ...allowed, Resource: pattern };
  const key = row.boundBy ?? "aws:SourceArn";
  const source = request?.context?.[key];
  const principal = request?.principal as { arn: string } | { service: string };
  return {
    ...allowed,
    Principal:
      "service" in principal
        ? { Service: principal.service }
        : { AWS: `arn:${from.partition}:iam::${from.account}:root` },
    Resource: row.to === "aws_kms_key" ? "*" : pattern,
    ...("service" in principal && source !== undefined && row.sourceless === undefined
      ? { Condition: { ArnLike: { [key]: source } } }
      : {}),
  };
}

/** Whom the policies let in from outside, each once. */
function grantsElsewhere(unasked: readonly Unasked[]): readonly Unresolved[] {
  const told = unasked.flatMap(({ policy, sid, elsewhere }) =>
    elsewhere === undefined
      ? []
      : [{ where: policy, why: `"${sid}" lets in ${elsewhere}, not in these stacks` }],
  );
  return [...new Map(told.map((each) => [JSON.stringify(each), each])).values()];
}

/** What could not be followed or read, and policies that nothing here puts to use. */
function untold(graph: Graph, edges: readonly FoundEdge[]): readonly Unresolved[] {
  const taken = new Set(edges.flatMap((edge) => [roleOf(edge), targetOf(edge)]));
  const roles = graph.ofType("aws_iam_role");
  return [
    ...graph.unread.map(({ where, why }) => ({ where: where.path, why })),
    ...roles
      .filter((role) => !taken.has(role))
      .map(({ path }) => ({
        where: path,
        why: "no edge that is known takes this role: what it needs is not known",
      })),
    ...roles.flatMap((role) =>
      graph
        .policiesOf(role)
        .elsewhere.map((arn) => ({ where: role.path, why: `${arn} is not in these stacks` })),
    ),
    ...[...graph.unfollowed].map(([expression, stack]) => ({
      where: stack,
      why: `\${${expression}} cannot be followed`,
    })),
  ];
}

/** A call on a queue, topic or bucket that TLS-only policies deny. */
const CALLS: Readonly<Record<string, string>> = {
  aws_s3_bucket: "s3:GetObject",
  aws_sns_topic: "sns:Publish",
  aws_sqs_queue: "sqs:SendMessage",
};

function withoutTls(graph: Graph): readonly string[] {
  return Object.entries(CALLS).flatMap(([type, action]) =>
    graph
      .ofType(type)
      .filter((resource) => {
        const { arn, account, partition } = resource;
        const { effective } = graph.policyOf(resource);
        const principal = { arn: `arn:${partition}:iam::${account}:role/somebody` };
        const on = type === "aws_s3_bucket" ? `${arn}/object` : arn;
        const context = { "aws:SecureTransport": "false" };
        return (
          decide({ principal, action, resource: on, context }, { resource: effective }).outcome !== "denied"
        );
      })
      .map(({ path }) => path),
  );
}
