import { PublishCommand, SNSClient } from "@aws-sdk/client-sns";
import {
  DeleteMessageCommand,
  GetQueueUrlCommand,
  type Message,
  ReceiveMessageCommand,
  SQSClient,
} from "@aws-sdk/client-sqs";
import { fifoExample } from "../../modules/event-processing/fan-out/example";
import { clientConfig } from "../../scripts/local-aws/client";
import { eventually, LocalAccount } from "../support/local-account";
import { Outputs, plainStack } from "../support/terraform";

describe("a FIFO fan-out, applied", () => {
  const outputs = new Outputs();
  let account: LocalAccount;
  let sns: SNSClient;
  let sqs: SQSClient;

  beforeAll(async () => {
    account = await LocalAccount.start();
    const [stack] = outputs.ofApp("fifo", (app) => void fifoExample(plainStack(app, "fifo")));
    if (stack === undefined) throw new Error("nothing was synthesised");
    const terraform = await account.terraform(stack);
    await terraform.init();
    await terraform.apply();
    const plan = await terraform.plan();
    expect(plan.changes).toEqual([]);
    sns = new SNSClient(clientConfig(account.env));
    sqs = new SQSClient(clientConfig(account.env));
  });
  afterAll(async () => {
    await account.stop();
    outputs.remove();
  });

  const publish = (group: string, number: number) =>
    sns.send(
      new PublishCommand({
        TopicArn: "arn:aws:sns:eu-west-1:123456789012:fifo_payments.fifo",
        Message: `${group}-${number}`,
        MessageGroupId: group,
      }),
    );

  /** Takes messages until `count` came; a FIFO queue hands out the next of a group when the one before is gone. */
  const take = async (queue: string, count: number): Promise<string[]> => {
    const { QueueUrl } = await sqs.send(new GetQueueUrlCommand({ QueueName: `fifo_payments_${queue}` }));
    const taken: string[] = [];
    await eventually(`${count} messages in ${queue}`, async () => {
      const { Messages = [] } = await sqs.send(
        new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10 }),
      );
      for (const { Body = "", ReceiptHandle } of Messages as Message[]) {
        taken.push(Body);
        await sqs.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle }));
      }
      return taken.length >= count || undefined;
    });
    const { Messages = [] } = await sqs.send(new ReceiveMessageCommand({ QueueUrl, WaitTimeSeconds: 2 }));
    return [...taken, ...(Messages as Message[]).map(({ Body = "" }) => Body)];
  };

  it("keeps the order within each group, and drops what is published twice", async () => {
    const numbers = [1, 2, 3, 4, 5, 6];
    for (const number of numbers) {
      await publish("a", number);
      await publish("b", number);
      await publish("a", number);
    }
    const taken = await take("ledger_queue.fifo", 12);
    for (const group of ["a", "b"]) {
      expect(taken.filter((body) => body.startsWith(group))).toEqual(
        numbers.map((number) => `${group}-${number}`),
      );
    }
    expect(taken).toHaveLength(12);
    expect((await take("report_queue", 12)).sort()).toEqual([...taken].sort());
  });
});
