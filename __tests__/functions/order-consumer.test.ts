import { createHash } from "node:crypto";
import { Logger } from "@aws-lambda-powertools/logger";
import type { SQSBatchResponse, SQSRecord } from "aws-lambda";
import type { Order } from "../../functions/shared/order";
import { type OrderConsumerProps, orderConsumer } from "../../functions/shared/order-consumer";
import {
  anOrder,
  documentedRecords,
  fifoRecord,
  lambdaContext,
  sqsEvent,
  sqsRecord,
} from "../support/sqs-events";
import { DynamoDbStub } from "./support/dynamodb-stub";

const LOCKS = "idempotency";
let dynamodb: DynamoDbStub;
let processed: string[];

beforeAll(async () => {
  dynamodb = await DynamoDbStub.start({ [LOCKS]: "id" });
});
afterAll(() => dynamodb.stop());
beforeEach(() => {
  dynamodb.reset();
  processed = [];
});
afterEach(() => jest.restoreAllMocks());

/** What the functions take for now, in milliseconds, until it is set again or the test ends. */
const setClock = (now: number) => jest.spyOn(Date, "now").mockReturnValue(now);
const NOON = Date.parse("2025-03-31T12:00:00Z");

const aConsumer = (changes: Partial<OrderConsumerProps> = {}) =>
  orderConsumer({
    name: "test",
    idempotencyTableName: LOCKS,
    client: dynamodb.client(),
    process: async (order) => {
      processed.push(order.orderId);
    },
    logger: new Logger({ serviceName: "test", logLevel: "SILENT" }),
    ...changes,
  });

/** Notes each order it is given, and fails those named. */
const failing =
  (...orderIds: string[]) =>
  async (order: Order): Promise<void> => {
    processed.push(order.orderId);
    if (orderIds.includes(order.orderId)) throw new Error("the table is away");
  };

const failures = (response: SQSBatchResponse): string[] =>
  response.batchItemFailures.map(({ itemIdentifier }) => itemIdentifier);
const ids = (...records: SQSRecord[]): string[] => records.map(({ messageId }) => messageId);

describe("an order consumer", () => {
  test("processes an order once that one event delivers twice", async () => {
    const order = anOrder();
    await aConsumer()(sqsEvent(sqsRecord(order), sqsRecord(order)), lambdaContext());
    expect(processed).toEqual([order.orderId]);
  });

  test("reports both copies in one event as done", async () => {
    const order = anOrder();
    const response = await aConsumer()(sqsEvent(sqsRecord(order), sqsRecord(order)), lambdaContext());
    expect(failures(response)).toEqual([]);
  });

  test("processes an order once that two events deliver", async () => {
    const consumer = aConsumer();
    const order = anOrder();
    await consumer(sqsEvent(sqsRecord(order)), lambdaContext());
    await consumer(sqsEvent(sqsRecord(order)), lambdaContext());
    expect(processed).toEqual([order.orderId]);
  });

  test("processes an order once that another execution environment has processed", async () => {
    const order = anOrder();
    await aConsumer()(sqsEvent(sqsRecord(order)), lambdaContext());
    await aConsumer()(sqsEvent(sqsRecord(order)), lambdaContext());
    expect(processed).toEqual([order.orderId]);
  });

  test("takes records as AWS documents them, and gives back alone what is no order", async () => {
    const [one, two] = [anOrder(), anOrder()];
    const [first, message, fifo] = documentedRecords(
      JSON.stringify(one),
      "Test message.",
      JSON.stringify(two),
    ) as [SQSRecord, SQSRecord, SQSRecord];
    const standard = await aConsumer()(sqsEvent(first, message), lambdaContext());
    expect(failures(standard)).toEqual(ids(message));
    const ordered = await aConsumer({ ordering: "fifo" })(sqsEvent(fifo), lambdaContext());
    expect(failures(ordered)).toEqual([]);
    expect(processed).toEqual([one.orderId, two.orderId]);
  });

  test("knows an order by its id alone", async () => {
    const order = anOrder();
    await aConsumer()(sqsEvent(sqsRecord(order), sqsRecord({ ...order, total: 99 })), lambdaContext());
    expect(processed).toEqual([order.orderId]);
  });

  test("does not take another consumer's lock in the same table for its own", async () => {
    const order = anOrder();
    await aConsumer({ name: "billing" })(sqsEvent(sqsRecord(order)), lambdaContext());
    await aConsumer({ name: "audit" })(sqsEvent(sqsRecord(order)), lambdaContext());
    expect(processed).toEqual([order.orderId, order.orderId]);
  });

  test("makes the key of its name and the order id's SHA-256, whatever the Lambda function is called", async () => {
    const order = anOrder();
    await aConsumer({ name: "billing" })(sqsEvent(sqsRecord(order)), lambdaContext());
    const hash = createHash("sha256").update(JSON.stringify(order.orderId)).digest("base64");
    expect(dynamodb.items(LOCKS)[0]?.id).toBe(`billing#${hash}`);
  });

  test("remembers an order longer than two queues can keep a copy", async () => {
    setClock(NOON);
    await aConsumer()(sqsEvent(sqsRecord(anOrder())), lambdaContext());
    expect(dynamodb.items(LOCKS)[0]?.expiration).toBe(NOON / 1000 + 28 * 86_400);
  });

  test("keeps nothing of the order in the lock", async () => {
    await aConsumer()(sqsEvent(sqsRecord(anOrder())), lambdaContext());
    expect(Object.keys(dynamodb.items(LOCKS)[0] ?? {}).sort()).toEqual([
      "expiration",
      "id",
      "in_progress_expiration",
      "status",
    ]);
  });

  test("lets the lock of a running order expire with the invocation", async () => {
    setClock(NOON);
    let expiry: unknown;
    const consumer = aConsumer({
      process: async () => {
        expiry = dynamodb.items(LOCKS)[0]?.in_progress_expiration;
      },
    });
    await consumer(sqsEvent(sqsRecord(anOrder())), lambdaContext({ getRemainingTimeInMillis: () => 5_000 }));
    expect(expiry).toBe(NOON + 5_000);
  });

  test.each([
    ["does not take an order over whose invocation has a millisecond left", 4_999, "locked"],
    ["does not take an order over whose invocation ends now", 5_000, "locked"],
    ["takes an order over whose invocation died after its time", 5_001, "free"],
  ])("%s", async (_, later, expected) => {
    const order = anOrder();
    dynamodb.refuse("UpdateItem", LOCKS);
    setClock(NOON);
    await aConsumer()(sqsEvent(sqsRecord(order)), lambdaContext({ getRemainingTimeInMillis: () => 5_000 }));
    setClock(NOON + later);
    const copy = sqsRecord(order);
    const response = await aConsumer()(sqsEvent(copy), lambdaContext());
    expect(failures(response)).toEqual(expected === "free" ? [] : ids(copy));
  });

  test("sends back an order that another invocation is working on", async () => {
    const order = anOrder();
    const copy = sqsRecord(order);
    let second: SQSBatchResponse | undefined;
    const first = aConsumer({
      process: async () => {
        second = await aConsumer()(sqsEvent(copy), lambdaContext());
      },
    });
    await first(sqsEvent(sqsRecord(order)), lambdaContext());
    expect(second && failures(second)).toEqual(ids(copy));
  });

  test("tries an order again that failed", async () => {
    const order = anOrder();
    await aConsumer({ process: failing(order.orderId) })(sqsEvent(sqsRecord(order)), lambdaContext());
    await aConsumer()(sqsEvent(sqsRecord(order)), lambdaContext());
    expect(processed).toEqual([order.orderId, order.orderId]);
  });

  test("answers an empty batch with no failure", async () => {
    expect(failures(await aConsumer()(sqsEvent(), lambdaContext()))).toEqual([]);
  });
});

