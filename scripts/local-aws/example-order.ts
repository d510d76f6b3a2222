import { randomUUID } from "node:crypto";
import { isDeepStrictEqual } from "node:util";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { PublishCommand, SNSClient } from "@aws-sdk/client-sns";
import { DynamoDBDocumentClient, paginateScan } from "@aws-sdk/lib-dynamodb";
import { OperatorError } from "../support/command";
import { say, seconds } from "../support/print";
import { waitUntil } from "../support/process";
import { clientConfig } from "./client";

/** The outputs of a stack that takes orders. */
export interface OrderOutputs {
  readonly orders_topic_arn: string;
  /** Consumer → name of the table it writes to. */
  readonly tables: Readonly<Record<string, string>>;
}

type Item = Record<string, unknown>;

/** A first call loads a function's code and SDK, which takes seconds on a small machine. */
const arrivalSeconds = 90;

/** Whether these outputs are those of a stack that takes orders. */
export function takesOrders(
  outputs: Readonly<Record<string, unknown>>,
): outputs is OrderOutputs & typeof outputs {
  return (
    typeof outputs.orders_topic_arn === "string" &&
    typeof outputs.tables === "object" &&
    outputs.tables !== null
  );
}

/**
 * Publishes one order and shows what it changed in each consumer's table, as it arrives.
 *
 * @throws OperatorError naming the consumers whose table stayed as it was
 */
export async function sendExampleOrder(
  outputs: OrderOutputs,
  account: Readonly<Record<string, string>>,
  signal?: AbortSignal,
): Promise<void> {
  const client = clientConfig(account);
  const [sns, dynamodb] = [new SNSClient(client), new DynamoDBClient(client)];
  const documents = DynamoDBDocumentClient.from(dynamodb);
  try {
    const consumers = Object.entries(outputs.tables);
    const before = new Map<string, readonly Item[]>();
    for (const [consumer, table] of consumers) before.set(consumer, await scan(documents, table));

    const order = exampleOrder();
    say(`\nexample order ${order.orderId}: ${order.total} ${order.currency} → ${outputs.orders_topic_arn}`);
    const published = Date.now();
    await sns.send(publish(outputs.orders_topic_arn, order));

    const waiting = new Map(consumers);
    const arrived = await waitUntil(
      async () => {
        for (const [consumer, table] of [...waiting]) {
          const changed = changedItems(before.get(consumer) ?? [], await scan(documents, table));
          if (changed.length === 0) continue;
          waiting.delete(consumer);
          say(`  ${seconds(Date.now() - published)}  ${consumer} (table ${table})`);
          for (const item of changed) say(`        ${JSON.stringify(item)}`);
        }
        return waiting.size === 0;
      },
      arrivalSeconds,
      signal,
    );
    if (!arrived) {
      throw new OperatorError(
        `the example order did not arrive within ${arrivalSeconds} s at: ${[...waiting.keys()].join(", ")}: the emulators' logs say why`,
      );
    }
  } finally {
    sns.destroy();
    dynamodb.destroy();
  }
}

/** The items that are new, or are not what they were. */
export function changedItems(before: readonly Item[], after: readonly Item[]): Item[] {
  return after.filter((item) => !before.some((old) => isDeepStrictEqual(old, item)));
}

function exampleOrder() {
  return {
    orderId: randomUUID(),
    customerId: "customer-1",
    total: 129.9,
    currency: "EUR",
    placedAt: new Date().toISOString(),
  };
}

function publish(topicArn: string, order: ReturnType<typeof exampleOrder>): PublishCommand {
  const fifo = topicArn.endsWith(".fifo")
    ? { MessageGroupId: order.customerId, MessageDeduplicationId: order.orderId }
    : {};
  return new PublishCommand({
    TopicArn: topicArn,
    Message: JSON.stringify(order),
    MessageAttributes: { total: { DataType: "Number", StringValue: String(order.total) } },
    ...fifo,
  });
}

async function scan(client: DynamoDBDocumentClient, table: string): Promise<Item[]> {
  const items: Item[] = [];
  for await (const page of paginateScan({ client }, { TableName: table, ConsistentRead: true })) {
    items.push(...(page.Items ?? []));
  }
  return items;
}
