import type { KmsKey } from "@cdktf/provider-aws/lib/kms-key";
import type { SnsTopic } from "@cdktf/provider-aws/lib/sns-topic";
import { Token } from "cdktf";
import type { Construct } from "constructs";
import {
  type Checks,
  type Grantee,
  keyPolicy,
  SEND_KEY_ACTIONS,
  sidOf,
  type TopicRef,
  topicPolicy,
} from "../../core";
import { checkKey, ownKey } from "../receivers";
import { isSnsTopic } from "../topics";
import { allowKeyOf, checkArn, checkHome, checkKeyRef, EVENT_BRIDGE } from "./owned";
import { ALLOW_RULES, rulesStatement } from "./sending-rules";
import type { RuleBinding, RuleSource, RuleTarget, ScheduleBinding, ScheduleTarget } from "./target";

class TopicTarget implements RuleTarget, ScheduleTarget {
  constructor(private readonly topic: TopicRef) {}

  checkForRule(checks: Checks, prefix: string, scope: Construct): void {
    checkTopicOfRule(checks, `${prefix}to`, scope, this.topic);
  }

  bindToRule({ rule }: RuleSource): RuleBinding {
    const { own } = this;
    const { arn } = this.topic;
    if (own === undefined) return { arn, permissions: [] };
    const policy = topicPolicy(own);
    policy.addSource(ALLOW_RULES, rulesStatement(rule, "sns:Publish", arn));
    const key = ownKey(own);
    if (key === undefined) return { arn, permissions: [policy.resource] };
    allowEvents(key, own);
    return { arn, permissions: [policy.resource, keyPolicy(key).resource] };
  }

  checkForSchedule(checks: Checks, prefix: string, scope: Construct): void {
    checkTopic(checks, `${prefix}to`, scope, this.topic);
    if (this.own !== undefined) checkKeyRef(checks, `${prefix}to`, this.own);
  }

  bindToSchedule(role: Grantee): ScheduleBinding {
    const { own } = this;
    const { arn } = this.topic;
    role.allow("PublishToTarget", {
      actions: ["sns:Publish"],
      resources: [arn],
      caller: "service",
    });
    if (own !== undefined) {
      allowKeyOf(role, { target: own, named: own.kmsMasterKeyIdInput, service: "sns" }, ...SEND_KEY_ACTIONS);
    }
    return { arn };
  }

  /** The topic where it is a resource of an app here. */
  private get own(): SnsTopic | undefined {
    return isSnsTopic(this.topic) ? this.topic : undefined;
  }
}

/** Records what a rule cannot publish to, as the caller calls it. */
export function checkTopicOfRule(checks: Checks, name: string, scope: Construct, topic: TopicRef): void {
  checkTopic(checks, name, scope, topic);
  if (!isSnsTopic(topic)) return;
  checkHome(checks, name, scope, topic);
  checkKey(checks, { service: EVENT_BRIDGE }, { name, resource: topic });
}

function checkTopic(checks: Checks, name: string, scope: Construct, topic: TopicRef): void {
  checkArn(checks, name, scope, topic, { service: "sns", what: "an SNS topic by its ARN" });
  const fifo = isSnsTopic(topic) && topic.fifoTopicInput === true;
  checks.that(
    !fifo && (Token.isUnresolved(topic.arn) || !topic.arn.endsWith(".fifo")),
    `${name} is a FIFO topic, to which EventBridge cannot publish: send to a FIFO queue instead`,
  );
}

/**
 * Lets EventBridge publish to a topic that the key encrypts. By the topic and not by the rule: a condition on
 * `aws:SourceArn` or `aws:SourceAccount` is not supported for events to encrypted topics (SNS developer guide, "Managing
 * Amazon SNS encryption keys and costs"). What binds it to one account is the topic's own policy.
 */
function allowEvents(key: KmsKey, topic: SnsTopic): void {
  keyPolicy(key).add(sidOf("allow", "events", topic.node.path), {
    principal: { Service: "events.amazonaws.com" },
    actions: SEND_KEY_ACTIONS,
    resources: ["*"],
    conditions: { StringEquals: { "kms:EncryptionContext:aws:sns:topicArn": topic.arn } },
  });
}

/**
 * A standard topic.
 *
 * A rule is let in by the topic's policy (`sns:Publish` for the rule's ARN) and its key's (`kms:Decrypt`,
 * `kms:GenerateDataKey`), which are extended here for an `SnsTopic` of this stack; of an `{ arn }` the owner does it. A
 * schedule is let in by its role.
 */
export function topicTarget(topic: TopicRef): RuleTarget & ScheduleTarget {
  return new TopicTarget(topic);
}
