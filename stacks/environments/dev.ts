import { defineEnvironment } from "../environment";

/** Where changes are tried first: nothing in it must last, and nothing costs by the hour. */
export const dev = defineEnvironment({
  name: "dev",
  account: "111111111111",
  region: "eu-west-1",
  network: { cidr: "10.10.0.0/16", zones: ["eu-west-1a", "eu-west-1b"], nat: "none" },
  deletion: "allow",
  state: {
    kind: "s3",
    bucket: "cdktf-aws-patterns-state-dev-111111111111",
    kmsKeyArn: "arn:aws:kms:eu-west-1:111111111111:alias/dev-state-bucket/state/key",
  },
  logRetentionDays: 30,
  functionArchitecture: "arm64",
  accountTrail: "make",
  tags: { owner: "platform-team", "cost-centre": "1000" },
});
