import { join } from "node:path";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { PublishCommand, SNSClient } from "@aws-sdk/client-sns";
import { SQSClient } from "@aws-sdk/client-sqs";
import { DynamoDBDocumentClient, GetCommand } from "@aws-sdk/lib-dynamodb";
import type { TerraformStack } from "cdktf";
import type { Order } from "../../functions/shared/order";
import { NodeFunction } from "../../modules/compute";
import { FanOut } from "../../modules/event-processing";
import { Table } from "../../modules/storage";
import { clientConfig } from "../../scripts/local-aws/client";
import type { Terraform } from "../../scripts/terraform/driver";
import type { LedgerEnv } from "../fixtures/ledger";
import { LiveQueue } from "../support/live-queue";
import { eventually, LocalAccount } from "../support/local-account";
import { Outputs, plainStack } from "../support/terraform";

/** Payments: `topic.fifo → ledger.fifo → function | refunds.fifo (filtered) | report (standard)`. */
function payments(stack: TerraformStack): void {
  const fanOut = new FanOut(stack, "payments", {
    ordering: "fifo",
    subscribers: {
      ledger: {},
      refunds: { filter: { attributes: { kind: ["refund"] } } },
      report: { ordering: "standard" },
    },
  });
  const table = (id: string, partitionKey: string) => new Table(stack, id, { partitionKey });
  const tables = {
    LEDGER: table("book", "customerId"),
    STUMBLES: table("stumbles", "orderId"),
    IDEMPOTENCY: table("idempotency", "id"),
  };
  const ledger = new NodeFunction<LedgerEnv>(stack, "ledger", {
    source: { entry: join(__dirname, "..", "fixtures", "ledger.ts") },
    environment: {
      LEDGER: tables.LEDGER.table.name,
      STUMBLES: tables.STUMBLES.table.name,
      IDEMPOTENCY: tables.IDEMPOTENCY.table.name,
    },
  });
  tables.LEDGER.grant(ledger, "UpdateItem");
  tables.STUMBLES.grant(ledger, "PutItem");
  tables.IDEMPOTENCY.grant(ledger, "DeleteItem", "PutItem", "UpdateItem");
  fanOut.subscribers.ledger.consumeWith(ledger);
}

describe("a FIFO fan-out, applied", () => {
  const outputs = new Outputs();
  let account: LocalAccount;
  let terraform: Terraform;
  let sns: SNSClient;
  let documents: DynamoDBDocumentClient;
  let queue: (name: string) => LiveQueue;

  beforeAll(async () => {
    account = await LocalAccount.start();
    const [stack] = outputs.ofApp("fifo", (app) => payments(plainStack(app, "fifo")));
    if (stack === undefined) throw new Error("nothing was synthesised");
    terraform = await account.terraform(stack);
    await terraform.init();
    await terraform.apply();
    expect((await terraform.plan()).changes).toEqual([]);
    const config = clientConfig(account.env);
    sns = new SNSClient(config);
    documents = DynamoDBDocumentClient.from(new DynamoDBClient(config));
    const sqs = new SQSClient(config);
    queue = (name) => new LiveQueue(sqs, `fifo_payments_${name}`);
  });
  afterAll(async () => {
    await account.stop();
    outputs.remove();
  });

  const payment = (customerId: string, total: number): Order => ({
    orderId: `${customerId}-${total}`,
    customerId,
    total,
    currency: "EUR",
    placedAt: "2001-02-03T10:00:00Z",
  });
  const publish = (order: Order, kind = "payment") =>
    sns.send(
      new PublishCommand({
        TopicArn: "arn:aws:sns:eu-west-1:123456789012:fifo_payments.fifo",
        Message: JSON.stringify(order),
        MessageGroupId: order.customerId,
        MessageAttributes: { kind: { DataType: "String", StringValue: kind } },
      }),
    );
  const book = async (customerId: string): Promise<readonly string[]> => {
    const { Item } = await documents.send(
      new GetCommand({ TableName: "fifo_book", Key: { customerId }, ConsistentRead: true }),
    );
    return Item?.orders ?? [];
  };

  it("keeps the order within each group through its function, though one fails at first and each is published twice", async () => {
    const totals = [11, 12, 13, 14, 15, 16];
    const customers = ["a", "b"];
    await queue("ledger_queue.fifo").whileHiddenFor(15, async () => {
      for (const total of totals) {
        for (const customer of customers) await publish(payment(customer, total));
        await publish(payment("a", total));
      }
      for (const customer of customers) {
        const whole = async () => (await book(customer)).length >= totals.length || undefined;
        await eventually(`all payments of ${customer}`, whole);
      }
      await queue("ledger_queue.fifo").untilEmpty();
    });
    for (const customer of customers) {
      expect(await book(customer)).toEqual(totals.map((total) => `${customer}-${total}`));
    }
    expect(await queue("ledger_queue_dead-letters.fifo").depth()).toBe(0);
  });

  it("drops what is published twice, also on the way to a standard queue", async () => {
    const bodies = (await queue("report_queue").takeAtLeast(12)).map(
      ({ Body = "" }) => JSON.parse(Body).orderId,
    );
    const expected = ["a", "b"].flatMap((customer) =>
      [11, 12, 13, 14, 15, 16].map((total) => `${customer}-${total}`),
    );
    expect(bodies.sort()).toEqual(expected);
  });

  it("sends a filtered queue what matches, in order, and nothing else", async () => {
    for (const total of [1, 2, 3]) {
      await publish(payment("c", total), "refund");
      await publish(payment("c", total + 100));
    }
    const taken = await queue("refunds_queue.fifo").takeAtLeast(3);
    expect(taken.map(({ Body = "" }) => JSON.parse(Body).orderId)).toEqual(["c-1", "c-2", "c-3"]);
  });

  it("is destroyed and leaves nothing", async () => {
    await terraform.destroy();
    expect(await terraform.resources()).toEqual([]);
    expect(await account.remains()).toEqual([]);
  });
});
