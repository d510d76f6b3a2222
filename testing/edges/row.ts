import type { Context } from "../policies/policy";
import type { Resource } from "./configuration";
import type { Graph } from "./graph";

/** One end of an edge, as a row finds it. */
export interface End {
  /** What is called: a resource of these stacks, or the text that names one elsewhere. */
  readonly to: Resource | string;
  /** Whose role makes the call, where the row says `"role"`: a resource of these stacks, or the text of one elsewhere. */
  readonly role?: Resource | string;
  /** The ARN in whose name a service calls, `aws:SourceArn`. @default - of the resource the edge starts at */
  readonly source?: string;
  /** The principal in place of the row's, by ARN, where a policy names who calls. */
  readonly caller?: string;
  /** The ARN called upon. @default - the one of `to` */
  readonly resource?: string;
  /** How a policy says exactly this resource, wildcards and all. @default - its ARN */
  readonly patterns?: readonly string[];
  /** What else the request says of itself. */
  readonly context?: Context;
  /** Why no statement can ever permit this edge, and what to do instead. */
  readonly never?: string;
}

/**
 * What AWS demands for one kind of edge between two resources. A chapter adds rows in a file of its own.
 */
export interface Row {
  /** Such as `subscription delivers to queue`. */
  readonly kind: string;
  /** Type of the resources from which the edge starts. */
  readonly from: string;
  /** Type of what is called, or `"*"` where AWS knows no resources for these calls. */
  readonly to: string;
  /** Who calls: a service, or the role of the end. `{region}` stands for the region of `from`. */
  readonly principal: { readonly service: string } | "role";
  /** Every one of these must be allowed; with `anyOf`, any one of that service, since only the code knows which.
   * None where AWS asks no policy: the end then says what stands in the way (`never`). */
  readonly actions: readonly string[] | { readonly anyOf: string };
  /** What AWS's document grants beside or in place of those, in its words: may be there, need not. */
  readonly documented?: readonly string[];
  /** The condition key that binds a service's call to one resource. @default "aws:SourceArn" */
  readonly boundBy?: string;
  /** Why a service's call need not be bound to one account: AWS documents no condition that would. One may stand there. */
  readonly sourceless?: string;
  /** What no emulator enforces and only a real account would show. */
  readonly unproven?: string;
  /** The page of AWS that demands it. */
  readonly document: string;
  /** The ends of the edges that start at a resource. */
  ends(from: Resource, graph: Graph): readonly End[];
}
