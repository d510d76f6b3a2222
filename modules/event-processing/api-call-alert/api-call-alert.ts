import { SnsTopic } from "@cdktf/provider-aws/lib/sns-topic";
import { SnsTopicSubscription } from "@cdktf/provider-aws/lib/sns-topic-subscription";
import type { TerraformProvider } from "cdktf";
import { Construct } from "constructs";
import { CustomerKey, nameOf, type TopicRef } from "../../core";
import { EventRules, type TargetProps } from "../event-rules";
import { topicTarget } from "../event-targets";
import type { ApiCalls } from "./api-calls";
import { checkApiCallAlert } from "./check-props";
import { forwarded, forwardHome } from "./forwarding";
import { mailOf } from "./mail";
import { ruleOf, rulesOf } from "./rule";

export interface ApiCallAlertProps<Name extends string> {
  /** What to hear of: `{ "root-in": rootSignIn() }`. The key is part of the construct id: renaming it replaces the rule. */
  readonly calls: Readonly<Record<Name, ApiCalls>>;
  /**
   * Mail address to subscribe; its owner confirms by a link, and until then Terraform cannot remove the subscription.
   * @default - nobody is subscribed
   */
  readonly email?: string;
  /**
   * Where the mails go. Of an `SnsTopic` of this stack the policies are extended, of any other the owner lets the rules in.
   * @default - an encrypted topic of its own
   */
  readonly topic?: TopicRef;
  /** Who else gets each event, four at most, such as `{ record: { to: logGroupTarget(group) } }`. @default - nobody */
  readonly targets?: Readonly<Record<string, TargetProps>>;
  /**
   * The stack's provider of us-east-1, such as `usEast1` of an `EnvironmentStack`: global services' calls are heard of there.
   * @default - none; refused where such a call is named and the environment is in another region
   */
  readonly usEast1?: TerraformProvider;
  /** Where the alarms of what stands in us-east-1 go: a topic of that region. @default - they show in its console only */
  readonly usEast1AlarmTopic?: TopicRef;
}

/**
 * Tells of calls to AWS's API: `call → account's trail → default bus → rule → encrypted topic → mail`, and of global services
 * `us-east-1's default bus → forwarding rule (role) → default bus`, since a rule calls no topic of another region.
 *
 * It hears of what happens in its own region and of global services; the account's trail is the environment's (`accountTrail`).
 * Makes a key (about 1 USD a month), a topic, a dead-letter queue and, per kind of call, a rule with two alarms (0.10 USD a
 * month each); where there is forwarding, as much again in us-east-1 but for the key. AWS's own events are free.
 */
export class ApiCallAlert<Name extends string> extends Construct {
  readonly topic: TopicRef;
  /** Encrypts the dead-letter queue, and the topic unless that was handed in. */
  readonly key: CustomerKey;
  readonly subscription?: SnsTopicSubscription;
  /** The rules of this region, and the queue of what they could not deliver. */
  readonly rules: EventRules<Name>;
  /** Those of us-east-1; none where nothing is to be forwarded. */
  readonly forwarding?: EventRules<string>;

  constructor(scope: Construct, id: string, props: ApiCallAlertProps<Name>) {
    super(scope, id);
    checkApiCallAlert(this, props);
    const { calls, email, targets, usEast1, usEast1AlarmTopic: alarmTopic } = props;
    this.key = new CustomerKey(this, "key", { description: `Alerts of ${this.node.path}` });
    this.topic = props.topic ?? this.ownTopic();
    if (email !== undefined) this.subscription = this.subscribe(email);
    const to = topicTarget(this.topic);
    this.rules = new EventRules(this, "rules", {
      rules: rulesOf(calls, (each) => ruleOf(each, { topic: { to, input: mailOf(each) }, ...targets })),
      encryption: this.key.key,
    });
    const abroad = forwarded(this, calls);
    if (usEast1 !== undefined && Object.keys(abroad).length > 0) {
      this.forwarding = forwardHome(this, abroad, { provider: usEast1, alarmTopic });
    }
  }

  private ownTopic(): SnsTopic {
    return new SnsTopic(this, "topic", {
      name: nameOf(this, "topic"),
      kmsMasterKeyId: this.key.key.arn,
    });
  }

  private subscribe(endpoint: string): SnsTopicSubscription {
    return new SnsTopicSubscription(this, "mail", { topicArn: this.topic.arn, protocol: "email", endpoint });
  }
}
