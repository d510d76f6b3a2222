import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { runInNewContext } from "node:vm";
import { DataAwsRegion } from "@cdktf/provider-aws/lib/data-aws-region";
import { AwsProvider } from "@cdktf/provider-aws/lib/provider";
import { SnsTopic } from "@cdktf/provider-aws/lib/sns-topic";
import { SqsQueue } from "@cdktf/provider-aws/lib/sqs-queue";
import { App, AssetType, LocalBackend, TerraformAsset, TerraformOutput, TerraformStack } from "cdktf";
import { buildSync } from "esbuild";
import fc from "fast-check";
import { bindingOf } from "../../scripts/bench/binding-shapes";
import { BUNDLING_FILE, type BundlingTime } from "../../scripts/bench/bundling-clock";
import { addressesIn, argumentsCode, type Names, valueCode } from "../../scripts/bench/code";
import { compareOutputs, differencesOf } from "../../scripts/bench/compare";
import { floorProgram } from "../../scripts/bench/floor";
import { budgetOf, DEFAULT_BUDGET } from "../../scripts/bench/function-budgets";
import { externalIn, functionsIn, unpackFunction } from "../../scripts/bench/function-code";
import { METER_FILE, type MeterReading } from "../../scripts/bench/meter";
import { readOutput, type StackOutput } from "../../scripts/bench/output";
import { type Circumstances, type Finding, missed, performancePage } from "../../scripts/bench/page";
import type { ManyStacksTime } from "../../scripts/bench/programs/many-stacks";
import { race } from "../../scripts/bench/race";
import { rawProgram } from "../../scripts/bench/raw-bindings";
import { atLeast, atMost, chooseSections, type Limit, untilClear } from "../../scripts/bench/section";
import { sizeLimit } from "../../scripts/bench/sections/functions";
import { doorsIn, noBarrel } from "../../scripts/bench/sections/imports";
import { readLayers } from "../../scripts/bench/sections/layers";
import { processorAlone, synthesisAlone } from "../../scripts/bench/synthesis-run";
import { isClear, median, verdictOn } from "../../scripts/bench/verdict";
import { projectRoot } from "../../scripts/support/paths";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "bench-test-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** Runs a file as the bench does: in a process of its own, with this project's packages. */
function runNode(args: readonly string[], env: NodeJS.ProcessEnv = {}): string {
  const packages = { NODE_PATH: join(projectRoot, "node_modules") };
  return execFileSync(process.execPath, args, {
    env: { ...process.env, ...packages, ...env },
    encoding: "utf8",
  });
}

/** A source file as a program that Node runs. @returns its path */
function compiled(source: string): string {
  const outfile = join(folder, "program.js");
  const entryPoints = [join(projectRoot, source)];
  buildSync({
    entryPoints,
    outfile,
    bundle: true,
    packages: "external",
    platform: "node",
    logLevel: "error",
  });
  return outfile;
}

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

