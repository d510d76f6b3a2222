import type { Construct } from "constructs";
import { EventRules } from "../event-rules";
import { busTarget } from "../event-targets";
import { EventBus } from ".";

/** The shop's own events, a partner's parcels, and on the same bus what AWS says of its health, which arrives on the default one. */
export function example(scope: Construct): EventBus {
  const shop = new EventBus(scope, "shop");
  shop.allowPutEventsFromAccount("210987654321", { sources: ["partner.parcels"] });
  new EventRules(scope, "forwarding", {
    rules: { health: { pattern: { source: ["aws.health"] }, targets: { shop: { to: busTarget(shop) } } } },
  });
  return shop;
}
