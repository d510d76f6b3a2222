import { randomUUID } from "node:crypto";
import { GetKeyPolicyCommand, KMSClient } from "@aws-sdk/client-kms";
import { InvokeCommand, LambdaClient } from "@aws-sdk/client-lambda";
import { DescribeOrganizationCommand, OrganizationsClient } from "@aws-sdk/client-organizations";
import { PublishCommand, SNSClient } from "@aws-sdk/client-sns";
import { SendMessageCommand, SQSClient } from "@aws-sdk/client-sqs";
import type { TerraformStack } from "cdktf";
import { clientConfig } from "../../scripts/local-aws/client";
import type { Terraform } from "../../scripts/terraform/driver";
import type { SynthesisedStack } from "../../scripts/terraform/manifest";
import { type Context, decide, readPolicy } from "../../testing/policies";
import { news } from "../fixtures/news";
import { attributeAt } from "./applied";
import { Deliveries } from "./deliveries";
import { Impostor } from "./impostor";
import { isRefused } from "./is-refused";
import { LiveQueue } from "./live-queue";
import { LiveRole } from "./live-role";
import { LocalAccount } from "./local-account";
import { Outputs, plainStack } from "./terraform";

/** An account whose organisation `news` lets publish. */
export const SISTER = "333333333333";
const HOME = "123456789012";

const EVERYTHING = { Version: "2012-10-17", Statement: { Effect: "Allow", Action: "*", Resource: "*" } };

/** The stack `news`, applied in an account of its own. */
export class LiveNews {
  readonly inbox: LiveQueue;
  private readonly impostor: Impostor;
  private readonly deliveries: Deliveries;

  private constructor(
    readonly account: LocalAccount,
    readonly stack: SynthesisedStack,
    readonly terraform: Terraform,
    private readonly outputs: Outputs,
    private readonly keyArn: string,
    /** The organisation that may publish. */
    readonly organization: string,
  ) {
    this.inbox = this.queue(`${stack.id}_news_inbox_queue`);
    this.impostor = new Impostor(account.env);
    this.deliveries = new Deliveries(account.log("ministack"));
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
    const organization = Organization?.Id ?? "";
    const [stack] = outputs.ofApp(id, (app) => {
      const plain = plainStack(app, id);
      more(news(plain, organization), plain);
    });
    if (stack === undefined) throw new Error("nothing was synthesised");
    const terraform = await account.terraform(stack);
    await terraform.init();
    await terraform.apply();
    const keyArn = attributeAt(await terraform.state(), "aws_kms_key.news", "arn");
    return new LiveNews(account, stack, terraform, outputs, keyArn, organization);
  }

  /** Publishes to the topic with the keys of an account. @throws Error where it is refused */
  publishAs(account: string, Message: string): Promise<unknown> {
    return this.sns(account).send(new PublishCommand({ TopicArn: this.topicArn, Message }));
  }

  /** Sends to the queue itself, past the topic. @throws Error where it is refused */
  async sendAs(account: string, MessageBody: string): Promise<void> {
    const sqs = new SQSClient(this.config(account));
    await sqs.send(new SendMessageCommand({ QueueUrl: await this.inbox.url(), MessageBody }));
  }

  /** Has the function publish. @throws Error where it failed */
  async invokeEditor(message: string): Promise<void> {
    const { FunctionError, Payload } = await new LambdaClient(clientConfig(this.account.env)).send(
      new InvokeCommand({ FunctionName: `${this.stack.id}_editor`, Payload: JSON.stringify({ message }) }),
    );
    if (FunctionError) throw new Error(`the editor failed: ${Buffer.from(Payload ?? []).toString()}`);
  }

  /** Whether the function cannot use the topic's key itself. */
  keepsKeyFromEditor(): Promise<boolean> {
    return new LiveRole(this.account.env, `${this.stack.id}_editor_role`).isKeptFrom(this.keyArn);
  }

  /** Has a topic that nobody let in send to the inbox. */
  impersonate(message: string): Promise<void> {
    return this.impostor.publish(this.inbox.name, message);
  }

  /** Whether what the call publishes is let in and comes out at the inbox. */
  async isPublished(publish: (message: string) => Promise<unknown>): Promise<boolean> {
    const message = randomUUID();
    let refused = false;
    const attempt = async () => {
      refused = await isRefused(publish(message));
    };
    const look = async () => (refused ? "refused" : await isIn(this.inbox, message)) || undefined;
    return (await this.deliveries.after(attempt, this.topicArn, this.inbox.name, look)) === true;
  }

  /** Whether what an impostor publishes does not come to the inbox. */
  async turnsImpostorsAway(): Promise<boolean> {
    const message = randomUUID();
    const { name } = this.inbox;
    const seen = await this.deliveries.after(
      () => this.impostor.publish(name, message),
      this.impostor.topicArn(name),
      name,
      async () => (await isIn(this.inbox, message)) || undefined,
    );
    return seen === "denied";
  }

  /**
   * Whether the key's live policy lets an account use the key, through SNS or itself, as our evaluator reads it: the emulator
   * finds no key of another account.
   */
  async keyIsOpenTo(account: string, context: Context): Promise<boolean> {
    const { Policy = "" } = await new KMSClient(this.config(HOME)).send(
      new GetKeyPolicyCommand({ KeyId: this.keyArn, PolicyName: "default" }),
    );
    const outcomes = ["kms:Decrypt", "kms:GenerateDataKey"].map(
      (action) =>
        decide(
          { principal: { arn: `arn:aws:iam::${account}:root` }, action, resource: this.keyArn, context },
          { identity: [readPolicy(EVERYTHING)], resource: readPolicy(Policy) },
        ).outcome,
    );
    return outcomes.every((outcome) => outcome === "allowed");
  }

  async stop(): Promise<void> {
    await this.account.stop();
    this.outputs.remove();
  }

  private queue(name: string): LiveQueue {
    return new LiveQueue(new SQSClient(clientConfig(this.account.env)), name);
  }

  private get topicArn(): string {
    return `arn:aws:sns:eu-west-1:${HOME}:${this.stack.id}_news`;
  }

  private sns(account: string): SNSClient {
    return new SNSClient(this.config(account));
  }

  private config(account: string) {
    return clientConfig({ ...this.account.env, AWS_ACCESS_KEY_ID: account });
  }
}

async function isIn(queue: LiveQueue, message: string): Promise<boolean> {
  return (await queue.take()).some(({ Body }) => Body === message);
}
