import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { SnsTopic } from "@cdktf/provider-aws/lib/sns-topic";
import { SnsTopicSubscription } from "@cdktf/provider-aws/lib/sns-topic-subscription";
import { SqsQueue } from "@cdktf/provider-aws/lib/sqs-queue";
import { projectRoot } from "../../scripts/support/paths";
import { stackNames } from "../support/environment-stacks";
import { Outputs, plainStack } from "../support/terraform";

/** The program as an operator runs it, on output folders of ours and of others. */
describe("npm run edges", () => {
  const outputs = new Outputs();
  afterAll(() => outputs.remove());

  const edges = (folder: string) => {
    const program = join(projectRoot, ".build", "scripts", "edges.js");
    const { status, stdout, stderr } = spawnSync(process.execPath, [program, join(outputs.folder, folder)], {
      encoding: "utf8",
    });
    return { status, text: stdout + stderr };
  };

  it("prints every edge of the stacks in a folder, and ends well where each is permitted", () => {
    outputs.ofProgram("ours", "main.js", [], { ENVIRONMENTS: "dev" });
    const { status, text } = edges("ours");
    expect(text).toMatch(/permitted +subscription delivers to queue +dev-event-processing\/orders/);
    expect(text).toMatch(
      new RegExp(
        `${stackNames.length} stacks, \\d+ edges: 0 unpermitted, 0 permissions unasked for, 0 services without source`,
      ),
    );
    expect(status).toBe(0);
  });

  it("ends with 1 where one is not, and says which statement is missing where", () => {
    outputs.ofApp("theirs", (app) => {
      const stack = plainStack(app, "theirs");
      new SnsTopicSubscription(stack, "subscription", {
        topicArn: new SnsTopic(stack, "topic", { name: "topic" }).arn,
        protocol: "sqs",
        endpoint: new SqsQueue(stack, "queue", { name: "queue" }).arn,
      });
    });
    const { status, text } = edges("theirs");
    expect(text).toMatch(/theirs\/queue +nothing allows sqs:SendMessage +\{"Effect":"Allow"/);
    expect(text).toMatch(/1 stacks, 3 edges: 1 unpermitted/);
    expect(status).toBe(1);
  });

  it("rejects a folder in which nothing was synthesised", () => {
    expect(edges("nowhere")).toMatchObject({
      status: 1,
      text: expect.stringMatching(/manifest\.json does not exist/),
    });
  });
});
