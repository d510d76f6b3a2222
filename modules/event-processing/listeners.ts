import type { SnsTopic } from "@cdktf/provider-aws/lib/sns-topic";
import type { SqsQueue } from "@cdktf/provider-aws/lib/sqs-queue";
import type { Handler } from "../compute";

/** A queue or topic of an app here, whose messages go on. */
type Relay = SqsQueue | SnsTopic;
type Listener = { readonly handler: Handler } | { readonly queue: SqsQueue };

const listeners = new WeakMap<Relay, Listener[]>();

/** Notes who gets every message of a queue or topic. Who filters may keep off what would go round: leave it out. */
export function noteListener(relay: Relay, listener: Listener): void {
  listeners.set(relay, [...(listeners.get(relay) ?? []), listener]);
}

/** The functions that every message of a queue or topic reaches, through queues too. */
export function functionsBehind(relay: Relay): readonly Handler[] {
  return (listeners.get(relay) ?? []).flatMap((each) =>
    "handler" in each ? [each.handler] : functionsBehind(each.queue),
  );
}
