import type { Construct } from "constructs";
import { FanOut } from ".";

/** Orders go to billing whole, and to analytics only when they are large. */
export function example(scope: Construct): FanOut<"billing" | "analytics"> {
  return new FanOut(scope, "orders", {
    subscribers: {
      billing: {},
      analytics: { filter: { attributes: { total: [{ numeric: [">=", 100] }] } }, maxReceives: 10 },
    },
  });
}

/** Payments keep their order within an account, except for the report, which does not need it. */
export function fifoExample(scope: Construct): FanOut<"ledger" | "report"> {
  return new FanOut(scope, "payments", {
    ordering: "fifo",
    subscribers: { ledger: {}, report: { ordering: "standard" } },
  });
}
