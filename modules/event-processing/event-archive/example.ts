import type { Construct } from "constructs";
import { EventBus } from "../event-bus";
import { EventArchive } from ".";

/** What the shop said in the last two weeks can be said again. */
export function example(scope: Construct): EventArchive {
  const shop = new EventBus(scope, "shop");
  return new EventArchive(scope, "said", { bus: shop, pattern: { source: ["shop"] }, retentionDays: 14 });
}
