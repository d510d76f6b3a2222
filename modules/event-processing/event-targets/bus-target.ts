import type { Checks } from "../../core";
import { busRefOf, type EventBus, type EventBusRef } from "../event-bus/event-bus";
import { type RuleBinding, type RuleSource, type RuleTarget, targetRole } from "./target";

class BusTarget implements RuleTarget {
  constructor(private readonly bus: EventBusRef) {}

  checkForRule(checks: Checks, prefix: string): void {
    checks.matches(
      `${prefix}bus`,
      this.bus.arn,
      /^arn:[\w-]+:events:[\w-]+:\d{12}:event-bus\/[\w./-]+$/,
      "an event bus by its ARN",
    );
  }

  bindToRule(source: RuleSource): RuleBinding {
    const { arn } = this.bus;
    const role = targetRole(source);
    role.allow("PutEvents", { actions: ["events:PutEvents"], resources: [arn], caller: "service" });
    return { arn, role, permissions: [role.policy] };
  }
}

/**
 * Another bus, of any region or account: `busTarget(existingBus(this, { region: "us-east-1" }))`. The events arrive as they
 * are. A bus of another account lets this account in by its own policy; what it received so, AWS forwards to no third account.
 *
 * Called in a role that may `events:PutEvents` on this one.
 */
export function busTarget(bus: EventBus | EventBusRef): RuleTarget {
  return new BusTarget(busRefOf(bus));
}
