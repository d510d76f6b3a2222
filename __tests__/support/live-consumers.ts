import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { KinesisClient, PutRecordsCommand } from "@aws-sdk/client-kinesis";
import { InvokeCommand, LambdaClient } from "@aws-sdk/client-lambda";
import { PublishCommand, SNSClient } from "@aws-sdk/client-sns";
import { SendMessageCommand, SQSClient } from "@aws-sdk/client-sqs";
import { DynamoDBDocumentClient, GetCommand, PutCommand } from "@aws-sdk/lib-dynamodb";
import { clientConfig } from "../../scripts/local-aws/client";
import type { Terraform } from "../../scripts/terraform/driver";
import type { SynthesisedStack } from "../../scripts/terraform/manifest";
import type { Parcel } from "../fixtures/collectors/collect";
import { consumers } from "../fixtures/collectors/consumers";
import { LiveQueue } from "./live-queue";
import { eventually, LocalAccount } from "./local-account";
import { Outputs, plainStack } from "./terraform";

const ACCOUNT = "123456789012";
const STACK = "live";

/** The stack of every kind of consumer, applied in an account of its own. */
export class LiveConsumers {
  private readonly documents: DynamoDBDocumentClient;
  private readonly kinesis: KinesisClient;
  private readonly lambda: LambdaClient;
  private readonly sns: SNSClient;
  private readonly sqs: SQSClient;

  private constructor(
    readonly account: LocalAccount,
    readonly stack: SynthesisedStack,
    readonly terraform: Terraform,
    private readonly outputs: Outputs,
  ) {
    const config = clientConfig(account.env);
    this.documents = DynamoDBDocumentClient.from(new DynamoDBClient(config));
    this.kinesis = new KinesisClient(config);
    this.lambda = new LambdaClient(config);
    this.sns = new SNSClient(config);
    this.sqs = new SQSClient(config);
  }

  static async start(): Promise<LiveConsumers> {
    const account = await LocalAccount.start();
    const outputs = new Outputs();
    const [stack] = outputs.ofApp(STACK, (app) => consumers(plainStack(app, STACK)));
    if (stack === undefined) throw new Error("nothing was synthesised");
    const terraform = await account.terraform(stack);
    await terraform.init();
    await terraform.apply();
    return new LiveConsumers(account, stack, terraform, outputs);
  }

  /** @param name below the stack, such as `tasks`, `tasks_dead-letters`, `payments.fifo` */
  queue(name: string): LiveQueue {
    return new LiveQueue(this.sqs, `${STACK}_${name}`);
  }

  /** @param group of a FIFO queue */
  async send(queue: string, body: string | Parcel, group?: string): Promise<void> {
    const MessageBody = typeof body === "string" ? body : JSON.stringify({ kind: "task", ...body });
    await this.sqs.send(
      new SendMessageCommand({
        QueueUrl: await this.queue(queue).url(),
        MessageBody,
        ...(group === undefined ? {} : { MessageGroupId: group, MessageDeduplicationId: MessageBody }),
      }),
    );
  }

  publish(parcel: Parcel, kind: string): Promise<unknown> {
    return this.sns.send(
      new PublishCommand({
        TopicArn: `arn:aws:sns:eu-west-1:${ACCOUNT}:${STACK}_news`,
        Message: JSON.stringify(parcel),
        MessageAttributes: { kind: { DataType: "String", StringValue: kind } },
      }),
    );
  }

  /** Puts an order into the table whose changes are read. */
  order(parcel: Parcel & { readonly note?: string }): Promise<unknown> {
    return this.documents.send(new PutCommand({ TableName: `${STACK}_orders`, Item: parcel }));
  }

  measure(...parcels: readonly (Parcel & { readonly kind: string })[]): Promise<unknown> {
    return this.kinesis.send(
      new PutRecordsCommand({
        StreamName: `${STACK}_readings`,
        Records: parcels.map((parcel) => ({
          Data: Buffer.from(JSON.stringify(parcel)),
          PartitionKey: parcel.place,
        })),
      }),
    );
  }

  /** What was noted for a place, in order. */
  async notes(place: string): Promise<readonly string[]> {
    const { Item } = await this.documents.send(
      new GetCommand({ TableName: `${STACK}_notes`, Key: { place }, ConsistentRead: true }),
    );
    return Item?.ids ?? [];
  }

  /** What was noted for a place, once a parcel is there. */
  notesOnce(place: string, id: string): Promise<readonly string[]> {
    return eventually(`${id} to be noted for ${place}`, async () => {
      const notes = await this.notes(place);
      return notes.includes(id) ? notes : undefined;
    });
  }

  /** Waits until what was noted for a place is as it should be. */
  async untilNoted(place: string, holds: (notes: readonly string[]) => boolean): Promise<void> {
    await eventually(`the notes of ${place}`, async () => holds(await this.notes(place)) || undefined);
  }

  /** Invokes a function and waits for its answer. @throws Error with what the function threw */
  async invoke(name: string, event: unknown): Promise<unknown> {
    const { FunctionError, Payload } = await this.lambda.send(
      new InvokeCommand({ FunctionName: `${STACK}_${name}`, Payload: JSON.stringify(event) }),
    );
    const answer = Buffer.from(Payload ?? []).toString();
    if (FunctionError) throw new Error(`${name} failed: ${answer}`);
    return answer === "" ? undefined : JSON.parse(answer);
  }

  /** Hands an event over as S3, SNS and EventBridge do: Lambda takes it, and tries it. */
  async handOver(name: string, event: unknown): Promise<void> {
    await this.lambda.send(
      new InvokeCommand({
        FunctionName: `${STACK}_${name}`,
        InvocationType: "Event",
        Payload: JSON.stringify(event),
      }),
    );
  }

  async stop(): Promise<void> {
    await this.account.stop();
    this.outputs.remove();
  }
}
