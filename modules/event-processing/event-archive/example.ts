import { SqsQueue } from "@cdktf/provider-aws/lib/sqs-queue";
import type { Construct } from "constructs";
import { queuePolicy } from "../../core";
import { EventBus } from "../event-bus";
import { EventRules } from "../event-rules";
import { queueTarget } from "../event-targets";
import { EventArchive } from ".";

/** What the shop said in the last two weeks can be said again: to who counts orders, and not to who ships them. */
export function example(scope: Construct): EventArchive {
  const shop = new EventBus(scope, "shop");
  const pattern = { source: ["shop"] };
  const [shipping, counting] = ["shipping", "counting"].map((id) => {
    const queue = new SqsQueue(scope, id, { sqsManagedSseEnabled: true });
    queuePolicy(queue);
    return queueTarget(queue);
  }) as [ReturnType<typeof queueTarget>, ReturnType<typeof queueTarget>];
  new EventRules(scope, "orders", {
    bus: shop,
    rules: {
      ship: { pattern, replays: "exclude", targets: { shipping: { to: shipping } } },
      count: { pattern, targets: { counting: { to: counting } } },
    },
  });
  return new EventArchive(scope, "said", { bus: shop, pattern, retentionDays: 14 });
}
