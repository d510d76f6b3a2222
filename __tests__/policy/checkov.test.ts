import { join } from "node:path";
import { SqsQueue } from "@cdktf/provider-aws/lib/sqs-queue";
import { skipCheck } from "../../modules/core";
import type { StackReport } from "../../scripts/policy/judge";
import { offlinePlan } from "../../scripts/policy/offline-plan";
import { describeReports, faultsOf } from "../../scripts/policy/report";
import { scanStacks } from "../../scripts/policy/scan";
import { say } from "../../scripts/support/print";
import { terraformBinary } from "../../scripts/terraform/binary";
import type { SynthesisedStack } from "../../scripts/terraform/manifest";
import { terraformEnvironment } from "../../scripts/terraform/provider-mirror";
import { allEnvironments, awsEnvironments } from "../../stacks/environments";
import { placeExamples } from "../support/examples";
import { Outputs, plainStack } from "../support/terraform";

const STACKS = ["operations", "network", "event-processing"];
const names = (environments: readonly { readonly name: string }[]) => environments.map(({ name }) => name);
const OURS = [
  ...names(allEnvironments).flatMap((name) => STACKS.map((stack) => `${name}-${stack}`)),
  ...names(awsEnvironments).map((name) => `${name}-state-bucket`),
  "examples",
];

describe("checkov, over each stack as synthesised and as planned", () => {
  const outputs = new Outputs();
  let reports: readonly StackReport[];
  const reportOf = (id: string) => reports.find(({ stack }) => stack === id) as StackReport;

  beforeAll(async () => {
    const ENVIRONMENTS = names(allEnvironments).join(",");
    const stacks = [
      ...outputs.ofProgram("main", "main.js", [], { ENVIRONMENTS }),
      ...outputs.ofProgram("bootstrap", "scripts/bootstrap.js", names(awsEnvironments), {}),
      ...outputs.ofApp("examples", (app) => {
        placeExamples(plainStack(app, "examples"));
        const faulty = plainStack(app, "faulty");
        new SqsQueue(faulty, "open", { name: "open", sqsManagedSseEnabled: false });
        const shut = new SqsQueue(faulty, "shut", { name: "shut", sqsManagedSseEnabled: true });
        skipCheck(shut, "CKV_AWS_27", "It is encrypted after all, so nothing is found.");
      }),
    ];
    const binary = await terraformBinary();
    const env = { ...process.env, ...terraformEnvironment(outputs.folder) };
    const plan = (stack: SynthesisedStack) =>
      offlinePlan(stack, { binary, env, folder: join(outputs.folder, "plans", stack.id) });
    reports = await scanStacks(stacks, { plan });
    say(`\n${describeReports(reports.filter(({ stack }) => stack !== "faulty"))}\n`);
  });
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
