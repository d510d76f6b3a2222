import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { runInNewContext } from "node:vm";
import { DataAwsRegion } from "@cdktf/provider-aws/lib/data-aws-region";
import { AwsProvider } from "@cdktf/provider-aws/lib/provider";
import { SnsTopic } from "@cdktf/provider-aws/lib/sns-topic";
import { SqsQueue } from "@cdktf/provider-aws/lib/sqs-queue";
import { App, AssetType, LocalBackend, TerraformAsset, TerraformOutput, TerraformStack } from "cdktf";
import fc from "fast-check";
import { bindingOf } from "../../scripts/bench/binding-shapes";
import { addressesIn, argumentsCode, type Names, valueCode } from "../../scripts/bench/code";
import { compareOutputs, differencesOf } from "../../scripts/bench/compare";
import { readOutput, type StackOutput } from "../../scripts/bench/output";
import { median, race } from "../../scripts/bench/race";
import { rawProgram } from "../../scripts/bench/raw-bindings";
import { isClear, verdictOn } from "../../scripts/bench/verdict";
import { projectRoot } from "../../scripts/support/paths";

const names: Names = {
  construct: (address) => ({ "aws_sqs_queue.orders": "queue", "data.aws_region.here": "region" })[address],
  output: (stack, output) => (stack === "dev-network" && output === "vpc-id" ? "vpc.id" : undefined),
  asset: (path) => (path === "assets/code/0AF/function.zip" ? "code.path" : undefined),
};

describe("a value as code", () => {
  test.each([
    ["${aws_sqs_queue.orders.arn}", "queue.arn"],
    ["${aws_sqs_queue.orders.fifo_throughput_limit}", "queue.fifoThroughputLimit"],
    ["${data.aws_region.here.name}", "region.name"],
    ["${aws_sqs_queue.orders.arn}:*", "`${queue.arn}:*`"],
    ["`a\\${b} ${aws_sqs_queue.orders.arn}", "`\\`a\\\\\\${b} ${queue.arn}`"],
    ["assets/code/0AF/function.zip", "code.path"],
    [
      '{"Sid":"Send","Resource":"${aws_sqs_queue.orders.arn}"}',
      'JSON.stringify({ "Sid": "Send", "Resource": queue.arn })',
    ],
    ["${data.terraform_remote_state.cross-stack-reference-input-dev-network.outputs.vpc-id}", "vpc.id"],
  ])("%s becomes %s", (text, code) => {
    expect(valueCode(text, names)).toBe(code);
  });

  test.each([
    "$${aws_sqs_queue.orders.arn}",
    "${aws_sqs_queue.other.arn}",
    "${terraform.workspace}",
    "{ no JSON",
  ])("%s stays text", (text) => {
    expect(valueCode(text, names)).toBe(JSON.stringify(text));
  });

  test("means what the value was, whatever its text", () => {
    const arn = "${aws_sqs_queue.orders.arn}";
    const piece = fc.constantFrom("${", "`", "\\", "$", "}", '"', "\n", arn, "a", "{}");
    const text = fc.array(piece, { maxLength: 6 }).map((pieces) => pieces.join(""));
    const value = fc.oneof(text, fc.array(text), fc.dictionary(text, text), fc.jsonValue());
    fc.assert(
      fc.property(value, (given) => {
        const context = { queue: { arn: arn } };
        expect(JSON.stringify(runInNewContext(`(${valueCode(given, names)})`, context))).toBe(
          JSON.stringify(given),
        );
      }),
    );
  });

  test("names the addresses that it refers to", () => {
    expect(addressesIn({ a: ["${aws_vpc.main.id}"], b: '{"c":"${data.aws_region.here.name}-x"}' })).toEqual([
      "aws_vpc.main",
      "data.aws_region.here",
    ]);
  });
});

describe("arguments in the bindings' names", () => {
  const code = (type: string, block: Record<string, unknown>) =>
    JSON.parse(argumentsCode(block, bindingOf(type).shape, names)) as unknown;

  test("are camel case in blocks, and keep the keys of maps, which are data", () => {
    const block = {
      function_name: "f",
      logging_config: { log_format: "JSON" },
      environment: { variables: { TABLE_NAME: "t", snake_case: "s" } },
      tags: { cost_centre: "1" },
    };
    expect(code("aws_lambda_function", block)).toEqual({
      functionName: "f",
      loggingConfig: { logFormat: "JSON" },
      environment: { variables: { TABLE_NAME: "t", snake_case: "s" } },
      tags: { cost_centre: "1" },
    });
  });

  test("are camel case in lists of blocks", () => {
    const block = { default_tags: [{ tags: { cost_centre: "1" } }], assume_role: [{ role_arn: "a" }] };
    expect(code("provider", block)).toEqual({
      defaultTags: [{ tags: { cost_centre: "1" } }],
      assumeRole: [{ roleArn: "a" }],
    });
  });

  test("that the bindings copy as they are stay so", () => {
    const statement = { ip_set_reference_statement: { arn: "a" } };
    const rule = code("aws_wafv2_web_acl", {
      rule: [{ statement, visibility_config: { metric_name: "m" } }],
    });
    expect(rule).toEqual({ rule: [{ statement, visibilityConfig: { metricName: "m" } }] });
  });

  test("rejects what the bindings do not know", () => {
    expect(() => code("aws_sqs_queue", { colour: "red" })).toThrow('the bindings have no argument "colour"');
  });
});

