import { decide, type Policy, type Principal, readPolicy } from "../../../testing";
import type { Resource, StackJson } from "../../../testing/edges/configuration";
import { Graph } from "../../../testing/edges/graph";

/** A request, and what must come of it. */
export interface Case {
  /** What the request would be good or bad for. */
  readonly why: string;
  readonly expected: "allowed" | "refused";
  readonly principal: Principal;
  /** The role whose policies the principal has. */
  readonly role?: Resource;
  /** Whether the principal has an administrator's policies, so that the resource's alone decide. */
  readonly administrator?: boolean;
  readonly action: string;
  readonly resource: string;
  readonly context?: Readonly<Record<string, string | readonly string[]>>;
}

/** A policy of a stack, and the resource that it is about. */
export interface OwnedPolicy {
  readonly owner: Resource;
  readonly policy: Policy;
}

/** Nobody of ours. */
export const FOREIGN_ACCOUNT = "999999999999";

const EVERYTHING = readPolicy({
  Version: "2012-10-17",
  Statement: [{ Effect: "Allow", Action: "*", Resource: "*" }],
});

/** Stacks that are judged together: who is there, and what a request comes to. */
export class World {
  private readonly graph: Graph;

  constructor(stacks: readonly StackJson[]) {
    this.graph = new Graph(stacks);
  }

  /** Every policy document of the stacks. */
  get policies(): readonly OwnedPolicy[] {
    return this.graph.resources.flatMap((owner) => {
      const identity = owner.type === "aws_iam_role" ? this.graph.policiesOf(owner).carried : [];
      return [...identity, ...this.graph.policyOf(owner).carried].map(({ policy }) => ({ owner, policy }));
    });
  }

  ofType(type: string): readonly Resource[] {
    return this.graph.ofType(type);
  }

  /** The resource of a type at a construct path, its own `Default` left out. */
  at(path: string, type: string): Resource {
    const found = this.find(path, type);
    if (found === undefined)
      throw new Error(`no ${type} at "${path}", only at ${this.ofType(type).map(pathOf).join(", ")}`);
    return found;
  }

  find(path: string, type: string): Resource | undefined {
    return this.ofType(type).find((resource) => pathOf(resource) === path);
  }

  /** A value of a resource as text, references followed. */
  text(resource: Resource, value: unknown): string | undefined {
    return this.graph.text(resource, value);
  }

  /**
   * Whether a request comes to what it must.
   * @param swap one policy in the place of another: a mutant
   */
  holds(one: Case, swap: { readonly from: Policy; readonly to: Policy } | undefined = undefined): boolean {
    const current = (policy: Policy) => (policy === swap?.from ? swap.to : policy);
    const role = one.role && this.graph.policiesOf(one.role).carried.map(({ policy }) => current(policy));
    const { outcome } = decide(
      { principal: one.principal, action: one.action, resource: one.resource, context: one.context },
      {
        identity: one.administrator ? [EVERYTHING] : role,
        resource: this.policyOf(one.resource, current),
        resourceAccount: this.owner(one.resource)?.account,
      },
    );
    return (outcome === "allowed") === (one.expected === "allowed");
  }

  private policyOf(arn: string, current: (policy: Policy) => Policy): Policy | undefined {
    const owner = this.owner(arn);
    const carried = this.bearingOn(arn, owner).flatMap((each) => this.graph.policyOf(each).carried);
    const [first] = carried;
    if (first === undefined) return owner && this.graph.policyOf(owner).effective;
    return {
      version: first.policy.version,
      statements: carried.flatMap(({ policy }) => current(policy).statements),
    };
  }

  /** Whose policies bear on an ARN: a log group has none of its own, all log policies of its account and region do. */
  private bearingOn(arn: string, owner: Resource | undefined): readonly Resource[] {
    const [home] = /^arn:aws:logs:[^:]+:[^:]+:/.exec(arn) ?? [];
    if (home === undefined) return owner === undefined ? [] : [owner];
    return this.graph.ofType("aws_cloudwatch_log_group").filter((group) => group.arn.startsWith(home));
  }

  /** Whose policy bears on an ARN: an object belongs to its bucket, a stream to its log group, a method to its API. */
  private owner(arn: string): Resource | undefined {
    const [whole = arn] = /^arn:aws:(s3|execute-api):/.test(arn) ? arn.split("/") : arn.split(":log-stream:");
    const id = whole.startsWith("arn:aws:execute-api:") ? whole.split(":").at(-1) : undefined;
    return id === undefined
      ? this.graph.resources.find((resource) => resource.arn === whole)
      : this.graph.find(id, "aws_api_gateway_rest_api");
  }
}

/** A construct path, `Default` left out. */
export function pathOf({ path }: Resource): string {
  return path.replaceAll(/\/Default(?=\/|$)/g, "");
}

/** The same ARN in an account of somebody else. */
export function elsewhere(arn: string): string {
  return arn.replace(/:\d{12}:/, `:${FOREIGN_ACCOUNT}:`);
}
