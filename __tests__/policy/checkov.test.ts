import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { SqsQueue } from "@cdktf/provider-aws/lib/sqs-queue";
import { skipCheck } from "../../modules/core";
import { runCheckov } from "../../scripts/policy/checkov";
import type { StackReport } from "../../scripts/policy/judge";
import { describeReports, faultsOf } from "../../scripts/policy/report";
import { scanStacks } from "../../scripts/policy/scan";
import { say } from "../../scripts/support/print";
import { placeExamples } from "../support/examples";
import { ourIds, ourStacks } from "../support/our-stacks";
import { Outputs, plainStack } from "../support/terraform";

const OURS = [...ourIds, "examples"];

describe("checkov, over each stack as synthesised and as planned", () => {
  const outputs = new Outputs();
  let reports: readonly StackReport[];
  const reportOf = (id: string) => reports.find(({ stack }) => stack === id) as StackReport;

  beforeAll(async () => {
    const stacks = [
      ...ourStacks(outputs),
      ...outputs.ofApp("examples", (app) => {
        placeExamples(plainStack(app, "examples"));
        const faulty = plainStack(app, "faulty");
        new SqsQueue(faulty, "open", { name: "open", sqsManagedSseEnabled: false });
        const shut = new SqsQueue(faulty, "shut", { name: "shut", sqsManagedSseEnabled: true });
        skipCheck(shut, "CKV_AWS_27", "It is encrypted after all, so nothing is found.");
      }),
    ];
    reports = await scanStacks(stacks);
    say(`\n${describeReports(reports.filter(({ stack }) => stack !== "faulty"))}\n`);
    // A plan for each stack: on a machine that is busy that may take longer than any test.
  }, 3_600_000);
  afterAll(() => outputs.remove());

  it("looks at every stack there is", () => {
    expect(reports.map(({ stack }) => stack).sort()).toEqual([...OURS, "faulty"].sort());
  });

  it.each(OURS)("finds nothing in %s but what is skipped beside its resource, with a reason", (id) => {
    expect(faultsOf(reportOf(id))).toEqual([]);
    expect(reportOf(id).passed).toBeGreaterThan(5);
  });

  it("finds a planted fault, and a skip that has nothing to skip", () => {
    const { failed, unmet, overlooked } = reportOf("faulty");
    expect(failed.map(({ address, check }) => [address, check])).toEqual([
      ["aws_sqs_queue.open", "CKV_AWS_27"],
    ]);
    expect(unmet.map(({ address, check }) => [address, check])).toEqual([
      ["aws_sqs_queue.shut", "CKV_AWS_27"],
    ]);
    expect(overlooked).toEqual([]);
  });
});

describe("checkov, where it cannot do its work", () => {
  const folder = mkdtempSync(join(tmpdir(), "checkov-"));
  afterAll(() => rmSync(folder, { recursive: true }));

  const scan = (name: string, files: Readonly<Record<string, string>>) => {
    for (const [file, text] of Object.entries(files)) {
      mkdirSync(join(folder, name, file, ".."), { recursive: true });
      writeFileSync(join(folder, name, file), text);
    }
    return runCheckov(join(folder, name), "terraform_json");
  };
  const queue = JSON.stringify({ resource: { aws_sqs_queue: { a: { name: "a" } } } });

  it("rejects a stack that it cannot read, though it read others", async () => {
    await expect(scan("unread", { "a/cdk.tf.json": queue, "b/cdk.tf.json": "{ not json" })).rejects.toThrow(
      /checkov \(terraform_json\) does not understand .*\/b\/cdk\.tf\.json/,
    );
  });

  it("rejects a stack at which it breaks: required_version (checkov#7454)", async () => {
    const text = JSON.stringify({ ...JSON.parse(queue), terraform: { required_version: ">= 1.10" } });
    await expect(scan("broken", { "a/cdk.tf.json": text })).rejects.toThrow(/checkov \(terraform_json\) /);
  });

  it("rejects a folder in which it finds nothing", async () => {
    await expect(scan("empty", { "a/readme.txt": "nothing" })).rejects.toThrow(/found nothing to check/);
  });

  it("listens to no settings of the caller's", async () => {
    const before = { ...process.env };
    mkdirSync(join(folder, "home"));
    writeFileSync(join(folder, "home", ".checkov.yaml"), "skip-check:\n  - CKV_AWS_27\n");
    Object.assign(process.env, { HOME: join(folder, "home"), CKV_SKIP_CHECK: "CKV_AWS_27" });
    try {
      const open = JSON.stringify({ resource: { aws_sqs_queue: { a: { sqs_managed_sse_enabled: false } } } });
      const results = await scan("settings", { "a/cdk.tf.json": open });
      expect(results).toContainEqual(expect.objectContaining({ check: "CKV_AWS_27", passed: false }));
    } finally {
      process.env = before;
    }
  });
});
