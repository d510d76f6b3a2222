import type { DynamoDBDocumentClient } from "@aws-sdk/lib-dynamodb";
import type { Order } from "../shared/order";
import { writeOnce } from "../shared/write-once";

/** Makes the invoice of an order; the one that is there already stands. */
export async function makeInvoice(
  documents: DynamoDBDocumentClient,
  tableName: string,
  { orderId, customerId, total, currency }: Order,
  now: Date = new Date(),
): Promise<void> {
  const invoice = { orderId, customerId, total, currency, invoicedAt: now.toISOString() };
  await writeOnce(documents, { name: tableName, key: "orderId" }, invoice);
}
