import type { Construct } from "constructs";
import { type Handler, NodeFunction } from "../../compute";
import { QueueConsumer } from ".";

/** In your project this interface lives beside the handler, in its `env.ts`. */
interface BillingEnv {
  readonly TABLE_NAME: string;
  readonly IDEMPOTENCY_TABLE_NAME: string;
}

/** A function from `functions/billing/`. */
const billing = (scope: Construct): Handler =>
  new NodeFunction<BillingEnv>(scope, "billing", {
    source: "billing",
    environment: { TABLE_NAME: "invoices", IDEMPOTENCY_TABLE_NAME: "idempotency" },
  });

/** Orders to be billed, five at a time at most, however many wait. */
export function example(scope: Construct): QueueConsumer {
  return new QueueConsumer(scope, "orders", { handler: billing(scope), maximumConcurrency: 5 });
}

/** Payments in order within each account, many accounts at once. */
export function fifoExample(scope: Construct): QueueConsumer {
  return new QueueConsumer(scope, "payments", {
    handler: billing(scope),
    ordering: "fifo",
    throughput: "high",
    maxReceives: 10,
  });
}
