import { createHash } from "node:crypto";
import { once } from "node:events";
import { createServer, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { S3Client } from "@aws-sdk/client-s3";

export interface StoredObject {
  readonly versionId: string;
  readonly eTag: string;
  readonly body: Buffer;
  readonly contentType?: string;
  readonly metadata: Readonly<Record<string, string>>;
  readonly deleteMarker?: boolean;
}

type Headers = IncomingMessage["headers"];
type Operation = "GetObject" | "HeadObject" | "PutObject" | "CopyObject";

interface Answer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Buffer | string;
}

class Refusal extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
  ) {
    super(code);
  }
}

/**
 * As much of S3 as the functions use, over HTTP on loopback, so that the real client and its wire format are exercised:
 * buckets with versions and without, conditional reads, writes and copies, user metadata. It throws on anything else.
 * `calls` is the record of what was asked for, from which permissions are read.
 */
export class S3Stub {
  readonly calls: string[] = [];
  private readonly versions = new Map<string, StoredObject[]>();
  private readonly refusals = new Map<string, { code: string; status: number; times: number }>();
  private readonly interruptions = new Map<string, (() => void)[]>();
  private made = 0;

  private constructor(
    private readonly server: Server,
    readonly endpoint: string,
    private readonly withoutVersions: readonly string[],
  ) {}

  /** @param withoutVersions buckets in which a write takes the place of the object before */
  static async start(withoutVersions: readonly string[] = []): Promise<S3Stub> {
    const server = createServer();
    // A client that meets a connection while it is closed fails; S3 keeps them longer than any test thinks.
    server.keepAliveTimeout = 0;
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const stub = new S3Stub(server, endpoint, withoutVersions);
    server.on("request", async (request: IncomingMessage, response) => {
      const { status, headers, body } = await stub.answer(request);
      // By this header the client sets its clock, and tries a refused call again when that moved it.
      response.sendDate = false;
      response.writeHead(status, { "x-amz-request-id": "stub", ...headers });
      const parts = request.method === "HEAD" ? [] : partsOf(Buffer.from(body ?? ""));
      pipeline(Readable.from(parts), response).catch(() => server.emit("unread", request.url));
    });
    return stub;
  }

  client(): S3Client {
    return new S3Client({
      endpoint: this.endpoint,
      region: "eu-west-1",
      credentials: { accessKeyId: "test", secretAccessKey: "test" },
      maxAttempts: 1,
    });
  }

  /** Puts an object as its owner would, past all calls. */
  put(
    bucket: string,
    key: string,
    body: Uint8Array | string,
    rest: Partial<StoredObject> = {},
  ): StoredObject {
    const bytes = Buffer.from(body);
    const object = {
      versionId: this.withoutVersions.includes(bucket) ? "null" : `version/${++this.made}+`,
      eTag: createHash("md5").update(bytes).digest("hex"),
      body: bytes,
      metadata: {},
      ...rest,
    };
    const path = `${bucket}/${key}`;
    const before = (this.versions.get(path) ?? []).filter(({ versionId }) => versionId !== "null");
    this.versions.set(path, [...before, object]);
    return object;
  }

  deleteVersion(bucket: string, key: string, versionId: string): void {
    const path = `${bucket}/${key}`;
    this.versions.set(
      path,
      (this.versions.get(path) ?? []).filter((each) => each.versionId !== versionId),
    );
  }

  /** Every version of an object, the latest at the end. */
  versionsOf(bucket: string, key: string): readonly StoredObject[] {
    return this.versions.get(`${bucket}/${key}`) ?? [];
  }

  /** The keys of a bucket that hold an object. */
  keys(bucket: string): string[] {
    return [...this.versions]
      .filter(([path, versions]) => path.startsWith(`${bucket}/`) && versions.length > 0)
      .map(([path]) => path.slice(bucket.length + 1));
  }

  latest(bucket: string, key: string): StoredObject | undefined {
    return this.versionsOf(bucket, key).at(-1);
  }

  /** Refuses the next calls of an operation on a bucket, as a missing permission or a busy service would. */
  refuse(operation: Operation, bucket: string, code: string, status: number, times = 1): void {
    this.refusals.set(`${operation} ${bucket}`, { code, status, times });
  }

  /** Does something right before one of the next calls is answered, as another writer would. */
  interrupt(operation: Operation, bucket: string, ...doings: (() => void)[]): void {
    this.interruptions.set(`${operation} ${bucket}`, doings);
  }

  /** The address of the next answer whose client leaves before its end. */
  async nextUnread(): Promise<string> {
    const [url] = await once(this.server, "unread");
    return url;
  }

