import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { DynamoDBDocumentClient } from "@aws-sdk/lib-dynamodb";
import { readEnv } from "../shared/env";
import { orderConsumer } from "../shared/order-consumer";
import { keepEntry } from "./entry";
import type { AuditEnv } from "./env";

const env = readEnv<AuditEnv>("audit", { TABLE_NAME: "required", IDEMPOTENCY_TABLE_NAME: "required" });
const client = new DynamoDBClient({});
const documents = DynamoDBDocumentClient.from(client);

/** orders queue → audit table; once per order id, failed records go back alone. */
export const handler = orderConsumer({
  name: "audit",
  idempotencyTableName: env.IDEMPOTENCY_TABLE_NAME,
  client,
  process: (order) => keepEntry(documents, env.TABLE_NAME, order),
});
