import type { TerraformStack } from "cdktf";
import fc from "fast-check";
import { ApiGatewayAccount } from "../../modules/api";
import { StreamIngestApi } from "../../modules/event-processing";
import { parquetExample } from "../../modules/event-processing/stream-ingest-api/example";
import { Bucket } from "../../modules/storage";
import { classify } from "../../scripts/local-aws/artefacts";
import { applicable } from "../../scripts/local-aws/subset";
import type { Terraform } from "../../scripts/terraform/driver";
import { readStack } from "../../testing";
import { LiveIngest } from "../support/live-ingest";
import { eventually, LocalAccount } from "../support/local-account";
import { Outputs, plainStack } from "../support/terraform";
import { USAGE_PLANS } from "../support/usage-plans";

/** Quotes, line ends, letters beyond the first plane, bytes in a text, and words of the template language. */
const TEXTS = [
  `it's "so"`,
  "a\\b\n\u0000",
  "a\r\nb\u2028\u2029",
  "🧀 𝔘 é e\u0301",
  Buffer.from([...Array(256).keys()]).toString("latin1"),
  "$input #set($x=1) ${x}",
];

/** Clicks as lines and readings as Parquet by site, both open to everybody; and the example, which has API keys. */
function ingest(stack: TerraformStack): void {
  new ApiGatewayAccount(stack, "api-gateway");
  parquetExample(stack);
  const bucket = new Bucket(stack, "events");
  const common = { authorization: "none", bucket } as const;
  new StreamIngestApi(stack, "clicks", {
    ...common,
    record: { type: "object", required: ["session"], properties: { session: { type: "string" } } },
    partitionKey: { field: "session" },
    prefix: "clicks/",
  });
  new StreamIngestApi(stack, "measurements", {
    ...common,
    prefix: "measurements/",
    errorPrefix: "failed/",
    capacity: { shards: 1 },
    format: "parquet",
    columns: { device: "string", celsius: "double" },
    partitionBy: { site: "site.name" },
  });
}

