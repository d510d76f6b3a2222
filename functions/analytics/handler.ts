import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { DynamoDBDocumentClient } from "@aws-sdk/lib-dynamodb";
import { readEnv } from "../shared/env";
import { orderConsumer } from "../shared/order-consumer";
import { countOrder } from "./daily-totals";
import type { AnalyticsEnv } from "./env";

const env = readEnv<AnalyticsEnv>("analytics", {
  TABLE_NAME: "required",
  IDEMPOTENCY_TABLE_NAME: "required",
});
const client = new DynamoDBClient({});
const documents = DynamoDBDocumentClient.from(client);

/** orders queue → totals per day; once per order id, failed records go back alone. */
export const handler = orderConsumer({
  name: "analytics",
  idempotencyTableName: env.IDEMPOTENCY_TABLE_NAME,
  client,
  process: (order) => countOrder(documents, env.TABLE_NAME, order),
});
