import { CloudWatchLogsClient, paginateFilterLogEvents } from "@aws-sdk/client-cloudwatch-logs";
import { InvokeCommand, LambdaClient } from "@aws-sdk/client-lambda";
import {
  DeleteObjectCommand,
  GetObjectCommand,
  ListObjectsV2Command,
  ListObjectVersionsCommand,
  PutObjectCommand,
  S3Client,
} from "@aws-sdk/client-s3";
import { SQSClient } from "@aws-sdk/client-sqs";
import { clientConfig } from "../../scripts/local-aws/client";
import { LiveQueue } from "./live-queue";

interface StoredObject {
  readonly bytes: Uint8Array;
  readonly contentType: string | undefined;
  readonly metadata: Readonly<Record<string, string>>;
}

/** What the function logged of one try of an object. */
interface Try {
  readonly message: "record done" | "record failed";
  readonly key: string;
  readonly outcome?: string;
}

/** What became of an event that the function failed each time. */
interface Failure {
  readonly requestContext: { readonly condition: string; readonly approximateInvokeCount: number };
  readonly requestPayload: { readonly Records: readonly { readonly s3: { object: { key: string } } }[] };
  readonly responsePayload: { readonly errorMessage: string };
}

/** The stack `pictures` of the environment `local`, as those who upload and its operators reach it. */
export class Thumbnails {
  readonly failures: LiveQueue;
  private readonly s3: S3Client;
  private readonly lambda: LambdaClient;
  private readonly logs: CloudWatchLogsClient;

  constructor(
    account: Readonly<Record<string, string>>,
    readonly bucket: string,
    readonly stack = "local-pictures",
  ) {
    const config = clientConfig(account);
    this.s3 = new S3Client({ ...config, forcePathStyle: true });
    this.lambda = new LambdaClient(config);
    this.logs = new CloudWatchLogsClient(config);
    this.failures = new LiveQueue(new SQSClient(config), `${stack}_thumbnail_failures`);
  }

  /** @returns the id of the version */
  async put(Key: string, content: Uint8Array | string): Promise<string> {
    // The SDK takes an empty string for a stream of unknown length.
    const Body = typeof content === "string" ? Buffer.from(content) : content;
    const { VersionId = "" } = await this.s3.send(new PutObjectCommand({ Bucket: this.bucket, Key, Body }));
    return VersionId;
  }

  async get(Key: string): Promise<StoredObject | undefined> {
    try {
      const {
        Body,
        ContentType,
        Metadata = {},
      } = await this.s3.send(new GetObjectCommand({ Bucket: this.bucket, Key }));
      const bytes = (await Body?.transformToByteArray()) ?? new Uint8Array();
      return { bytes, contentType: ContentType, metadata: Metadata };
    } catch (error) {
      if ((error as Error).name === "NoSuchKey") return undefined;
      throw error;
    }
  }

  async keysBelow(Prefix: string): Promise<readonly string[]> {
    const { Contents = [] } = await this.s3.send(new ListObjectsV2Command({ Bucket: this.bucket, Prefix }));
    return Contents.map(({ Key = "" }) => Key);
  }

  /** Takes away every version of an object. */
  async erase(key: string): Promise<void> {
    const { bucket: Bucket } = this;
    const { Versions = [] } = await this.s3.send(new ListObjectVersionsCommand({ Bucket }));
    for (const { Key, VersionId } of Versions.filter(({ Key }) => Key === key))
      await this.s3.send(new DeleteObjectCommand({ Bucket, Key, VersionId }));
  }

  /** Every try that the log shows by now; the emulator shows a late line with the next invocation. */
  async tries(): Promise<readonly Try[]> {
    const found: Try[] = [];
    const logGroupName = `/aws/lambda/${this.stack}_thumbnail`;
    for await (const { events = [] } of paginateFilterLogEvents({ client: this.logs }, { logGroupName })) {
      for (const { message = "" } of events) {
        if (/"message":"record (done|failed)"/.test(message)) found.push(JSON.parse(message) as Try);
      }
    }
    return found;
  }

  /** The events set aside since the last look. */
  async failed(): Promise<readonly Failure[]> {
    return (await this.failures.take()).map(({ Body = "" }) => JSON.parse(Body) as Failure);
  }

  /** Hands an event to the function again, as an operator does with one that was set aside. */
  async invoke(event: unknown): Promise<void> {
    const { FunctionError, Payload } = await this.lambda.send(
      new InvokeCommand({
        FunctionName: `${this.stack}_thumbnail`,
        Payload: Buffer.from(JSON.stringify(event)),
      }),
    );
    if (FunctionError !== undefined) throw new Error(Payload?.transformToString());
  }
}