describe("records over HTTP into a stream and a bucket, applied", () => {
  const outputs = new Outputs();
  let account: LocalAccount;
  let terraform: Terraform;
  let clicks: LiveIngest;
  let measurements: LiveIngest;
  let readings: LiveIngest;

  beforeAll(async () => {
    account = await LocalAccount.start();
    const [whole] = outputs.ofApp("ingest", (app) => ingest(plainStack(app, "ingest")));
    if (whole === undefined) throw new Error("nothing was synthesised");
    const [stack = whole] = applicable([whole], { ingest: USAGE_PLANS });
    terraform = await account.terraform(stack);
    await terraform.init();
    await terraform.apply();
    const { explained, unexplained } = classify((await terraform.plan()).changes);
    expect(unexplained).toEqual([]);
    expect(explained.map(({ change }) => change.type)).toEqual(
      Array(3).fill("aws_kinesis_firehose_delivery_stream"),
    );
    const state = await terraform.state();
    const live = (id: string, bucket: string) =>
      new LiveIngest(account.env, readStack(stack), state, id, bucket);
    [clicks, measurements] = [live("clicks", "events"), live("measurements", "events")];
    readings = live("readings", "lake");
  });
  afterAll(async () => {
    await account.stop();
    outputs.remove();
  });

  it.each([
    ["what is no JSON", "{"],
    ["a body without data", "{}"],
    ["a record that its schema does not allow", JSON.stringify({ data: { session: 1 } })],
    ["a record without the field that decides on the shard", JSON.stringify({ data: {} })],
    ["a field beside the data", JSON.stringify({ data: { session: "a" }, more: 1 })],
  ])("refuses %s with 400, over HTTP", async (_, body) => {
    const { status, body: answer } = await clicks.post("record", body);
    expect(status).toBe(400);
    expect(JSON.parse(answer)).toMatchObject({ message: expect.any(String) });
  });

  it("refuses more records than Kinesis takes, and none, with 400", async () => {
    const of = (count: number) =>
      clicks.post("records", JSON.stringify({ records: Array(count).fill({ data: { session: "a" } }) }));
    expect([(await of(501)).status, (await of(0)).status]).toEqual([400, 400]);
  });

  it("lets no other content past the model: 415", async () => {
    const body = JSON.stringify({ data: { session: "a" } });
    expect((await clicks.post("record", body, "application/xml")).status).toBe(415);
  });

  it("refuses callers without a key with 403 where keys are asked for", async () => {
    const { status } = await readings.post("record", JSON.stringify({ data: {} }));
    expect(status).toBe(403);
  });

  it("keeps what a request says in the stream, whatever that is, by the role that the API has", async () => {
    const values = fc.sample(fc.jsonValue(), { numRuns: 20, seed: 5 });
    const data = [...values, ...TEXTS].map((value, index) => ({ session: `s${index}`, value }));
    const [first, ...others] = data;
    await clicks.put("record", { data: first });
    await clicks.put("records", { records: others.map((each) => ({ data: each })) });
    const records = await clicks.records();
    const found = records.map(({ data: each }) => JSON.parse(each));
    const bySession = (each: { session: string }) => Number(each.session.slice(1));
    expect(found.sort((a, b) => bySession(a) - bySession(b))).toEqual(JSON.parse(JSON.stringify(data)));
    for (const { key, data: each } of records) expect(JSON.parse(each).session).toBe(key);
  });

  it("keeps what each request of one record says, whatever that is", async () => {
    let count = 0;
    const keeps = fc.asyncProperty(fc.jsonValue(), async (value) => {
      const session = `single-${count++}`;
      await clicks.put("record", { data: { session, value } });
      const found = (await clicks.records()).filter(({ key }) => key === session);
      expect(found.map(({ data }) => JSON.parse(data))).toEqual([
        JSON.parse(JSON.stringify({ session, value })),
      ]);
    });
    await fc.assert(keeps, {
      examples: TEXTS.map((text) => [text]),
      numRuns: TEXTS.length + 20,
      endOnFailure: true,
    });
  });

  it("brings each record into the bucket, by day", async () => {
    await clicks.put("record", { data: { session: "last", page: "/käse" } });
    const day = new Date().toISOString().slice(0, 10);
    const found = await eventually("the last record in the bucket", async () => {
      const keys = (await clicks.objects()).filter((key) => key.startsWith("clicks/"));
      const texts = await Promise.all(
        keys.map(async (key) => ({ key, text: String(await clicks.object(key)) })),
      );
      return texts.find(({ text }) => text.includes('"last"'));
    });
    expect(JSON.parse(found.text)).toEqual({ session: "last", page: "/käse" });
    expect(found.key).toMatch(new RegExp(`^clicks/day=${day}/`));
  });

  it("brings measurements into the bucket as Parquet, below their site", async () => {
    await measurements.put("record", { data: { site: { name: "north" }, device: "d1", celsius: 21.5 } });
    const key = await eventually("a Parquet file", async () =>
      (await measurements.objects()).find((each) => each.startsWith("measurements/")),
    );
    expect(key).toMatch(/^measurements\/site=north\/day=\d{4}-\d\d-\d\d\/.*\.parquet$/);
    const file = await measurements.object(key);
    // Parquet begins and ends with its name.
    expect([file.subarray(0, 4), file.subarray(-4)].map(String)).toEqual(["PAR1", "PAR1"]);
    expect(file.includes("celsius")).toBe(true);
  });

  it("sets aside, below the error prefix, what does not fit the table, and says why", async () => {
    await measurements.put("record", { data: { site: { name: "south" }, device: "d1", celsius: "warm" } });
    const key = await eventually("what failed", async () =>
      (await measurements.objects()).find((each) => each.startsWith("failed/")),
    );
    expect(key).toMatch(/^failed\/format-conversion-failed\/day=/);
    const { rawData } = JSON.parse(String(await measurements.object(key)));
    expect(JSON.parse(String(Buffer.from(rawData, "base64")))).toMatchObject({ celsius: "warm" });
  });

  it("puts nothing once the role may not", async () => {
    const record = { data: { session: "refused" } };
    for (const [method, action, body] of [
      ["record", "kinesis:PutRecord", record],
      ["records", "kinesis:PutRecords", { records: [record] }],
    ] as const) {
      await clicks.role.without(action, "stream/ingest_clicks_stream", async () => {
        await expect(clicks.put(method, body)).rejects.toThrow(
          new RegExp(`not authorized to perform: ${action}`),
        );
      });
    }
    expect((await clicks.records()).map(({ key }) => key)).not.toContain("refused");
  });

  it("is destroyed and leaves nothing", async () => {
    await terraform.destroy();
    expect(await terraform.resources()).toEqual([]);
    expect(await account.remains()).toEqual([]);
  });
});
