import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import { requireTools } from "../../scripts/local-aws/tools";
import { OperatorError } from "../../scripts/support/command";
import { isOn } from "../../scripts/support/is-on";
import { chooseLayers, countJest, type Layer, runLayers, summary, total } from "../../scripts/support/layers";
import { projectRoot } from "../../scripts/support/paths";
import { terraformBinary } from "../../scripts/terraform/binary";
import { FakeTerraform } from "../support/fake-terraform";
import temporaryFolder from "../support/temporary-folder";
import temporaryFolderAway from "../support/temporary-folder-away";

const one = { passed: 1, failed: 0, skipped: 0 };
const layer = (name: string, over: Partial<Layer> = {}): Layer => ({ name, run: async () => one, ...over });

let said: string[];
beforeEach(() => {
  said = [];
  jest.spyOn(process.stdout, "write").mockImplementation((text) => said.push(String(text)) > 0);
});
afterEach(() => jest.restoreAllMocks());

describe("the layers of a run", () => {
  const all = ["check:types", "check:lint", "unit", "terraform"].map((name) => layer(name));
  const namesOf = (layers: readonly Layer[]) => layers.map(({ name }) => name);
  const chosen = (...names: string[]) => namesOf(chooseLayers(all, names, { requireAll: false }));

  test("are all of them where none is named, else those named, in their own order", () => {
    expect(chosen()).toEqual(["check:types", "check:lint", "unit", "terraform"]);
    expect(chosen("terraform", "unit")).toEqual(["unit", "terraform"]);
    expect(chosen("check")).toEqual(["check:types", "check:lint"]);
  });

  test("are the long ones too where they are named, and where everything is required", () => {
    const withLong = [layer("permissions"), layer("permissions:rest", { long: true })];
    const of = (names: readonly string[], requireAll: boolean) =>
      namesOf(chooseLayers(withLong, names, { requireAll }));
    expect(of([], false)).toEqual(["permissions"]);
    expect(of([], true)).toEqual(["permissions", "permissions:rest"]);
    expect(of(["permissions"], false)).toEqual(["permissions"]);
    expect(of(["perm"], false)).toEqual(["permissions", "permissions:rest"]);
  });

  test("run as one where they say so, in the place of the first, each row under all their names", async () => {
    const runs: (readonly string[])[] = [];
    const run: Layer["run"] = async (_, names) => {
      runs.push(names);
      return { ...one, passed: names.length };
    };
    const together = "emulators";
    const layers = [layer("unit", { run }), layer("e2e", { run, together }), layer("package", { run })];
    const { signal } = new AbortController();
    const rows = await runLayers([...layers, layer("e2e:rest", { run, together })], {
      requireAll: false,
      signal,
    });
    expect(runs).toEqual([["unit"], ["e2e", "e2e:rest"], ["package"]]);
    expect(rows.map(({ layer, passed }) => [layer, passed])).toEqual([
      ["unit", 1],
      ["e2e, e2e:rest", 2],
      ["package", 1],
    ]);
  });

  test.each([["terrafrom"], [""], ["it"]])("rejects %j beside a right name, and lists the layers", (name) => {
    expect(() => chosen("unit", name)).toThrow(
      new OperatorError(
        `no layer is called "${name}": the layers are check:types, check:lint, unit, terraform`,
      ),
    );
  });
});

describe("REQUIRE_ALL", () => {
  test.each([
    [undefined, false],
    ["", false],
    ["0", false],
    ["1", true],
    ["true", true],
  ])("of %j switches on: %j", (value, on) => {
    expect(isOn(value)).toBe(on);
  });
});