describe("a batch with bad records", () => {
  test.each([
    ["not JSON", "{"],
    ["not an order", { orderId: "o-1" }],
  ])("rejects the one that is %s, alone", async (_what, body) => {
    const bad = sqsRecord(body);
    const response = await aConsumer()(
      sqsEvent(sqsRecord(anOrder()), bad, sqsRecord(anOrder())),
      lambdaContext(),
    );
    expect(failures(response)).toEqual(ids(bad));
  });

  test("still processes the good ones behind it", async () => {
    const orders = [anOrder(), anOrder()];
    const [before, after] = orders.map((order) => sqsRecord(order)) as [SQSRecord, SQSRecord];
    await aConsumer()(sqsEvent(before, sqsRecord("{"), after), lambdaContext());
    expect(processed).toEqual(orders.map(({ orderId }) => orderId));
  });

  test("rejects the one whose processing throws, alone", async () => {
    const order = anOrder();
    const bad = sqsRecord(order);
    const response = await aConsumer({ process: failing(order.orderId) })(
      sqsEvent(sqsRecord(anOrder()), bad, sqsRecord(anOrder())),
      lambdaContext(),
    );
    expect(failures(response)).toEqual(ids(bad));
  });

  test("rejects all of an all-bad batch by name instead of failing the invocation", async () => {
    const records = [sqsRecord("{"), sqsRecord("[]"), sqsRecord("{}")];
    expect(failures(await aConsumer()(sqsEvent(...records), lambdaContext()))).toEqual(ids(...records));
  });

  test("does not report the failures of the batch before", async () => {
    const consumer = aConsumer();
    await consumer(sqsEvent(sqsRecord("{")), lambdaContext());
    expect(failures(await consumer(sqsEvent(sqsRecord(anOrder())), lambdaContext()))).toEqual([]);
  });

  test("takes no lock for a malformed record", async () => {
    await aConsumer()(sqsEvent(sqsRecord("{}")), lambdaContext());
    expect(dynamodb.calls).toEqual([]);
  });
});

