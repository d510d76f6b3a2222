import { CloudwatchEventBus } from "@cdktf/provider-aws/lib/cloudwatch-event-bus";
import { Construct, type IConstruct } from "constructs";
import { arnOf, Checks, type Grantee, nameOf, regions, sidOf } from "../../core";
import { allowPutEvents, checkAccount, checkOnly, DEFAULT_BUS, type OnlyEvents } from "./bus-policy";

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

/** What a bus is to rules and targets, whoever made it. */
export function busRefOf(bus: EventBus | EventBusRef): EventBusRef {
  return "bus" in bus ? bus.bus : bus;
}

/**
 * A bus that is not made here: the account's default one, or one of another region or account.
 * @throws Error where name, region or account are none
 */
export function existingBus(scope: IConstruct, place: BusPlace = {}): EventBusRef {
  const { name = DEFAULT_BUS, region, account } = place;
  new Checks("existing bus", scope)
    // EventBridge API reference, PutRule: a name, or that of a partner's bus, which has slashes.
    .matches("name", name, /^[/.\w-]{1,256}$/, "1 to 256 letters, digits and . _ - /, and not an ARN")
    .oneOf("region", region, regions)
    .account("account", account)
    .done();
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

  /**
   * Lets another account put events on the bus: by `PutEvents`, or by a rule of its own that sends here. Action:
   * `events:PutEvents`, in the bus's policy.
   * @param account twelve digits, not the bus's own; who of that account may is for its own IAM to say
   * @param only which events. @default - all
   */
  allowPutEventsFromAccount(account: string, only: OnlyEvents = {}): void {
    checkOnly(checkAccount(new Checks("event-bus", this), this, account), only).done();
    // The ARN and not the number: AWS stores the ARN, and the number would come back as a change at each plan.
    const root = arnOf(this, { service: "iam", region: "", account, resource: "root" });
    allowPutEvents(this.bus, { who: `account${account}`, principal: { AWS: root } }, only);
  }

  /**
   * Lets every account of an AWS organisation put events on the bus. Action: `events:PutEvents`, in the bus's policy.
   * @param organizationId such as `o-a1b2c3d4e5`
   * @param only which events. @default - all
   */
  allowPutEventsFromOrganization(organizationId: string, only: OnlyEvents = {}): void {
    const checks = new Checks("event-bus", this).organization("organizationId", organizationId);
    checkOnly(checks, only).done();
    const conditions = { "aws:PrincipalOrgID": organizationId };
    allowPutEvents(
      this.bus,
      { who: `organization/${organizationId}`, principal: { AWS: "*" }, conditions },
      only,
    );
  }
}
