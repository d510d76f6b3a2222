import { cpuUsage } from "node:process";
import { DataAwsVpc } from "@cdktf/provider-aws/lib/data-aws-vpc";
import { AwsProvider } from "@cdktf/provider-aws/lib/provider";
import { SnsTopic } from "@cdktf/provider-aws/lib/sns-topic";
import { SqsQueue } from "@cdktf/provider-aws/lib/sqs-queue";
import { SqsQueuePolicy } from "@cdktf/provider-aws/lib/sqs-queue-policy";
import { type App, TerraformOutput, TerraformStack } from "cdktf";
import { Construct } from "constructs";
import { example as nodeFunction } from "../../modules/compute/node-function/example";
import { FanOut } from "../../modules/event-processing";
import { example as stateBucket } from "../../modules/operations/state-bucket/example";
import { type Synthesized, statementsOf, synthesize, synthesizeApp } from "../../testing";

/** A reader of stacks that answers with the wrong resource would make other tests lie. */
describe("the reader of a synthesised stack", () => {
  const made = () =>
    synthesize((stack) => {
      for (const id of ["a", "b"]) new SqsQueue(stack, id, { name: id });
      const { arn } = new DataAwsVpc(stack, "there", { cidrBlock: "10.0.0.0/16" });
      new TerraformOutput(stack, "vpc", { value: arn });
    });

  it("rejects the only one where there are two, or none, saying which there are", () => {
    expect(() => made().one(SqsQueue)).toThrow("2 aws_sqs_queue, not one: a, b");
    expect(() => made().one(SnsTopic)).toThrow("0 aws_sns_topic, not one");
  });

  it("rejects a path that nothing has, saying which there are", () => {
    expect(() => made().at("c", SqsQueue)).toThrow('no aws_sqs_queue at "c", only at: a, b');
    expect(made().at("b", SqsQueue).name).toBe("b");
  });

  it("knows the arguments of a class by their names in Terraform", () => {
    const { name, message_retention_seconds: seconds } = made().at("a", SqsQueue);
    expect([name, seconds]).toEqual(["a", undefined]);
    // @ts-expect-error a misspelt argument does not compile, or it would be undefined as well
    expect(made().at("a", SqsQueue).message_retention_second).toBeUndefined();
    // @ts-expect-error nor does the name in TypeScript
    expect(made().at("a", SqsQueue).messageRetentionSeconds).toBeUndefined();
  });

  it("takes a type by its name too, whose arguments nobody knows", () => {
    expect(made().at("a", { tfResourceType: "aws_sqs_queue" }).name).toBe("a");
  });

  it("reads data sources, outputs and providers", () => {
    expect(made().dataSources(DataAwsVpc)).toEqual({
      there: expect.objectContaining({ cidr_block: "10.0.0.0/16" }),
    });
    expect(made().outputs).toEqual({ vpc: "${data.aws_vpc.there.arn}" });
    expect(made().providers(AwsProvider)).toEqual([{ region: "eu-west-1" }]);
  });
});

describe("policies", () => {
  it("are found wherever a resource holds one, with its place and its statements", () => {
    const { policies } = synthesize((stack) => {
      new FanOut(stack, "orders", { subscribers: { billing: {} } });
      for (const example of [nodeFunction, stateBucket]) example(stack);
    });
    const found = policies.map(({ path, argument }) => `${path} ${argument}`);
    expect(found.sort()).toEqual([
      "billing/role assume_role_policy",
      "billing/role/policy policy",
      "logs-key/policy policy",
      "orders/billing/queue/dead-letters/policy policy",
      "orders/billing/queue/policy policy",
      "orders/billing/undelivered/policy policy",
      "orders/key/policy policy",
      "orders/policy policy",
      "state/key/policy policy",
      "state/policy policy",
    ]);
    expect(policies.map(({ statements: [first] }) => first?.Effect)).not.toContain(undefined);
  });

  it("read one statement without a list, and pass over what only looks like a policy", () => {
    const one = JSON.stringify({ Statement: { Effect: "Deny", Action: "sqs:*" } });
    expect(statementsOf(one)).toEqual([{ Effect: "Deny", Action: "sqs:*" }]);
    const { policies } = synthesize((stack) => {
      const { url } = new SqsQueue(stack, "queue", { name: '{ "Statement": not one }' });
      new SqsQueuePolicy(stack, "policy", { queueUrl: url, policy: one });
    });
    expect(policies.map(({ address }) => address)).toEqual(["aws_sqs_queue_policy.policy"]);
  });

  it.each([undefined, "", "{}", "${data.aws_iam_policy_document.there.json}"])(
    "rejects %p, which is none",
    (text) => {
      expect(() => statementsOf(text)).toThrow(/^no policy but .*: give the JSON text/);
    },
  );
});

