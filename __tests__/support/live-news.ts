import { InvokeCommand, LambdaClient } from "@aws-sdk/client-lambda";
import { DescribeOrganizationCommand, OrganizationsClient } from "@aws-sdk/client-organizations";
import { CreateTopicCommand, PublishCommand, SNSClient, SubscribeCommand } from "@aws-sdk/client-sns";
import { SendMessageCommand, SQSClient } from "@aws-sdk/client-sqs";
import type { TerraformStack } from "cdktf";
import { clientConfig } from "../../scripts/local-aws/client";
import type { Terraform } from "../../scripts/terraform/driver";
import type { SynthesisedStack } from "../../scripts/terraform/manifest";
import { news } from "../fixtures/news";
import { LiveQueue } from "./live-queue";
import { LocalAccount } from "./local-account";
import { Outputs, plainStack } from "./terraform";

/** An account whose organisation `news` lets publish. */
export const SISTER = "333333333333";
const REFUSED = /not authorized|denied/i;

/** The stack `news`, applied in an account of its own. */
export class LiveNews {
  readonly inbox: LiveQueue;

  private constructor(
    readonly account: LocalAccount,
    readonly stack: SynthesisedStack,
    readonly terraform: Terraform,
    private readonly outputs: Outputs,
  ) {
    this.inbox = new LiveQueue(new SQSClient(clientConfig(account.env)), `${stack.id}_news_inbox_queue`);
  }

  /** @param more what a twin has besides */
  static async start(
    id: string,
    more: (made: ReturnType<typeof news>, stack: TerraformStack) => void = () => undefined,
  ): Promise<LiveNews> {
    const account = await LocalAccount.start();
    const outputs = new Outputs();
    // In the emulator every account that asks has an organisation of its own.
    const sister = clientConfig({ ...account.env, AWS_ACCESS_KEY_ID: SISTER });
    const { Organization } = await new OrganizationsClient(sister).send(new DescribeOrganizationCommand({}));
    const [stack] = outputs.ofApp(id, (app) => {
      const plain = plainStack(app, id);
      more(news(plain, Organization?.Id ?? ""), plain);
    });
    if (stack === undefined) throw new Error("nothing was synthesised");
    const terraform = await account.terraform(stack);
    await terraform.init();
    await terraform.apply();
    return new LiveNews(account, stack, terraform, outputs);
  }

  /** Publishes to the topic with the keys of an account. @throws Error where it is refused */
  publishAs(account: string, Message: string): Promise<unknown> {
    return this.sns(account).send(new PublishCommand({ TopicArn: this.arn("sns", "news"), Message }));
  }

  /** Sends to the queue itself, past the topic. @throws Error where it is refused */
  async sendAs(account: string, MessageBody: string): Promise<void> {
    const sqs = new SQSClient(this.config(account));
    await sqs.send(new SendMessageCommand({ QueueUrl: await this.inbox.url(), MessageBody }));
  }

  /** Has the function publish. @throws Error where it failed */
  async invokeEditor(message: string): Promise<void> {
    const { FunctionError } = await new LambdaClient(clientConfig(this.account.env)).send(
      new InvokeCommand({ FunctionName: `${this.stack.id}_editor`, Payload: JSON.stringify({ message }) }),
    );
    if (FunctionError) throw new Error(`the editor failed: ${FunctionError}`);
  }

  /** Subscribes the inbox to a topic of the same account that nobody let in, and publishes to that. */
  async impersonate(Message: string): Promise<void> {
    const sns = this.sns("123456789012");
    const { TopicArn } = await sns.send(new CreateTopicCommand({ Name: "impostor" }));
    const Endpoint = this.arn("sqs", "news_inbox_queue");
    const Attributes = { RawMessageDelivery: "true" };
    await sns.send(new SubscribeCommand({ TopicArn, Protocol: "sqs", Endpoint, Attributes }));
    await sns.send(new PublishCommand({ TopicArn, Message }));
  }

  async stop(): Promise<void> {
    await this.account.stop();
    this.outputs.remove();
  }

  private arn(service: string, name: string): string {
    return `arn:aws:${service}:eu-west-1:123456789012:${this.stack.id}_${name}`;
  }

  private sns(account: string): SNSClient {
    return new SNSClient(this.config(account));
  }

  private config(account: string) {
    return clientConfig({ ...this.account.env, AWS_ACCESS_KEY_ID: account });
  }
}

/** Whether a call was refused for want of permission. @throws whatever else went wrong */
export async function isRefused(call: Promise<unknown>): Promise<boolean> {
  try {
    await call;
    return false;
  } catch (error) {
    if (REFUSED.test((error as Error).message)) return true;
    throw error;
  }
}