describe("the programs", () => {
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

  test("of raw bindings writes what it was made from", () => {
    const ours = synthesise();
    const silencer = join(folder, "silencer.js");
    writeFileSync(silencer, "exports.silenceTokenTraces = () => {};");
    const program = join(folder, "raw.js");
    writeFileSync(program, rawProgram(ours, silencer));
    runNode([program], { CDKTF_OUTDIR: join(folder, "raw") });
    const comparison = compareOutputs(ours, readOutput(join(folder, "raw")));
    expect(comparison).toEqual({ resources: 4, types: 2, differences: [] });
  });

  test("of the floor loads the modules and writes the same files, with no construct", () => {
    const ours = synthesise();
    const loaded = join(folder, "loaded.js");
    writeFileSync(loaded, 'process.stdout.write("loaded");');
    const program = join(folder, "floor.js");
    writeFileSync(program, floorProgram(join(folder, "ours"), ours, [loaded]));
    const outdir = join(folder, "floor");
    expect(runNode([program], { CDKTF_OUTDIR: outdir })).toBe("loaded");
    expect(readOutput(outdir).map(({ id, json, dependencies }) => ({ id, json, dependencies }))).toEqual(
      ours.map(({ id, json, dependencies }) => ({ id, json, dependencies })),
    );
  });

  test("of many stacks writes so many, each guarded, with a policy of its own, calling the topic of another", () => {
    const outdir = join(folder, "many");
    const stdout = runNode([compiled("scripts/bench/programs/many-stacks.ts"), "2"], {
      CDKTF_OUTDIR: outdir,
    });
    const { building, synthesis } = JSON.parse(stdout) as ManyStacksTime;
    expect(building).toBeGreaterThan(0);
    expect(synthesis).toBeGreaterThan(building);
    const [hub, ...stacks] = readOutput(outdir);
    expect(hub?.id).toBe("prod-operations");
    expect(stacks.map(({ id, dependencies }) => [id, dependencies])).toEqual([
      ["prod-service-0", ["prod-operations"]],
      ["prod-service-1", ["prod-operations"]],
    ]);
    const resources = stacks[0]?.json.resource ?? {};
    expect(Object.keys(resources).sort()).toEqual([
      "aws_cloudwatch_metric_alarm",
      "aws_dynamodb_table",
      "aws_kms_alias",
      "aws_kms_key",
      "aws_kms_key_policy",
    ]);
    expect(Object.values(resources.aws_dynamodb_table ?? {})[0]?.lifecycle).toEqual({
      prevent_destroy: true,
    });
  });

  test("rejects raw bindings for what they cannot write", () => {
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
    const raw = [10, 20, 10, 10, 10, 10, 10];
    const run = { whole: 100, loading: 20, working: 30, cpu: 80, processor: 25, peak: 0 };
    expect(processorAlone(run)).toBe(55);
    const ours = [13, 24, 12, 12, 12, 90, 11].map((synthesis) =>
      synthesisAlone({ ...run, whole: synthesis + 50 }),
    );
    const verdict = verdictOn(ours, raw);
    expect(verdict).toEqual({ ratio: 1.2, between: [1.1, 9], rounds: 7 });
    expect([isClear(verdict, 1.3), isClear(verdict, 1), isClear(verdict, 9)]).toEqual([false, true, true]);
  });

  test("knows the median of an even number", () => {
    expect(median([4, 1, 3, 2])).toBe(2.5);
    expect(() => median([])).toThrow("no values have no median");
  });
});

describe("a limit", () => {
  const verdict = { ratio: 4, between: [3.5, 4.5] as const, rounds: 7 };

  test("holds up to and with its figure, from below or from above", () => {
    expect([atMost("x", verdict, 4), atMost("x", verdict, 3.9)].map(({ kept }) => kept)).toEqual([
      true,
      false,
    ]);
    expect([atLeast("x", verdict, 4), atLeast("x", verdict, 4.1)].map(({ kept }) => kept)).toEqual([
      true,
      false,
    ]);
    expect([atMost("x", verdict, 4), atMost("x", verdict, 3)].map(({ open }) => open)).toEqual([true, false]);
    expect(atMost("x", verdict, 4).found).toBe("4.00 × (median of 7 rounds, 95 % interval 3.50 to 4.50)");
  });

  test("keeps a race going while chance may have decided, four times the rounds at most", () => {
    const bench = { folder: "", rounds: 2, signal: new AbortController().signal };
    const length = untilClear<number>(bench, ([figures = []]) => [[verdictOn(figures, [1, 1]), 4]]);
    expect([length.least, length.most]).toEqual([2, 8]);
    expect([length.settled([[3, 5]]), length.settled([[3, 4]]), length.settled([[5, 6]])]).toEqual([
      false,
      true,
      true,
    ]);
  });
});

describe("the sections", () => {
  const measure = () => Promise.reject(new Error("not measured here"));
  const all = ["synthesis", "stacks"].map((name) => ({ name, title: name, method: "", measure }));

  test("are all of them without a name, and those named in their own order", () => {
    expect(chooseSections(all, [])).toEqual(all);
    expect(chooseSections(all, ["stacks", "synthesis"])).toEqual(all);
    expect(chooseSections(all, ["stacks"]).map(({ name }) => name)).toEqual(["stacks"]);
  });

  test("rejects a misspelt name with the list", () => {
    expect(() => chooseSections(all, ["stacks", "synth", ""])).toThrow(
      'the bench has no section "synth", "": the sections are synthesis, stacks',
    );
  });
});