  reset(): void {
    this.versions.clear();
    this.refusals.clear();
    this.interruptions.clear();
    this.calls.length = 0;
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private async answer(request: IncomingMessage): Promise<Answer> {
    try {
      const chunks: Buffer[] = [];
      for await (const chunk of request) chunks.push(chunk as Buffer);
      return this.perform(request, Buffer.concat(chunks));
    } catch (error) {
      const { status, code } = error instanceof Refusal ? error : new Refusal(400, `Stub: ${error}`);
      const body = `<?xml version="1.0"?><Error><Code>${code}</Code><Message>${code}</Message></Error>`;
      return { status, headers: { "content-type": "application/xml" }, body };
    }
  }

  private perform({ method, url = "", headers }: IncomingMessage, body: Buffer): Answer {
    const { pathname, searchParams } = new URL(url, this.endpoint);
    const path = decodeURIComponent(pathname.slice(1));
    const bucket = path.slice(0, path.indexOf("/"));
    const key = path.slice(bucket.length + 1);
    const operation = operationOf(method, headers);
    const versionId = searchParams.get("versionId") ?? undefined;
    this.calls.push([operation, path, versionId].filter((part) => part !== undefined).join(" "));
    this.interruptions.get(`${operation} ${bucket}`)?.shift()?.();
    this.refuseAsTold(`${operation} ${bucket}`);
    if (operation === "PutObject") return this.write(bucket, key, body, headers);
    if (operation === "CopyObject") return this.copy(bucket, key, headers);
    const found = this.find(path, versionId);
    if (given(headers, "if-match", found.eTag) === false) throw new Refusal(412, "PreconditionFailed");
    return { status: 200, headers: headersOf(found), body: found.body };
  }

  private refuseAsTold(call: string): void {
    const refusal = this.refusals.get(call);
    if (refusal === undefined || refusal.times === 0) return;
    this.refusals.set(call, { ...refusal, times: refusal.times - 1 });
    throw new Refusal(refusal.status, refusal.code);
  }

  private find(path: string, versionId?: string): StoredObject {
    const versions = this.versions.get(path) ?? [];
    if (versionId === undefined) {
      const latest = versions.at(-1);
      if (latest === undefined || latest.deleteMarker) throw new Refusal(404, "NoSuchKey");
      return latest;
    }
    const found = versions.find((each) => each.versionId === versionId);
    if (found === undefined) throw new Refusal(404, "NoSuchVersion");
    if (found.deleteMarker) throw new Refusal(405, "MethodNotAllowed");
    return found;
  }

  private write(bucket: string, key: string, body: Buffer, headers: Headers): Answer {
    const there = this.latest(bucket, key);
    const before = there?.deleteMarker ? undefined : there;
    if (headers["if-none-match"] === "*" && before !== undefined)
      throw new Refusal(412, "PreconditionFailed");
    if (headers["if-match"] !== undefined && before === undefined) throw new Refusal(404, "NoSuchKey");
    if (before !== undefined && given(headers, "if-match", before.eTag) === false)
      throw new Refusal(412, "PreconditionFailed");
    const metadata = metadataIn(headers);
    const { eTag } = this.put(bucket, key, body, { contentType: headers["content-type"], metadata });
    return { status: 200, headers: { etag: `"${eTag}"` } };
  }

  private copy(bucket: string, key: string, headers: Headers): Answer {
    const [encoded = "", query] = String(headers["x-amz-copy-source"]).split("?");
    const source = this.find(
      decodeURIComponent(encoded),
      new URLSearchParams(query).get("versionId") ?? undefined,
    );
    if (given(headers, "x-amz-copy-source-if-match", source.eTag) === false)
      throw new Refusal(412, "PreconditionFailed");
    for (const directive of ["x-amz-metadata-directive", "x-amz-tagging-directive"])
      if (headers[directive] !== "REPLACE") throw new Error(`the stub does not know ${directive}: COPY`);
    const metadata = metadataIn(headers);
    const { eTag } = this.put(bucket, key, source.body, { contentType: headers["content-type"], metadata });
    const body = `<CopyObjectResult><ETag>"${eTag}"</ETag></CopyObjectResult>`;
    return { status: 200, headers: { "content-type": "application/xml" }, body };
  }
}

/** Small enough that a large answer is under way when its client leaves. */
const PART_BYTES = 65_536;

function* partsOf(body: Buffer): Generator<Buffer> {
  for (let at = 0; at < body.length; at += PART_BYTES) yield body.subarray(at, at + PART_BYTES);
}

function operationOf(method: string | undefined, headers: Headers): Operation {
  if (method === "PUT") return headers["x-amz-copy-source"] === undefined ? "PutObject" : "CopyObject";
  if (method === "GET") return "GetObject";
  if (method === "HEAD") return "HeadObject";
  throw new Error(`the stub does not know ${method}`);
}

/** Whether a condition on an ETag holds; nothing where none is given. */
function given(headers: Headers, name: string, eTag: string): boolean | undefined {
  const wanted = headers[name];
  return wanted === undefined ? undefined : wanted === `"${eTag}"`;
}

const META = "x-amz-meta-";

const metadataIn = (headers: Headers): Record<string, string> =>
  Object.fromEntries(
    Object.entries(headers)
      .filter(([name]) => name.startsWith(META))
      .map(([name, value]) => [name.slice(META.length), String(value)]),
  );

const headersOf = ({
  eTag,
  versionId,
  contentType,
  metadata,
  body,
}: StoredObject): Record<string, string> => ({
  etag: `"${eTag}"`,
  "x-amz-version-id": versionId,
  "content-length": String(body.length),
  ...(contentType === undefined ? {} : { "content-type": contentType }),
  ...Object.fromEntries(Object.entries(metadata).map(([name, value]) => [`${META}${name}`, value])),
});
