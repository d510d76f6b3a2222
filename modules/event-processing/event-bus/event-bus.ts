import { CloudwatchEventBus } from "@cdktf/provider-aws/lib/cloudwatch-event-bus";
import { Construct, type IConstruct } from "constructs";
import { arnOf, type Grantee, nameOf, sidOf } from "../../core";

/** A bus, made here or elsewhere. */
export interface EventBusRef {
  readonly arn: string;
  readonly name: string;
}

/** Where a bus is that is not made here. */
export interface BusPlace {
  /** @default "default", the account's own, to which AWS's services send */
  readonly name?: string;
  /** @default - the environment's */
  readonly region?: string;
  /** Twelve digits. @default - the environment's */
  readonly account?: string;
}

/** The name of the bus that every account has. */
export const DEFAULT_BUS = "default";

/** What a bus is to rules and targets, whoever made it. */
export function busRefOf(bus: EventBus | EventBusRef): EventBusRef {
  return "bus" in bus ? bus.bus : bus;
}

/** A bus that is not made here: the account's default one, or one of another region or account. */
export function existingBus(scope: IConstruct, place: BusPlace = {}): EventBusRef {
  const { name = DEFAULT_BUS, region, account } = place;
  return { name, arn: arnOf(scope, { service: "events", resource: `event-bus/${name}`, region, account }) };
}

/**
 * A bus of its own for one system's events: `publisher → bus → rules`.
 *
 * AWS's services do not send here but to the default bus. Encrypted by EventBridge with a key that AWS owns. Costs by event,
 * about 1 USD a million.
 */
export class EventBus extends Construct {
  readonly bus: CloudwatchEventBus;

  constructor(scope: Construct, id: string) {
    super(scope, id);
    this.bus = new CloudwatchEventBus(this, "Default", { name: nameOf(this, "event-bus") });
  }

  /** Allows putting events on the bus. Action: `events:PutEvents`. */
  grantPutEvents(grantee: Grantee): void {
    grantee.allow(sidOf("put", "events", this.node.path), {
      actions: ["events:PutEvents"],
      resources: [this.bus.arn],
    });
  }
}
