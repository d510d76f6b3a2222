import { CreateTopicCommand, PublishCommand, SNSClient, SubscribeCommand } from "@aws-sdk/client-sns";
import { clientConfig } from "../../scripts/local-aws/client";

/** A topic of the same account that nobody let in. */
export class Impostor {
  private readonly sns: SNSClient;

  constructor(account: Readonly<Record<string, string>>) {
    this.sns = new SNSClient(clientConfig(account));
  }

  topicArn(queue: string): string {
    return `arn:aws:sns:eu-west-1:123456789012:impostor-${queue}`;
  }

  /** Subscribes a queue and publishes to it. */
  async publish(queue: string, Message: string): Promise<void> {
    const { TopicArn } = await this.sns.send(new CreateTopicCommand({ Name: `impostor-${queue}` }));
    const Endpoint = `arn:aws:sqs:eu-west-1:123456789012:${queue}`;
    const Attributes = { RawMessageDelivery: "true" };
    await this.sns.send(new SubscribeCommand({ TopicArn, Protocol: "sqs", Endpoint, Attributes }));
    await this.sns.send(new PublishCommand({ TopicArn, Message }));
  }
}
