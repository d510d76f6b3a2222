import { AwsProvider } from "@cdktf/provider-aws/lib/provider";
import type { Construct } from "constructs";
import { ApiCallAlert, apiCalls, rootSignIn, securityGroupOpening, tableDeletion, trailTampering } from ".";

/** Whoever is on call hears of what should not happen, and of each new access key. */
export function example(scope: Construct): ApiCallAlert<string> {
  // An EnvironmentStack has it: `usEast1: this.usEast1`.
  const usEast1 = new AwsProvider(scope, "us-east-1", { region: "us-east-1", alias: "us-east-1" });
  return new ApiCallAlert(scope, "security", {
    calls: {
      "table-deleted": tableDeletion(),
      "group-opened": securityGroupOpening(),
      "root-in": rootSignIn(),
      "trail-changed": trailTampering(),
      "access-key-made": apiCalls({ service: "iam", names: ["CreateAccessKey"] }),
    },
    email: "security@example.com",
    usEast1,
  });
}
