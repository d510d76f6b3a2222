import { join } from "node:path";
import { InvokeCommand, LambdaClient } from "@aws-sdk/client-lambda";
import { DescribeOrganizationCommand, OrganizationsClient } from "@aws-sdk/client-organizations";
import {
  CreateTopicCommand,
  DeleteTopicCommand,
  PublishCommand,
  SNSClient,
  SubscribeCommand,
} from "@aws-sdk/client-sns";
import { SendMessageCommand, SQSClient } from "@aws-sdk/client-sqs";
import type { TerraformStack } from "cdktf";
import { NodeFunction } from "../../modules/compute";
import { FanOut } from "../../modules/event-processing";
import { clientConfig } from "../../scripts/local-aws/client";
import type { Terraform } from "../../scripts/terraform/driver";
import type { PublisherEnv } from "../fixtures/publisher";
import { LiveQueue } from "../support/live-queue";
import { LiveRole } from "../support/live-role";
import { LocalAccount } from "../support/local-account";
import { Outputs, plainStack } from "../support/terraform";

const [PARTNER, SISTER, STRANGER] = ["222222222222", "333333333333", "444444444444"];
const TOPIC = "arn:aws:sns:eu-west-1:123456789012:publishers_news";

/** News: `a function, another account, an organisation → topic → inbox`. */
function news(stack: TerraformStack, organizationId: string): void {
  const fanOut = new FanOut(stack, "news", { subscribers: { inbox: {} } });
  const editor = new NodeFunction<PublisherEnv>(stack, "editor", {
    source: { entry: join(__dirname, "..", "fixtures", "publisher.ts") },
    environment: { TOPIC_ARN: fanOut.topic.arn },
  });
  fanOut.grantPublish(editor);
  fanOut.allowPublishFromAccount(PARTNER);
  fanOut.allowPublishFromOrganization(organizationId);
}

describe("who may publish to a fan-out, applied", () => {
  const outputs = new Outputs();
  let account: LocalAccount;
  let terraform: Terraform;
  let inbox: LiveQueue;

  const as = (key: string) => clientConfig({ ...account.env, AWS_ACCESS_KEY_ID: key });
  const publishAs = (key: string, Message: string) =>
    new SNSClient(as(key)).send(new PublishCommand({ TopicArn: TOPIC, Message }));
  const invokeEditor = async (message: string) => {
    const { FunctionError } = await new LambdaClient(clientConfig(account.env)).send(
      new InvokeCommand({ FunctionName: "publishers_editor", Payload: JSON.stringify({ message }) }),
    );
    if (FunctionError) throw new Error(FunctionError);
  };
  const arrived = async (count: number) => (await inbox.takeAtLeast(count)).map(({ Body }) => Body);

  beforeAll(async () => {
    account = await LocalAccount.start();
    // In the emulator every account that asks has an organisation of its own.
    const { Organization } = await new OrganizationsClient(as(SISTER)).send(
      new DescribeOrganizationCommand({}),
    );
    const [stack] = outputs.ofApp("publishers", (app) =>
      news(plainStack(app, "publishers"), Organization?.Id ?? ""),
    );
    if (stack === undefined) throw new Error("nothing was synthesised");
    terraform = await account.terraform(stack);
    await terraform.init();
    await terraform.apply();
    expect((await terraform.plan()).changes).toEqual([]);
    inbox = new LiveQueue(new SQSClient(clientConfig(account.env)), "publishers_news_inbox_queue");
  });
  afterAll(async () => {
    await account.stop();
    outputs.remove();
  });

  it("lets a function that was granted it, and no longer once the grant is gone", async () => {
    await invokeEditor("from the editor");
    expect(await arrived(1)).toEqual(["from the editor"]);
    await new LiveRole(account.env, "publishers_editor_role").without(
      "sns:Publish",
      ":publishers_news",
      async () => {
        await expect(invokeEditor("without a grant")).rejects.toThrow("Unhandled");
      },
    );
    expect(await inbox.depth()).toBe(0);
  });

  it("lets the account and the organisation that were named, and rejects another account", async () => {
    await publishAs(PARTNER, "from the partner");
    await publishAs(SISTER, "from the organisation");
    expect((await arrived(2)).sort()).toEqual(["from the organisation", "from the partner"]);
    await expect(publishAs(STRANGER, "from a stranger")).rejects.toThrow(
      /not authorized to perform: sns:Publish/,
    );
    expect(await inbox.depth()).toBe(0);
  });

  it("rejects what another topic of the account, or another account, sends to the queue itself", async () => {
    const sns = new SNSClient(clientConfig(account.env));
    const { TopicArn } = await sns.send(new CreateTopicCommand({ Name: "impostor" }));
    const Endpoint = "arn:aws:sqs:eu-west-1:123456789012:publishers_news_inbox_queue";
    await sns.send(
      new SubscribeCommand({
        TopicArn,
        Protocol: "sqs",
        Endpoint,
        Attributes: { RawMessageDelivery: "true" },
      }),
    );
    await sns.send(new PublishCommand({ TopicArn, Message: "from an impostor" }));
    const QueueUrl = await inbox.url();
    for (const key of [PARTNER, STRANGER]) {
      await expect(
        new SQSClient(as(key)).send(new SendMessageCommand({ QueueUrl, MessageBody: "past the topic" })),
      ).rejects.toThrow(/not authorized|denied/i);
    }
    await publishAs("123456789012", "from home");
    expect(await arrived(1)).toEqual(["from home"]);
    await sns.send(new DeleteTopicCommand({ TopicArn }));
  });

  it("is destroyed and leaves nothing", async () => {
    await terraform.destroy();
    expect(await terraform.resources()).toEqual([]);
    expect((await account.remains()).filter((line) => !/impostor/.test(line))).toEqual([]);
  });
});
