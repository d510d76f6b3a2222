import { randomInt, randomUUID } from "node:crypto";
import { CloudWatchLogsClient, paginateFilterLogEvents } from "@aws-sdk/client-cloudwatch-logs";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { PublishCommand, SNSClient } from "@aws-sdk/client-sns";
import { SendMessageBatchCommand, SQSClient } from "@aws-sdk/client-sqs";
import { DynamoDBDocumentClient, GetCommand, ScanCommand } from "@aws-sdk/lib-dynamodb";
import type { Order } from "../../functions/shared/order";
import { clientConfig } from "../../scripts/local-aws/client";
import { LiveQueue } from "./live-queue";
import { eventually } from "./local-account";

type Item = Readonly<Record<string, unknown>>;

/** An order nobody placed before, on a day long gone that it shares with no other: its day's totals are its own. */
export const someOrder = (total: number): Order => ({
  orderId: randomUUID(),
  customerId: "customer-1",
  total,
  currency: "EUR",
  placedAt: new Date(Date.UTC(1700, 0, randomInt(90_000), 10)).toISOString(),
});

/** What a consumer logged of one try of a record. */
export interface Try {
  readonly message: "record done" | "record failed";
  readonly messageId: string;
  readonly orderId?: string;
  /** Of a failed one. */
  readonly receiveCount?: string;
}

/** The orders system of an environment, as its users and its operators reach it. */
export class Orders {
  private readonly sns: SNSClient;
  private readonly sqs: SQSClient;
  private readonly logs: CloudWatchLogsClient;
  private readonly documents: DynamoDBDocumentClient;

  constructor(
    account: Readonly<Record<string, string>>,
    private readonly stack = "local-event-processing",
  ) {
    const config = clientConfig(account);
    this.sns = new SNSClient(config);
    this.sqs = new SQSClient(config);
    this.logs = new CloudWatchLogsClient(config);
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
    const QueueUrl = await this.queue(queue).url();
    await this.sqs.send(new SendMessageBatchCommand({ QueueUrl, Entries }));
  }

  /** @param name such as `billing_queue`, `billing_queue_dead-letters`, `billing_undelivered` */
  queue(name: string): LiveQueue {
    return new LiveQueue(this.sqs, `${this.stack}_orders_${name}`);
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

  /** Every try of a consumer that `mine` picks, in their order. */
  async tries(consumer: string, mine: (each: Try) => boolean): Promise<readonly Try[]> {
    const found: Try[] = [];
    const logGroupName = `/aws/lambda/${this.stack}_${consumer}`;
    for await (const { events = [] } of paginateFilterLogEvents({ client: this.logs }, { logGroupName })) {
      for (const { message = "" } of events) {
        if (/"message":"record (done|failed)"/.test(message)) found.push(JSON.parse(message) as Try);
      }
    }
    return found.filter(mine);
  }

  /**
   * The tries of a consumer that `mine` picks, once they are enough. What a function logs late, the emulator shows with its
   * next invocation only: one more order brings it out.
   */
  triesUntil(
    consumer: string,
    mine: (each: Try) => boolean,
    enough: (tries: readonly Try[]) => boolean,
  ): Promise<readonly Try[]> {
    const nudge = this.nudge(consumer);
    return eventually(`enough tries of ${consumer}`, async () => {
      const found = await this.tries(consumer, mine);
      if (enough(found)) return found;
      await nudge();
      return undefined;
    });
  }

  /** Delivers an order of no interest to a consumer, at each sixth call. */
  nudge(consumer: string): () => Promise<void> {
    let calls = 0;
    return async () => {
      calls += 1;
      if (calls % 6 === 0) await this.deliver(`${consumer}_queue`, [JSON.stringify(someOrder(1))]);
    };
  }
}
