import { defineEnvironment } from "../environment";
import { dev } from "./dev";
import { staging } from "./staging";

/** Where customers are: three zones, a way out in each, and data that must not be deleted. */
export const prod = defineEnvironment(
  {
    name: "prod",
    account: "333333333333",
    assumeRole: "arn:aws:iam::333333333333:role/deployment",
    region: "eu-west-1",
    network: { cidr: "10.30.0.0/16", zones: ["eu-west-1a", "eu-west-1b", "eu-west-1c"], nat: "per-zone" },
    deletion: "prevent",
    state: {
      kind: "s3",
      bucket: "cdktf-aws-patterns-state-prod-333333333333",
      kmsKeyArn: "arn:aws:kms:eu-west-1:333333333333:alias/prod-state-bucket/state/key",
    },
    alarmEmail: "platform-oncall@example.com",
    logRetentionDays: 365,
    functionArchitecture: "arm64",
    // The organisation's: a second copy of every management event would be paid for.
    accountTrail: "exists",
    rolePermissionsBoundary: "arn:aws:iam::333333333333:policy/workload-boundary",
    rolePath: "/workloads/",
    tags: { owner: "platform-team", "cost-centre": "3000" },
  },
  { apartFrom: [dev, staging] },
);