describe("a synthesis", () => {
  it("prepares every stack before it writes the first, so that one knows what another reads", () => {
    const { producer, consumer } = synthesizeApp((app) => {
      const producer = new TerraformStack(app, "producer");
      new AwsProvider(producer, "aws", { region: "eu-west-1" });
      const { arn } = new SqsQueue(producer, "queue", { name: "a" });
      const consumer = new TerraformStack(app, "consumer");
      new AwsProvider(consumer, "aws", { region: "eu-west-1" });
      new SnsTopic(consumer, "topic", { name: arn });
    }) as { producer: Synthesized; consumer: Synthesized };
    const output = "cross-stack-output-aws_sqs_queuequeuearn";
    expect(producer.outputs).toEqual({ [output]: "${aws_sqs_queue.queue.arn}" });
    expect(consumer.one(SnsTopic).name).toBe(
      `\${data.terraform_remote_state.cross-stack-reference-input-producer.outputs.${output}}`,
    );
  });

  it("rejects what a validation finds", () => {
    const build = () =>
      synthesize((stack) => {
        const home = new Construct(stack, "home");
        home.node.addValidation({ validate: () => ["nobody lives here"] });
      });
    expect(build).toThrow(/nobody lives here/);
  });

  /** Stack traces that were taken for tokens while the work was done. */
  const tracesOf = (work: () => void): number => {
    const before = Error.captureStackTrace;
    let taken = 0;
    const counting: typeof before = (target, below) => {
      if ((target as { stack?: unknown }).stack === "") taken += 1;
      before(target, below);
    };
    Error.captureStackTrace = counting;
    try {
      work();
      expect(Error.captureStackTrace).toBe(counting);
    } finally {
      Error.captureStackTrace = before;
    }
    return taken;
  };
  const some = () => synthesize((stack) => new SqsQueue(stack, "a", { name: "a" }));

  it("takes no stack trace of a token, and leaves the process as it was", () => {
    expect(tracesOf(some)).toBe(0);
    expect(tracesOf(() => expect(() => synthesize(() => fail())).toThrow("broken"))).toBe(0);
  });

  it("takes them where DEBUG_TOKEN_TRACES says so", () => {
    process.env.DEBUG_TOKEN_TRACES = "1";
    try {
      expect(tracesOf(some)).toBeGreaterThan(0);
    } finally {
      delete process.env.DEBUG_TOKEN_TRACES;
    }
  });

  it("costs in proportion to its size", () => {
    const chain = (length: number) => (app: App) => {
      const stack = new TerraformStack(app, "chain");
      new AwsProvider(stack, "aws", { region: "eu-west-1" });
      let name = "first";
      for (let index = 0; index < length; index += 1) {
        name = new SqsQueue(stack, `queue-${index}`, { name }).name;
      }
    };
    // Time of this process alone, whatever else the machine does; the least of several runs.
    const cost = (length: number, runs: number) => {
      const all = Array.from({ length: runs }, () => {
        const before = cpuUsage();
        synthesizeApp(chain(length));
        return cpuUsage(before).user;
      });
      return Math.min(...all);
    };
    cost(100, 1);
    const [small, large] = [cost(500, 2), cost(4000, 1)];
    // Eight times as much; Testing.synth, whose cost is quadratic, comes to more than twenty.
    expect(large / small).toBeLessThan(14);
  });
});

function fail(): never {
  throw new Error("broken");
}
