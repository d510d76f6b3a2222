import { KinesisStream } from "@cdktf/provider-aws/lib/kinesis-stream";
import type { Construct } from "constructs";
import { type Handler, NodeFunction } from "../../compute";
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

/** Readings from a Kinesis stream that another module or team made, ten batches of a shard at once. */
export function kinesisExample(scope: Construct): StreamConsumer {
  const readings = new KinesisStream(scope, "readings", {
    name: "readings",
    streamModeDetails: { streamMode: "ON_DEMAND" },
    encryptionType: "KMS",
    kmsKeyId: "alias/aws/kinesis",
  });
  return new StreamConsumer(scope, "readings-consumer", {
    handler: audit(scope),
    source: readings,
    startingPosition: "LATEST",
    parallelizationFactor: 10,
  });
}
