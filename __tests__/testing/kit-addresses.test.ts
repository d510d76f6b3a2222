import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DataAwsVpc } from "@cdktf/provider-aws/lib/data-aws-vpc";
import { SnsTopic } from "@cdktf/provider-aws/lib/sns-topic";
import { SqsQueue } from "@cdktf/provider-aws/lib/sqs-queue";
import { compareAddresses, describeAddressChanges, holdAddresses, synthesize } from "../../testing";

const queues = (...ids: string[]) =>
  synthesize((stack) => {
    for (const id of ids) new SqsQueue(stack, id, { name: id });
  });

describe("two lists of addresses", () => {
  it("that are equal differ in nothing, whatever their order", () => {
    const changes = compareAddresses(["aws_a.x", "aws_b.y"], ["aws_b.y", "aws_a.x"]);
    expect(changes).toEqual({ moved: [], removed: [], added: [], shipped: [] });
    expect(describeAddressChanges("anything", changes)).toBe("");
  });

  it("are paired within a type only", () => {
    expect(compareAddresses(["aws_sqs_queue.orders"], ["aws_sns_topic.orders"])).toMatchObject({
      moved: [],
      removed: ["aws_sqs_queue.orders"],
      added: ["aws_sns_topic.orders"],
    });
  });

  it("are paired by likeness, the hash of a path aside", () => {
    const before = ["aws_q.orders_billing_queue_11111111", "aws_q.orders_audit_queue_22222222", "aws_q.gone"];
    const after = ["aws_q.orders_audit_inbox_33333333", "aws_q.orders_billing_inbox_22222222"];
    expect(compareAddresses(before, after)).toMatchObject({
      moved: [
        { from: "aws_q.orders_audit_queue_22222222", to: "aws_q.orders_audit_inbox_33333333" },
        { from: "aws_q.orders_billing_queue_11111111", to: "aws_q.orders_billing_inbox_22222222" },
      ],
      removed: ["aws_q.gone"],
      added: [],
    });
  });

  it("need no move that the stack ships", () => {
    const move = { from: "aws_q.a", to: "aws_q.b" };
    const changes = compareAddresses(["aws_q.a"], ["aws_q.b"], [move, { from: "aws_q.x", to: "aws_q.b" }]);
    expect(changes).toEqual({ moved: [], removed: [], added: [], shipped: [move] });
  });
});

describe("a file of accepted addresses", () => {
  let folder: string;
  let file: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "addresses-"));
    file = join(folder, "below", "orders.json");
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  const accept = (stacks: Parameters<typeof holdAddresses>[1]) => {
    process.env.ACCEPT_ADDRESSES = "1";
    try {
      holdAddresses(file, stacks);
    } finally {
      delete process.env.ACCEPT_ADDRESSES;
    }
  };

  it("is written when told so, and holds from then on", () => {
    accept({ example: queues("b", "a") });
    expect(JSON.parse(readFileSync(file, "utf8"))).toEqual({
      example: ["aws_sqs_queue.a", "aws_sqs_queue.b"],
    });
    holdAddresses(file, { example: queues("a", "b") });
  });

  it("rejects what was never accepted, and writes nothing by itself", () => {
    for (const _ of [1, 2]) {
      expect(() => holdAddresses(file, { example: queues("a") })).toThrow(
        `no addresses were accepted yet: look at each, then set ACCEPT_ADDRESSES=1 to write them to ${file}`,
      );
    }
  });

  it("rejects a changed address with the move that it needs, in Terraform's words and in cdktf's", () => {
    accept({ example: queues("orders") });
    expect(() => holdAddresses(file, { example: queues("incoming-orders") })).toThrow(
      [
        "addresses of example:",
        "  changed: aws_sqs_queue.orders → aws_sqs_queue.incoming-orders: users lose the resource unless it is moved.",
        "    moved { from = aws_sqs_queue.orders, to = aws_sqs_queue.incoming-orders }",
        '    in cdktf: renamed.moveFromId("aws_sqs_queue.orders")',
        '    or, while both are in the code: renamed.addMoveTarget("it"), old.moveTo("it")',
        "look at each",
      ].join("\n"),
    );
  });

  it.each([
    ["removed", ["a"], "  removed: aws_sqs_queue.b: users lose the resource (a major version)."],
    ["added", ["a", "b", "c"], "  added: aws_sqs_queue.c (a minor version)."],
  ])("rejects one that was %s, and says what version that asks for", (_, ids, message) => {
    accept({ example: queues("a", "b") });
    expect(() => holdAddresses(file, { example: queues(...ids) })).toThrow(
      `addresses of example:\n${message}\nlook at each`,
    );
  });

  it("rejects a shipped move too, as one that is not accepted yet, and asks for no other", () => {
    accept({ example: queues("orders") });
    const moved = synthesize((stack) => {
      new SqsQueue(stack, "incoming", { name: "a" }).moveFromId("aws_sqs_queue.orders");
    });
    expect(() => holdAddresses(file, { example: moved })).toThrow(
      "addresses of example:\n  moved by a block that is shipped: aws_sqs_queue.orders → aws_sqs_queue.incoming.\nlook at each",
    );
  });

  it("rejects every stack's changes at once, those of one that left too", () => {
    accept({ first: queues("a"), second: queues("b") });
    const topic = synthesize((stack) => new SnsTopic(stack, "topic", { name: "a" }));
    expect(() => holdAddresses(file, { first: topic })).toThrow(
      /addresses of first:\n {2}removed: .*\.a.*\n {2}added: .*\.topic.*\naddresses of second:\n {2}removed: .*\.b/,
    );
  });

  it("knows resources only: what a data source reads is in nobody's state", () => {
    const { addresses } = synthesize((stack) => {
      new SqsQueue(stack, "a", { name: "a" });
      new DataAwsVpc(stack, "b", { cidrBlock: "10.0.0.0/16" });
    });
    expect(addresses).toEqual(["aws_sqs_queue.a"]);
  });
});
