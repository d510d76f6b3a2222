#!/usr/bin/env node
import { HELP, readRequest, wantsHelp } from "./replay/request";
import { command, OperatorError } from "./support/command";
import { say } from "./support/print";

/**
 * `npx cdktf-aws-patterns-replay --archive <name> --from <instant> [--to <instant>] [--rule <name> …]`, in this repository also
 * `npm run replay -- …`: sends what an archive kept of a span of time through the bus again, and waits until it is through.
 * Terraform has no resource that starts a replay.
 *
 * Account and region are those of the environment (`AWS_PROFILE`, `AWS_REGION`, …; `AWS_ENDPOINT_URL` for a local AWS). Ctrl-C
 * cancels the replay. Exits 0 when it is complete.
 */
command(async (signal) => {
  const args = process.argv.slice(2);
  if (wantsHelp(args)) {
    say(HELP);
    return 0;
  }
  const request = readRequest(args);
  const { EventBridgeClient, replay } = await loaded();
  const client = new EventBridgeClient();
  try {
    await replay(client, request, { signal });
  } finally {
    client.destroy();
  }
  return 0;
});

/** What talks to AWS: an optional peer of the package, since most installations only synthesise. */
async function loaded() {
  const sdk = "@aws-sdk/client-eventbridge";
  try {
    require.resolve(sdk);
  } catch {
    throw new OperatorError(
      `a replay takes ${sdk}, which is not installed here: npm install --save-dev ${sdk}`,
    );
  }
  const [{ EventBridgeClient }, { replay }] = await Promise.all([
    import("@aws-sdk/client-eventbridge"),
    import("./replay/replay.js"),
  ]);
  return { EventBridgeClient, replay };
}
