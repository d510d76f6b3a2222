import type { CloudwatchMetricAlarm } from "@cdktf/provider-aws/lib/cloudwatch-metric-alarm";
import type { SnsTopic } from "@cdktf/provider-aws/lib/sns-topic";
import type { SqsQueue } from "@cdktf/provider-aws/lib/sqs-queue";
import type { Construct } from "constructs";
import { alarm } from "../core";

/** Goes off at the first message in a dead-letter queue. */
export function alarmOnDepth(
  scope: Construct,
  id: string,
  queue: SqsQueue,
  meaning: string,
): CloudwatchMetricAlarm {
  return alarm(scope, id, {
    description: `${meaning}: look into the queue, mend the cause, then redrive`,
    namespace: "AWS/SQS",
    metric: "ApproximateNumberOfMessagesVisible",
    dimensions: { QueueName: queue.name },
    statistic: "Maximum",
    threshold: 1,
    periodSeconds: 60,
  });
}

/** Goes off when many messages wait at once: more come in than the consumer takes. */
export function alarmOnManyWaiting(
  scope: Construct,
  id: string,
  queue: SqsQueue,
  messages: number,
): CloudwatchMetricAlarm {
  return alarm(scope, id, {
    description: `Many messages of ${scope.node.path} wait: more come in than its consumer takes`,
    namespace: "AWS/SQS",
    metric: "ApproximateNumberOfMessagesVisible",
    dimensions: { QueueName: queue.name },
    statistic: "Maximum",
    threshold: messages,
    periodSeconds: 60,
    periods: 5,
  });
}

/** Goes off when the oldest message has waited too long: the consumer is down or too slow. */
export function alarmOnAge(
  scope: Construct,
  id: string,
  queue: SqsQueue,
  seconds: number,
): CloudwatchMetricAlarm {
  return alarm(scope, id, {
    description: `The oldest message of ${scope.node.path} has waited too long: its consumer is down or too slow`,
    namespace: "AWS/SQS",
    metric: "ApproximateAgeOfOldestMessage",
    dimensions: { QueueName: queue.name },
    statistic: "Maximum",
    threshold: seconds,
    periodSeconds: 60,
    periods: 3,
  });
}

/**
 * Goes off when SNS could not even set a message aside: such a message is lost, and no queue shows it
 * (SNS developer guide, "Amazon SNS dead-letter queues").
 */
export function alarmOnLoss(scope: Construct, id: string, topic: SnsTopic): CloudwatchMetricAlarm {
  return alarm(scope, id, {
    description: `SNS lost messages of ${scope.node.path}: a queue for the undelivered, its policy or its key is gone`,
    namespace: "AWS/SNS",
    metric: "NumberOfNotificationsFailedToRedriveToDlq",
    dimensions: { TopicName: topic.name },
    statistic: "Sum",
    threshold: 1,
    periodSeconds: 60,
  });
}
