import type { IConstruct } from "constructs";
import { guardDeletion } from "./deletion-guard";
import type { TopicRef } from "./refs";
import { partitionOf, type Region } from "./regions";

/** A list whose first two members are certain. */
export type AtLeastTwo<T> = readonly [T, T, ...T[]];

/** How private subnets reach the internet. A gateway costs about 35 USD a month, its traffic comes on top. */
export type Nat = "none" | "shared" | "per-zone";

/** What modules need to know of the environment they stand in. */
export interface Facts {
  /** Twelve digits. */
  readonly account: string;
  readonly region: Region;
  readonly network: {
    /** The VPC's range, private, /16 to /22. */
    readonly cidr: string;
    /** Names such as `eu-west-1a`, of this region. */
    readonly zones: AtLeastTwo<string>;
    readonly nat: Nat;
  };
  /** What happens to data when the resource that holds it leaves the code. */
  readonly deletion: "allow" | "prevent";
  /** Days, one of the values that CloudWatch Logs takes. */
  readonly logRetentionDays: number;
  readonly functionArchitecture: "arm64" | "x86_64";
  /** ARN of the policy that bounds every role. @default - roles are bounded by their own policy only */
  readonly rolePermissionsBoundary?: string;
  /** IAM path of every role, with a slash at both ends. @default "/" */
  readonly rolePath?: string;
  /** Where alarms go. `"none"` says in so many words that nobody is called. */
  readonly alarmTopic: TopicRef | "none";
}

/** A registered symbol, so that two copies of this package in one program still find each other's facts. */
const FACTS = Symbol.for("cdktf-aws-patterns/facts");

/**
 * Gives the modules below `scope` the facts they need, and guards data against deletion where the facts say so.
 *
 * A property and not construct context: context cannot be set once a scope has children, and the stack of another
 * team has its provider first.
 * @throws Error when `scope` has facts already
 */
export function provideFacts(scope: IConstruct, facts: Facts): void {
  if (FACTS in scope)
    throw new Error(`facts "${scope.node.path}": given already: call provideFacts once a stack`);
  Object.defineProperty(scope, FACTS, { value: facts });
  if (facts.deletion === "prevent") guardDeletion(scope);
}

/**
 * The facts of the nearest scope that has some.
 * @throws Error naming `provideFacts` when there are none
 */
export function factsOf(construct: IConstruct): Facts {
  return factsScopeOf(construct)[FACTS];
}

/** The nearest scope that has facts: the home of what an environment's modules share, such as one key for their logs. */
export function factsScopeOf(construct: IConstruct): IConstruct & { readonly [FACTS]: Facts } {
  const scope = [...construct.node.scopes].reverse().find(hasFacts);
  if (scope !== undefined) return scope;
  throw new Error(
    `facts "${construct.node.path}": this stack says nothing of its environment: extend EnvironmentStack, ` +
      "or call provideFacts(stack, { account, region, network, deletion, … }) before the first module",
  );
}

function hasFacts(scope: IConstruct): scope is IConstruct & { readonly [FACTS]: Facts } {
  return FACTS in scope;
}

/** The parts of an ARN after its partition. */
interface ArnParts {
  readonly service: string;
  readonly resource: string;
  /** @default - the environment's; give `""` for global services */
  readonly region?: string;
  /** @default - the environment's */
  readonly account?: string;
}

/** An ARN in the partition, region and account of the construct's environment. */
export function arnOf(construct: IConstruct, parts: ArnParts): string {
  const facts = factsOf(construct);
  const { service, resource, region = facts.region, account = facts.account } = parts;
  return `arn:${partitionOf(facts.region)}:${service}:${region}:${account}:${resource}`;
}
