import type { CloudwatchMetricAlarm } from "@cdktf/provider-aws/lib/cloudwatch-metric-alarm";
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

/** Goes off when the oldest message has waited too long: the consumer is down or too slow. */
export function alarmOnAge(
  scope: Construct,
  id: string,
  queue: SqsQueue,
  seconds: number,
): CloudwatchMetricAlarm {
  return alarm(scope, id, {
    description: `The oldest message of ${scope.node.path} has waited ${seconds} s: its consumer is down or too slow`,
    namespace: "AWS/SQS",
    metric: "ApproximateAgeOfOldestMessage",
    dimensions: { QueueName: queue.name },
    statistic: "Maximum",
    threshold: seconds,
    periodSeconds: 60,
    periods: 3,
  });
}
