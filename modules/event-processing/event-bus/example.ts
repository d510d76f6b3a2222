import type { Construct } from "constructs";
import { EventBus } from ".";

/** The shop's own events, apart from those of AWS's services. */
export function example(scope: Construct): EventBus {
  return new EventBus(scope, "shop");
}
