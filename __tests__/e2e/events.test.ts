import { join } from "node:path";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { EventBridgeClient, PutEventsCommand } from "@aws-sdk/client-eventbridge";
import { InvokeCommand, LambdaClient } from "@aws-sdk/client-lambda";
import { ListBucketsCommand, PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { SQSClient } from "@aws-sdk/client-sqs";
import { DynamoDBDocumentClient, GetCommand } from "@aws-sdk/lib-dynamodb";
import { clientConfig } from "../../scripts/local-aws/client";
import { projectRoot } from "../../scripts/support/paths";
import { run } from "../../scripts/support/process";
import type { Terraform } from "../../scripts/terraform/driver";
import type { SynthesisedStack } from "../../scripts/terraform/manifest";
import { readStack } from "../../testing";
import { shopEvents } from "../fixtures/shop-events";
import { attributeAt } from "../support/applied";
import { LiveQueue } from "../support/live-queue";
import { LiveRole } from "../support/live-role";
import { eventually, LocalAccount } from "../support/local-account";
import { judgePermissions, superfluousOf } from "../support/permission-mutation/judge";
import { LivePolicies } from "../support/permission-mutation/live-policies";
import { Outputs, plainStack } from "../support/terraform";

interface Order {
  readonly orderId: string;
  readonly total: number;
  readonly urgent?: boolean;
}

describe("rules, schedules, an archive and the router, applied", () => {
  const outputs = new Outputs();
  let account: LocalAccount;
  let stack: SynthesisedStack;
  let terraform: Terraform;
  let events: EventBridgeClient;
  let documents: DynamoDBDocumentClient;
  let s3: S3Client;
  let queue: (name: string) => LiveQueue;

  beforeAll(async () => {
    account = await LocalAccount.start();
    [stack] = outputs.ofApp("events", (app) => shopEvents(plainStack(app, "events"))) as [SynthesisedStack];
    terraform = await account.terraform(stack);
    await terraform.init();
    await terraform.apply();
    expect((await terraform.plan()).changes).toEqual([]);
    const config = clientConfig(account.env);
    events = new EventBridgeClient(config);
    documents = DynamoDBDocumentClient.from(new DynamoDBClient(config));
    s3 = new S3Client({ ...config, forcePathStyle: true });
    const sqs = new SQSClient(config);
    queue = (name) => new LiveQueue(sqs, `events_${name}`);
  });
  afterAll(async () => {
    await account.stop();
    outputs.remove();
  });

  /** Says something on the shop's bus. */
  const say = (detail: Order, source = "shop") =>
    events.send(
      new PutEventsCommand({
        Entries: [
          {
            EventBusName: "events_shop",
            Source: source,
            DetailType: "order placed",
            Detail: JSON.stringify(detail),
          },
        ],
      }),
    );
  /** The bodies of at least so many messages. */
  const bodies = async (name: string, count: number): Promise<readonly string[]> =>
    (await queue(name).takeAtLeast(count)).map(({ Body = "" }) => Body);
  const orderIn = (body: string): string => JSON.parse(body).detail.orderId;
  const noted = (id: string) =>
    eventually(`the note ${id}`, async () => {
      const { Item } = await documents.send(
        new GetCommand({ TableName: "events_notes", Key: { id }, ConsistentRead: true }),
      );
      return Item;
    });

  it("brings what matches to a function, a transformed queue and a topic, and nothing else", async () => {
    await say({ orderId: "small", total: 99 });
    await say({ orderId: "foreign", total: 500 }, "elsewhere");
    await say({ orderId: "large", total: 100 });
    expect(await noted("large")).toEqual({ id: "large" });
    expect((await bodies("review", 1)).map((body) => JSON.parse(body))).toEqual([
      { order: "large", total: 100, by: "events_orders_large" },
    ]);
    expect((await bodies("alerts_mail_queue", 1)).map((body) => JSON.parse(body))).toEqual([
      { orderId: "large", total: 100 },
    ]);
    const { Item } = await documents.send(
      new GetCommand({ TableName: "events_notes", Key: { id: "small" } }),
    );
    expect(Item).toBeUndefined();
  });

  it("runs a state machine to its end, which its last step shows", async () => {
    await say({ orderId: "urgent", total: 1, urgent: true });
    expect(await bodies("done", 1)).toEqual(["urgent"]);
  });

  it("forwards from bus to bus", async () => {
    expect((await bodies("heard", 3)).map(orderIn).sort()).toEqual(["large", "small", "urgent"]);
  });

  it("replays what the archive kept, by the command, to rules that do not exclude it", async () => {
    const before = ["large", "small", "urgent"];
    expect((await bodies("shipping", 3)).map(orderIn).sort()).toEqual(before);
    expect((await bodies("counting", 3)).map(orderIn).sort()).toEqual(before);
    const command = join(projectRoot, ".build", "scripts", "replay.js");
    const from = new Date(Date.now() - 600_000).toISOString();
    const args = [
      "--archive",
      "events_said",
      "--from",
      from,
      "--to",
      new Date(Date.now() + 60_000).toISOString(),
    ];
    const { code, stdout, stderr } = await run(process.execPath, [command, ...args, "--name", "again"], {
      env: { ...process.env, ...account.env },
    });
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(stdout).toContain("completed");
    const counted = (await bodies("counting", 3)).map((body) => JSON.parse(body));
    expect(counted.map(({ detail }) => detail.orderId).sort()).toEqual(before);
    expect(counted.map((event) => event["replay-name"])).toEqual(["again", "again", "again"]);
    expect(await queue("shipping").depth()).toBe(0);
  });

  it("tells an operator whose archive there is not which ones there are", async () => {
    const command = join(projectRoot, ".build", "scripts", "replay.js");
    const args = ["--archive", "lost", "--from", "2026-01-01T00:00:00Z"];
    const { code, stderr } = await run(process.execPath, [command, ...args], {
      env: { ...process.env, ...account.env },
    });
    expect(code).toBe(1);
    expect(stderr).toContain('there is no archive "lost" in this account and region: there is events_said');
  });

  it("routes objects by the end of their key and their size", async () => {
    const { Buckets = [] } = await s3.send(new ListBucketsCommand({}));
    const [bucket] = Buckets.map(({ Name = "" }) => Name).filter((name) => name.startsWith("events-uploads"));
    for (const [Key, Body] of [
      ["notes.txt", Buffer.from("text")],
      ["empty.png", Buffer.alloc(0)],
      ["cat.png", Buffer.from("cat")],
    ] as const) {
      await s3.send(new PutObjectCommand({ Bucket: bucket, Key, Body }));
    }
    expect((await bodies("pictures", 1)).map((body) => JSON.parse(body))).toMatchObject([
      { key: "cat.png", size: 3 },
    ]);
  });

  it("calls a function by the clock", async () => {
    expect(await noted("tick")).toEqual({ id: "tick" });
  });

  // Here and not among the permissions: the emulator asks for none of EventBridge's own, so one live behaviour is all there is to
  // try, and a stack of its own for it would cost minutes.
  it("needs every permission that it has: each one taken away is missed", async () => {
    const lambda = new LambdaClient(clientConfig(account.env));
    const notes = async () => {
      const Payload = JSON.stringify({ note: "on demand" });
      const { FunctionError } = await lambda.send(
        new InvokeCommand({ FunctionName: "events_notebook", Payload }),
      );
      return FunctionError === undefined;
    };
    const state = await terraform.state();
    const key = attributeAt(state, "aws_kms_key.notes_key", "arn");
    const role = new LiveRole(account.env, "events_notebook_role");
    const keepsKeysShut = () => role.isKeptFrom(key);
    const concerns = /^notebook\/role\/policy$/;
    const judgements = await judgePermissions({
      stack: readStack(stack),
      live: new LivePolicies(account.env, state),
      behaviours: [{ name: "the notebook notes", concerns, holds: notes }],
      probes: [{ name: "the notebook cannot use its table's key itself", concerns, holds: keepsKeysShut }],
    });
    expect(superfluousOf(judgements)).toEqual([]);
    // By the function when it may not write, and by the probe when it may use the key by itself.
    expect(judgements.filter(({ red }) => red !== undefined)).toHaveLength(2);
  });

  it("is destroyed and leaves nothing", async () => {
    await terraform.destroy();
    expect(await terraform.resources()).toEqual([]);
    expect(await account.remains()).toEqual([]);
  });
});