describe("a run of jest", () => {
  const report = (over: object) => JSON.stringify({ numPassedTests: 3, ...over });

  test("counts what passed", () => {
    expect(countJest(0, report({}))).toEqual({ counts: { passed: 3, failed: 0, skipped: 0 } });
  });

  test("counts failed tests, and files that broke before their tests", () => {
    const { counts, why } = countJest(1, report({ numFailedTests: 2, numRuntimeErrorTestSuites: 1 }));
    expect(counts).toEqual({ passed: 3, failed: 3, skipped: 0 });
    expect(why).toBeUndefined();
  });

  test("names the tests that failed, and the files that broke before theirs, with how what they said begins", () => {
    const testResults = [
      {
        name: join(projectRoot, "__tests__", "e2e", "queue.test.ts"),
        assertionResults: [
          { fullName: "a queue is deep", status: "passed" },
          {
            fullName: "a queue is long",
            status: "failed",
            failureMessages: ["\u001b[31mToo short\u001b[39m:\n\n  by 3\n    at x (y.ts:1)\nand on"],
          },
        ],
      },
      {
        name: join(projectRoot, "__tests__", "broken.test.ts"),
        message: "  ● no such module\n\n more",
        assertionResults: [],
      },
    ];
    const { counts } = countJest(1, report({ numFailedTests: 1, numRuntimeErrorTestSuites: 1, testResults }));
    const failures = [
      "e2e/queue.test.ts: a queue is long: Too short:\n      by 3",
      "broken.test.ts: ● no such module\n     more",
    ];
    expect(counts).toEqual({ passed: 3, failed: 2, skipped: 0, failures });
    const text = summary([{ layer: "unit", ...counts, time: "3.0 s" }]);
    expect(text).toMatch(/^FAILED unit, e2e\/queue\.test\.ts: a queue is long: Too short:\n {6}by 3$/m);
    expect(text.split("\n").at(-1)).toBe("3 passed, 2 failed, 0 skipped");
  });

  test("tells the first lines of a long message only", () => {
    const failureMessages = [Array.from({ length: 9 }, (_, line) => `line ${line}`).join("\n")];
    const assertionResults = [{ fullName: "a queue", status: "failed", failureMessages }];
    const testResults = [{ name: join(projectRoot, "__tests__", "queue.test.ts"), assertionResults }];
    const { counts } = countJest(1, report({ numFailedTests: 1, testResults }));
    const told = "line 0\n    line 1\n    line 2\n    line 3\n    line 4\n    line 5";
    expect(counts.failures).toEqual([`queue.test.ts: a queue: ${told}`]);
  });

  test("has failed for each test that was switched off: its tools are here", () => {
    const { counts, why } = countJest(0, report({ numPendingTests: 1, numTodoTests: 1 }));
    expect(counts).toEqual({ passed: 3, failed: 2, skipped: 0 });
    expect(why).toBe("2 tests were switched off, and their tools are here");
  });

  test.each<[string, number, string | undefined, number, RegExp]>([
    ["died without a report", 134, undefined, 0, /ended with 134 and left no report/],
    ["died while it wrote", 1, '{"numPassedTests": 3, "te', 0, /left no report/],
    ["found no test", 0, report({ numPassedTests: 0 }), 0, /no test passed/],
    ["broke outside its tests", 1, report({}), 3, /ended with 1, and no test failed/],
  ])("has failed where it %s", (_, code, text, passed, expected) => {
    const { counts, why } = countJest(code, text);
    expect(counts).toEqual({ passed, failed: 1, skipped: 0 });
    expect(why).toMatch(expected);
  });
});

describe("running layers", () => {
  const { signal } = new AbortController();
  const lacking = layer("e2e", {
    tools: async () => {
      throw new OperatorError("install openssl");
    },
  });

  test("goes on after one that throws, counts it as failed and tells what it threw", async () => {
    const crash = layer("unit", { run: () => Promise.reject(new Error("ENOENT: no report")) });
    const rows = await runLayers([crash, layer("terraform")], { requireAll: false, signal });
    expect(rows).toMatchObject([
      { layer: "unit", passed: 0, failed: 1, skipped: 0 },
      { layer: "terraform", ...one },
    ]);
    expect(said.join("")).toMatch(/^FAILED unit: Error: ENOENT: no report$/m);
  });

  test("goes on after tools that break in another way than by being absent", async () => {
    const broken = layer("e2e", { tools: () => Promise.reject(new TypeError("x is not a function")) });
    const rows = await runLayers([broken, layer("unit")], { requireAll: false, signal });
    expect(total(rows)).toEqual({ passed: 1, failed: 1, skipped: 0 });
  });

  test("skips by name, with the remedy, a layer without its tools", async () => {
    const rows = await runLayers([lacking, layer("unit")], { requireAll: false, signal });
    expect(total(rows)).toEqual({ passed: 1, failed: 0, skipped: 1 });
    expect(said).toContain("SKIPPED e2e: install openssl\n");
  });

  test("calls that failed, and not skipped, where everything is required", async () => {
    const rows = await runLayers([lacking], { requireAll: true, signal });
    expect(total(rows)).toEqual({ passed: 0, failed: 1, skipped: 0 });
    expect(said).toContain("FAILED e2e (REQUIRE_ALL): install openssl\n");
    expect(said.join("")).not.toMatch(/SKIPPED/);
  });

  test.each(["tools", "run"] as const)("ends with the reason when it is stopped in %s", async (step) => {
    const stop = new AbortController();
    const stopped = layer("unit", {
      [step]: async () => {
        stop.abort(new OperatorError("stopped by SIGINT"));
        throw new OperatorError("killed");
      },
    });
    const later = jest.fn();
    const run = runLayers([stopped, layer("e2e", { run: later })], {
      requireAll: false,
      signal: stop.signal,
    });
    await expect(run).rejects.toThrow("stopped by SIGINT");
    expect(later).not.toHaveBeenCalled();
  });

  test("is summed up in a table and, as the last line, in three figures", () => {
    const text = summary([
      { layer: "unit", passed: 12, failed: 1, skipped: 0, time: "3.0 s" },
      { layer: "e2e", passed: 0, failed: 0, skipped: 1, time: "0.1 s" },
    ]);
    expect(text).toMatch(/^unit +12 +1 +0 +3\.0 s$/m);
    expect(text.split("\n").at(-1)).toBe("12 passed, 1 failed, 1 skipped");
  });
});

