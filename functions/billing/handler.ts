import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { DynamoDBDocumentClient } from "@aws-sdk/lib-dynamodb";
import { readEnv } from "../shared/env";
import { orderConsumer } from "../shared/order-consumer";
import type { BillingEnv } from "./env";
import { makeInvoice } from "./invoice";

const env = readEnv<BillingEnv>("billing", { TABLE_NAME: "required", IDEMPOTENCY_TABLE_NAME: "required" });
const client = new DynamoDBClient({});
const documents = DynamoDBDocumentClient.from(client);

/** orders queue → invoice table; once per order id, failed records go back alone. */
export const handler = orderConsumer({
  name: "billing",
  idempotencyTableName: env.IDEMPOTENCY_TABLE_NAME,
  client,
  process: (order) => makeInvoice(documents, env.TABLE_NAME, order),
});
