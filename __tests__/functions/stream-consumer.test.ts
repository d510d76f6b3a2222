import { Logger } from "@aws-lambda-powertools/logger";
import type { DynamoDBRecord, KinesisStreamRecord } from "aws-lambda";
import { jsonOf, streamConsumer } from "../../functions/shared/stream-consumer";
import { kinesisRecord, snsEvent, tableRecord } from "../support/consumer-events";
import { lambdaContext, sqsEvent, sqsRecord } from "../support/sqs-events";

const silent = () => new Logger({ serviceName: "test", logLevel: "SILENT" });

/** A consumer that notes each record's value, and fails those named. */
function consumer<Record extends DynamoDBRecord | KinesisStreamRecord>(
  contentOf: (record: Record) => unknown,
  ...failing: unknown[]
) {
  const done: unknown[] = [];
  const logger = silent();
  const handler = streamConsumer<Record>({
    name: "test",
    logger,
    process: async (record) => {
      const value = contentOf(record);
      if (failing.includes(value)) throw new Error("the table is away");
      done.push(value);
    },
  });
  return { done, logger, handle: (...Records: Record[]) => handler({ Records }, lambdaContext()) };
}

const ofKinesis = (...failing: unknown[]) => consumer<KinesisStreamRecord>(jsonOf, ...failing);
const ofTable = (...failing: unknown[]) =>
  consumer<DynamoDBRecord>(({ dynamodb }) => dynamodb?.NewImage?.id?.S, ...failing);
const SEQUENCE = "49590338271490256608559692538361571095921575989136588898";

describe("a stream consumer", () => {
  test("does each record in order, of a Kinesis stream and of a table's", async () => {
    const [kinesis, table] = [ofKinesis(), ofTable()];
    expect(await kinesis.handle(kinesisRecord("1", "1"), kinesisRecord("2", { a: "é\n" }))).toEqual({
      batchItemFailures: [],
    });
    expect(kinesis.done).toEqual([1, { a: "é\n" }]);
    await table.handle(tableRecord("1", { id: { S: "a" } }), tableRecord("2", { id: { S: "b" } }));
    expect(table.done).toEqual(["a", "b"]);
  });

  test("stops at the first record that fails, and says where to come back to", async () => {
    const { done, handle } = ofKinesis("bad");
    const records = [
      kinesisRecord("1", '"good"'),
      kinesisRecord(SEQUENCE, '"bad"'),
      kinesisRecord("3", '"later"'),
    ];
    expect(await handle(...records)).toEqual({ batchItemFailures: [{ itemIdentifier: SEQUENCE }] });
    expect(done).toEqual(["good"]);
  });

  test("says the same of a table's records", async () => {
    const { handle } = ofTable("bad");
    const records = [
      tableRecord("1", { id: { S: "good" } }),
      tableRecord("300000000003", { id: { S: "bad" } }),
    ];
    expect(await handle(...records)).toEqual({ batchItemFailures: [{ itemIdentifier: "300000000003" }] });
  });

  test("fails the invocation where nothing was done", async () => {
    const { done, handle } = ofKinesis("bad");
    await expect(handle(kinesisRecord("1", '"bad"'), kinesisRecord("2", '"good"'))).rejects.toThrow(
      "the table is away",
    );
    expect(done).toEqual([]);
  });

  test("keeps what was done before data that is no JSON, which is not quoted", async () => {
    const { done, handle, logger } = ofKinesis();
    const error = jest.spyOn(logger, "error");
    const secret = "4111 1111 1111 1111";
    expect(await handle(kinesisRecord("1", '"good"'), kinesisRecord("2", secret))).toEqual({
      batchItemFailures: [{ itemIdentifier: "2" }],
    });
    expect(done).toEqual(["good"]);
    expect(error).toHaveBeenCalledWith("record failed", {
      record: 1,
      itemIdentifier: "2",
      error: expect.any(Error),
    });
    const [, keys] = error.mock.calls[0] as unknown as [string, { error: Error }];
    expect(`${keys.error.message}${keys.error.stack}`).not.toContain("4111");
  });

  describe("given a record of no stream, to which nobody can come back", () => {
    const malformed = { eventSource: "aws:other" } as unknown as KinesisStreamRecord;
    const NO_STREAM = 'record ["eventSource"] is of no stream: it has no sequence number';

    test("keeps what was done before but for the last, and says loudly which one it is", async () => {
      const { done, handle, logger } = ofKinesis();
      const error = jest.spyOn(logger, "error");
      const before = ["1", "2", "3"].map((number) => kinesisRecord(number, number));
      expect(await handle(...before, malformed, kinesisRecord("5", "5"))).toEqual({
        batchItemFailures: [{ itemIdentifier: "3" }],
      });
      expect(done).toEqual([1, 2, 3]);
      expect(error).toHaveBeenCalledWith("record failed", {
        record: 3,
        error: expect.objectContaining({ message: NO_STREAM }),
      });
    });

    test.each([0, 1])(
      "fails the invocation where it stands at %d, so that the batch is halved",
      async (at) => {
        const { handle, logger } = ofKinesis();
        const error = jest.spyOn(logger, "error");
        const before = [kinesisRecord("1", "1")].slice(0, at);
        await expect(handle(...before, malformed, kinesisRecord("3", "3"))).rejects.toThrow(NO_STREAM);
        expect(error).toHaveBeenCalledWith("record failed", expect.objectContaining({ record: at }));
      },
    );

    test.each<[string, unknown]>([
      ["nothing", null],
      ["empty", {}],
      ["without what its kind holds", { kinesis: null }],
      ["with an empty number", { dynamodb: { SequenceNumber: "" } }],
    ])("rejects one that is %s", async (_, record) => {
      const { handle } = ofKinesis();
      await expect(handle(record as KinesisStreamRecord)).rejects.toThrow(/is of no stream/);
    });
  });
});

