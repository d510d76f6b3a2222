import { ApiGatewayAccount as AccountSettings } from "@cdktf/provider-aws/lib/api-gateway-account";
import { Construct } from "constructs";
import { arnOf, ServiceRole } from "../../core";

/**
 * Lets API Gateway write logs, in one account and region: `every stage → role → CloudWatch Logs`.
 *
 * AWS keeps one such setting for all APIs, and whoever writes it last wins (aws-cdk#10878): it belongs to the environment,
 * once, and never to a pattern. A stage with logs fails without it, so apply it first: stacks with APIs come after the one
 * that holds this, by `stack.addDependency(operations)` or because they read something of it, such as its alarm topic.
 * Destroying it leaves the setting, and takes the role from it. Free.
 */
export class ApiGatewayAccount extends Construct {
  readonly role: ServiceRole;
  readonly settings: AccountSettings;

  constructor(scope: Construct, id: string) {
    super(scope, id);
    // Developer guide, "Set up CloudWatch logging for REST APIs": the trust has no condition there.
    this.role = new ServiceRole(this, "role", { service: "apigateway.amazonaws.com" });
    this.allowLogs();
    this.settings = new AccountSettings(this, "Default", {
      cloudwatchRoleArn: this.role.role.arn,
      // API Gateway tries the role at once.
      dependsOn: [this.role.policy],
    });
  }

  /** The actions of AWS's policy `AmazonAPIGatewayPushToCloudWatchLogs`, which API Gateway checks, in this account and region. */
  private allowLogs(): void {
    this.role.allow("WriteLogs", {
      actions: [
        "logs:CreateLogGroup",
        "logs:CreateLogStream",
        "logs:DescribeLogGroups",
        "logs:DescribeLogStreams",
        "logs:FilterLogEvents",
        "logs:GetLogEvents",
        "logs:PutLogEvents",
      ],
      resources: [arnOf(this, { service: "logs", resource: "*" })],
      caller: "service",
    });
  }
}
