import { SqsQueue } from "@cdktf/provider-aws/lib/sqs-queue";
import { Construct } from "constructs";
import { allEnvironments, awsEnvironments } from "../../stacks/environments";
import { type SynthesisedStack, validateStacks } from "../../testing";
import { placeExamples } from "../support/examples";
import { Outputs, plainStack } from "../support/terraform";

const STACKS = ["operations", "network", "event-processing"];
const names = (environments: readonly { readonly name: string }[]) => environments.map(({ name }) => name);

describe("the real provider", () => {
  const outputs = new Outputs();
  let faults: Readonly<Record<string, readonly string[]>>;
  let stacks: readonly SynthesisedStack[];

  beforeAll(async () => {
    const ENVIRONMENTS = names(allEnvironments).join(",");
    stacks = [
      ...outputs.ofProgram("main", "main.js", [], { ENVIRONMENTS }),
      ...outputs.ofProgram("bootstrap", "scripts/bootstrap.js", names(awsEnvironments), {}),
      ...outputs.ofApp("examples", (app) => {
        placeExamples(plainStack(app, "examples"));
        const faulty = plainStack(app, "faulty");
        new SqsQueue(new Construct(faulty, "inner"), "wrong", { name: "a", delaySeconds: -1 });
      }),
    ];
    faults = await validateStacks(stacks);
  });
  afterAll(() => outputs.remove());

  it.each([
    ...names(allEnvironments).flatMap((name) => STACKS.map((stack) => `${name}-${stack}`)),
    ...names(awsEnvironments).map((name) => `${name}-state-bucket`),
    "examples",
  ])("finds no fault in %s", (id) => {
    expect(faults[id]).toEqual([]);
  });

  it("was asked about every stack there is", () => {
    expect(stacks).toHaveLength(
      names(allEnvironments).length * STACKS.length + names(awsEnvironments).length + 2,
    );
  });

  it("finds a planted fault, told by construct path and message", () => {
    expect(faults.faulty).toEqual([
      expect.stringMatching(/faulty\/inner\/wrong.*delay_seconds.*\(0 - 900\)/s),
    ]);
  });
});
