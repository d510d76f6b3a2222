import { defineEnvironment } from "../environment";

/** Two emulators on this machine. Where they listen is the driver's business (`npm run local`), never a fact. */
export const local = defineEnvironment({
  name: "local",
  account: "123456789012",
  region: "eu-west-1",
  network: { cidr: "10.40.0.0/16", zones: ["eu-west-1a", "eu-west-1b"], nat: "shared" },
  deletion: "allow",
  state: { kind: "local-file" },
  logRetentionDays: 7,
  functionArchitecture: "arm64",
  // As far as patterns can tell: the emulators send no API call to EventBridge, trail or no trail, and tests put recorded ones.
  accountTrail: "exists",
  tags: { owner: "you", "cost-centre": "none" },
});
