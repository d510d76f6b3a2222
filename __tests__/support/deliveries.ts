import { readFileSync } from "node:fs";
import { eventually } from "./local-account";

/**
 * What became of a message that SNS was to deliver to a queue. The emulator knows no dead-letter queue of a subscription: what
 * the queue's policy denies it drops, and says so in its log.
 */
export class Deliveries {
  /** @param log the emulator's */
  constructor(private readonly log: string) {}

  /**
   * Publishes and waits until the message came to the queue, or was denied it.
   * @param look answers once the message is seen to have come
   * @returns what was seen; `"denied"` where it was not let in
   */
  async after<T>(
    publish: () => Promise<unknown>,
    topicArn: string,
    queue: string,
    look: () => Promise<T | undefined>,
  ): Promise<T | "denied"> {
    const before = this.denied(topicArn, queue);
    await publish();
    return eventually(`a message from ${topicArn} at ${queue}, or its denial`, async () =>
      this.denied(topicArn, queue) > before ? ("denied" as const) : look(),
    );
  }

  private denied(topicArn: string, queue: string): number {
    return readFileSync(this.log, "utf8").split(`denies delivery from ${topicArn} to ${queue}\n`).length - 1;
  }
}
