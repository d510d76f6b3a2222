import {
  CreateBucketCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  ListObjectsV2Command,
  ListObjectVersionsCommand,
  type NotificationConfiguration,
  PutBucketNotificationConfigurationCommand,
  PutObjectCommand,
  S3Client,
} from "@aws-sdk/client-s3";
import { SQSClient } from "@aws-sdk/client-sqs";
import type { TerraformStack } from "cdktf";
import { clientConfig } from "../../scripts/local-aws/client";
import type { Terraform } from "../../scripts/terraform/driver";
import type { SynthesisedStack } from "../../scripts/terraform/manifest";
import type { Attributes } from "../../scripts/terraform/state";
import { pictures } from "../fixtures/pictures";
import { attributeAt } from "./applied";
import { Deliveries } from "./deliveries";
import { LiveQueue } from "./live-queue";
import { LocalAccount } from "./local-account";
import { Outputs, plainStack } from "./terraform";

/** Of an event of S3 what tells one from another. */
export interface ToldOf {
  readonly event: string;
  readonly key: string;
  /** Which part of the notification told it. */
  readonly by: string;
}

/** The stack `pictures`, applied in an account of its own. */
export class LivePictures {
  readonly deliveries: Deliveries;
  private readonly s3: S3Client;

  private constructor(
    readonly account: LocalAccount,
    readonly stack: SynthesisedStack,
    readonly terraform: Terraform,
    readonly state: ReadonlyMap<string, Attributes>,
    private readonly outputs: Outputs,
  ) {
    this.s3 = new S3Client({ ...clientConfig(account.env), forcePathStyle: true });
    this.deliveries = new Deliveries(account.log("ministack"));
  }

  /** @param more what a twin has besides */
  static async start(
    id: string,
    more: (made: ReturnType<typeof pictures>, stack: TerraformStack) => void = () => undefined,
  ): Promise<LivePictures> {
    const account = await LocalAccount.start();
    const outputs = new Outputs();
    const [stack] = outputs.ofApp(id, (app) => {
      const plain = plainStack(app, id);
      more(pictures(plain), plain);
    });
    if (stack === undefined) throw new Error("nothing was synthesised");
    const terraform = await account.terraform(stack);
    await terraform.init();
    await terraform.apply();
    return new LivePictures(account, stack, terraform, await terraform.state(), outputs);
  }

  /** See {@link attributeAt}. */
  attribute(address: string, name: string): string {
    return attributeAt(this.state, address, name);
  }

  get bucket(): string {
    return this.attribute("aws_s3_bucket.pictures", "bucket");
  }

  queue(name: string): LiveQueue {
    return new LiveQueue(new SQSClient(clientConfig(this.account.env)), `${this.stack.id}_${name}`);
  }

  async put(Key: string, Body = "content"): Promise<void> {
    await this.s3.send(new PutObjectCommand({ Bucket: this.bucket, Key, Body }));
  }

  async remove(Key: string): Promise<void> {
    await this.s3.send(new DeleteObjectCommand({ Bucket: this.bucket, Key }));
  }

  /** Takes away every version of some objects, and every mark that one was removed. */
  async erase(keys: readonly string[]): Promise<void> {
    const { bucket: Bucket } = this;
    const { Versions = [], DeleteMarkers = [] } = await this.s3.send(
      new ListObjectVersionsCommand({ Bucket }),
    );
    const theirs = [...Versions, ...DeleteMarkers].filter(({ Key = "" }) => keys.includes(Key));
    for (const { Key, VersionId } of theirs) {
      await this.s3.send(new DeleteObjectCommand({ Bucket, Key, VersionId }));
    }
  }

  /** The content of an object; undefined where there is none. */
  async get(Key: string): Promise<string | undefined> {
    try {
      const { Body } = await this.s3.send(new GetObjectCommand({ Bucket: this.bucket, Key }));
      return Body?.transformToString();
    } catch (error) {
      if ((error as Error).name === "NoSuchKey") return undefined;
      throw error;
    }
  }

  async keysBelow(Prefix: string): Promise<readonly string[]> {
    const { Contents = [] } = await this.s3.send(new ListObjectsV2Command({ Bucket: this.bucket, Prefix }));
    return Contents.map(({ Key = "" }) => Key).sort();
  }

  /** What S3 told a queue since the last look, its own test events left out. */
  async toldTo(name: string): Promise<readonly ToldOf[]> {
    const messages = await this.queue(name).take();
    return messages.flatMap(({ Body = "" }) => toldIn(JSON.parse(Body)));
  }

  /** Has a bucket that nobody let in send to a queue or topic, as it may try where S3 does not look first. */
  async impersonate(kind: "queue" | "topic", arn: string, Key: string): Promise<void> {
    const Bucket = this.impostor;
    const Events = ["s3:ObjectCreated:*"] as const;
    const configuration: NotificationConfiguration =
      kind === "queue"
        ? { QueueConfigurations: [{ QueueArn: arn, Events: [...Events] }] }
        : { TopicConfigurations: [{ TopicArn: arn, Events: [...Events] }] };
    await this.s3.send(new CreateBucketCommand({ Bucket })).catch((error: Error) => {
      if (error.name !== "BucketAlreadyOwnedByYou") throw error;
    });
    await this.notify(Bucket, configuration, true);
    await this.s3.send(new PutObjectCommand({ Bucket, Key, Body: "content" }));
  }

  /** The bucket of {@link impersonate}, of the same account. */
  get impostor(): string {
    return `${this.stack.id}-impostor`;
  }

  /** Writes a notification by hand. @throws Error where S3 finds that it could not send */
  async notify(Bucket: string, configuration: NotificationConfiguration, blindly: boolean): Promise<void> {
    await this.s3.send(
      new PutBucketNotificationConfigurationCommand({
        Bucket,
        NotificationConfiguration: configuration,
        SkipDestinationValidation: blindly,
      }),
    );
  }

  async stop(): Promise<void> {
    await this.account.stop();
    this.outputs.remove();
  }
}

interface Message {
  readonly Event?: string;
  readonly Records?: readonly {
    readonly eventName: string;
    readonly s3: { readonly configurationId: string; readonly object: { readonly key: string } };
  }[];
}

function toldIn({ Records = [] }: Message): readonly ToldOf[] {
  return Records.map(({ eventName, s3 }) => ({
    event: eventName,
    key: decodeURIComponent(s3.object.key.replaceAll("+", " ")),
    by: s3.configurationId,
  }));
}