describe("the tools of this machine", () => {
  const { PATH, TERRAFORM_BINARY_NAME } = process.env;
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "tools-"));
    process.env.PATH = folder;
    delete process.env.TERRAFORM_BINARY_NAME;
  });
  afterEach(() => {
    process.env.PATH = PATH;
    if (TERRAFORM_BINARY_NAME !== undefined) process.env.TERRAFORM_BINARY_NAME = TERRAFORM_BINARY_NAME;
    rmSync(folder, { recursive: true });
  });
  const missing = () =>
    requireTools().then(
      () => [],
      (error: Error) => error.message.split("\n  ").slice(1),
    );
  const program = (name: string, script: string) =>
    writeFileSync(join(folder, name), `#!${process.execPath}\n${script}`, { mode: 0o755 });

  test("that are absent are told in one line each, with the remedy", async () => {
    expect(await missing()).toEqual([
      expect.stringMatching(/^"terraform" cannot be run: install Terraform ≥ 1\.10/),
      expect.stringMatching(/^install Python ≥ 3\.10/),
      expect.stringMatching(/^install openssl/),
    ]);
  });

  test("that nobody may execute are absent", async () => {
    for (const name of ["terraform", "python3", "openssl"])
      writeFileSync(join(folder, name), "", { mode: 0o644 });
    expect(await missing()).toHaveLength(3);
  });

  test("want Python's venv where Python is there", async () => {
    program("terraform", `console.log("Terraform v1.11.4")`);
    program("openssl", "");
    program("python3", `process.exitCode = process.argv[3].includes("venv") ? 1 : 0`);
    expect(await missing()).toEqual([expect.stringMatching(/venv module is missing/)]);
  });

  test("that are all there give the Terraform program", async () => {
    for (const name of ["python3", "openssl"]) program(name, "");
    program("other", `console.log("Terraform v1.11.4")`);
    process.env.TERRAFORM_BINARY_NAME = "other";
    expect(await requireTools()).toBe("other");
  });

  test("throw when the operator stops the search, instead of missing everything", async () => {
    const stop = new AbortController();
    stop.abort(new OperatorError("stopped by SIGINT"));
    await expect(requireTools(stop.signal)).rejects.toThrow(/^stopped by SIGINT$/);
  });
});

describe("Terraform", () => {
  let fake: FakeTerraform;
  beforeEach(() => {
    fake = new FakeTerraform();
    process.env.TERRAFORM_BINARY_NAME = fake.binary;
  });
  afterEach(() => {
    delete process.env.TERRAFORM_BINARY_NAME;
    fake.remove();
  });

  test.each([
    "Terraform v1.10.0",
    "Terraform v1.11.4\non linux_amd64",
    "Terraform v2.0.0-rc1",
    "OpenTofu v1.10.2",
  ])("of %j is new enough", async (version) => {
    fake.answer("version", { stdout: version });
    expect(await terraformBinary()).toBe(fake.binary);
  });

  test.each([
    ["Terraform v1.9.8", /is Terraform v1\.9\.8, and .* needs 1\.10: install a newer one/],
    ["Terraform v0.15.0", /is Terraform v0\.15\.0/],
    [
      "Terraform v1.9.8\n+ provider registry.terraform.io/hashicorp/aws v5.100.0",
      /is Terraform v1\.9\.8, and/,
    ],
    ["hello\n+ provider registry.terraform.io/hashicorp/aws v5.100.0", /is hello, and/],
    ["", /is silent about its version/],
  ])("rejects %j", async (version, expected) => {
    fake.answer("version", { stdout: version });
    await expect(terraformBinary()).rejects.toThrow(expected);
  });

  test("rejects a program that fails, that is absent, or below what is no folder", async () => {
    fake.answer("version", { code: 1, stdout: "Terraform v1.11.4" });
    await expect(terraformBinary()).rejects.toThrow(/cannot be run: install Terraform/);
    for (const name of [join(fake.folder, "absent"), join(fake.binary, "x")]) {
      process.env.TERRAFORM_BINARY_NAME = name;
      await expect(terraformBinary()).rejects.toThrow(`"${name}" cannot be run: install Terraform`);
    }
  });
});

describe("the temporary folder of a run", () => {
  const { TMPDIR } = process.env;
  afterEach(() => {
    process.env.TMPDIR = TMPDIR;
  });

  test("is its own, and this run's is", () => {
    expect(basename(tmpdir())).toMatch(/^cdktf-aws-patterns-test-/);
  });

  test("goes with all that was left there", () => {
    temporaryFolder();
    const made = process.env.TMPDIR ?? "";
    expect(dirname(made)).toBe(TMPDIR);
    mkdirSync(join(made, "left", "behind"), { recursive: true });
    temporaryFolderAway();
    expect(existsSync(made)).toBe(false);
    expect(process.env.TMPDIR).toBe(TMPDIR);
  });

  test("rejects to remove a folder that the run did not make", () => {
    const other = mkdtempSync(join(tmpdir(), "other-"));
    process.env.TMPDIR = other;
    expect(temporaryFolderAway).toThrow(/is not this run's own/);
    expect(existsSync(other)).toBe(true);
    rmSync(other, { recursive: true });
  });
});