describe("the meter", () => {
  function read(code: string, options: readonly string[] = []): MeterReading {
    const file = join(folder, "meter.json");
    runNode(["-r", compiled("scripts/bench/meter.ts"), ...options, "-e", code], { [METER_FILE]: file });
    return JSON.parse(readFileSync(file, "utf8")) as MeterReading;
  }

  test("reads the most memory of its own process, not of the one that started it", () => {
    const ours = Buffer.alloc(400 * 1024 ** 2, 1);
    expect(read("0").peak).toBeLessThan(ours.length / 2);
    expect(read(`Buffer.alloc(${ours.length}, 1)`).peak).toBeGreaterThan(ours.length);
  });

  test("counts the modules that the program loaded, itself apart", () => {
    const module = join(folder, "module.js");
    writeFileSync(module, "");
    expect(read(`require(${JSON.stringify(module)})`).modules).toEqual([module]);
  });

  test("reads the heap in use after a collection, where it may collect", () => {
    const waste = "for (let i = 0; i < 200000; i++) ({ i, text: String(i) + 'x' })";
    expect(read(waste, ["--expose-gc"]).heap).toBeLessThan(read(waste).heap);
  });
});

describe("the bundler's clock", () => {
  test("tells what loading and bundling took, as the process ends", () => {
    const file = join(folder, "bundling.json");
    const code = 'require("esbuild").buildSync({ stdin: { contents: "0" }, write: false })';
    runNode(["-r", compiled("scripts/bench/bundling-clock.ts"), "-e", code], { [BUNDLING_FILE]: file });
    const { loading, working, processor } = JSON.parse(readFileSync(file, "utf8")) as BundlingTime;
    expect([loading > 0, working > 0, processor > 0]).toEqual([true, true, true]);
  });
});

describe("the doors", () => {
  test("are the index files of modules and the one of the testing kit, as the package exports them", () => {
    const files = [
      "modules/core/index.js",
      "modules/core/names.js",
      "modules/storage/table/index.js",
      "scripts/index.js",
      "stacks/environments/index.js",
      "testing/index.js",
      "testing/edges/index.js",
    ];
    for (const file of files) {
      mkdirSync(dirname(join(folder, file)), { recursive: true });
      writeFileSync(join(folder, file), "");
    }
    expect(doorsIn(folder)).toEqual(
      ["modules/core/index.js", "modules/storage/table/index.js", "testing/index.js"].map((file) =>
        join(folder, file),
      ),
    );
  });

  test("rejects one that loads the provider's barrel, by its name", () => {
    const lib = join("node_modules", "@cdktf", "provider-aws", "lib");
    const clean = { name: "modules/core", modules: [join(lib, "sqs-queue", "index.js")] };
    const heavy = { name: "modules/edge", modules: [join(lib, "index.js")] };
    expect(noBarrel([clean])).toMatchObject({ found: "none", kept: true });
    expect(noBarrel([clean, heavy])).toMatchObject({ found: "modules/edge", kept: false });
  });
});

describe("a function", () => {
  test("is unpacked as Lambda does, with the variables that it reads and the SDK that it leaves out", () => {
    const functions = join(projectRoot, "functions");
    expect(functionsIn(functions)).toContain("audit");
    const code = unpackFunction(functions, "audit", folder);
    expect(code.file).toBe(join(folder, "audit", "index.mjs"));
    expect(code.variables).toEqual(["TABLE_NAME", "IDEMPOTENCY_TABLE_NAME"]);
    expect(code.external).toContain("@aws-sdk/client-dynamodb");
    expect(code.codeBytes).toBe(readFileSync(code.file).length);
    expect(code.unzippedBytes).toBe(code.codeBytes + readFileSync(`${code.file}.map`).length);
  });

  test("imports are read from minified code, Node's own apart", () => {
    const code =
      'import{a as b}from"@aws-sdk/x";import"@smithy/y";import c from"node:fs";await import("@aws-sdk/z")';
    expect(externalIn(code)).toEqual(["@aws-sdk/x", "@aws-sdk/z", "@smithy/y"]);
  });

  test("is unpacked with its payload, in its folders and within its budget", () => {
    const code = unpackFunction(join(projectRoot, "functions"), "thumbnail", folder);
    expect(existsSync(join(folder, "thumbnail", "node_modules", "wasm-vips", "lib", "vips.wasm"))).toBe(true);
    expect(code.external).toEqual(["@aws-sdk/client-s3"]);
    expect(sizeLimit(code, budgetOf("thumbnail")).kept).toBe(true);
    expect(sizeLimit(code, DEFAULT_BUDGET).kept).toBe(false);
  });

  test("rejects a bundle of its budget and more; a declared payload has its own", () => {
    const bundle = (unzippedBytes: number) => ({ name: "audit", unzippedBytes });
    expect(sizeLimit(bundle(999_999), budgetOf("audit")).kept).toBe(true);
    expect(sizeLimit(bundle(1_000_000), budgetOf("audit"))).toEqual({
      what: "bundle of function audit, unzipped",
      found: "1000 kB",
      allowed: "below 1000 kB",
      kept: false,
    });
    const declared = { audit: { bytes: 9_000_000, reason: "a native codec" } };
    expect(sizeLimit(bundle(1_000_000), budgetOf("audit", declared))).toMatchObject({
      allowed: "below 9000 kB (a native codec)",
      kept: true,
    });
    expect(budgetOf("billing", declared)).toBe(DEFAULT_BUDGET);
  });
});

