import { Token } from "cdktf";
import type { Construct } from "constructs";
import type { Checks } from "../../core";
import { busRefOf, type EventBus, type EventBusRef } from "../event-bus/event-bus";
import { type RuleBinding, type RuleSource, type RuleTarget, type SentByRule, targetRole } from "./target";

class BusTarget implements RuleTarget {
  constructor(private readonly bus: EventBusRef) {}

  checkForRule(checks: Checks, prefix: string, _scope: Construct, { bus }: SentByRule = {}): void {
    checks.matches(
      `${prefix}to`,
      this.bus.arn,
      /^arn:[\w-]+:events:[\w-]+:\d{12}:event-bus\/[\w./-]+$/,
      "an event bus by its ARN",
    );
    checks.that(
      bus === undefined || !isSame(bus, this.bus),
      `${prefix}to is the bus that the rule is on: what it sends there matches it again, for ever, and each time is paid for: ` +
        "send to another bus, or give the events to a target that makes others of them",
    );
  }

  bindToRule(source: RuleSource): RuleBinding {
    const { arn } = this.bus;
    const role = targetRole(source);
    role.allow("PutEvents", { actions: ["events:PutEvents"], resources: [arn], caller: "service" });
    return { arn, role, permissions: [role.policy] };
  }
}

/** By the resource, where one of an app here makes it: its ARN is known only at apply. */
function isSame(one: EventBusRef, other: EventBusRef): boolean {
  return one === other || (!Token.isUnresolved(one.arn) && one.arn === other.arn);
}

/**
 * Another bus than the rule's, of any region or account: `busTarget(existingBus(this, { region: "us-east-1" }))`. The events arrive as they
 * are. A bus of another account lets this account in by its own policy; what it received so, AWS forwards to no third account.
 *
 * Called in a role that may `events:PutEvents` on this one.
 */
export function busTarget(bus: EventBus | EventBusRef): RuleTarget {
  return new BusTarget(busRefOf(bus));
}
