import { type TopicRef, topicPolicy } from "../../core";
import { isSnsTopic } from "../topics";
import type { BucketDestination } from "./destination";
import { receiverDestination } from "./receiver";

/**
 * A standard topic, such as a fan-out's. Of an `SnsTopic` of the bucket's stack the policy is extended here, and its key's; of
 * any other the owner allows `sns:Publish` to `s3.amazonaws.com` with the bucket's ARN as `aws:SourceArn` and its account as
 * `aws:SourceAccount`, and grants the key likewise.
 */
export function topicDestination(topic: TopicRef): BucketDestination {
  return receiverDestination({
    what: "topic",
    service: "sns",
    action: "sns:Publish",
    byHand: "{ arn }",
    arn: topic.arn,
    target: { topicArn: topic.arn },
    own: isSnsTopic(topic)
      ? { resource: topic, fifo: topic.fifoTopicInput === true, policy: () => topicPolicy(topic) }
      : undefined,
  });
}
