import { type DynamoDBDocumentClient, UpdateCommand } from "@aws-sdk/lib-dynamodb";
import { dayOf, type Order } from "../shared/order";

/**
 * Adds an order to its day: number of orders, and its revenue in the currency it was paid in.
 * An invocation that dies right after it is counted again: a statistic bears that, an invoice would not (`writeOnce`).
 */
export async function countOrder(
  documents: DynamoDBDocumentClient,
  tableName: string,
  order: Order,
): Promise<void> {
  await documents.send(
    new UpdateCommand({
      TableName: tableName,
      Key: { day: dayOf(order) },
      UpdateExpression: "ADD #orders :one, #revenue :total",
      ExpressionAttributeNames: { "#orders": "orders", "#revenue": `revenue${order.currency}` },
      ExpressionAttributeValues: { ":one": 1, ":total": order.total },
    }),
  );
}
