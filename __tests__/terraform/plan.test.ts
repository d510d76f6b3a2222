import { once } from "node:events";
import { readdirSync, readFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { DataAwsCallerIdentity } from "@cdktf/provider-aws/lib/data-aws-caller-identity";
import { DataAwsIamPolicyDocument } from "@cdktf/provider-aws/lib/data-aws-iam-policy-document";
import { SnsTopic } from "@cdktf/provider-aws/lib/sns-topic";
import { SqsQueue } from "@cdktf/provider-aws/lib/sqs-queue";
import { Vpc } from "@cdktf/provider-aws/lib/vpc";
import { VpcEndpoint } from "@cdktf/provider-aws/lib/vpc-endpoint";
import { DataTerraformRemoteStateLocal, Fn, TerraformOutput } from "cdktf";
import { Construct } from "constructs";
import { applicable } from "../../scripts/local-aws/subset";
import { type PlannedStack, planStacks, type SynthesisedStack, validateStacks } from "../../testing";
import { composedIds, composedStacks } from "../support/our-stacks";
import { Outputs, plainStack } from "../support/terraform";

const outputs = new Outputs();
afterAll(() => outputs.remove());

describe("a plan of every stack, without any AWS", () => {
  let stacks: readonly SynthesisedStack[];
  let planned: Readonly<Record<string, PlannedStack>>;
  beforeAll(async () => {
    stacks = composedStacks(outputs);
    planned = await planStacks(stacks);
  });

  it("is of the stacks that the tests know, and of no other", () => {
    expect(stacks.map(({ id }) => id).sort()).toEqual([...composedIds].sort());
  });

  it.each(composedIds)("makes the resources of %s", (id) => {
    const { changes, faults } = planned[id] as PlannedStack;
    expect(faults).toEqual([]);
    const made = changes.filter(({ type }) => type !== "output");
    expect(made.length).toBeGreaterThan(3);
    expect(made.filter(({ action, path }) => action !== "create" || !path.startsWith(`${id}/`))).toEqual([]);
  });

  it("makes a subset that leaves something out, as what is left of it is a stack", async () => {
    const local = stacks.filter(({ id }) => id.startsWith("local-"));
    const reason = "a test says so";
    const table = { "local-event-processing": [{ type: "aws_dynamodb_table", reason }] };
    jest.spyOn(process.stdout, "write").mockReturnValue(true);
    const subset = applicable(local, table).filter(({ folder }) => folder.endsWith(".applied"));
    jest.restoreAllMocks();
    const { "local-event-processing": left, ...others } = await planStacks(subset, { producers: local });
    expect([left?.faults, others]).toEqual([[], {}]);
    const types = (one: PlannedStack | undefined) => [...new Set(one?.changes.map(({ type }) => type))];
    // The functions' roles name the tables, and mappings the functions.
    const lost = types(planned["local-event-processing"]).filter((type) => !types(left).includes(type));
    expect(lost).toEqual(
      expect.arrayContaining([
        "aws_dynamodb_table",
        "aws_lambda_function",
        "aws_lambda_event_source_mapping",
      ]),
    );
    expect(types(left)).toEqual(expect.arrayContaining(["aws_sns_topic", "aws_sqs_queue"]));
  });

  it("leaves nothing in the synthesised folders", () => {
    for (const { folder } of stacks) expect(readdirSync(folder)).not.toContain(".terraform");
  });
});

describe("a plan of stacks with something to tell", () => {
  let stacks: readonly SynthesisedStack[];
  let planned: Readonly<Record<string, PlannedStack>>;
  const pathsOf = (id: string) => planned[id]?.changes.map(({ path }) => path).sort();

  beforeAll(async () => {
    stacks = outputs.ofApp("telling", (app) => {
      const faulty = new Construct(plainStack(app, "faulty"), "orders");
      new SqsQueue(faulty, "queue", { name: "orders", fifoQueue: true });
      new SqsQueue(plainStack(app, "right"), "queue", { name: "orders" });

      const producer = plainStack(app, "producer");
      const vpc = new Vpc(producer, "vpc", { cidrBlock: "10.0.0.0/16" });
      const endpoint = new VpcEndpoint(producer, "endpoint", { vpcId: vpc.id, serviceName: "s3" });
      const consumer = plainStack(app, "consumer");
      new VpcEndpoint(consumer, "list", {
        vpcId: vpc.id,
        serviceName: Fn.element(endpoint.cidrBlocks, 0),
        subnetIds: endpoint.networkInterfaceIds,
      });
      new SnsTopic(consumer, "map", { name: Fn.lookup(vpc.tagsAll, "key") });

      for (const id of ["guessed", "given"]) {
        const stack = plainStack(app, id);
        const state = new DataTerraformRemoteStateLocal(stack, `${id}-state`, { path: "/nowhere" });
        new SqsQueue(stack, "text", { name: state.getString("name") });
        new SqsQueue(stack, "element", { name: Fn.element(state.getList("names"), 1) });
        new TerraformOutput(stack, "second", { value: `\${${state.fqn}.outputs.ids[1]}` });
      }

      const asking = plainStack(app, "asking");
      const statement = [{ actions: ["sqs:*"], resources: ["*"] }];
      new DataAwsIamPolicyDocument(asking, "document", { statement });
      new DataAwsCallerIdentity(asking, "caller");
    });
    planned = await planStacks(stacks, { outputs: { "given-state": { names: ["a", "b"] } } });
  });

  it("tells by construct path what the provider refuses at plan only, and plans the others", async () => {
    const faulty = stacks.filter(({ id }) => id === "faulty");
    expect(await validateStacks(faulty)).toEqual({ faulty: [] });
    expect(planned.faulty).toEqual({
      changes: [],
      faults: [
        expect.stringMatching(
          /^faulty\/orders\/queue \(aws_sqs_queue\.orders_queue_\w+\): invalid queue name: orders$/,
        ),
      ],
    });
    expect(planned.right).toMatchObject({
      faults: [],
      changes: [{ path: "right/queue", address: "aws_sqs_queue.queue", action: "create" }],
    });
  });

  it("gives a stack the outputs of another one in the type that the provider says", () => {
    expect(planned.consumer?.faults).toEqual([]);
    expect(pathsOf("consumer")).toEqual(["consumer/list", "consumer/map"]);
  });

  it("gives the outputs of a stack that is not here by their use, or as told", () => {
    expect(planned.guessed?.faults).toEqual([expect.stringMatching(/^guessed\/element .*element/)]);
    expect(planned.given?.faults).toEqual([]);
    expect(pathsOf("given")).toEqual(["given/element", "given/text", "output.second"]);
  });

  it("says which data source asks AWS, and reads those that do not", () => {
    expect(planned.asking?.faults).toEqual([
      "asking/caller (data.aws_caller_identity.caller): asks AWS, and nobody answers here: give the variables of an emulator that does",
    ]);
  });

  it("asks once where nobody answers", async () => {
    const log = join(outputs.folder, "provider.log");
    const own = process.env;
    // Terraform inherits it.
    process.env = { ...own, TF_LOG_PROVIDER: "debug", TF_LOG_PATH: log };
    const asking = stacks.filter(({ id }) => id === "asking");
    const { asking: asked } = await planStacks(asking).finally(() => {
      process.env = own;
    });
    expect(asked?.faults).toHaveLength(1);
    expect(readFileSync(log, "utf8").match(/HTTP Request Sent/g)).toHaveLength(1);
  });

  it("asks the emulator that it is given, in place of AWS, and again where that was unable", async () => {
    let asked = "";
    let times = 0;
    const emulator = createServer((request, response) => {
      request.setEncoding("utf8").on("data", (body) => {
        asked += body;
      });
      const identity =
        "<UserId>U</UserId><Arn>arn:aws:iam::123456789012:root</Arn><Account>123456789012</Account>";
      request.on("end", () =>
        response
          .writeHead(++times === 1 ? 503 : 200)
          .end(
            `<GetCallerIdentityResponse><GetCallerIdentityResult>${identity}</GetCallerIdentityResult></GetCallerIdentityResponse>`,
          ),
      );
    });
    await once(emulator.listen(0, "127.0.0.1"), "listening");
    try {
      const { port } = emulator.address() as AddressInfo;
      const asking = stacks.filter(({ id }) => id === "asking");
      const answered = await planStacks(asking, {
        emulator: {
          AWS_ENDPOINT_URL: `http://127.0.0.1:${port}`,
          AWS_ACCESS_KEY_ID: "123456789012",
          AWS_SECRET_ACCESS_KEY: "test",
        },
      });
      expect(answered.asking?.faults).toEqual([]);
      expect(asked).toContain("Action=GetCallerIdentity");
      expect(times).toBe(2);
    } finally {
      emulator.close();
    }
  });
});
