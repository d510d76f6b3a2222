import type { KmsKey } from "@cdktf/provider-aws/lib/kms-key";
import { SnsTopic } from "@cdktf/provider-aws/lib/sns-topic";
import { Token } from "cdktf";
import type { Construct, IConstruct } from "constructs";
import {
  allowKeyUse,
  allowSender,
  type Grantee,
  isOfType,
  nameOf,
  regionOf,
  SEND_KEY_ACTIONS,
  sidOf,
  type TopicRef,
  topicPolicy,
} from "../core";
import type { QueueMould } from "./queues";

/**
 * An encrypted topic that refuses publishing without TLS. It may use its key to send into whatever else the key encrypts.
 */
export function topic(scope: Construct, id: string, { ordering, key }: QueueMould): SnsTopic {
  const fifo = ordering === "fifo";
  const made = new SnsTopic(scope, id, {
    name: nameOf(scope, fifo ? "fifo-topic" : "topic", id),
    fifoTopic: fifo ? true : undefined,
    // A publisher may still give its own deduplication id, which then counts.
    contentBasedDeduplication: fifo ? true : undefined,
    // SNS has no key of its own but this one.
    kmsMasterKeyId: key?.arn ?? "alias/aws/sns",
  });
  topicPolicy(made);
  if (key !== undefined) allowTopic(key, made, scope);
  return made;
}

/**
 * Lets a topic, made here or elsewhere, send into what a key encrypts.
 * @param via whose path names the statement where the topic has none
 */
export function allowTopic(key: KmsKey, from: TopicRef, via: IConstruct): void {
  allowSender(key, ["topic", nameOfTopic(from, via)], {
    service: "sns.amazonaws.com",
    sourceArn: from.arn,
  });
}

/** By the topic and not by who speaks for it, where possible: all who do ask for the same statement. */
function nameOfTopic(from: TopicRef, { node: { path } }: IConstruct): string {
  if (isSnsTopic(from)) return from.node.path.replace(/\/Default$/, "");
  return Token.isUnresolved(from.arn) ? path : from.arn;
}

/** Whether a topic is a resource of an app here. See `isOfType`. */
export function isSnsTopic(from: TopicRef): from is SnsTopic {
  return isOfType<SnsTopic>(from, SnsTopic.tfResourceType);
}

/**
 * Allows publishing to a topic.
 * Actions: `sns:Publish`; with a key `kms:Decrypt` and `kms:GenerateDataKey` on it, through SNS only.
 */
export function grantPublish(grantee: Grantee, to: SnsTopic, key?: KmsKey): void {
  grantee.allow(sidOf("publish", to.node.path), { actions: ["sns:Publish"], resources: [to.arn] });
  if (key !== undefined)
    allowKeyUse(grantee, key, { service: "sns", region: regionOf(to) }, ...SEND_KEY_ACTIONS);
}
