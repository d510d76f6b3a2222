import type { DynamoDBDocumentClient } from "@aws-sdk/lib-dynamodb";
import type { Order } from "../shared/order";
import { writeOnce } from "../shared/write-once";

/** Keeps the whole order as it came first. */
export async function keepEntry(
  documents: DynamoDBDocumentClient,
  tableName: string,
  order: Order,
  now: Date = new Date(),
): Promise<void> {
  const entry = { orderId: order.orderId, order, receivedAt: now.toISOString() };
  await writeOnce(documents, { name: tableName, key: "orderId" }, entry);
}
