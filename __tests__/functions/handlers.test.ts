import type { Context, SQSBatchResponse, SQSEvent } from "aws-lambda";
import { anOrder, lambdaContext, sqsEvent, sqsRecord } from "../support/sqs-events";
import { DynamoDbStub } from "./support/dynamodb-stub";

type Handler = (event: SQSEvent, context: Context) => Promise<SQSBatchResponse>;
const functions = ["billing", "audit", "analytics"] as const;

const LOCKS = "idempotency";
const original = { ...process.env };
let dynamodb: DynamoDbStub;

beforeAll(async () => {
  dynamodb = await DynamoDbStub.start({
    [LOCKS]: "id",
    billing: "orderId",
    audit: "orderId",
    analytics: "day",
  });
});
afterAll(() => dynamodb.stop());
beforeEach(() => {
  dynamodb.reset();
  process.env.AWS_ENDPOINT_URL_DYNAMODB = dynamodb.endpoint;
  process.env.AWS_REGION = "eu-west-1";
  process.env.AWS_ACCESS_KEY_ID = "test";
  process.env.AWS_SECRET_ACCESS_KEY = "test";
  process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED = "true";
  process.env.POWERTOOLS_LOG_LEVEL = "SILENT";
  process.env.IDEMPOTENCY_TABLE_NAME = LOCKS;
});
afterEach(() => {
  process.env = { ...original };
});

/** Loads a handler as a new execution environment does: with its own modules, environment and client. */
async function load(name: (typeof functions)[number]): Promise<Handler> {
  process.env.TABLE_NAME = name;
  let handler: Handler | undefined;
  await jest.isolateModulesAsync(async () => {
    ({ handler } = (await import(`../../functions/${name}/handler`)) as { handler: Handler });
  });
  if (handler === undefined) throw new Error(`functions/${name}/handler exports no handler`);
  return handler;
}

/** The one call that each function makes to its own table. */
const CALL = { billing: "PutItem", audit: "PutItem", analytics: "UpdateItem" } as const;

describe.each(functions)("the %s function", (name) => {
  test("writes the order once though two events deliver it to two environments", async () => {
    const order = anOrder();
    await (await load(name))(sqsEvent(sqsRecord(order)), lambdaContext());
    await (await load(name))(sqsEvent(sqsRecord(order)), lambdaContext());
    expect(dynamodb.calls.filter((call) => call === `${CALL[name]} ${name}`)).toHaveLength(1);
  });

  test("asks nothing else of its own table", async () => {
    await (await load(name))(sqsEvent(sqsRecord(anOrder())), lambdaContext());
    expect(dynamodb.calls.filter((call) => call.endsWith(` ${name}`))).toEqual([`${CALL[name]} ${name}`]);
  });

  test("sends an order back that its table refused", async () => {
    const record = sqsRecord(anOrder());
    dynamodb.refuse(CALL[name], name);
    expect(await (await load(name))(sqsEvent(record), lambdaContext())).toEqual({
      batchItemFailures: [{ itemIdentifier: record.messageId }],
    });
  });

  test.each(["TABLE_NAME", "IDEMPOTENCY_TABLE_NAME"])(
    "rejects a missing %s at load, naming it and itself",
    async (variable) => {
      process.env.TABLE_NAME = name;
      delete process.env[variable];
      await jest.isolateModulesAsync(async () => {
        await expect(import(`../../functions/${name}/handler`)).rejects.toThrow(
          `function "${name}": environment variable ${variable} is missing`,
        );
      });
    },
  );
});

describe("what is written", () => {
  const isoNow = expect.stringMatching(/^\d{4}-\d{2}-\d{2}T/);

  test("by billing is the invoice, charged once", async () => {
    const { orderId, customerId, total, currency, placedAt } = anOrder();
    const event = sqsEvent(sqsRecord({ orderId, customerId, total, currency, placedAt }));
    await (await load("billing"))(event, lambdaContext());
    expect(dynamodb.items("billing")).toEqual([{ orderId, customerId, total, currency, invoicedAt: isoNow }]);
  });

  test("by audit is the whole order, as one copy", async () => {
    const order = anOrder();
    await (await load("audit"))(sqsEvent(sqsRecord(order)), lambdaContext());
    expect(dynamodb.items("audit")).toEqual([{ orderId: order.orderId, order, receivedAt: isoNow }]);
  });

  test.each(["billing", "audit"] as const)(
    "by %s is not written again by a try that found no lock",
    async (name) => {
      const record = sqsRecord(anOrder());
      const handler = await load(name);
      await handler(sqsEvent(record), lambdaContext());
      const [first] = dynamodb.items(name);
      // The invocation died after its write: nothing says that the order is done.
      dynamodb.forget("idempotency");
      expect(await handler(sqsEvent(record), lambdaContext())).toEqual({ batchItemFailures: [] });
      expect(dynamodb.calls.filter((call) => call === `PutItem ${name}`)).toHaveLength(2);
      expect(dynamodb.items(name)).toEqual([first]);
    },
  );

  test("by analytics is the sum of each day, each currency apart", async () => {
    const handler = await load("analytics");
    await handler(
      sqsEvent(
        sqsRecord(anOrder({ total: 10, placedAt: "2025-03-30T12:00:00Z" })),
        sqsRecord(anOrder({ total: 2.5, placedAt: "2025-03-31T12:00:00Z" })),
        sqsRecord(anOrder({ total: 4, placedAt: "2025-03-31T13:00:00Z" })),
        sqsRecord(anOrder({ total: 5, currency: "USD", placedAt: "2025-03-31T14:00:00Z" })),
      ),
      lambdaContext(),
    );
    expect(dynamodb.items("analytics")).toEqual([
      { day: "2025-03-30", orders: 1, revenueEUR: 10 },
      { day: "2025-03-31", orders: 3, revenueEUR: 6.5, revenueUSD: 5 },
    ]);
  });

  test("by all three functions side by side needs only one idempotency table", async () => {
    const event = sqsEvent(sqsRecord(anOrder()));
    for (const name of functions) await (await load(name))(event, lambdaContext());
    expect(functions.map((name) => dynamodb.items(name).length)).toEqual([1, 1, 1]);
  });
});
