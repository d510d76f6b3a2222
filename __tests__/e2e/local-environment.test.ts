import { randomUUID } from "node:crypto";
import { CloudWatchClient, DescribeAlarmsCommand, type Dimension } from "@aws-sdk/client-cloudwatch";
import { dayOf, type Order } from "../../functions/shared/order";
import { clientConfig } from "../../scripts/local-aws/client";
import { groupRuns } from "../../scripts/local-aws/process-mark";
import { readSession } from "../../scripts/local-aws/session";
import { readStack } from "../../testing";
import {
  BLUE,
  colours,
  distance,
  GREEN,
  GREY,
  LOSSY,
  look,
  quarters,
  RED,
  withOrientation,
} from "../functions/support/pictures";
import { stackNames } from "../support/environment-stacks";
import { LiveRole } from "../support/live-role";
import { eventually } from "../support/local-account";
import { LocalEnvironment } from "../support/local-environment";
import { type Orders, someOrder } from "../support/orders";
import type { Thumbnails } from "../support/thumbnails";

describe("npm run local", () => {
  let local: LocalEnvironment;
  let orders: Orders;
  let account: Readonly<Record<string, string>>;
  beforeAll(() => {
    local = LocalEnvironment.start();
    ({ orders, account } = local);
  });
  afterAll(() => local?.stop());

  it("ends with a summary of every stack and the lines to go on by hand", () => {
    for (const stack of stackNames) {
      expect(local.printed).toMatch(new RegExp(`^local-${stack}\\s+(ministack|moto) \\d+`, "m"));
    }
    expect(local.printed).toMatch(/^export AWS_ENDPOINT_URL_EC2=https:\/\/127\.0\.0\.1:\d+$/m);
    expect(local.printed).toMatch(/^npx cdktf deploy 'local-\*' --skip-provider-lock$/m);
  });

  it("shows where an order arrived", () => {
    for (const consumer of ["billing", "audit", "analytics"]) {
      expect(local.printed).toMatch(new RegExp(`\\d s {2}${consumer} \\(table local-event-processing_`));
    }
  });

  it("shows where the thumbnail of a picture lies", () => {
    const [, bucket, key] =
      /^example picture, 1200 × 800, \d+ bytes → s3:\/\/(\S+)\/(uploads\/\S+\.png)$/m.exec(local.printed) ??
      [];
    expect(bucket).toMatch(/^local-pictures-bucket-/);
    expect(local.printed).toMatch(
      new RegExp(`\\d s {2}thumbnail, 320 × 213, \\d+ bytes: s3://${bucket}/thumbnails/${key}$`, "m"),
    );
  });

  it("planned again after every apply, and found nothing but the listed artefacts", () => {
    const plans = [...local.printed.matchAll(/^(\S+) {2}second plan: (.*)/gm)].map(([, stack, result]) => [
      stack,
      result,
    ]);
    expect(Object.fromEntries(plans)).toEqual({
      "local-operations": "empty",
      "local-network": "empty",
      "local-event-processing": "6 artefacts, nothing else",
      "local-pictures": "empty",
      "local-clicks": "2 artefacts, nothing else",
      "local-alerts": "empty",
    });
    const artefacts = [...local.printed.matchAll(/^(\S+) {2}artefact: .*\((.*)\)$/gm)].map(
      ([, stack, reason]) => `${stack}: ${reason}`,
    );
    expect(new Set(artefacts)).toEqual(
      new Set([
        "local-event-processing: moto forgets the description of a rule whose peer is a group or a prefix list",
        "local-clicks: ministack forgets the tags that a stream is created with",
        "local-clicks: ministack forgets the time zone and the file extension of a delivery to a bucket",
      ]),
    );
  });

  it("says so when it runs already, and starts nothing", () => {
    const second = local.run("local.js");
    expect(second.status).toBe(0);
    expect(second.stdout).toMatch(/^already running:/);
    expect(readSession(local.space)).toEqual(local.session);
  });

  describe("an order", () => {
    const consumers = ["billing", "audit", "analytics"] as const;
    const invoice = ({ orderId }: Order) => orders.item("invoices", { orderId });
    const entry = ({ orderId }: Order) => orders.item("audit-entries", { orderId });
    const total = (order: Order) => orders.item("daily-totals", { day: dayOf(order) });
    const results = (order: Order) => Promise.all([invoice(order), entry(order), total(order)]);
    const arrived = (order: Order) =>
      eventually("an invoice, an audit entry and a day's total", async () => {
        const all = await results(order);
        return all.includes(undefined) ? undefined : all;
      });
    const untilAllEmpty = () =>
      Promise.all(consumers.map((consumer) => orders.queue(`${consumer}_queue`).untilEmpty()));
    const asides = consumers.flatMap((name) => [`${name}_queue_dead-letters`, `${name}_undelivered`]);

    beforeEach(async () => {
      for (const name of asides) await orders.queue(name).take();
    });

    it("is processed once by each consumer, though it is published twice and copies are delivered later", async () => {
      const order = someOrder(200);
      await orders.publish(order);
      await orders.publish(order);
      const first = await arrived(order);
      const copy = JSON.stringify(order);
      for (const consumer of consumers) await orders.deliver(`${consumer}_queue`, [copy, copy]);
      await untilAllEmpty();
      expect(await results(order)).toEqual(first);
      expect(await total(order)).toEqual({ day: dayOf(order), orders: 1, revenueEUR: 200 });
      for (const consumer of consumers) {
        const mine = ({ orderId }: { orderId?: string }) => orderId === order.orderId;
        const tries = await orders.triesUntil(consumer, mine, ({ length }) => length >= 4);
        expect(new Set(tries.map(({ messageId }) => messageId)).size).toBe(4);
        expect(new Set(tries.map(({ message }) => message))).toEqual(new Set(["record done"]));
      }
      for (const name of asides) expect(await orders.queue(name).depth()).toBe(0);
    });

    it.each([
      ["billing", "dynamodb:PutItem", "/local-event-processing_invoices", invoice],
      ["audit", "dynamodb:PutItem", "/local-event-processing_audit-entries", entry],
      ["analytics", "dynamodb:UpdateItem", "/local-event-processing_daily-totals", total],
    ] as const)(
      "comes back to %s, which may not %s, after its visibility timeout, and is then processed once",
      async (consumer, action, table, result) => {
        const order = someOrder(300);
        const tries = () => orders.tries(consumer, ({ orderId }) => orderId === order.orderId);
        const role = new LiveRole(account, `local-event-processing_${consumer}_role`);
        const queue = orders.queue(`${consumer}_queue`);
        await queue.whileHiddenFor(15, async () => {
          await role.without(action, table, async () => {
            await orders.publish(order);
            await eventually("a failed try", async () => (await tries()).length > 0 || undefined);
          });
          expect(await result(order)).toBeUndefined();
          await eventually("the result", () => result(order));
          await queue.untilEmpty();
        });
        const [failed, ...later] = await orders.triesUntil(
          consumer,
          ({ orderId }) => orderId === order.orderId,
          (all) => all.some(({ message }) => message === "record done"),
        );
        expect(failed).toMatchObject({ message: "record failed", receiveCount: "1" });
        expect(later.at(-1)).toMatchObject({ message: "record done", messageId: failed?.messageId });
        expect(later.filter(({ message }) => message === "record done")).toHaveLength(1);
        if (consumer === "analytics") expect(await total(order)).toMatchObject({ orders: 1 });
      },
    );

    it.each([
      ["billing", invoice],
      ["audit", entry],
    ] as const)(
      "is not written again by %s when the same message comes back after the write",
      async (consumer, result) => {
        const order = someOrder(50);
        const tries = () => orders.tries(consumer, ({ orderId }) => orderId === order.orderId);
        const role = new LiveRole(account, `local-event-processing_${consumer}_role`);
        const queue = orders.queue(`${consumer}_queue`);
        await queue.whileHiddenFor(15, async () => {
          // Written, but the note that it is done fails.
          const first = await role.without(
            "dynamodb:UpdateItem",
            "/local-event-processing_idempotency",
            async () => {
              await orders.publish(order);
              await eventually("a failed try", async () => (await tries()).length > 0 || undefined);
              return result(order);
            },
          );
          expect(first).toBeDefined();
          await queue.untilEmpty();
          expect(await result(order)).toEqual(first);
        });
        const all = await orders.triesUntil(
          consumer,
          ({ orderId }) => orderId === order.orderId,
          (found) => found.some(({ message }) => message === "record done"),
        );
        expect(new Set(all.map(({ messageId }) => messageId)).size).toBe(1);
        expect(all.at(-1)?.message).toBe("record done");
        expect(await orders.queue(`${consumer}_queue_dead-letters`).depth()).toBe(0);
      },
    );

    it("reaches exactly the consumers whose filter matches", async () => {
      const [small, large] = [someOrder(99.99), someOrder(100)];
      await orders.publish(small);
      await orders.publish(large);
      await arrived(large);
      await eventually("the small one's invoice", () => invoice(small));
      await eventually("the small one's audit entry", () => entry(small));
      // Whatever else reached analytics has been counted, or set aside, once its queue is empty.
      await untilAllEmpty();
      expect(await total(small)).toBeUndefined();
      expect(await total(large)).toMatchObject({ orders: 1 });
      for (const name of asides) expect(await orders.queue(name).depth()).toBe(0);
    });

    it("is not held up by a broken neighbour in its batch, which alone comes back and ends as a dead letter", async () => {
      const [one, other] = [someOrder(10), someOrder(11)];
      const broken = JSON.stringify({ orderId: "broken", total: "much" });
      const queue = orders.queue("billing_queue");
      await queue.whileHiddenFor(1, async () => {
        await orders.deliver("billing_queue", [JSON.stringify(one), broken, JSON.stringify(other)]);
        await eventually("the first neighbour", () => invoice(one));
        await eventually("the second neighbour", () => invoice(other));
        await queue.untilEmpty();
      });
      const dead = await orders.queue("billing_queue_dead-letters").takeAtLeast(1);
      expect(dead.map(({ Body }) => Body)).toEqual([broken]);
      const ids = new Set([one.orderId, other.orderId]);
      const mine = ({ orderId = "" }) => ids.has(orderId);
      const tries = await orders.triesUntil("billing", mine, ({ length }) => length >= 2);
      expect(tries.map(({ message }) => message)).toEqual(["record done", "record done"]);
    });

    it("that fails as often as the queue lets it sits in each dead-letter queue and nowhere else", async () => {
      const poison = "this is no order";
      const tables = ["invoices", "audit-entries", "daily-totals", "idempotency"];
      const everything = () => Promise.all(tables.map((table) => orders.items(table)));
      const before = await everything();
      const ids: Record<string, string | undefined> = {};
      const [billing, audit] = [orders.queue("billing_queue"), orders.queue("audit_queue")];
      await billing.whileHiddenFor(1, () =>
        audit.whileHiddenFor(1, async () => {
          await orders.publish(poison);
          for (const consumer of ["billing", "audit"]) {
            const dead = await orders.queue(`${consumer}_queue_dead-letters`).takeAtLeast(1);
            expect(dead.map(({ Body }) => Body)).toEqual([poison]);
            ids[consumer] = dead[0]?.MessageId;
          }
        }),
      );
      await untilAllEmpty();
      for (const name of asides) expect(await orders.queue(name).depth()).toBe(0);
      expect(await everything()).toEqual(before);
      for (const [consumer, id] of Object.entries(ids)) {
        const mine = ({ messageId }: { messageId: string }) => messageId === id;
        const tries = await orders.triesUntil(consumer, mine, ({ length }) => length >= 5);
        expect(tries.map(({ receiveCount }) => receiveCount)).toEqual(["1", "2", "3", "4", "5"]);
      }
    });
  });

  describe("an upload", () => {
    let pictures: Thumbnails;
    beforeAll(async () => {
      pictures = await local.pictures();
    });
    const thumbnailOf = (key: string) =>
      eventually(`the thumbnail of ${key}`, () => pictures.get(`thumbnails/${key}`));

    it("of a picture, whatever its key, becomes a thumbnail that fits and looks like it", async () => {
      const key = "uploads/größe & 日本 1+1.png";
      const version = await pictures.put(key, (await quarters(800, 400)).pngsaveBuffer());
      const { bytes, contentType, metadata } = await thumbnailOf(key);
      expect(contentType).toBe("image/png");
      expect(await look(bytes)).toMatchObject({ width: 320, height: 160, loader: "pngload_buffer" });
      expect(distance(await colours(bytes), [RED, GREEN, BLUE, GREY])).toBeLessThan(LOSSY);
      expect(metadata).toMatchObject({ "source-bucket": pictures.bucket, "source-version": version });
      // The emulator lists such keys to the provider unencoded, who then cannot empty the bucket.
      for (const written of [key, `thumbnails/${key}`]) await pictures.erase(written);
    });

    it("of a jpeg that was held on its side becomes an upright one", async () => {
      const key = `uploads/${randomUUID()}.jpg`;
      await pictures.put(key, withOrientation((await quarters(800, 400)).jpegsaveBuffer({ Q: 95 }), 6));
      const { bytes, contentType } = await thumbnailOf(key);
      expect(contentType).toBe("image/jpeg");
      expect(await look(bytes)).toMatchObject({ width: 160, height: 320, loader: "jpegload_buffer" });
      expect(distance(await colours(bytes), [BLUE, RED, GREY, GREEN])).toBeLessThan(LOSSY);
    });

    it.each([
      ["of text that is called a picture", "this is no picture", "no-picture"],
      ["of nothing", "", "empty"],
    ])("%s is set aside with the reason, and has no thumbnail", async (_, content, reason) => {
      const key = `uploads/${randomUUID()}.jpg`;
      const version = await pictures.put(key, content);
      const { bytes, contentType, metadata } = await eventually(`${key} in quarantine`, () =>
        pictures.get(`quarantine/${key}/${version}`),
      );
      expect(Buffer.from(bytes).toString()).toBe(content);
      expect(contentType).toBe("application/octet-stream");
      expect(metadata).toMatchObject({ reason, "source-bucket": pictures.bucket, "source-version": version });
      expect(await pictures.keysBelow(`thumbnails/${key}`)).toEqual([]);
      expect(await pictures.failed()).toEqual([]);
    });

    it("elsewhere in the bucket starts nothing, and neither does what the function writes", async () => {
      const picture = (await quarters(80, 40)).pngsaveBuffer();
      const [elsewhere, after] = [`elsewhere/${randomUUID()}.png`, `uploads/${randomUUID()}.png`];
      await pictures.put(elsewhere, picture);
      await pictures.put(after, picture);
      // Whatever the function was told before has left its line in the log by the second of these.
      const tried = await eventually("the log to tell of the one after", async () => {
        await pictures.put(`uploads/${randomUUID()}.png`, picture);
        const all = await pictures.tries();
        return all.some(({ key }) => key === after) ? all : undefined;
      });
      expect(tried.filter(({ key }) => !key.startsWith("uploads/"))).toEqual([]);
      expect(await pictures.keysBelow("thumbnails/elsewhere/")).toEqual([]);
    });

    it("that the function may not write of ends as a failed event, with which the thumbnail can still be made", async () => {
      const key = `uploads/${randomUUID()}.png`;
      const role = new LiveRole(account, "local-pictures_thumbnail_role");
      const failure = await role.without("s3:PutObject", "/thumbnails/*", async () => {
        await pictures.put(key, (await quarters(80, 40)).pngsaveBuffer());
        // What an earlier test has put may be tried just now, and fails too.
        return eventually("the failed event", async () =>
          (await pictures.failed()).find(
            ({ requestPayload: { Records } }) => Records[0]?.s3.object.key === key,
          ),
        );
      });
      expect(failure).toMatchObject({
        requestContext: { condition: "RetriesExhausted", approximateInvokeCount: 3 },
        requestPayload: { Records: [{ s3: { object: { key } } }] },
        responsePayload: { errorMessage: expect.stringMatching(/^1 of 1 records failed: AccessDenied/) },
      });
      expect(await pictures.get(`thumbnails/${key}`)).toBeUndefined();
      await pictures.invoke(failure.requestPayload);
      expect(await look((await thumbnailOf(key)).bytes)).toMatchObject({ width: 80, height: 40 });
    });
  });

  it("has every alarm as it was written, attribute by attribute", async () => {
    const byName = (dimensions: readonly Dimension[]) =>
      dimensions.toSorted(({ Name: one = "" }, { Name: other = "" }) => one.localeCompare(other));
    // CloudWatch calls topics of the alarm's own region only.
    const topics: Readonly<Record<string, string>> = {
      "eu-west-1": "arn:aws:sns:eu-west-1:123456789012:local-operations_alarms",
      "us-east-1": "arn:aws:sns:us-east-1:123456789012:local-alerts_us-east-1_alarms",
    };
    const written = local.stacks.flatMap((stack) => {
      const synthesized = readStack(stack);
      /** What is behind a reference such as `${aws_sqs_queue.x.name}`. */
      const meant = (text: string) => {
        const [, type = "", id = "", attribute = ""] = /^\$\{(aws_\w+)\.([\w-]+)\.(\w+)\}$/.exec(text) ?? [];
        return type === "" ? text : synthesized.resources({ tfResourceType: type })[id]?.[attribute];
      };
      const alarms = Object.values(synthesized.resources({ tfResourceType: "aws_cloudwatch_metric_alarm" }));
      return alarms.map((alarm) => ({
        region: alarm.provider === "aws.us-east-1" ? "us-east-1" : "eu-west-1",
        alarm,
        dimensions: byName(
          Object.entries<string>(alarm.dimensions).map(([Name, text]) => ({ Name, Value: meant(text) })),
        ),
      }));
    });
    const applied = await Promise.all(
      ["eu-west-1", "us-east-1"].map(async (region) => {
        const cloudwatch = new CloudWatchClient({ ...clientConfig(account, "CLOUDWATCH"), region });
        const { MetricAlarms = [] } = await cloudwatch.send(new DescribeAlarmsCommand({}));
        return MetricAlarms.map((each) => ({ ...each, region, Dimensions: byName(each.Dimensions ?? []) }));
      }),
    );
    const alarms = applied.flat();
    expect(written).not.toEqual([]);
    expect(alarms).toHaveLength(written.length);
    for (const { region, alarm, dimensions } of written) {
      for (const { Value } of dimensions) expect(Value).toMatch(/^(local-|live$)/);
      const actions = [topics[region]];
      expect(alarms.find(({ AlarmName }) => AlarmName === alarm.alarm_name)).toMatchObject({
        region,
        AlarmDescription: alarm.alarm_description,
        Namespace: alarm.namespace,
        MetricName: alarm.metric_name,
        Dimensions: dimensions,
        Statistic: alarm.statistic,
        Threshold: alarm.threshold,
        Period: alarm.period,
        EvaluationPeriods: alarm.evaluation_periods,
        ComparisonOperator: alarm.comparison_operator,
        TreatMissingData: alarm.treat_missing_data,
        ActionsEnabled: true,
        AlarmActions: actions,
        OKActions: actions,
      });
    }
  });

  describe("npm run local:destroy", () => {
    it("leaves nothing, neither in the account nor on the machine", () => {
      const destroyed = local.run("local-destroy.js");
      expect(destroyed.stdout).toMatch(/^nothing left$/m);
      expect(destroyed.stdout).not.toMatch(/^LEFT/m);
      expect(destroyed.status).toBe(0);
      for (const emulator of local.session.emulators) expect(groupRuns(emulator.process.pid)).toBe(false);
      expect(readSession(local.space)).toBeUndefined();
    });

    it("has nothing to do the second time, and says so", () => {
      const again = local.run("local-destroy.js");
      expect(again.stdout).toMatch(/^nothing is running$/m);
      expect(again.status).toBe(0);
    });
  });
});
