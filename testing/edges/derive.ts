import { type Decision, decide, isAction, type Policies, type Request } from "../policies/decide";
import { type Context, type Policy, type PolicyStatement, readPolicy } from "../policies/policy";
import { accountOf, type Principal } from "../policies/principals";
import type { Resource } from "./configuration";
import type { Graph } from "./graph";
import type { End, Row } from "./row";
import { rows } from "./rows";

/** One edge of the stacks, with the calls that it makes. */
export interface FoundEdge {
  readonly row: Row;
  readonly from: Resource;
  readonly end: End;
  /** The calls, each of which must be allowed; none where the edge leads elsewhere or needs no policy. */
  readonly requests: readonly Request[];
  /** What it cannot be judged for want of, in words. */
  readonly unresolved?: string;
}

/** The edge's role as a resource of the stacks. */
export function roleOf({ end: { role } }: FoundEdge): Resource | undefined {
  return typeof role === "object" ? role : undefined;
}

/** What is called, as a resource of the stacks. */
export function targetOf({ end: { to } }: FoundEdge): Resource | undefined {
  return typeof to === "object" ? to : undefined;
}

/** Every edge that the rows find. */
export function findEdges(graph: Graph): readonly FoundEdge[] {
  return rows.flatMap((row) =>
    graph
      .ofType(row.from)
      .flatMap((from) => row.ends(from, graph).map((end) => edgeOf(graph, { row, from, end }))),
  );
}

function edgeOf(graph: Graph, edge: Pick<FoundEdge, "row" | "from" | "end">): FoundEdge {
  const { row, end } = edge;
  const elsewhere = whatIsElsewhere(edge);
  if (end.never !== undefined) return { ...edge, requests: [] };
  if (elsewhere !== undefined) return { ...edge, requests: [], unresolved: elsewhere };
  if (!("anyOf" in row.actions) && row.actions.length === 0) return { ...edge, requests: [] };
  const principal = principalOf(edge);
  const request = {
    principal,
    resource: end.resource ?? (end.to as Resource).arn,
    context: { "aws:SecureTransport": "true", ...sourceContext(edge), ...end.context },
  };
  if ("anyOf" in row.actions) return { ...edge, requests: someOf(graph, edge, row.actions.anyOf, request) };
  return { ...edge, requests: row.actions.map((action) => ({ ...request, action })) };
}

function whatIsElsewhere({ row, end }: Pick<FoundEdge, "row" | "end">): string | undefined {
  if (typeof end.to === "string" && row.to !== "*") return `${end.to} is not in these stacks`;
  return typeof end.role === "string" ? `${end.role} is not in these stacks` : undefined;
}

function principalOf({ row, from, end }: Pick<FoundEdge, "row" | "from" | "end">): Principal {
  if (row.principal !== "role") return { service: row.principal.service.replace("{region}", from.region) };
  return { arn: end.caller ?? (end.role as Resource).arn };
}

/** What a service says of whom it acts for. */
function sourceContext({ row, from, end }: Pick<FoundEdge, "row" | "from" | "end">): Context {
  if (row.principal === "role" || row.boundBy !== undefined) return {};
  const source = end.source ?? from.arn;
  return { "aws:SourceArn": source, "aws:SourceAccount": accountOf(source) ?? from.account };
}

/** Calls of a service that a role may make on a resource, or below it; one that nobody is allowed where there is none. */
function someOf(
  graph: Graph,
  { end }: Pick<FoundEdge, "end">,
  service: string,
  request: Omit<Request, "action">,
): readonly Request[] {
  const role = end.role as Resource;
  const statements = graph
    .policiesOf(role)
    .carried.flatMap(({ policy }) => policy.statements.filter(({ effect }) => effect === "Allow"));
  const within = ({ resources = [] }: PolicyStatement) =>
    [request.resource, ...resources.filter((each) => each.startsWith(request.resource))].map(spelledOut);
  const all = statements.flatMap((statement) =>
    (statement.actions ?? [])
      .filter((action) => isAction(`${service}:`, `${action.split(":")[0]}:`))
      .flatMap((action) =>
        within(statement).map((resource) => ({ ...request, action: spelledOut(action), resource })),
      ),
  );
  const allowed = all.find((each) => judge(graph, role, end.to as Resource, each).outcome === "allowed");
  return [allowed ?? { ...request, action: `${service}:*` }];
}

/** A pattern as one of the texts that are like it. */
function spelledOut(pattern: string): string {
  return pattern.replaceAll(/[*?]/g, "x");
}

/** Somebody of an account elsewhere, or an administrator: their own IAM is theirs to say. */
const ALLOW_ALL: Policy = readPolicy({ Statement: { Effect: "Allow", Action: "*", Resource: "*" } });

/** The decision on one call of an edge. */
export function decideOn(graph: Graph, edge: FoundEdge, request: Request): Decision {
  return judge(graph, edge.end.caller === undefined ? roleOf(edge) : undefined, targetOf(edge), request);
}

function judge(
  graph: Graph,
  role: Resource | undefined,
  target: Resource | undefined,
  request: Request,
): Decision {
  const own = role && graph.policiesOf(role);
  const policies: Policies = {
    identity: own === undefined ? [ALLOW_ALL] : own.carried.map(({ policy }) => policy),
    boundary: own?.boundary,
    resource: target && graph.policyOf(target).effective,
    resourceAccount: target?.account,
  };
  return decide(request, policies);
}
