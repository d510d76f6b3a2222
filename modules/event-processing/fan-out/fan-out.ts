import type { KmsKey } from "@cdktf/provider-aws/lib/kms-key";
import type { SnsTopic } from "@cdktf/provider-aws/lib/sns-topic";
import { Construct } from "constructs";
import {
  arnOf,
  Checks,
  checkEncryption,
  type Encryption,
  type Grantee,
  keyFor,
  keyPolicy,
  type ResourceStatement,
  regionOf,
  SEND_KEY_ACTIONS,
  sidOf,
  throughService,
  topicPolicy,
} from "../../core";
import { alarmOnLoss } from "../queue-alarms";
import type { Ordering } from "../queues";
import { grantPublish, topic } from "../topics";
import { checkSubscriber } from "./check-subscriber";
import { Subscriber, type SubscriberProps } from "./subscriber";

export interface FanOutProps<Name extends string> {
  /** One branch per entry. The key is part of the construct id: renaming it replaces the queue. */
  readonly subscribers: Readonly<Record<Name, SubscriberProps>>;
  /** `"fifo"` keeps the order of messages that share a group, and drops repeats within five minutes; a message set aside
   * after its tries is overtaken by those behind it. @default "standard" */
  readonly ordering?: Ordering;
  /** Of the topic and all its queues: one key for all, those of SNS and SQS, or a key of this stack without inline policy.
   * @default "customer-key" */
  readonly encryption?: Encryption;
}

/**
 * One message to many consumers: `publisher → topic → one queue per subscriber → its consumer`.
 *
 * Every branch stands alone: a slow or broken consumer fills its own queue and its own dead-letter queue.
 * Makes a key (about 1 USD a month), a topic and an alarm, and per subscriber three queues and three alarms (0.10 USD a month each);
 * the rest is paid by message.
 */
export class FanOut<Name extends string> extends Construct {
  readonly topic: SnsTopic;
  readonly subscribers: Readonly<Record<Name, Subscriber>>;
  /** The key that encrypts topic and queues; none where the services manage it. */
  readonly key?: KmsKey;

  constructor(scope: Construct, id: string, props: FanOutProps<Name>) {
    super(scope, id);
    const { ordering = "standard", encryption = "customer-key" } = props;
    checkProps(this, props, encryption);
    this.key = keyFor(this, encryption, `Messages of ${this.node.path}`);
    this.topic = topic(this, "Default", { ordering, key: this.key });
    alarmOnLoss(this, "loss-alarm", this.topic);
    const source = { topic: this.topic, key: this.key, ordering };
    this.subscribers = mapRecord(props.subscribers, (name, each) => new Subscriber(this, name, source, each));
  }

  /**
   * Allows publishing to the topic.
   * Actions: `sns:Publish`; with a customer key `kms:Decrypt` and `kms:GenerateDataKey` on it, through SNS only.
   */
  grantPublish(grantee: Grantee): void {
    grantPublish(grantee, this.topic, this.key);
  }

  /**
   * Lets another account publish: on the topic, and on the key through SNS only.
   * @param account twelve digits; who of that account may is for its own IAM to say
   */
  allowPublishFromAccount(account: string): void {
    new Checks("fan-out", this).account("account", account).done();
    // The ARN and not the number: AWS stores the ARN, and the number would come back as a change at each plan.
    const root = arnOf(this, { service: "iam", region: "", account, resource: "root" });
    this.allowPublishers(`account${account}`, { AWS: root });
  }

  /**
   * Lets every account of an AWS organisation publish: on the topic, and on the key through SNS only.
   * @param organizationId such as `o-a1b2c3d4e5`
   */
  allowPublishFromOrganization(organizationId: string): void {
    new Checks("fan-out", this).organization("organizationId", organizationId).done();
    this.allowPublishers(
      `organization/${organizationId}`,
      { AWS: "*" },
      { "aws:PrincipalOrgID": organizationId },
    );
  }

  private allowPublishers(
    who: string,
    principal: ResourceStatement["principal"],
    conditions: Readonly<Record<string, string>> = {},
  ): void {
    const { key } = this;
    if (key === undefined) {
      throw new Error(
        `fan-out "${this.node.path}": publishers of another account cannot use the AWS-managed key of SNS: ` +
          'use encryption "customer-key"',
      );
    }
    const sid = sidOf("allow", who);
    const all = Object.keys(conditions).length === 0 ? undefined : { StringEquals: conditions };
    topicPolicy(this.topic).add(sid, {
      principal,
      actions: ["sns:Publish"],
      resources: [this.topic.arn],
      conditions: all,
    });
    keyPolicy(key).add(sidOf("allow", who, "publish", this.node.path), {
      principal,
      actions: SEND_KEY_ACTIONS,
      resources: ["*"],
      conditions: {
        StringEquals: { ...conditions, ...throughService({ service: "sns", region: regionOf(this.topic) }) },
      },
    });
  }
}

/** Ids of the fan-out's own children. */
const RESERVED_NAMES = ["key", "loss-alarm"];

function checkProps<Name extends string>(
  scope: Construct,
  props: FanOutProps<Name>,
  encryption: Encryption,
): void {
  const { ordering = "standard", subscribers } = props;
  const checks = new Checks("fan-out", scope);
  checks.oneOf("ordering", ordering, ["standard", "fifo"]);
  checks.that(
    Object.keys(subscribers).length > 0,
    "subscribers must name at least one subscriber: a topic without one loses every message",
  );
  for (const [name, each] of Object.entries<SubscriberProps>(subscribers)) {
    checks.that(
      /^[a-z][a-z0-9-]*$/.test(name) && !RESERVED_NAMES.includes(name),
      `subscribers.${name}: a name is kebab-case and none of ${RESERVED_NAMES.join(", ")}, because it becomes a construct id`,
    );
    checkSubscriber(checks, scope, `subscribers.${name}.`, { ordering, key: encryption }, each);
  }
  checkEncryption(checks, scope, encryption);
  checks.done();
}

function mapRecord<Name extends string, A, B>(
  record: Readonly<Record<Name, A>>,
  make: (name: Name, value: A) => B,
) {
  return Object.fromEntries(
    Object.entries<A>(record).map(([name, value]) => [name, make(name as Name, value)]),
  ) as Record<Name, B>;
}
