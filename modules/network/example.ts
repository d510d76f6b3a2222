import type { Construct } from "constructs";
import { skipCheck } from "../core";
import { Network, Placement } from ".";

/** The network of an environment, and a place in it from which S3, DynamoDB and SQS can be reached. */
export function example(scope: Construct): void {
  const network = new Network(scope, "network", { interfaceEndpoints: ["sqs"] });
  const { securityGroup } = new Placement(scope, "placement", network, { tier: "isolated" });
  skipCheck(securityGroup, "CKV2_AWS_5", "Nothing stands here yet that would take the security group");
}
