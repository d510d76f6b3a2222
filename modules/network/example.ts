import type { Construct } from "constructs";
import { Network, Placement } from ".";

/** The network of an environment, and a place in it from which S3, DynamoDB and SQS can be reached. */
export function example(scope: Construct): void {
  const network = new Network(scope, "network", { interfaceEndpoints: ["sqs"] });
  new Placement(scope, "placement", network, { tier: "isolated" });
}
