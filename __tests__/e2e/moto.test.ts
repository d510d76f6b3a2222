import { readFileSync } from "node:fs";
import { get } from "node:https";
import { join } from "node:path";
import { connect } from "node:tls";
import { CloudWatchLogsClient, FilterLogEventsCommand } from "@aws-sdk/client-cloudwatch-logs";
import { EventBridgeClient, PutEventsCommand } from "@aws-sdk/client-eventbridge";
import type { TerraformStack } from "cdktf";
import { EventBus, EventRules, logGroupTarget } from "../../modules/event-processing";
import { match } from "../../modules/event-processing/event-pattern";
import { classify } from "../../scripts/local-aws/artefacts";
import { clientConfig } from "../../scripts/local-aws/client";
import { type Emulator, operatorEnvironment } from "../../scripts/local-aws/emulators";
import { remainsOf, takeCensuses } from "../../scripts/local-aws/remains";
import { terraformBinary } from "../../scripts/terraform/binary";
import { Terraform } from "../../scripts/terraform/driver";
import { terraformEnvironment } from "../../scripts/terraform/provider-mirror";
import { type Emulators, startEmulators } from "../support/emulators";
import { Outputs, plainStack } from "../support/terraform";

/** Large orders of a shop, each a line of a log group. */
function largeOrders(stack: TerraformStack): void {
  new EventRules(stack, "orders", {
    bus: new EventBus(stack, "shop"),
    rules: {
      large: {
        pattern: { source: ["shop"], detail: { total: [match.numeric(">=", 100)] } },
        targets: { log: { to: logGroupTarget() } },
      },
    },
  });
}

describe("moto", () => {
  let emulators: Emulators | undefined;
  afterEach(() => emulators?.stop());

  /** Starts it. @param env beside what it needs */
  async function start(env: Readonly<Record<string, string>> = {}) {
    emulators = await startEmulators(["moto"], { moto: env });
    const { space, started } = emulators;
    const [emulator] = started as readonly [Emulator];
    return { emulator, space, url: emulator.url, ca: readFileSync(emulator.env.AWS_CA_BUNDLE as string) };
  }

  it("answers one request at a time: two at once leave half a VPC behind", async () => {
    // What counts them.
    const { url, ca } = await start({ PYTHONPATH: join(__dirname, "..", "support", "crowded") });
    const atOnce = () =>
      new Promise<string | undefined>((resolve, reject) => {
        get(`${url}/moto-api/`, { ca, agent: false }, (response) => {
          response.resume();
          resolve(response.headers["x-at-once"]?.toString());
        }).on("error", reject);
      });
    expect(await Promise.all(Array.from({ length: 8 }, atOnce))).toEqual(Array(8).fill("1"));
  });

  it("answers in one piece: between head and body the provider loses an answer", async () => {
    const { url, ca } = await start();
    const { hostname: host, port } = new URL(url);
    const pieces = await new Promise<readonly string[]>((resolve, reject) => {
      const read: string[] = [];
      const socket = connect({ host, port: Number(port), ca }, () =>
        socket.write(`POST /moto-api/reset HTTP/1.1\r\nHost: ${host}\r\nContent-Length: 0\r\n\r\n`),
      );
      // One TLS record each, which is what was written at a time.
      socket.on("data", (piece) => read.push(piece.toString()));
      socket.on("end", () => resolve(read)).on("error", reject);
    });
    expect(pieces).toEqual([expect.stringMatching(/^HTTP\/1\.1 200 OK\r\n.*\r\n\r\n.+$/s)]);
  });

  // ministack brings nothing from a rule to a log group.
  it("writes each event that a rule matches as one line of its log group, and no other", async () => {
    const { emulator, space } = await start();
    const { env } = emulator;
    const before = await takeCensuses([emulator]);
    const outputs = new Outputs();
    try {
      const [stack] = outputs.ofApp("shop", (app) => largeOrders(plainStack(app, "shop")));
      if (stack === undefined) throw new Error("nothing was synthesised");
      const terraform = new Terraform(stack, {
        binary: await terraformBinary(),
        env: { ...operatorEnvironment(), ...env, ...terraformEnvironment(space.local) },
      });
      await terraform.init();
      await terraform.apply();
      const say = (orderId: string, total: number) => ({
        EventBusName: "shop_shop",
        Source: "shop",
        DetailType: "order placed",
        Detail: JSON.stringify({ orderId, total }),
      });
      await new EventBridgeClient(clientConfig(env)).send(
        new PutEventsCommand({ Entries: [say("small", 99), say("large", 100)] }),
      );
      const groups = [...(await terraform.state())].filter(([address]) =>
        address.startsWith("aws_cloudwatch_log_group."),
      );
      const [logGroupName] = groups.map(([, { name }]) => name as string);
      const { events = [] } = await new CloudWatchLogsClient(clientConfig(env)).send(
        new FilterLogEventsCommand({ logGroupName }),
      );
      expect(events.map(({ message = "" }) => JSON.parse(message))).toMatchObject([
        { source: "shop", "detail-type": "order placed", detail: { orderId: "large", total: 100 } },
      ]);
      expect(classify((await terraform.plan()).changes).unexplained).toEqual([]);
      await terraform.destroy();
      expect(await terraform.resources()).toEqual([]);
      expect((await remainsOf([emulator], before)).left).toEqual([]);
    } finally {
      outputs.remove();
    }
  });
});
