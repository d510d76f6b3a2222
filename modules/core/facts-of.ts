import { TerraformProvider, TerraformStack, Token } from "cdktf";
import type { IConstruct } from "constructs";
import { Checks } from "./checks";
import { guardDeletion } from "./deletion-guard";
import { engineFaults } from "./engine-faults";
import { checkAlarmTopic, checkFacts, type Facts } from "./facts";
import { partitionOf } from "./regions";

/** A registered symbol, so that two copies of this package in one program still find each other's facts. */
const FACTS = Symbol.for("cdktf-aws-patterns/facts");

/**
 * Gives the modules below `scope` the facts they need, guards data against deletion where the facts say so, and has a
 * stack checked for the engine's silent faults and for a provider that leads elsewhere than the facts say.
 *
 * A property and not construct context: context cannot be set once a scope has children, and the stack of another
 * team has its provider first.
 * @throws Error with every fault of the facts, and when `scope` has some already
 */
export function provideFacts(scope: IConstruct, facts: Facts): void {
  const checks = new Checks("facts", scope);
  checkFacts(checks, facts);
  checkAlarmTopic(checks, "alarmTopic", facts.alarmTopic, facts.region);
  checks.done();
  if (FACTS in scope)
    throw new Error(`facts "${scope.node.path}": given already: call provideFacts once a stack`);
  placeFacts(scope, facts);
  if (TerraformStack.isStack(scope)) {
    scope.node.addValidation({ validate: () => [...engineFaults(scope), ...strayProviders(scope, facts)] });
  }
  if (facts.deletion === "prevent") guardDeletion(scope);
}

/** Puts facts that were checked where `factsOf` finds them. For core only: everybody else provides them. */
export function placeFacts(scope: IConstruct, facts: Facts): void {
  Object.defineProperty(scope, FACTS, { value: facts });
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

/** A provider of another region or account would make resources that the ARNs of the facts do not name. */
function strayProviders(stack: TerraformStack, { region, account }: Facts): string[] {
  const [provider] = stack.node
    .findAll()
    .filter(TerraformProvider.isTerraformProvider)
    .filter(({ alias, terraformResourceType }) => alias === undefined && terraformResourceType === "aws");
  if (provider === undefined) return [];
  const checks = new Checks("provider", provider);
  const given = provider as TerraformProvider & { regionInput?: string; allowedAccountIdsInput?: string[] };
  checks.oneOf("region", given.regionInput, [region], "the facts of the stack say so");
  const { allowedAccountIdsInput: accounts } = given;
  checks.that(
    accounts === undefined ||
      Token.isUnresolved(accounts) ||
      Token.isUnresolved(account) ||
      accounts.includes(account),
    `allowedAccountIds must include ${account}, got ${accounts?.join(", ")}: the facts of the stack say so`,
  );
  return checks.messages();
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
