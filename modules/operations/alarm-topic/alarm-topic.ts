import { SnsTopic } from "@cdktf/provider-aws/lib/sns-topic";
import { SnsTopicSubscription } from "@cdktf/provider-aws/lib/sns-topic-subscription";
import { Construct } from "constructs";
import { allowSender, arnOf, Checks, CustomerKey, nameOf, type TopicRef, topicPolicy } from "../../core";

export interface AlarmTopicProps {
  /**
   * Mail address to subscribe; its owner confirms by a link, and until then Terraform cannot remove the subscription.
   * @default - nobody is subscribed
   */
  readonly email?: string;
}

/**
 * Where an environment's alarms go: `CloudWatch alarm → encrypted topic → mail`.
 *
 * The key is a customer key because CloudWatch cannot publish to a topic that the AWS-managed key encrypts: such alarms
 * are lost in silence (CloudWatch user guide, "Alarm actions"; aws-solutions-constructs#155).
 * Makes a key (about 1 USD a month), a topic, and a subscription where there is an address.
 */
export class AlarmTopic extends Construct implements TopicRef {
  readonly topic: SnsTopic;
  readonly key: CustomerKey;
  readonly subscription?: SnsTopicSubscription;

  constructor(scope: Construct, id: string, { email }: AlarmTopicProps = {}) {
    super(scope, id);
    new Checks("alarm topic", this).mailAddress("email", email).done();
    this.key = new CustomerKey(this, "key", { description: `Alarms of ${this.node.path}` });
    this.topic = new SnsTopic(this, "Default", {
      name: nameOf(this, "topic"),
      kmsMasterKeyId: this.key.key.arn,
    });
    this.acceptAlarms();
    if (email !== undefined) {
      this.subscription = new SnsTopicSubscription(this, "mail", {
        topicArn: this.topic.arn,
        protocol: "email",
        endpoint: email,
      });
    }
  }

  get arn(): string {
    return this.topic.arn;
  }

  /** Alarms of this account and region only. */
  private acceptAlarms(): void {
    const sourceArn = arnOf(this, { service: "cloudwatch", resource: "alarm:*" });
    const service = "cloudwatch.amazonaws.com";
    allowSender(this.key.key, ["alarms"], { service, sourceArn });
    topicPolicy(this.topic).add("AllowAlarms", {
      principal: { Service: service },
      actions: ["sns:Publish"],
      resources: [this.topic.arn],
      conditions: { ArnLike: { "aws:SourceArn": sourceArn } },
    });
  }
}
