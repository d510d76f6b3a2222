import { snsEvent } from "../support/consumer-events";
import { LiveConsumers } from "../support/live-consumers";

describe("consumers of queues, a topic and streams, applied in one stack", () => {
  let live: LiveConsumers;
  beforeAll(async () => {
    live = await LiveConsumers.start();
    // Takes as long as a record may be old: put in first, and looked for last.
    await live.order({ id: "poisoned", place: "orders", fail: "always" });
  });
  afterAll(() => live?.stop());

  const bodies = async (name: string, count: number) =>
    (await live.queue(name).takeAtLeast(count)).map(({ Body = "" }) => JSON.parse(Body));

  it("have nothing to change at a second plan", async () => {
    expect((await live.terraform.plan()).changes).toEqual([]);
  });

  it("are fed from a queue: what fails at first is done at the next try, what fails always is set aside", async () => {
    await live.queue("tasks").whileHiddenFor(10, async () => {
      await live.send("tasks", { id: "good", place: "tasks" });
      await live.send("tasks", { id: "stumbling", place: "tasks", fail: "once" });
      await live.send("tasks", { id: "poisoned", place: "tasks", fail: "always" });
      await live.notesOnce("tasks", "good");
      await live.notesOnce("tasks", "stumbling");
      expect(await bodies("tasks_dead-letters", 1)).toMatchObject([{ id: "poisoned" }]);
    });
    expect([...(await live.notes("tasks"))].sort()).toEqual(["good", "stumbling"]);
    await live.queue("tasks").untilEmpty();
  });

  it("see nothing of what no filter matches: it is gone from the queue, and in no other", async () => {
    await live.send("tasks", JSON.stringify({ kind: "gossip", id: "filtered", place: "tasks" }));
    await live.send("tasks", "no JSON at all");
    await live.send("tasks", { id: "after", place: "tasks" });
    await live.notesOnce("tasks", "after");
    await live.queue("tasks").untilEmpty();
    expect(await live.notes("tasks")).not.toContain("filtered");
    expect(await live.queue("tasks_dead-letters").depth()).toBe(0);
  });

  it("are fed from a FIFO queue in order within each group, though one fails at first", async () => {
    const ids = ["1", "2", "3", "4"];
    await live.queue("payments.fifo").whileHiddenFor(15, async () => {
      for (const id of ids) {
        for (const place of ["anna", "bert"]) {
          const stumbles = place === "anna" && id === "2";
          await live.send(
            "payments.fifo",
            { id: `${place}-${id}`, place, fail: stumbles ? "once" : undefined },
            place,
          );
        }
      }
      for (const place of ["anna", "bert"]) await live.notesOnce(place, `${place}-4`);
      await live.queue("payments.fifo").untilEmpty();
    });
    for (const place of ["anna", "bert"]) {
      expect(await live.notes(place)).toEqual(ids.map((id) => `${place}-${id}`));
    }
    expect(await live.queue("payments_dead-letters.fifo").depth()).toBe(0);
  });

  it("set a message aside, with its group, that fails always, and only then do what is behind it in the group", async () => {
    const poisoned = { id: "cleo-1", place: "cleo", fail: "always" } as const;
    await live.queue("payments.fifo").whileHiddenFor(15, async () => {
      await live.send("payments.fifo", poisoned, "cleo");
      // Received together each time, both would be set aside.
      await live.queue("payments.fifo").untilOneIsHidden();
      await live.send("payments.fifo", { id: "cleo-2", place: "cleo" }, "cleo");
      expect(await live.notesOnce("cleo", "cleo-2")).toEqual(["cleo-2"]);
    });
    const setAside = await live.queue("payments_dead-letters.fifo").take();
    expect(
      setAside.map(({ Body = "", Attributes }) => ({
        ...JSON.parse(Body),
        group: Attributes?.MessageGroupId,
      })),
    ).toEqual([{ kind: "task", ...poisoned, group: "cleo" }]);
    await live.queue("payments.fifo").untilEmpty();
  });

  it("are invoked by a topic, each by what its filter matches", async () => {
    await live.publish({ id: "storm", place: "news" }, "news");
    await live.publish({ id: "fire", place: "news" }, "warning");
    await live.publish({ id: "flood", place: "news" }, "warning");
    const twice = (id: string, notes: readonly string[]) => notes.filter((each) => each === id).length === 2;
    await live.notesOnce("news", "storm");
    await live.untilNoted("news", (notes) => twice("fire", notes) && twice("flood", notes));
    expect((await live.notes("news")).filter((each) => each === "storm")).toHaveLength(1);
  });

  it("set an event aside that a function of a topic fails three times, with what was in it", async () => {
    const event = snsEvent({ id: "scandal", place: "news", fail: "always" });
    await live.handOver("reporter", event);
    const [record] = await bodies("reporter_failures", 1);
    expect(record).toMatchObject({
      requestContext: { condition: "RetriesExhausted", approximateInvokeCount: 3 },
      requestPayload: event,
    });
  });

  it("do an event that failed once at Lambda's next try, and set nothing aside", async () => {
    await live.handOver("reporter", snsEvent({ id: "rumour", place: "rumours", fail: "once" }));
    expect(await live.notesOnce("rumours", "rumour")).toEqual(["rumour"]);
    expect(await live.queue("reporter_failures").depth()).toBe(0);
  });

  it("read a table's stream: each new item once, at the second try where the first failed, and no change of it", async () => {
    await live.order({ id: "first", place: "orders" });
    await live.notesOnce("orders", "first");
    await live.order({ id: "first", place: "orders", note: "changed" });
    await live.order({ id: "second", place: "orders", fail: "once" });
    expect(await live.notesOnce("orders", "second")).toEqual(["first", "second"]);
  });

  it("read a Kinesis stream in order, at the second try where the first failed, and nothing that no filter matches", async () => {
    await live.measure({ id: "1", place: "readings", kind: "reading", fail: "once" });
    await live.measure(
      { id: "2", place: "readings", kind: "noise" },
      { id: "3", place: "readings", kind: "reading" },
    );
    expect(await live.notesOnce("readings", "3")).toEqual(["1", "3"]);
  });

  it("set the position of a record aside that was too old and still failed, and went on behind it", async () => {
    const [record] = await bodies("changes_failures", 1);
    expect(record).toMatchObject({
      requestContext: { condition: "MaxRecordAgeExceeded" },
      DDBStreamBatchInfo: { batchSize: 1, streamArn: expect.stringContaining("table/live_orders/stream/") },
    });
    expect(JSON.stringify(record)).not.toContain("poisoned");
    expect(await live.notes("orders")).toEqual(["first", "second"]);
  });

  it("are destroyed and leave nothing", async () => {
    await live.terraform.destroy();
    expect(await live.terraform.resources()).toEqual([]);
    expect(await live.account.remains()).toEqual([]);
  });
});
