import { readFileSync } from "node:fs";
import { request } from "node:https";
import { text } from "node:stream/consumers";
import {
  GetRecordsCommand,
  GetShardIteratorCommand,
  KinesisClient,
  ListShardsCommand,
  PutRecordCommand,
  PutRecordsCommand,
} from "@aws-sdk/client-kinesis";
import { GetObjectCommand, ListObjectsV2Command, S3Client } from "@aws-sdk/client-s3";
import { ApiGatewayIntegration } from "@cdktf/provider-aws/lib/api-gateway-integration";
import { ApiGatewayRestApi } from "@cdktf/provider-aws/lib/api-gateway-rest-api";
import { S3Bucket } from "@cdktf/provider-aws/lib/s3-bucket";
import { clientConfig } from "../../scripts/local-aws/client";
import type { Attributes } from "../../scripts/terraform/state";
import type { Synthesized } from "../../testing";
import { renderTemplate } from "./api-gateway/mapping-template";
import { LiveRole } from "./live-role";

interface Answer {
  readonly status: number;
  readonly body: string;
}

/** A stream ingest API that was applied. */
export class LiveIngest {
  private readonly kinesis: KinesisClient;
  private readonly s3: S3Client;
  /** With which API Gateway puts records. */
  readonly role: LiveRole;

  /** @param path of the construct, below the stack */
  constructor(
    private readonly account: Readonly<Record<string, string>>,
    private readonly stack: Synthesized,
    private readonly state: ReadonlyMap<string, Attributes>,
    private readonly path: string,
    private readonly bucketPath: string,
  ) {
    const config = clientConfig(account);
    this.kinesis = new KinesisClient(config);
    this.s3 = new S3Client({ ...config, forcePathStyle: true });
    this.role = new LiveRole(account, this.physicalName("role"));
  }

  /** The name that AWS knows the role of a part by. */
  physicalName(part: string): string {
    const stack = this.stack.json["//"].metadata.stackName as string;
    return [stack, ...this.path.split("/"), ...part.split("/")].join("_");
  }

  /** A request over HTTP, as a caller makes it. */
  async post(method: string, body: string, contentType = "application/json"): Promise<Answer> {
    const id = this.attributes(this.stack.addressAt(`${this.path}/api`, ApiGatewayRestApi)).id;
    const url = `${this.account.AWS_ENDPOINT_URL}/restapis/${id}/live/_user_request_/${method}`;
    const ca = readFileSync(this.account.AWS_CA_BUNDLE ?? "");
    return new Promise((resolve, reject) => {
      const headers = { "Content-Type": contentType };
      const call = request(url, { method: "POST", headers, ca }, (response) => {
        text(response).then(
          (answered) => resolve({ status: response.statusCode ?? 0, body: answered }),
          reject,
        );
      });
      call.on("error", reject);
      call.end(body);
    });
  }

  /**
   * Puts what a request becomes: the template is the applied one, rendered by our engine, since no emulator integrates Kinesis;
   * the call is the SDK's, with the role that API Gateway has.
   */
  async put(method: "record" | "records", body: object): Promise<void> {
    const address = this.stack.addressAt(
      `${this.path}/api/root/${method}/post/integration`,
      ApiGatewayIntegration,
    );
    const templates = this.attributes(address).request_templates as Readonly<Record<string, string>>;
    const message = { body: JSON.stringify(body), context: { requestId: "request-1" } };
    const call = JSON.parse(renderTemplate(templates["application/json"] ?? "", message).text);
    const kinesis = new KinesisClient(clientConfig(await this.role.assume()));
    if (method === "record") await kinesis.send(new PutRecordCommand(decoded(call)));
    else await kinesis.send(new PutRecordsCommand({ ...call, Records: call.Records.map(decoded) }));
  }

  /** Every record in the stream, by shard, oldest first. */
  async records(): Promise<readonly { readonly key: string; readonly data: string }[]> {
    const StreamName = this.physicalName("stream");
    const { Shards = [] } = await this.kinesis.send(new ListShardsCommand({ StreamName }));
    const all = [];
    for (const { ShardId } of Shards) {
      const { ShardIterator } = await this.kinesis.send(
        new GetShardIteratorCommand({ StreamName, ShardId, ShardIteratorType: "TRIM_HORIZON" }),
      );
      const { Records = [] } = await this.kinesis.send(new GetRecordsCommand({ ShardIterator }));
      all.push(...Records);
    }
    return all.map(({ PartitionKey = "", Data = [] }) => ({
      key: PartitionKey,
      data: Buffer.from(Data).toString("utf8"),
    }));
  }

  /** The keys in the bucket. */
  async objects(): Promise<readonly string[]> {
    const { Contents = [] } = await this.s3.send(new ListObjectsV2Command({ Bucket: this.bucket }));
    return Contents.map(({ Key = "" }) => Key);
  }

  async object(Key: string): Promise<Buffer> {
    const { Body } = await this.s3.send(new GetObjectCommand({ Bucket: this.bucket, Key }));
    return Buffer.from((await Body?.transformToByteArray()) ?? []);
  }

  private get bucket(): string {
    return this.attributes(this.stack.addressAt(this.bucketPath, S3Bucket)).bucket as string;
  }

  private attributes(address: string): Attributes {
    const found = this.state.get(address);
    if (found === undefined) throw new Error(`${address} is not applied`);
    return found;
  }
}

/** As JSON carries bytes, so the SDK wants them. */
function decoded<T extends { readonly Data: string }>(call: T): T & { readonly Data: never } {
  return { ...call, Data: Buffer.from(call.Data, "base64") as never };
}
