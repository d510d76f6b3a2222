import type { CloudwatchEventBus } from "@cdktf/provider-aws/lib/cloudwatch-event-bus";
import { CloudwatchEventBusPolicy } from "@cdktf/provider-aws/lib/cloudwatch-event-bus-policy";
import { CloudwatchEventPermission } from "@cdktf/provider-aws/lib/cloudwatch-event-permission";
import { Token } from "cdktf";
import type { IConstruct } from "constructs";
import {
  BUS_POLICY_CHARACTERS,
  Checks,
  type Conditions,
  factsOf,
  ResourcePolicy,
  resolveIn,
  shortHash,
  sidOf,
} from "../../core";

/** The name of the bus that every account has. */
export const DEFAULT_BUS = "default";

/** Which events somebody of another account may put on a bus. */
export interface OnlyEvents {
  /** By what they say of their `source`, such as `["com.partner.shop"]`. @default - of any source */
  readonly sources?: readonly string[];
  /** By their `detail-type`, such as `["order placed"]`. @default - of any */
  readonly detailTypes?: readonly string[];
}

/** Somebody of another account. */
export interface Sender {
  /** Part of the statement's id: `account210987654321`. */
  readonly who: string;
  readonly principal: { readonly AWS: string };
  readonly conditions?: Conditions[string];
}

/** How both types say which bus they write into. */
const NAMED = { subject: "eventBusNameInput", otherwise: DEFAULT_BUS, regional: true };

/** The policy of a bus: nobody of the own account needs it, and without it nobody of another one is let in. */
function busPolicy(bus: CloudwatchEventBus): ResourcePolicy<CloudwatchEventBus> {
  return ResourcePolicy.of(bus, {
    kind: "bus policy",
    type: CloudwatchEventBusPolicy.tfResourceType,
    // EventBridge quotas, "Event bus policy size": 10,240 characters, adjustable.
    size: {
      most: factsOf(bus).eventBusPolicyCharacters ?? BUS_POLICY_CHARACTERS,
      unit: "characters",
    },
    fewer:
      "let in the organisation in place of its accounts, or make a second bus; where AWS has raised the quota, say it by the " +
      "environment's fact eventBusPolicyCharacters",
    ...NAMED,
    // Terraform documentation of the policy: it "is incompatible with the EventBridge permission resource" and overwrites it.
    parts: [
      {
        type: CloudwatchEventPermission.tfResourceType,
        ...NAMED,
        remedy:
          "remove the permission and say its statement by allowPutEventsFromAccount or allowPutEventsFromOrganization of the " +
          "bus, or in the policy where that is yours",
      },
    ],
    write: (scope, { name }, policy) =>
      new CloudwatchEventBusPolicy(scope, "Default", { eventBusName: name, policy }),
  });
}

/** How much each sender was let put on a bus. */
const letIn = new WeakMap<CloudwatchEventBus, Map<string, "all" | "some">>();

/** Refuses a sender that may put all events and some besides: the restriction would restrict nothing. */
function checkMoot(bus: CloudwatchEventBus, who: string, amount: "all" | "some"): void {
  if (Token.isUnresolved(who)) return;
  const senders = letIn.get(bus) ?? new Map();
  letIn.set(bus, senders);
  new Checks("event-bus", bus.node.scope ?? bus)
    .that(
      (senders.get(who) ?? amount) === amount,
      `${who.replace(/^(account|organization)\/?/, "$1 ")} is let in with all its events and with some sources or types only, and all is what counts: leave out one of the two`,
    )
    .done();
  senders.set(who, amount);
}

/** Lets somebody of another account put events on a bus. Who of theirs may is for their own IAM to say. */
export function allowPutEvents(
  bus: CloudwatchEventBus,
  { who, principal, conditions }: Sender,
  only: OnlyEvents,
): void {
  const [own, all] = [{}, conditions].map((bound) => noneIfEmpty(conditionsOf(bus, bound, only)));
  checkMoot(bus, who, own === undefined ? "all" : "some");
  // By what it is restricted to as well: the same sender may send two kinds of events, each by a statement of its own.
  const words = own === undefined ? [] : [shortHash(JSON.stringify(resolveIn(bus, own)))];
  busPolicy(bus).add(sidOf("allow", spelled(bus, who), ...words), {
    principal,
    actions: ["events:PutEvents"],
    resources: [bus.arn],
    conditions: all,
  });
}

/** A value known only at apply is called what it will read as in the stack: its token has another number at each change. */
function spelled(scope: IConstruct, who: string): string {
  return Token.isUnresolved(who) ? String(resolveIn(scope, who)) : who;
}

/**
 * EventBridge user guide, "Send events to a custom bus in a different account": a call puts several events, and each must be
 * of these sources. A call that named none would meet that, so it must name one.
 */
function conditionsOf(
  scope: IConstruct,
  bound: Conditions[string] = {},
  { sources, detailTypes }: OnlyEvents,
): Conditions {
  const equal = { ...bound, ...(detailTypes && { "events:detail-type": sorted(scope, detailTypes) }) };
  return {
    ...(Object.keys(equal).length > 0 && { StringEquals: equal }),
    ...(sources && {
      "ForAllValues:StringEquals": { "events:source": sorted(scope, sources) },
      Null: { "events:source": "false" },
    }),
  };
}

const noneIfEmpty = (conditions: Conditions): Conditions | undefined =>
  Object.keys(conditions).length === 0 ? undefined : conditions;

/**
 * As AWS answers it, one value as a plain text: a second plan stays empty. By what values read as, for a token has another
 * number at each change.
 */
function sorted(scope: IConstruct, values: readonly string[]): string | readonly string[] {
  const [first = "", ...others] = values;
  if (others.length === 0) return first;
  return [...values].sort((a, b) => (spelled(scope, a) < spelled(scope, b) ? -1 : 1));
}

/** Records an account that is none, or that needs no policy because it is the bus's own. */
export function checkAccount(checks: Checks, scope: IConstruct, account: string): Checks {
  checks.account("account", account);
  return checks.that(
    Token.isUnresolved(account) || account !== factsOf(scope).account,
    `account ${account} is the bus's own, and a policy that names it lets in whom its IAM does not: use grantPutEvents`,
  );
}

/** Records what would let nobody in. */
export function checkOnly(checks: Checks, { sources, detailTypes }: OnlyEvents): Checks {
  for (const [name, values] of Object.entries({ sources, detailTypes })) {
    if (Token.isUnresolved(values)) {
      checks.that(
        false,
        `${name} is a list that is known only at apply, and a policy needs its length: name each, such as Fn.element(list, 0)`,
      );
      continue;
    }
    checks.that(
      values === undefined || (values.length > 0 && !values.includes("")),
      `${name} must name at least one, and none empty, or be left out to let all in, got ${JSON.stringify(values)}`,
    );
  }
  return checks;
}
