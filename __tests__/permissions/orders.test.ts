import type { Order } from "../../functions/shared/order";
import type { Attributes } from "../../scripts/terraform/state";
import { readStack } from "../../testing";
import { attributeAt } from "../support/applied";
import { Deliveries } from "../support/deliveries";
import { Impostor } from "../support/impostor";
import { isRefused } from "../support/is-refused";
import { LiveRole } from "../support/live-role";
import { LocalEnvironment } from "../support/local-environment";
import { type Orders, someOrder, type Try } from "../support/orders";
import { type Behaviour, judgePermissions, superfluousOf } from "../support/permission-mutation/judge";
import { LivePolicies } from "../support/permission-mutation/live-policies";

const STACK = "local-event-processing";
const TOPIC = `arn:aws:sns:eu-west-1:123456789012:${STACK}_orders`;
const CONSUMERS = [
  { name: "billing", writes: "dynamodb:PutItem", table: `/${STACK}_invoices` },
  { name: "audit", writes: "dynamodb:PutItem", table: `/${STACK}_audit-entries` },
  { name: "analytics", writes: "dynamodb:UpdateItem", table: `/${STACK}_daily-totals` },
] as const;

type Consumer = (typeof CONSUMERS)[number];

/** What one consumer promises, and what it must refuse. */
class ConsumerTrials {
  private readonly orders: Orders;
  private readonly role: LiveRole;
  private readonly impostor: Impostor;
  private readonly deliveries: Deliveries;

  constructor(
    local: LocalEnvironment,
    private readonly consumer: Consumer,
    private readonly state: ReadonlyMap<string, Attributes>,
  ) {
    this.orders = local.orders;
    this.role = new LiveRole(local.account, `${STACK}_${consumer.name}_role`);
    this.impostor = new Impostor(local.account);
    this.deliveries = new Deliveries(
      local.session.emulators.find(({ name }) => name === "ministack")?.log ?? "",
    );
  }

  get behaviours(): readonly Behaviour[] {
    const { name } = this.consumer;
    return [
      this.trial(`${name} processes an order`, () => this.processes()),
      this.trial(`${name} tries a failed order again`, () => this.triesAgain()),
    ];
  }

  get probes(): readonly Behaviour[] {
    const { name } = this.consumer;
    return [
      this.trial(`another topic cannot send to ${name}`, () => this.turnsImpostorsAway()),
      this.trial(`${name} cannot use the keys of its tables and its queue itself`, () =>
        this.role.isKeptFrom(...this.keys),
      ),
    ];
  }

  private trial(name: string, holds: () => Promise<boolean>): Behaviour {
    const { name: consumer } = this.consumer;
    const concerns = new RegExp(`^(${consumer}/|orders/${consumer}/queue/policy$|orders/policy$)`);
    return { name, concerns, holds };
  }

  private tries(orderId: string) {
    return this.orders.tries(this.consumer.name, (each) => each.orderId === orderId);
  }

  private triesUntil({ orderId }: Order, enough: (tries: readonly Try[]) => boolean) {
    const mine = (each: { orderId?: string }) => each.orderId === orderId;
    return this.orders.triesUntil(this.consumer.name, mine, enough);
  }

  private async processes(): Promise<boolean> {
    const order = someOrder(200);
    return (await this.outcome(order, TOPIC, () => this.orders.publish(order))) === "record done";
  }

  /** What became of the first try of an order; `"refused"` or `"denied"` where it did not come to the topic or the queue. */
  private outcome({ orderId }: Order, topic: string, publish: () => Promise<unknown>): Promise<string> {
    const { name } = this.orders.queue(`${this.consumer.name}_queue`);
    let refused = false;
    const attempt = async () => {
      refused = await isRefused(publish());
    };
    const nudge = this.orders.nudge(this.consumer.name);
    const look = async () => {
      await nudge();
      return refused ? "refused" : (await this.tries(orderId))[0]?.message;
    };
    return this.deliveries.after(attempt, topic, name, look);
  }

  /** A try that failed leaves nothing behind by which the next one would fail too. */
  private async triesAgain(): Promise<boolean> {
    const { name, writes, table } = this.consumer;
    const order = someOrder(200);
    return this.orders.queue(`${name}_queue`).whileHiddenFor(10, async () => {
      await this.role.without(writes, table, async () => {
        await this.orders.publish(order);
        await this.triesUntil(order, ({ length }) => length >= 1);
      });
      // One may have begun before the permission was back; the one after it did not.
      const { length } = await this.tries(order.orderId);
      const isDone = (tries: readonly Try[]) =>
        tries.slice(length).some(({ message }) => message === "record done");
      return isDone(await this.triesUntil(order, (all) => isDone(all) || all.length >= length + 2));
    });
  }

  private async turnsImpostorsAway(): Promise<boolean> {
    const order = someOrder(200);
    const { name } = this.orders.queue(`${this.consumer.name}_queue`);
    const publish = () => this.impostor.publish(name, JSON.stringify(order));
    return (await this.outcome(order, this.impostor.topicArn(name), publish)) === "denied";
  }

  private get keys(): readonly string[] {
    return ["data-key", "orders_key"].map((id) => attributeAt(this.state, `aws_kms_key.${id}`, "arn"));
  }
}

describe("the permissions of the orders system", () => {
  let local: LocalEnvironment;
  beforeAll(() => {
    local = LocalEnvironment.start();
  });
  afterAll(() => local?.stop());

  it("are all needed: each one taken away breaks a behaviour, each restriction lets somebody through", async () => {
    const orders = local.stacks.filter(({ id }) => id === STACK);
    const others = local.stacks.filter(({ id }) => id !== STACK);
    const state = await (await local.terraform(STACK)).state();
    const trials = CONSUMERS.map((consumer) => new ConsumerTrials(local, consumer, state));
    const judgements = await judgePermissions({
      stack: readStack(orders[0] ?? { folder: "" }),
      others: others.map(readStack),
      live: new LivePolicies(local.account, state),
      behaviours: trials.flatMap(({ behaviours }) => behaviours),
      probes: trials.flatMap(({ probes }) => probes),
      // An order goes to all three, and each looks for its own: tries by the order's id, denials by the queue.
      beside: true,
    });
    expect(superfluousOf(judgements)).toEqual([]);
    for (const { name } of CONSUMERS) {
      const shown = judgements.filter(({ policy, red }) => policy.startsWith(name) && red);
      expect(shown).not.toEqual([]);
    }
  });
});
