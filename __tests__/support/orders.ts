import { randomUUID } from "node:crypto";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { PublishCommand, SNSClient } from "@aws-sdk/client-sns";
import {
  GetQueueAttributesCommand,
  GetQueueUrlCommand,
  ReceiveMessageCommand,
  SendMessageBatchCommand,
  SetQueueAttributesCommand,
  SQSClient,
} from "@aws-sdk/client-sqs";
import { DynamoDBDocumentClient, GetCommand, ScanCommand } from "@aws-sdk/lib-dynamodb";
import type { Order } from "../../functions/shared/order";
import { clientConfig } from "../../scripts/local-aws/client";

type Item = Readonly<Record<string, unknown>>;

/** The day of every order of the tests: long gone, so that no other order shares it, whatever day it is today. */
export const ORDER_DAY = "2001-02-03";

/** An order nobody placed before. */
export const someOrder = (total: number): Order => ({
  orderId: randomUUID(),
  customerId: "customer-1",
  total,
  currency: "EUR",
  placedAt: `${ORDER_DAY}T10:00:00Z`,
});

/** The orders system of an environment, as its users and its operators reach it. */
export class Orders {
  private readonly sns: SNSClient;
  private readonly sqs: SQSClient;
  private readonly documents: DynamoDBDocumentClient;

  constructor(
    account: Readonly<Record<string, string>>,
    private readonly stack = "local-event-processing",
  ) {
    const config = clientConfig(account);
    this.sns = new SNSClient(config);
    this.sqs = new SQSClient(config);
    this.documents = DynamoDBDocumentClient.from(new DynamoDBClient(config));
  }

  publish(
    message: Order | string,
    total = typeof message === "string" ? 0 : message.total,
  ): Promise<unknown> {
    return this.sns.send(
      new PublishCommand({
        TopicArn: `arn:aws:sns:eu-west-1:123456789012:${this.stack}_orders`,
        Message: typeof message === "string" ? message : JSON.stringify(message),
        MessageAttributes: { total: { DataType: "Number", StringValue: String(total) } },
      }),
    );
  }

  /** Puts copies into one queue as one batch: what SQS may do to any message, and to neighbours of a broken one. */
  async deliver(queue: string, bodies: readonly string[]): Promise<void> {
    const Entries = bodies.map((MessageBody, index) => ({ Id: String(index), MessageBody }));
    await this.sqs.send(new SendMessageBatchCommand({ QueueUrl: await this.url(queue), Entries }));
  }

  /** Lets failed messages come back at once, so that a test need not wait for every try. */
  async retryAtOnce(queue: string): Promise<void> {
    const Attributes = { VisibilityTimeout: "1" };
    await this.sqs.send(new SetQueueAttributesCommand({ QueueUrl: await this.url(queue), Attributes }));
  }

  /** Messages in a queue, hidden ones too. */
  async depth(queue: string): Promise<number> {
    const { Attributes = {} } = await this.sqs.send(
      new GetQueueAttributesCommand({ QueueUrl: await this.url(queue), AttributeNames: ["All"] }),
    );
    return (
      Number(Attributes.ApproximateNumberOfMessages) +
      Number(Attributes.ApproximateNumberOfMessagesNotVisible)
    );
  }

  /** The bodies in a queue; they stay there, hidden for a while. */
  async bodies(queue: string): Promise<string[]> {
    const { Messages = [] } = await this.sqs.send(
      new ReceiveMessageCommand({ QueueUrl: await this.url(queue), MaxNumberOfMessages: 10 }),
    );
    return Messages.map(({ Body = "" }) => Body);
  }

  async item(table: string, key: Item): Promise<Item | undefined> {
    const { Item } = await this.documents.send(
      new GetCommand({ TableName: `${this.stack}_${table}`, Key: key, ConsistentRead: true }),
    );
    return Item;
  }

  async items(table: string): Promise<readonly Item[]> {
    const { Items = [] } = await this.documents.send(
      new ScanCommand({ TableName: `${this.stack}_${table}`, ConsistentRead: true }),
    );
    return Items;
  }

  private async url(queue: string): Promise<string> {
    const { QueueUrl } = await this.sqs.send(
      new GetQueueUrlCommand({ QueueName: `${this.stack}_orders_${queue}` }),
    );
    return QueueUrl ?? "";
  }
}