describe("a function that collects", () => {
  let collected: unknown[];
  beforeEach(() => {
    collected = [];
    process.env.POWERTOOLS_LOG_LEVEL = "SILENT";
  });
  afterEach(() => {
    delete process.env.POWERTOOLS_LOG_LEVEL;
    jest.dontMock("../fixtures/collectors/collect");
  });

  type Handler = (event: object, context: object) => Promise<unknown>;

  /** Loads a handler that notes here what it would store. */
  async function load(name: string): Promise<Handler> {
    let loaded: { readonly handler: Handler } | undefined;
    await jest.isolateModulesAsync(async () => {
      jest.doMock("../fixtures/collectors/collect", () => ({
        collect: async (parcel: { readonly id?: string; readonly fail?: string }) => {
          if (parcel.id === undefined || parcel.fail !== undefined) throw new Error("not stored");
          collected.push(parcel.id);
        },
      }));
      loaded = await import(`../fixtures/collectors/${name}`);
    });
    if (loaded === undefined) throw new Error(`collectors/${name} exports no handler`);
    return loaded.handler;
  }
  const good = { id: "a", place: "p" };
  const poisoned = { id: "b", place: "p", fail: "always" };

  test("takes a topic's message out of its envelope, and fails the invocation with one that is none", async () => {
    const handle = await load("topic");
    await handle(snsEvent(good), lambdaContext());
    expect(collected).toEqual(["a"]);
    await expect(handle(snsEvent("no JSON"), lambdaContext())).rejects.toThrow(/JSON/);
    await expect(handle(snsEvent({}), lambdaContext())).rejects.toThrow("not stored");
  });

  test("gives a queue's broken message back alone", async () => {
    const records = [sqsRecord(poisoned), sqsRecord(good), sqsRecord("no JSON")];
    expect(await (await load("queue"))(sqsEvent(...records), lambdaContext())).toEqual({
      batchItemFailures: [records[0], records[2]].map((record) => ({ itemIdentifier: record?.messageId })),
    });
    expect(collected).toEqual(["a"]);
  });

  test("reads an item in DynamoDB's own JSON, and gives back a record without one", async () => {
    const handle = await load("table-stream");
    const records = [tableRecord("1", { id: { S: "a" }, place: { S: "p" } }), tableRecord("2", undefined)];
    expect(await handle({ Records: records }, lambdaContext())).toEqual({
      batchItemFailures: [{ itemIdentifier: "2" }],
    });
    expect(collected).toEqual(["a"]);
  });

  test("reads a Kinesis record's data", async () => {
    const handle = await load("kinesis");
    await handle({ Records: [kinesisRecord("1", good)] }, lambdaContext());
    expect(collected).toEqual(["a"]);
  });
});
