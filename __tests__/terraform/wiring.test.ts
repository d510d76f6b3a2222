import { SnsTopicSubscription } from "@cdktf/provider-aws/lib/sns-topic-subscription";
import { SqsQueue } from "@cdktf/provider-aws/lib/sqs-queue";
import { example as fanOut } from "../../modules/event-processing/fan-out/example";
import { checkWiring, readStack, type SynthesisedStack } from "../../testing";
import { Outputs, plainStack } from "../support/terraform";

const outputs = new Outputs();
afterAll(() => outputs.remove());

describe("a fan-out that is applied with a mocked provider", () => {
  const [stack] = outputs.ofApp("fan-out", (app) => {
    const stack = plainStack(app, "fan-out");
    fanOut(stack);
    new SqsQueue(stack, "kept", { lifecycle: { preventDestroy: true } });
  }) as [SynthesisedStack];
  const read = readStack(stack);
  const subscription = read.addressAt("orders/billing/subscription", SnsTopicSubscription);
  const billing = read.addressAt("orders/billing/queue", SqsQueue);
  const dead = read.addressAt("orders/billing/queue/dead-letters", SqsQueue);

  it("has each subscription end at its own queue, and the queue at its dead letters", async () => {
    const claims = {
      "billing's subscription ends at billing's queue": `${subscription}.endpoint == ${billing}.arn`,
      "what billing fails at goes to its dead letters": `jsondecode(${billing}.redrive_policy).deadLetterTargetArn == ${dead}.arn`,
    };
    expect(await checkWiring(stack, claims)).toEqual([]);
  });

  it("tells a claim that does not hold by what it says and the values compared, and the right one not", async () => {
    const claims = {
      "ends at its dead letters": `${subscription}.endpoint == ${dead}.arn`,
      right: `${billing}.name != null`,
    };
    const [id, deadId] = [billing, dead].map((each) => each.split(".")[1]);
    expect(await checkWiring(stack, claims)).toEqual([
      expect.stringMatching(
        new RegExp(
          `^ends at its dead letters: .*is "arn:aws:sqs:[^"]*:${id}".*is "arn:aws:sqs:[^"]*:${deadId}"`,
        ),
      ),
    ]);
  });
});
