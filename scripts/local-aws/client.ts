import { readFileSync } from "node:fs";
import { Agent } from "node:https";
import { NodeHttpHandler } from "@smithy/node-http-handler";

/**
 * What an SDK client needs to call the local account from a process that began before the account.
 * @param account see `accountEnvironment`
 * @param service such as `CLOUDWATCH`, where it is served elsewhere; an SDK of its own process reads the variable itself
 */
export function clientConfig(account: Readonly<Record<string, string>>, service?: string) {
  // A page about the Node versions of 2027 in the middle of the operator's output.
  process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= "true";
  return {
    endpoint: (service && account[`AWS_ENDPOINT_URL_${service}`]) ?? account.AWS_ENDPOINT_URL,
    region: account.AWS_REGION,
    credentials: {
      accessKeyId: account.AWS_ACCESS_KEY_ID ?? "",
      secretAccessKey: account.AWS_SECRET_ACCESS_KEY ?? "",
      sessionToken: account.AWS_SESSION_TOKEN,
    },
    // NODE_EXTRA_CA_CERTS is read at the start of a process, and this one began before the certificate was made.
    // A handler and not its settings: the client of Kinesis would put them into one for HTTP/2, which knows no agent.
    requestHandler: new NodeHttpHandler({
      httpsAgent: new Agent({ ca: readFileSync(account.AWS_CA_BUNDLE ?? ""), keepAlive: true }),
    }),
  };
}
