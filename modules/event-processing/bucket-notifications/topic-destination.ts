import type { SnsTopic } from "@cdktf/provider-aws/lib/sns-topic";
import { sidOf, type TopicRef, topicPolicy } from "../../core";
import { isSnsTopic } from "../topics";
import {
  type BucketDestination,
  checkArn,
  checkOrdering,
  checkPlace,
  inNameOf,
  S3,
  type Sender,
} from "./destination";
import { allowKey, checkKey } from "./key-use";

/**
 * A standard topic, such as a fan-out's. Of an `SnsTopic` of the bucket's stack the policy is extended here, and its key's; of
 * any other the owner allows `sns:Publish` to `s3.amazonaws.com` with the bucket's ARN as `aws:SourceArn` and its account as
 * `aws:SourceAccount`, and grants the key likewise.
 */
export function topicDestination(topic: TopicRef): BucketDestination {
  return {
    check(checks, sender) {
      if (!isSnsTopic(topic)) {
        checkArn(checks, sender, { what: "topic", service: "sns", arn: topic.arn });
        checkOrdering(checks, sender, "topic", topic.arn.endsWith(".fifo"));
        return;
      }
      const remedy = "or hand in { arn } and allow the bucket where the topic is made";
      checkPlace(checks, sender, { what: "topic", resource: topic, remedy });
      checkOrdering(checks, sender, "topic", topic.fifoTopicInput === true);
      checkKey(checks, sender, "topic", topic);
    },
    bind(sender) {
      const target = { topicArn: topic.arn };
      return isSnsTopic(topic) ? { target, after: allow(topic, sender) } : { target, after: [] };
    },
  };
}

function allow(topic: SnsTopic, sender: Sender) {
  const policy = topicPolicy(topic);
  policy.add(sidOf("allow", "bucket", sender.bucket.node.path), {
    principal: { Service: S3 },
    actions: ["sns:Publish"],
    resources: [topic.arn],
    conditions: inNameOf(sender),
  });
  return [policy.resource, ...allowKey(sender, topic)];
}
