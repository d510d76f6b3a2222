import { type DynamoDBDocumentClient, UpdateCommand } from "@aws-sdk/lib-dynamodb";
import type { Order } from "../shared/order";

/** Makes the invoice of an order. It adds instead of setting, so that a double processing shows as `charges` = 2. */
export async function makeInvoice(
  documents: DynamoDBDocumentClient,
  tableName: string,
  order: Order,
  now: Date = new Date(),
): Promise<void> {
  await documents.send(
    new UpdateCommand({
      TableName: tableName,
      Key: { orderId: order.orderId },
      UpdateExpression:
        "ADD #charges :one SET #customerId = :customerId, #total = :total, #currency = :currency, #invoicedAt = :now",
      ExpressionAttributeNames: {
        "#charges": "charges",
        "#customerId": "customerId",
        "#total": "total",
        "#currency": "currency",
        "#invoicedAt": "invoicedAt",
      },
      ExpressionAttributeValues: {
        ":one": 1,
        ":customerId": order.customerId,
        ":total": order.total,
        ":currency": order.currency,
        ":now": now.toISOString(),
      },
    }),
  );
}
