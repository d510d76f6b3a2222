import { EventBridgeClient } from "@aws-sdk/client-eventbridge";
import { replay } from "./replay/replay";
import { readRequest } from "./replay/request";
import { command } from "./support/command";

/**
 * `npm run replay -- --archive <name> --from <instant> [--to <instant>] [--rule <name> …]`: sends what an archive kept of a span
 * of time through the bus again, and waits until it is through. Terraform has no resource that starts a replay.
 *
 * Account and region are those of the environment (`AWS_PROFILE`, `AWS_REGION`, …; `AWS_ENDPOINT_URL` for a local AWS). Ctrl-C
 * cancels the replay. Exits 0 when it is complete.
 */
command(async (signal) => {
  const request = readRequest(process.argv.slice(2));
  const client = new EventBridgeClient();
  try {
    await replay(client, request, { signal });
  } finally {
    client.destroy();
  }
  return 0;
});
