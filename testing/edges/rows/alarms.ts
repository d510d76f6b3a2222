import type { Resource } from "../configuration";
import { blocks, type Graph } from "../graph";
import { serviceKeyEnds } from "../keys";
import type { Row } from "../row";

const SNS = "https://docs.aws.amazon.com/sns/latest/dg";

/** What an alarm calls, each once. */
function actions(from: Resource, graph: Graph): readonly (Resource | string)[] {
  const lists = [
    from.arguments.alarm_actions,
    from.arguments.ok_actions,
    from.arguments.insufficient_data_actions,
  ];
  const texts = lists.flatMap(blocks).map((action) => graph.text(from, action) as string);
  return [...new Set(texts)].map((text) => graph.find(text, "aws_sns_topic") ?? text);
}

/** An alarm acts for the topic's account: a topic without a policy of its own lets it. */
const bySourceOwner = ({ account }: Resource) => ({ "aws:SourceOwner": account });

/** Alarms and where they call. */
export const alarms: readonly Row[] = [
  "aws_cloudwatch_metric_alarm",
  "aws_cloudwatch_composite_alarm",
].flatMap((from): Row[] => [
  {
    kind: "alarm publishes to topic",
    from,
    to: "aws_sns_topic",
    principal: { service: "cloudwatch.amazonaws.com" },
    actions: ["sns:Publish"],
    document: `${SNS}/sns-access-policy-use-cases.html#sns-publish-from-cloudwatch-alarm`,
    ends: (alarm, graph) => actions(alarm, graph).map((to) => ({ to, context: bySourceOwner(alarm) })),
  },
  {
    kind: "alarm encrypts for topic",
    from,
    to: "aws_kms_key",
    principal: { service: "cloudwatch.amazonaws.com" },
    actions: ["kms:Decrypt", "kms:GenerateDataKey"],
    documented: ["kms:GenerateDataKey*"],
    document: `${SNS}/sns-key-management.html#compatibility-with-aws-services`,
    unproven:
      "AWS's page has no condition for alarms; that the call carries the alarm's ARN as aws:SourceArn wants a real account",
    ends: (alarm, graph) =>
      actions(alarm, graph).flatMap((topic) =>
        typeof topic === "string" ? [] : serviceKeyEnds(graph, topic),
      ),
  },
]);
