import type { Construct } from "constructs";
import { Network } from "../../network";
import { NodeFunction } from ".";

/** In your project this interface lives beside the handler, in its `env.ts`. */
interface BillingEnv {
  readonly TABLE_NAME: string;
  readonly IDEMPOTENCY_TABLE_NAME: string;
}

/** A function from `functions/billing/`. Leaving a variable out does not compile. */
export function example(scope: Construct): NodeFunction<BillingEnv> {
  return new NodeFunction<BillingEnv>(scope, "billing", {
    source: "billing",
    environment: { TABLE_NAME: "invoices", IDEMPOTENCY_TABLE_NAME: "idempotency" },
    memoryMb: 512,
  });
}

/** The same in the private subnets of a network that is there already, with DynamoDB in reach. */
export function placedExample(scope: Construct): NodeFunction<BillingEnv> {
  const network = Network.fromExisting(scope, "network", {
    vpcId: "vpc-0a1b2c3d",
    cidr: "10.0.0.0/16",
    subnetIds: { private: ["subnet-0a1b2c3d", "subnet-0b2c3d4e"] },
    gatewayEndpoints: { dynamodb: "pl-0a1b2c3d" },
  });
  return new NodeFunction<BillingEnv>(scope, "billing", {
    source: "billing",
    environment: { TABLE_NAME: "invoices", IDEMPOTENCY_TABLE_NAME: "idempotency" },
    network,
  });
}
