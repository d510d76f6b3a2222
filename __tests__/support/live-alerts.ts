import { readFileSync } from "node:fs";
import { EventBridgeClient, ListRulesCommand, PutEventsCommand } from "@aws-sdk/client-eventbridge";
import { ListQueuesCommand, SQSClient } from "@aws-sdk/client-sqs";
import { clientConfig } from "../../scripts/local-aws/client";
import type { Terraform } from "../../scripts/terraform/driver";
import type { SynthesisedStack } from "../../scripts/terraform/manifest";
import { alerts } from "../fixtures/alerts";
import type { RecordedEvent } from "../fixtures/cloudtrail-events";
import { LiveQueue } from "./live-queue";
import { LocalAccount } from "./local-account";
import { Outputs, plainStack } from "./terraform";

/** The stack `alerts`, applied in an account of its own that takes recorded events of AWS. */
export class LiveAlerts {
  /** What the topic publishes, in the place of mails. */
  readonly mails: LiveQueue;
  /** What the second target gets. */
  readonly record: LiveQueue;

  private constructor(
    readonly account: LocalAccount,
    readonly stack: SynthesisedStack,
    readonly terraform: Terraform,
    private readonly outputs: Outputs,
  ) {
    const sqs = new SQSClient(clientConfig(account.env));
    this.mails = new LiveQueue(sqs, `${stack.id}_mails`);
    this.record = new LiveQueue(sqs, `${stack.id}_record`);
  }

  static async start(): Promise<LiveAlerts> {
    const account = await LocalAccount.start("123456789012", { asAws: true });
    const outputs = new Outputs();
    const [stack] = outputs.ofApp("alerts", (app) => void alerts(plainStack(app, "alerts")));
    if (stack === undefined) throw new Error("nothing was synthesised");
    const terraform = await account.terraform(stack);
    await terraform.init();
    await terraform.apply();
    return new LiveAlerts(account, stack, terraform, outputs);
  }

  /** Puts a recorded event, as CloudTrail would. AWS refuses this call to everybody but itself. */
  async tell({ source, "detail-type": DetailType, detail }: RecordedEvent, region?: string): Promise<void> {
    const { Entries = [] } = await this.in(region).events.send(
      new PutEventsCommand({
        Entries: [{ Source: source, DetailType, Detail: JSON.stringify(detail) }],
      }),
    );
    for (const { ErrorCode, ErrorMessage } of Entries)
      if (ErrorCode !== undefined) throw new Error(`${ErrorCode}: ${ErrorMessage}`);
  }

  /** What is left of the alert in a region. */
  async remainsIn(region: string): Promise<readonly string[]> {
    const { events, sqs } = this.in(region);
    const { Rules = [] } = await events.send(new ListRulesCommand({}));
    const { QueueUrls = [] } = await sqs.send(new ListQueuesCommand({}));
    return [...Rules.map(({ Name = "" }) => Name), ...QueueUrls];
  }

  get topicArn(): string {
    return `arn:aws:sns:eu-west-1:123456789012:${this.stack.id}_security`;
  }

  /** What the emulator wrote of what it did. */
  get log(): string {
    return readFileSync(this.account.log("ministack"), "utf8");
  }

  async stop(): Promise<void> {
    await this.account.stop();
    this.outputs.remove();
  }

  private in(region = "eu-west-1") {
    const config = { ...clientConfig(this.account.env), region };
    return { events: new EventBridgeClient(config), sqs: new SQSClient(config) };
  }
}