describe("a FIFO consumer", () => {
  const first = fifoRecord("a", anOrder({ orderId: "a1" }));
  const bad = fifoRecord("a", anOrder({ orderId: "a2" }));
  const other = fifoRecord("b", anOrder({ orderId: "b1" }));
  const rest = fifoRecord("a", anOrder({ orderId: "a3" }));
  const consume = () =>
    aConsumer({ ordering: "fifo", process: failing("a2") })(
      sqsEvent(first, bad, other, rest),
      lambdaContext(),
    );

  test("waits for an order before it begins the next", async () => {
    const consumer = aConsumer({
      ordering: "fifo",
      process: async (order) => {
        processed.push(`begin ${order.orderId}`);
        await new Promise((resolve) => setTimeout(resolve, 5));
        processed.push(`end ${order.orderId}`);
      },
    });
    await consumer(sqsEvent(first, rest), lambdaContext());
    expect(processed).toEqual(["begin a1", "end a1", "begin a3", "end a3"]);
  });

  test("rejects the failed record and the rest of its group", async () => {
    expect(failures(await consume())).toEqual(ids(bad, rest));
  });

  test("does not process the rest of the group", async () => {
    await consume();
    expect(processed).not.toContain("a3");
  });

  test("processes the other groups", async () => {
    await consume();
    expect(processed).toContain("b1");
  });

  test("rejects the rest of a group behind a malformed record", async () => {
    const malformed = fifoRecord("a", "{");
    const response = await aConsumer({ ordering: "fifo" })(sqsEvent(malformed, first), lambdaContext());
    expect(failures(response)).toEqual(ids(malformed, first));
  });

  test("gives a group another chance with the next batch", async () => {
    const consumer = aConsumer({ ordering: "fifo" });
    await consumer(sqsEvent(fifoRecord("a", "{"), first), lambdaContext());
    expect(failures(await consumer(sqsEvent(first), lambdaContext()))).toEqual([]);
  });
});

describe("what is asked of the idempotency table", () => {
  const run = async (...orders: unknown[]) => {
    await aConsumer()(sqsEvent(...orders.map((order) => sqsRecord(order))), lambdaContext());
  };

  test("is PutItem and UpdateItem for a new order", async () => {
    await run(anOrder());
    expect(dynamodb.calls).toEqual([`PutItem ${LOCKS}`, `UpdateItem ${LOCKS}`]);
  });

  test("is PutItem alone for an order already processed", async () => {
    const order = anOrder();
    await run(order);
    dynamodb.calls.length = 0;
    await run(order);
    expect(dynamodb.calls).toEqual([`PutItem ${LOCKS}`]);
  });

  test("is PutItem alone for an order in progress", async () => {
    const order = anOrder();
    let asked: string[] = [];
    const consumer = aConsumer({
      process: async () => {
        const before = dynamodb.calls.length;
        await run(order);
        asked = dynamodb.calls.slice(before);
      },
    });
    await consumer(sqsEvent(sqsRecord(order)), lambdaContext());
    expect(asked).toEqual([`PutItem ${LOCKS}`]);
  });

  test("is PutItem and DeleteItem for an order that fails", async () => {
    const order = anOrder();
    await aConsumer({ process: failing(order.orderId) })(sqsEvent(sqsRecord(order)), lambdaContext());
    expect(dynamodb.calls).toEqual([`PutItem ${LOCKS}`, `DeleteItem ${LOCKS}`]);
  });

  test("is GetItem too only where a failed condition does not answer with the item", async () => {
    const order = anOrder();
    await run(order);
    dynamodb.calls.length = 0;
    dynamodb.answersWithOldItem = false;
    await run(order);
    expect(dynamodb.calls).toEqual([`PutItem ${LOCKS}`, `GetItem ${LOCKS}`]);
  });
});

describe("the consumer's log", () => {
  const logged = async (...records: SQSRecord[]): Promise<string> => {
    const written: string[] = [];
    const spies = [process.stdout, process.stderr].map((stream) =>
      jest.spyOn(stream, "write").mockImplementation((chunk) => written.push(String(chunk)) > 0),
    );
    try {
      await aConsumer({ logger: new Logger({ serviceName: "test", logLevel: "INFO" }) })(
        sqsEvent(...records),
        lambdaContext(),
      );
    } finally {
      for (const spy of spies) spy.mockRestore();
    }
    return written.join("");
  };

  test("names order and message by their ids", async () => {
    const order = anOrder();
    const record = sqsRecord(order);
    expect(await logged(record)).toMatch(
      new RegExp(`${record.messageId}.*${order.orderId}|${order.orderId}.*${record.messageId}`),
    );
  });

  test("holds nothing else of an order", async () => {
    expect(await logged(sqsRecord(anOrder({ customerId: "Jane Doe" })))).not.toContain("Jane Doe");
  });

  test("names a failed record by its message id", async () => {
    const record = sqsRecord("{");
    expect(await logged(record)).toMatch(new RegExp(`record failed.*${record.messageId}`));
  });

  test("holds nothing of a body that is not JSON", async () => {
    expect(await logged(sqsRecord("Jane Doe"))).not.toContain("Jane");
  });
});
