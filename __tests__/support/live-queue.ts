import {
  DeleteMessageCommand,
  GetQueueAttributesCommand,
  GetQueueUrlCommand,
  type Message,
  ReceiveMessageCommand,
  SetQueueAttributesCommand,
  type SQSClient,
} from "@aws-sdk/client-sqs";
import { eventually } from "./local-account";

/** A queue that was applied, as its operator reaches it. */
export class LiveQueue {
  constructor(
    private readonly sqs: SQSClient,
    readonly name: string,
  ) {}

  async url(): Promise<string> {
    const { QueueUrl = "" } = await this.sqs.send(new GetQueueUrlCommand({ QueueName: this.name }));
    return QueueUrl;
  }

  /** Messages in it, hidden ones too. */
  async depth(): Promise<number> {
    const { waiting, hidden } = await this.counts();
    return waiting + hidden;
  }

  /** Waits until somebody has received a message, and not deleted it. */
  async untilOneIsHidden(): Promise<void> {
    await eventually(
      `a message of ${this.name} to be tried`,
      async () => (await this.counts()).hidden > 0 || undefined,
    );
  }

  private async counts(): Promise<{ readonly waiting: number; readonly hidden: number }> {
    const { Attributes = {} } = await this.sqs.send(
      new GetQueueAttributesCommand({ QueueUrl: await this.url(), AttributeNames: ["All"] }),
    );
    return {
      waiting: Number(Attributes.ApproximateNumberOfMessages),
      hidden: Number(Attributes.ApproximateNumberOfMessagesNotVisible),
    };
  }

  async untilEmpty(): Promise<void> {
    await eventually(`${this.name} to be empty`, async () => (await this.depth()) === 0 || undefined);
  }

  /** Takes out whatever is there now, oldest first; a FIFO queue hands out the next of a group when the one before is gone. */
  async take(): Promise<readonly Message[]> {
    const QueueUrl = await this.url();
    const taken: Message[] = [];
    for (;;) {
      const { Messages = [] } = await this.sqs.send(
        new ReceiveMessageCommand({
          QueueUrl,
          MaxNumberOfMessages: 10,
          MessageSystemAttributeNames: ["MessageGroupId"],
        }),
      );
      if (Messages.length === 0) return taken;
      taken.push(...Messages);
      for (const { ReceiptHandle } of Messages) {
        await this.sqs.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle }));
      }
    }
  }

  /** Takes messages until at least `count` came, and whatever else is there by then. */
  async takeAtLeast(count: number): Promise<readonly Message[]> {
    const taken: Message[] = [];
    await eventually(`${count} messages in ${this.name}`, async () => {
      taken.push(...(await this.take()));
      return taken.length >= count || undefined;
    });
    return [...taken, ...(await this.take())];
  }

  /** Does the work while a failed message comes back after so many seconds, not after what the stack says. */
  async whileHiddenFor<T>(seconds: number, work: () => Promise<T>): Promise<T> {
    const QueueUrl = await this.url();
    const set = (VisibilityTimeout = "30") =>
      this.sqs.send(new SetQueueAttributesCommand({ QueueUrl, Attributes: { VisibilityTimeout } }));
    const { Attributes } = await this.sqs.send(
      new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ["VisibilityTimeout"] }),
    );
    await set(String(seconds));
    try {
      return await work();
    } finally {
      await set(Attributes?.VisibilityTimeout);
    }
  }
}
