import type { Construct } from "constructs";
import { NodeFunction } from ".";

/** In your project this interface lives beside the handler, in its `env.ts`. */
interface BillingEnv {
  readonly TABLE_NAME: string;
  readonly IDEMPOTENCY_TABLE_NAME: string;
}

/** A function from `functions/billing/`. Leaving a variable out does not compile. */
export function example(scope: Construct): NodeFunction<BillingEnv> {
  return new NodeFunction<BillingEnv>(scope, "billing", {
    source: "billing",
    environment: { TABLE_NAME: "invoices", IDEMPOTENCY_TABLE_NAME: "idempotency" },
    memoryMb: 512,
  });
}
