import type { CloudwatchLogGroup } from "@cdktf/provider-aws/lib/cloudwatch-log-group";
import { FlowLog } from "@cdktf/provider-aws/lib/flow-log";
import type { Vpc } from "@cdktf/provider-aws/lib/vpc";
import { Construct } from "constructs";
import { arnOf, logGroup, ServiceRole } from "../core";
import { nameTag } from "./name-tag";

/**
 * The record of a VPC's traffic, accepted and rejected: `network interfaces → flow log → encrypted log group`.
 * Costs about 0.57 USD a gigabyte taken in (eu-west-1, vended logs); the group keeps it for the environment's retention.
 */
export class VpcFlowLog extends Construct {
  readonly flowLog: FlowLog;
  readonly logGroup: CloudwatchLogGroup;
  readonly role: ServiceRole;

  constructor(scope: Construct, id: string, vpc: Vpc) {
    super(scope, id);
    this.logGroup = logGroup(this, "log-group", "log-group");
    this.role = this.writer();
    this.flowLog = new FlowLog(this, "Default", {
      vpcId: vpc.id,
      trafficType: "ALL",
      logDestinationType: "cloud-watch-logs",
      logDestination: this.logGroup.arn,
      iamRoleArn: this.role.role.arn,
      tags: nameTag(this),
      dependsOn: [this.role.policy],
    });
  }

  /**
   * VPC user guide, "IAM role for publishing flow logs to CloudWatch Logs", less `logs:CreateLogGroup` and
   * `logs:DescribeLogGroups`, which serve to make a missing group and cannot be bound to this one; aws-cdk ships the same
   * three actions on the one group (aws-ec2/lib/vpc-flow-logs.ts). That page conditions the trust
   * on `aws:SourceAccount` too, which the ARN holds already (modules/core/keys.ts).
   */
  private writer(): ServiceRole {
    const role = new ServiceRole(this, "role", {
      service: "vpc-flow-logs.amazonaws.com",
      conditions: {
        ArnLike: { "aws:SourceArn": arnOf(this, { service: "ec2", resource: "vpc-flow-log/*" }) },
      },
    });
    role.allow("WriteFlowLog", {
      actions: ["logs:CreateLogStream", "logs:DescribeLogStreams", "logs:PutLogEvents"],
      // With `:*`, as CloudWatch Logs matches it for these actions (user guide, "Overview of managing access").
      resources: [`${this.logGroup.arn}:*`],
      caller: "service",
    });
    return role;
  }
}
