import { KinesisStream } from "@cdktf/provider-aws/lib/kinesis-stream";
import type { Construct } from "constructs";
import { type Handler, NodeFunction } from "../../compute";
import { CustomerKey, nameOf } from "../../core";
import { Table } from "../../storage";
import { StreamConsumer } from ".";

/** In your project this interface lives beside the handler, in its `env.ts`. */
interface AuditEnv {
  readonly TABLE_NAME: string;
  readonly IDEMPOTENCY_TABLE_NAME: string;
}

/** A function from `functions/audit/`. */
const audit = (scope: Construct): Handler =>
  new NodeFunction<AuditEnv>(scope, "audit", {
    source: "audit",
    environment: { TABLE_NAME: "entries", IDEMPOTENCY_TABLE_NAME: "idempotency" },
  });

/** Every new order in a table. */
export function example(scope: Construct): StreamConsumer {
  const orders = new Table(scope, "orders", { partitionKey: "orderId", stream: "NEW_AND_OLD_IMAGES" });
  return new StreamConsumer(scope, "new-orders", {
    handler: audit(scope),
    source: orders,
    startingPosition: "TRIM_HORIZON",
    filter: [{ eventName: ["INSERT"] }],
  });
}

/** Readings from an encrypted Kinesis stream, ten batches of a shard at once. */
export function kinesisExample(scope: Construct): StreamConsumer {
  const { key } = new CustomerKey(scope, "readings-key", { description: "Readings" });
  const { arn, name } = new KinesisStream(scope, "readings", {
    name: nameOf(scope, "stream", "readings"),
    streamModeDetails: { streamMode: "ON_DEMAND" },
    encryptionType: "KMS",
    kmsKeyId: key.arn,
  });
  return new StreamConsumer(scope, "readings-consumer", {
    handler: audit(scope),
    source: { arn, name, key },
    startingPosition: "LATEST",
    parallelizationFactor: 10,
  });
}
