import type { Construct } from "constructs";
import { StateBucket } from ".";

/** The bucket in which a team's stacks keep their state. */
export function example(scope: Construct): StateBucket {
  return new StateBucket(scope, "state", { bucket: "acme-orders-terraform-state" });
}
