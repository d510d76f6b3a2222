import { SqsQueue } from "@cdktf/provider-aws/lib/sqs-queue";
import { Construct } from "constructs";
import { type SynthesisedStack, validateStacks } from "../../testing";
import { placeExamples } from "../support/examples";
import { ourIds, ourStacks } from "../support/our-stacks";
import { Outputs, plainStack } from "../support/terraform";

describe("the real provider", () => {
  const outputs = new Outputs();
  let faults: Readonly<Record<string, readonly string[]>>;
  let stacks: readonly SynthesisedStack[];

  beforeAll(async () => {
    stacks = [
      ...ourStacks(outputs),
      ...outputs.ofApp("examples", (app) => {
        placeExamples(plainStack(app, "examples"));
        const faulty = plainStack(app, "faulty");
        new SqsQueue(new Construct(faulty, "inner"), "wrong", { name: "a", delaySeconds: -1 });
      }),
    ];
    faults = await validateStacks(stacks);
  });
  afterAll(() => outputs.remove());

  it.each([...ourIds, "examples"])("finds no fault in %s", (id) => {
    expect(faults[id]).toEqual([]);
  });

  it("was asked about every stack there is", () => {
    expect(stacks.map(({ id }) => id).sort()).toEqual([...ourIds, "examples", "faulty"].sort());
  });

  it("finds a planted fault, told by construct path and message", () => {
    expect(faults.faulty).toEqual([
      expect.stringMatching(/faulty\/inner\/wrong.*delay_seconds.*\(0 - 900\)/s),
    ]);
  });
});
