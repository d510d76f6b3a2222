import { SqsQueue } from "@cdktf/provider-aws/lib/sqs-queue";
import type { Construct } from "constructs";
import { queuePolicy } from "../../core";
import { EventBus } from "../event-bus";
import { match } from "../event-pattern";
import { logGroupTarget, queueTarget } from "../event-targets";
import { EventRules } from ".";

/** Large orders wait to be looked at, each with its number and total only, and all are noted. */
export function example(scope: Construct): EventRules<"large-orders"> {
  const shop = new EventBus(scope, "shop");
  const review = new SqsQueue(scope, "review", { sqsManagedSseEnabled: true });
  queuePolicy(review);
  return new EventRules(scope, "orders", {
    bus: shop,
    rules: {
      "large-orders": {
        pattern: { source: ["shop"], detail: { total: [match.numeric(">=", 100)] } },
        // What an archive replays was looked at already.
        replays: "exclude",
        targets: {
          review: {
            to: queueTarget(review),
            input: {
              paths: { number: "$.detail.orderId", total: "$.detail.total" },
              template: '{"order": <number>, "total": <total>}',
            },
          },
          log: { to: logGroupTarget() },
        },
      },
    },
  });
}
