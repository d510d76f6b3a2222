import { serviceKeyEnds } from "../keys";
import type { End, Row } from "../row";

const LOGS = "https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs";
const FLOW_LOGS = "https://docs.aws.amazon.com/vpc/latest/userguide/flow-logs-iam-role.html";

/** A stream of a log group, as CloudWatch Logs judges calls on its streams. */
export function streamOf(groupArn: string): Pick<End, "resource" | "patterns"> {
  return {
    resource: `${groupArn}:log-stream:stream`,
    patterns: [`${groupArn}:*`, `${groupArn}:log-stream:*`],
  };
}

/** Log groups, their keys, and the flow logs that write into them. */
export const logs: readonly Row[] = [
  {
    kind: "log group encrypts",
    from: "aws_cloudwatch_log_group",
    to: "aws_kms_key",
    principal: { service: "logs.{region}.amazonaws.com" },
    boundBy: "kms:EncryptionContext:aws:logs:arn",
    actions: [
      "kms:Decrypt",
      "kms:DescribeKey",
      "kms:Encrypt",
      "kms:GenerateDataKey",
      "kms:ReEncryptFrom",
      "kms:ReEncryptTo",
    ],
    documented: ["kms:Decrypt*", "kms:Describe*", "kms:Encrypt*", "kms:GenerateDataKey*", "kms:ReEncrypt*"],
    document: `${LOGS}/encrypt-log-data-kms.html`,
    unproven:
      "AWS's page has these actions with wildcards; that they do without, such as kms:GenerateDataKey, wants a real account",
    ends: (from, graph) => serviceKeyEnds(graph, from),
  },
  {
    kind: "flow log takes its role",
    from: "aws_flow_log",
    to: "aws_iam_role",
    principal: { service: "vpc-flow-logs.amazonaws.com" },
    actions: ["sts:AssumeRole"],
    document: FLOW_LOGS,
    ends: (from, graph) => {
      const role = graph.text(from, from.arguments.iam_role_arn);
      return role === undefined ? [] : [{ to: graph.find(role, "aws_iam_role") ?? role }];
    },
  },
  {
    kind: "flow log writes to log group",
    from: "aws_flow_log",
    to: "aws_cloudwatch_log_group",
    principal: "role",
    actions: ["logs:CreateLogStream", "logs:DescribeLogStreams", "logs:PutLogEvents"],
    documented: ["logs:CreateLogGroup", "logs:DescribeLogGroups"],
    document: FLOW_LOGS,
    unproven:
      "AWS's page grants five actions on every group; that three on the one group do wants a real account",
    ends: (from, graph) => {
      const destination = graph.text(from, from.arguments.log_destination)?.replace(/:\*$/, "");
      const role = graph.text(from, from.arguments.iam_role_arn);
      if (destination === undefined || role === undefined) return [];
      const to = graph.find(destination, "aws_cloudwatch_log_group") ?? destination;
      return [{ to, role: graph.find(role, "aws_iam_role") ?? role, ...streamOf(destination) }];
    },
  },
];