describe("the layers", () => {
  const record = (content: string) => {
    const file = join(folder, "layers.json");
    writeFileSync(file, content);
    return file;
  };
  const row = { layer: "unit", passed: 3, failed: 0, skipped: 1, time: "1.5 s" };

  test("are told plainly where no run left a record", () => {
    expect(readLayers(join(folder, "none.json"))).toEqual({
      tables: [],
      limits: [],
      reading: "There is no record of a test run here: run `npm test`, then the bench again.",
    });
  });

  test("are read from the record, with their sum and what we aim at", () => {
    const rows = [row, { ...row, layer: "e2e", skipped: 0, time: "62 s" }];
    const { tables, reading } = readLayers(record(JSON.stringify({ at: "2026-11-21T10:00:00.000Z", rows })));
    expect(tables[0]).toEqual([
      { ...rows[0], aim: "30 s" },
      { ...rows[1], aim: "-" },
      { layer: "all of the run", passed: 6, failed: 0, skipped: 1, time: "64 s", aim: "30 min" },
    ]);
    expect(reading).toContain("2026-11-21T10:00:00.000Z took 64 s");
  });

  test.each(["{", "[]", '{"at":"2026"}', JSON.stringify({ at: "2026", rows: [{ ...row, time: "long" }] })])(
    "rejects %s as a record",
    (content) => {
      expect(() => readLayers(record(content))).toThrow("is no record of a test run");
    },
  );
});

describe("the page", () => {
  const circumstances: Circumstances = {
    date: "2026-11-21 10:00 UTC",
    machine: [{ what: "Node", value: "20.20.2" }],
    load: ["0.4", "2.1"],
  };
  const limit: Limit = { what: "growth", found: "12 ×", allowed: "at most 11.5 ×", kept: false };
  const finding = (limits: readonly Limit[]): Finding => ({
    section: { name: "stacks", title: "Growth", method: "Counted." },
    report: { tables: [[{ stacks: 1, what: "a|b" }]], limits, reading: "It grows." },
  });

  test("names each limit that is missed, at its head", () => {
    const findings = [finding([limit, { ...limit, what: "other", kept: true }])];
    expect(missed(findings)).toEqual(["growth: 12 ×; must be at most 11.5 ×"]);
    const page = performancePage(findings, circumstances);
    expect(page).toContain("**Missed:**\n\n- growth: 12 ×; must be at most 11.5 ×\n");
    expect(page).toContain("| growth | 12 × | at most 11.5 × | MISSED |");
    expect(page).not.toContain("Every limit is kept");
  });

  test("tells a limit that is kept by the median, and whose interval holds it", () => {
    const page = performancePage([finding([{ ...limit, kept: true, open: true }])], circumstances);
    expect(page).toContain("**Every limit is kept, some by the median alone.**");
    expect(page).toContain("| kept by the median; the interval holds the limit |");
  });

  test("shows machine, date, load, each table with its command and its reading", () => {
    const page = performancePage([finding([{ ...limit, kept: true }])], circumstances);
    expect(page).toContain("**Every limit is kept.**");
    expect(page).toContain("Run of 2026-11-21 10:00 UTC; load 0.4 before and 2.1 after");
    expect(page).toContain("| Node | 20.20.2 |");
    expect(page).toContain("## Growth\n\n`npm run bench -- stacks`. Counted.\n\n");
    expect(page).toContain("| stacks | what |\n| ---: | --- |\n| 1 | a\\|b |\n");
    expect(page).toMatch(/It grows\.\n$/);
  });
});
