import { CloudwatchMetricAlarm } from "@cdktf/provider-aws/lib/cloudwatch-metric-alarm";
import type { Construct } from "constructs";
import { factsOf } from "./facts-of";
import { nameOf } from "./names";

export interface AlarmProps {
  /** What the alarm means and what to do. Reaches whoever is called. */
  readonly description: string;
  /** Such as `AWS/SQS`. */
  readonly namespace: string;
  readonly metric: string;
  /** A dead alarm is one with a missing dimension: all that the metric has. */
  readonly dimensions: Readonly<Record<string, string>>;
  readonly statistic: "Maximum" | "Sum" | "Average";
  readonly threshold: number;
  /** On which side of the threshold is trouble: at it or above, or below it. @default "atOrAbove" */
  readonly direction?: "atOrAbove" | "below";
  /** @default 300 */
  readonly periodSeconds?: number;
  /** Periods in a row. @default 1 */
  readonly periods?: number;
}

/**
 * An alarm that calls the environment's alarm topic when it goes off and when it is over.
 * No data is no alarm: SQS stops reporting on a queue that nobody used for six hours. About 0.10 USD a month.
 */
export function alarm(scope: Construct, id: string, props: AlarmProps): CloudwatchMetricAlarm {
  const { alarmTopic } = factsOf(scope);
  const actions = alarmTopic === "none" ? undefined : [alarmTopic.arn];
  return new CloudwatchMetricAlarm(scope, id, {
    alarmName: nameOf(scope, "alarm", id),
    alarmDescription: props.description,
    namespace: props.namespace,
    metricName: props.metric,
    dimensions: { ...props.dimensions },
    statistic: props.statistic,
    comparisonOperator: props.direction === "below" ? "LessThanThreshold" : "GreaterThanOrEqualToThreshold",
    threshold: props.threshold,
    period: props.periodSeconds ?? 300,
    evaluationPeriods: props.periods ?? 1,
    treatMissingData: "notBreaching",
    alarmActions: actions,
    okActions: actions,
  });
}