describe("the raw program", () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "bench-test-"));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  /** An app with one of everything that the program must be able to write. */
  function synthesise(): StackOutput[] {
    const file = join(folder, "function.zip");
    writeFileSync(file, "zip");
    const app = new App({ outdir: join(folder, "ours") });
    const base = new TerraformStack(app, "dev-base");
    new LocalBackend(base, { path: "base.tfstate" }).addOverride("workspace_dir", "w");
    new AwsProvider(base, "aws", { region: "eu-west-1", defaultTags: [{ tags: { cost_centre: "1" } }] });
    const alias = new AwsProvider(base, "us", { region: "us-east-1", alias: "us" });
    const queue = new SqsQueue(base, "dead", { name: "dead", lifecycle: { preventDestroy: true } });
    const stack = new TerraformStack(app, "dev-app");
    new AwsProvider(stack, "aws", { region: "eu-west-1" });
    const asset = new TerraformAsset(stack, "code", { path: file, type: AssetType.FILE });
    const region = new DataAwsRegion(stack, "here");
    // Made before what it depends on.
    const late = new SqsQueue(stack, "a", { name: asset.path, tags: { region: `in ${region.name}` } });
    const redrive = new SqsQueue(stack, "b", {
      redrivePolicy: JSON.stringify({ deadLetterTargetArn: queue.arn, maxReceiveCount: 3 }),
    });
    late.dependsOn = ["aws_sqs_queue.b"];
    late.addOverride("policy", "{}");
    new SnsTopic(base, "topic", { provider: alias, name: "topic" });
    new TerraformOutput(stack, "url", { value: redrive.url, sensitive: true });
    app.synth();
    return readOutput(app.outdir);
  }

  test("writes what it was made from", () => {
    const ours = synthesise();
    const silencer = join(folder, "silencer.js");
    writeFileSync(silencer, "exports.silenceTokenTraces = () => {};");
    const program = join(folder, "raw.js");
    writeFileSync(program, rawProgram(ours, silencer));
    const env = {
      ...process.env,
      CDKTF_OUTDIR: join(folder, "raw"),
      NODE_PATH: join(projectRoot, "node_modules"),
    };
    execFileSync(process.execPath, [program], { env });
    const comparison = compareOutputs(ours, readOutput(join(folder, "raw")));
    expect(comparison).toEqual({ resources: 4, types: 2, differences: [] });
  });

  test("rejects what it cannot write", () => {
    const [base] = synthesise() as [StackOutput];
    const json = { ...base.json, moved: [] };
    expect(() => rawProgram([{ ...base, json }], "x")).toThrow(
      "dev-base: section: the bench does not know moved",
    );
  });
});

describe("the comparison", () => {
  const stack = (queues: Record<string, object>, dependencies: string[] = []): StackOutput => ({
    id: "dev-app",
    folder: "",
    dependencies,
    json: { terraform: { backend: {} }, resource: { aws_sqs_queue: queues as never } },
  });
  const differences = (ours: StackOutput[], raw: StackOutput[]) => compareOutputs(ours, raw).differences;

  test("overlooks order and the engine's comments only", () => {
    const ours = stack({ q: { "//": { metadata: 1 }, name: "q", delay: 1 } }, ["a", "b"]);
    expect(differences([ours], [stack({ q: { delay: 1, name: "q" } }, ["b", "a"])])).toEqual([]);
  });

  test("finds an argument that differs", () => {
    expect(differences([stack({ q: { arn: "${a.b.arn}" } })], [stack({ q: { arn: "${a.c.arn}" } })])).toEqual(
      ['dev-app.resource.aws_sqs_queue.q.arn: ours "${a.b.arn}", raw "${a.c.arn}"'],
    );
  });

  test("finds a resource, a stack and a dependency too many", () => {
    expect(differences([stack({ q: {}, r: {} })], [stack({ q: {} })])).toEqual([
      "dev-app: ours has 2 aws_sqs_queue, raw 1",
      "dev-app.resource.aws_sqs_queue.r: ours {}, raw nothing",
    ]);
    expect(differences([], [stack({})])).toEqual(["dev-app: only raw has this stack"]);
    expect(differences([stack({}, ["a"])], [stack({})])).toEqual([
      'dev-app dependencies.0: ours "a", raw nothing',
    ]);
  });

  test("tells a list from an object, and nothing from an empty list", () => {
    expect(differencesOf([], {}, "x")).toEqual(["x: ours [], raw {}"]);
    expect(differencesOf({ a: [] }, {}, "x")).toEqual(["x.a: ours [], raw nothing"]);
  });
});

describe("the race", () => {
  test("runs in turn, each second round backwards, until it is settled", async () => {
    const order: string[] = [];
    const measure = (name: string) => Promise.resolve(order.push(name));
    const length = {
      least: 2,
      most: 9,
      settled: ([a = []]: readonly (readonly number[])[]) => a.length >= 3,
    };
    expect(await race(["a", "b"], length, measure)).toEqual([
      [1, 4, 5],
      [2, 3, 6],
    ]);
    expect(order.join("")).toBe("abbaab");
    expect((await race(["a"], { ...length, settled: () => false }, measure))[0]).toHaveLength(9);
  });

  test("is judged by the median of the rounds' ratios, bundling apart", () => {
    const run = (whole: number, working = 0) => ({ whole, working, loading: 0 });
    const raw = [10, 20, 10, 10, 10, 10, 10].map((whole) => run(whole));
    const ours = [13, 24, 12, 12, 12, 90, 11].map((synthesis) => run(synthesis + 50, 50));
    const verdict = verdictOn(ours, raw);
    expect(verdict).toEqual({ ratio: 1.2, between: [1.1, 9] });
    expect([isClear(verdict, 1.3), isClear(verdict, 1), isClear(verdict, 9)]).toEqual([false, true, true]);
  });

  test("knows the median of an even number", () => {
    expect(median([4, 1, 3, 2])).toBe(2.5);
    expect(() => median([])).toThrow("no values have no median");
  });
});
