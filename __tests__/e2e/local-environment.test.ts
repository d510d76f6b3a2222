import { type SpawnSyncReturns, spawnSync } from "node:child_process";
import { readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { CloudWatchClient, DescribeAlarmsCommand } from "@aws-sdk/client-cloudwatch";
import { GetRolePolicyCommand, IAMClient, PutRolePolicyCommand } from "@aws-sdk/client-iam";
import { clientConfig } from "../../scripts/local-aws/client";
import { groupRuns } from "../../scripts/local-aws/process-mark";
import { accountEnvironment } from "../../scripts/local-aws/services";
import { readSession, type Session } from "../../scripts/local-aws/session";
import { projectRoot } from "../../scripts/support/paths";
import { Synthesized } from "../../testing";
import { eventually, newWorkspace } from "../support/local-account";
import { ORDER_DAY, Orders, someOrder } from "../support/orders";

const space = newWorkspace();
const script = (name: string): SpawnSyncReturns<string> =>
  spawnSync(process.execPath, [join(projectRoot, ".build", "scripts", name)], {
    encoding: "utf8",
    env: { ...process.env, LOCAL_WORKSPACE: space.root },
  });

describe("npm run local", () => {
  let local: SpawnSyncReturns<string>;
  let session: Session;
  let account: Readonly<Record<string, string>>;
  let orders: Orders;

  beforeAll(() => {
    local = script("local.js");
    const found = readSession(space);
    if (local.status !== 0 || found === undefined) throw new Error(`${local.stdout}\n${local.stderr}`);
    session = found;
    account = accountEnvironment(session.emulators);
    orders = new Orders(account);
  });
  afterAll(() => {
    script("local-destroy.js");
    rmSync(space.root, { recursive: true, force: true });
  });

  it("ends with a summary of every stack and the lines to go on by hand", () => {
    for (const stack of ["operations", "network", "event-processing"]) {
      expect(local.stdout).toMatch(new RegExp(`^local-${stack}\\s+(ministack|moto) \\d+`, "m"));
    }
    expect(local.stdout).toMatch(/^export AWS_ENDPOINT_URL_EC2=https:\/\/127\.0\.0\.1:\d+$/m);
    expect(local.stdout).toMatch(/^npx cdktf deploy 'local-\*' --skip-provider-lock$/m);
  });

  it("shows where an order arrived", () => {
    for (const consumer of ["billing", "audit", "analytics"]) {
      expect(local.stdout).toMatch(new RegExp(`\\d s {2}${consumer} \\(table local-event-processing_`));
    }
  });

  it("planned again after every apply, and found nothing but the listed artefact", () => {
    const plans = [...local.stdout.matchAll(/second plan: (.*)/g)].map(([, result]) => result);
    expect(plans).toEqual(["empty", "empty", "6 artefacts, nothing else"]);
    const artefacts = [...local.stdout.matchAll(/artefact: .*\((.*)\)$/gm)].map(([, reason]) => reason);
    expect(new Set(artefacts)).toEqual(
      new Set(["moto forgets the description of a rule whose peer is a group or a prefix list"]),
    );
  });

  it("says so when it runs already, and starts nothing", () => {
    const second = script("local.js");
    expect(second.status).toBe(0);
    expect(second.stdout).toMatch(/^already running:/);
    expect(readSession(space)).toEqual(session);
  });

  describe("an order", () => {
    const invoice = (orderId: string) => orders.item("invoices", { orderId });
    const entry = (orderId: string) => orders.item("audit-entries", { orderId });

    it("is processed once by each consumer, though it is published twice and redelivered", async () => {
      const order = someOrder(20);
      await orders.publish(order);
      await orders.publish(order);
      const first = await eventually("the invoice", () => invoice(order.orderId));
      const kept = await eventually("the audit entry", () => entry(order.orderId));
      await orders.deliver("billing_queue", [JSON.stringify(order), JSON.stringify(order)]);
      await orders.deliver("audit_queue", [JSON.stringify(order)]);
      for (const queue of ["billing_queue", "audit_queue"]) {
        await eventually(`${queue} to be empty`, async () => (await orders.depth(queue)) === 0 || undefined);
      }
      expect(await invoice(order.orderId)).toEqual(first);
      expect(await entry(order.orderId)).toEqual(kept);
    });

    it("reaches exactly the consumers whose filter matches", async () => {
      const counted = async () =>
        Number((await orders.item("daily-totals", { day: ORDER_DAY }))?.orders ?? 0);
      const before = await counted();
      const [small, large] = [someOrder(99.99), someOrder(100)];
      await orders.publish(small);
      await orders.publish(large);
      for (const { orderId } of [small, large]) {
        await eventually("both invoices", () => invoice(orderId));
        await eventually("both audit entries", () => entry(orderId));
      }
      await eventually("the day's total", async () => (await counted()) > before || undefined);
      // Whatever else reached analytics has been counted, or set aside, once its queue is empty.
      await eventually(
        "an empty queue",
        async () => (await orders.depth("analytics_queue")) === 0 || undefined,
      );
      expect(await counted()).toBe(before + 1);
      expect(await orders.depth("analytics_queue_dead-letters")).toBe(0);
    });

    it("is not held up by a broken neighbour in its batch, which alone comes back and ends as a dead letter", async () => {
      const [one, other] = [someOrder(10), someOrder(11)];
      const broken = JSON.stringify({ orderId: "broken", total: "much" });
      await orders.retryAtOnce("billing_queue");
      await orders.deliver("billing_queue", [JSON.stringify(one), broken, JSON.stringify(other)]);
      await eventually("the first neighbour", () => invoice(one.orderId));
      await eventually("the second neighbour", () => invoice(other.orderId));
      await eventually(
        "the dead letter",
        async () => (await orders.depth("billing_queue_dead-letters")) || undefined,
      );
      expect(await orders.bodies("billing_queue_dead-letters")).toEqual([broken]);
      expect(await orders.depth("billing_queue")).toBe(0);
    });
  });

  it("sets aside, in each dead-letter queue and nowhere else, a published message that fails every time", async () => {
    const poison = "this is no order";
    const names = ["billing", "audit"];
    for (const name of names) await orders.retryAtOnce(`${name}_queue`);
    const earlier = await orders.depth("billing_queue_dead-letters");
    const before = await Promise.all(
      ["invoices", "audit-entries", "daily-totals"].map((table) => orders.items(table)),
    );
    await orders.publish(poison);
    await eventually(
      "billing's dead letter",
      async () => (await orders.depth("billing_queue_dead-letters")) > earlier || undefined,
    );
    await eventually(
      "audit's dead letter",
      async () => (await orders.depth("audit_queue_dead-letters")) || undefined,
    );
    expect(await orders.bodies("audit_queue_dead-letters")).toEqual([poison]);
    for (const name of names) expect(await orders.depth(`${name}_queue`)).toBe(0);
    for (const name of [...names, "analytics"]) expect(await orders.depth(`${name}_undelivered`)).toBe(0);
    expect(await orders.depth("analytics_queue_dead-letters")).toBe(0);
    const after = await Promise.all(
      ["invoices", "audit-entries", "daily-totals"].map((table) => orders.items(table)),
    );
    expect(after).toEqual(before);
  });

  it("enforces permissions: a consumer that may not write fails, and works again when it may", async () => {
    const iam = new IAMClient(clientConfig(account));
    const policy = { RoleName: "local-event-processing_billing_role", PolicyName: "permissions" };
    const { PolicyDocument = "" } = await iam.send(new GetRolePolicyCommand(policy));
    const document = JSON.parse(decodeURIComponent(PolicyDocument));
    const without = document.Statement.filter(
      ({ Action }: { Action: unknown }) => Action !== "dynamodb:PutItem",
    );
    expect(without).toHaveLength(document.Statement.length - 1);
    await orders.retryAtOnce("billing_queue");
    const order = someOrder(30);
    const failedBefore = await orders.depth("billing_queue_dead-letters");
    await iam.send(
      new PutRolePolicyCommand({
        ...policy,
        PolicyDocument: JSON.stringify({ ...document, Statement: without }),
      }),
    );
    await orders.publish(order);
    await eventually(
      "the order among the dead letters",
      async () => (await orders.depth("billing_queue_dead-letters")) > failedBefore || undefined,
    );
    expect(await orders.item("invoices", { orderId: order.orderId })).toBeUndefined();
    await iam.send(new PutRolePolicyCommand({ ...policy, PolicyDocument: JSON.stringify(document) }));
    await orders.publish(order);
    await eventually("the invoice", () => orders.item("invoices", { orderId: order.orderId }));
  });

  it("has every alarm as it was written, attribute by attribute", async () => {
    const cloudwatch = new CloudWatchClient(clientConfig(account, "CLOUDWATCH"));
    const { MetricAlarms = [] } = await cloudwatch.send(new DescribeAlarmsCommand({}));
    const file = join(space.outdir, "stacks", "local-event-processing", "cdk.tf.json");
    const synthesized = new Synthesized(JSON.parse(readFileSync(file, "utf8")));
    /** The name behind a reference such as `${aws_sqs_queue.x.name}`. */
    const nameOf = (reference: string) => {
      const [, tfResourceType = "", id = ""] = /^\$\{(\w+)\.([\w-]+)\.name\}$/.exec(reference) ?? [];
      return synthesized.resources({ tfResourceType })[id]?.name;
    };
    const written = Object.values(synthesized.resources({ tfResourceType: "aws_cloudwatch_metric_alarm" }));
    expect(MetricAlarms).toHaveLength(10);
    for (const alarm of written) {
      const topic = ["arn:aws:sns:eu-west-1:123456789012:local-operations_alarms"];
      const [[dimension, subject] = []] = Object.entries<string>(alarm.dimensions);
      const name = nameOf(subject ?? "");
      expect(name).toMatch(/^local-event-processing_orders/);
      expect(MetricAlarms.find(({ AlarmName }) => AlarmName === alarm.alarm_name)).toMatchObject({
        AlarmDescription: alarm.alarm_description,
        Namespace: alarm.namespace,
        MetricName: alarm.metric_name,
        Dimensions: [{ Name: dimension, Value: name }],
        Statistic: alarm.statistic,
        Threshold: alarm.threshold,
        Period: alarm.period,
        EvaluationPeriods: alarm.evaluation_periods,
        ComparisonOperator: alarm.comparison_operator,
        TreatMissingData: alarm.treat_missing_data,
        ActionsEnabled: true,
        AlarmActions: topic,
        OKActions: topic,
      });
    }
  });

  describe("npm run local:destroy", () => {
    it("leaves nothing, neither in the account nor on the machine", () => {
      const destroyed = script("local-destroy.js");
      expect(destroyed.stdout).toMatch(/^nothing left$/m);
      expect(destroyed.stdout).not.toMatch(/^LEFT/m);
      expect(destroyed.status).toBe(0);
      for (const emulator of session.emulators) expect(groupRuns(emulator.process.pid)).toBe(false);
      expect(readSession(space)).toBeUndefined();
    });

    it("has nothing to do the second time, and says so", () => {
      const again = script("local-destroy.js");
      expect(again.stdout).toMatch(/^nothing is running$/m);
      expect(again.status).toBe(0);
    });
  });
});
