import { type DynamoDBDocumentClient, UpdateCommand } from "@aws-sdk/lib-dynamodb";
import type { Order } from "../shared/order";

/** Keeps the whole order. It adds instead of putting, so that a double processing shows as `copies` = 2. */
export async function keepEntry(
  documents: DynamoDBDocumentClient,
  tableName: string,
  order: Order,
  now: Date = new Date(),
): Promise<void> {
  await documents.send(
    new UpdateCommand({
      TableName: tableName,
      Key: { orderId: order.orderId },
      UpdateExpression: "ADD #copies :one SET #order = :order, #receivedAt = :now",
      ExpressionAttributeNames: { "#copies": "copies", "#order": "order", "#receivedAt": "receivedAt" },
      ExpressionAttributeValues: { ":one": 1, ":order": order, ":now": now.toISOString() },
    }),
  );
}
