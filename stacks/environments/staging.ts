import { defineEnvironment } from "../environment";
import { dev } from "./dev";

/** Built like production, with one shared way out instead of one a zone. */
export const staging = defineEnvironment(
  {
    name: "staging",
    account: "222222222222",
    assumeRole: "arn:aws:iam::222222222222:role/deployment",
    region: "eu-west-1",
    network: { cidr: "10.20.0.0/16", zones: ["eu-west-1a", "eu-west-1b"], nat: "shared" },
    deletion: "allow",
    state: {
      kind: "s3",
      bucket: "cdktf-aws-patterns-state-staging-222222222222",
      kmsKeyArn: "arn:aws:kms:eu-west-1:222222222222:alias/staging-state-bucket/state/key",
    },
    alarmEmail: "platform-staging@example.com",
    logRetentionDays: 90,
    functionArchitecture: "arm64",
    accountTrail: "make",
    tags: { owner: "platform-team", "cost-centre": "2000" },
  },
  { apartFrom: [dev] },
);
