import { SnsTopic } from "@cdktf/provider-aws/lib/sns-topic";
import { SqsQueue } from "@cdktf/provider-aws/lib/sqs-queue";
import { synthesize } from "../../testing";

/** A reader of stacks that answers with the wrong resource would make other tests lie. */
describe("the reader of a synthesised stack", () => {
  const made = () =>
    synthesize((stack) => {
      for (const id of ["a", "b"]) new SqsQueue(stack, id, { name: id });
    });

  it("rejects the only one where there are two, or none, saying which there are", () => {
    expect(() => made().one(SqsQueue)).toThrow("2 aws_sqs_queue, not one: a, b");
    expect(() => made().one(SnsTopic)).toThrow("0 aws_sns_topic, not one");
  });

  it("rejects a path that nothing has, saying which there are", () => {
    expect(() => made().at("c", SqsQueue)).toThrow('no aws_sqs_queue at "c", only at: a, b');
    expect(made().at("b", SqsQueue).name).toBe("b");
  });
});
