import type { CloudwatchMetricAlarm } from "@cdktf/provider-aws/lib/cloudwatch-metric-alarm";
import type { Construct } from "constructs";
import type { Handler } from "../compute";
import { alarm } from "../core";

/**
 * Goes off when Lambda could not even set a failed event aside: it is lost, and no queue shows it (Lambda developer guide,
 * "Types of metrics for Lambda functions"). One for a function, made at the first call: the metric knows no source.
 */
export function alarmOnLostFailures({ lambda }: Handler): CloudwatchMetricAlarm {
  const id = "loss-alarm";
  const made = lambda.node.tryFindChild(id) as CloudwatchMetricAlarm | undefined;
  return (
    made ??
    alarm(lambda, id, {
      description: `Lambda lost failed events of ${lambda.node.path}: their queue, its policy or the role's is gone`,
      namespace: "AWS/Lambda",
      metric: "DestinationDeliveryFailures",
      dimensions: { FunctionName: lambda.functionName },
      statistic: "Sum",
      threshold: 1,
      periodSeconds: 60,
    })
  );
}

/**
 * Goes off when the last record of a batch had waited too long in its stream: the function is down, too slow, or stuck at
 * a record. AWS keeps this metric for the function: where it reads several streams, it tells of the slowest.
 */
export function alarmOnIteratorAge(
  scope: Construct,
  id: string,
  { lambda }: Handler,
  seconds: number,
): CloudwatchMetricAlarm {
  return alarm(scope, id, {
    description: `The records of ${scope.node.path} wait too long: its function is down, too slow or stuck at a record`,
    namespace: "AWS/Lambda",
    metric: "IteratorAge",
    dimensions: { FunctionName: lambda.functionName },
    statistic: "Maximum",
    // The metric counts milliseconds.
    threshold: seconds * 1000,
    periodSeconds: 60,
    periods: 3,
  });
}
