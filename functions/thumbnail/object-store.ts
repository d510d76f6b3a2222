import {
  CopyObjectCommand,
  GetObjectCommand,
  HeadObjectCommand,
  PutObjectCommand,
  type S3Client,
} from "@aws-sdk/client-s3";
import { RefusedPictureError } from "./errors";
import type { CreatedObject } from "./s3-event";
import type { Thumbnail } from "./thumbnail-maker";

/** Where a thumbnail or a refused object lies. */
export interface Target {
  readonly bucket: string;
  readonly key: string;
}

/** The thumbnail that is there, by the metadata it was written with. */
export interface Written {
  readonly eTag?: string;
  readonly sourceBucket?: string;
  readonly sourceVersion?: string;
  readonly sourceSequencer?: string;
}

/** What S3 answers when a version is no more, was a delete marker, or when an object without versions was overwritten. */
const GONE = ["NoSuchKey", "NoSuchVersion", "MethodNotAllowed", "PreconditionFailed"];
/** Somebody else wrote or deleted it since it was looked at (user guide, "How to prevent object overwrites"). */
const OVERTAKEN = ["PreconditionFailed", "ConditionalRequestConflict", "NoSuchKey"];

/** What the function asks of S3. */
export class ObjectStore {
  constructor(private readonly client: S3Client) {}

  /**
   * The content of the very version that the event names.
   * @returns nothing when it is gone
   * @throws RefusedPictureError when it is empty or has too many bytes, which are then not read
   */
  async read(
    { bucket, key, versionId, eTag }: CreatedObject,
    maxBytes: number,
  ): Promise<Uint8Array | undefined> {
    const answer = await unless(GONE, () =>
      this.client.send(
        new GetObjectCommand({
          Bucket: bucket,
          Key: key,
          ...(versionId === undefined ? { IfMatch: quoted(eTag) } : { VersionId: versionId }),
        }),
      ),
    );
    if (answer?.Body === undefined) return undefined;
    const size = answer.ContentLength ?? 0;
    if (size > 0 && size <= maxBytes) return answer.Body.transformToByteArray();
    if ("destroy" in answer.Body) answer.Body.destroy();
    throw size === 0
      ? new RefusedPictureError("empty", "it has no bytes")
      : new RefusedPictureError("too-many-bytes", `it has ${size} bytes, and ${maxBytes} are allowed`);
  }

  /** The thumbnail that is there; none where there is none. */
  async written({ bucket, key }: Target): Promise<Written | undefined> {
    const answer = await unless(["NotFound"], () =>
      this.client.send(new HeadObjectCommand({ Bucket: bucket, Key: key })),
    );
    if (answer === undefined) return undefined;
    return {
      eTag: answer.ETag,
      sourceBucket: answer.Metadata?.["source-bucket"],
      sourceVersion: answer.Metadata?.["source-version"],
      sourceSequencer: answer.Metadata?.["source-sequencer"],
    };
  }

  /**
   * Writes a thumbnail in the place of exactly the one that was looked at, or of none.
   * @returns whether it did: not, when another one was faster
   */
  async replace(
    { bucket, key }: Target,
    before: Written | undefined,
    thumbnail: Thumbnail,
    source: CreatedObject,
  ): Promise<boolean> {
    const answer = await unless(OVERTAKEN, () =>
      this.client.send(
        new PutObjectCommand({
          Bucket: bucket,
          Key: key,
          Body: thumbnail.bytes,
          ContentType: `image/${thumbnail.format}`,
          Metadata: metadataOf(source),
          ...(before === undefined ? { IfNoneMatch: "*" } : { IfMatch: before.eTag }),
        }),
      ),
    );
    return answer !== undefined;
  }

  /**
   * Copies a refused object, with the reason in its metadata. Its own metadata, tags and content type stay behind: what it
   * claims to be is not believed, and no browser shall run it.
   * @returns whether it did: not, when the object is gone
   */
  async quarantine(
    { bucket, key }: Target,
    source: CreatedObject,
    refusal: RefusedPictureError,
  ): Promise<boolean> {
    const version =
      source.versionId === undefined ? "" : `?versionId=${encodeURIComponent(source.versionId)}`;
    const answer = await unless(GONE, () =>
      this.client.send(
        new CopyObjectCommand({
          Bucket: bucket,
          Key: key,
          CopySource: `${source.bucket}/${source.key.split("/").map(encodeURIComponent).join("/")}${version}`,
          CopySourceIfMatch: source.versionId === undefined ? quoted(source.eTag) : undefined,
          MetadataDirective: "REPLACE",
          TaggingDirective: "REPLACE",
          ContentType: "application/octet-stream",
          Metadata: { reason: refusal.reason, detail: refusal.detail, ...metadataOf(source) },
        }),
      ),
    );
    return answer !== undefined;
  }
}

/** Headers are ASCII: the key, which need not be, is said by where the object lies. */
function metadataOf({ bucket, versionId, sequencer }: CreatedObject): Record<string, string> {
  return {
    "source-bucket": bucket,
    "source-sequencer": sequencer,
    ...(versionId === undefined ? {} : { "source-version": versionId }),
  };
}

/** Events give the ETag without its quotes. */
const quoted = (eTag: string | undefined): string | undefined =>
  eTag === undefined ? undefined : `"${eTag}"`;

/** Nothing instead of an error of these names. */
async function unless<T>(names: readonly string[], call: () => Promise<T>): Promise<T | undefined> {
  try {
    return await call();
  } catch (error) {
    if (error instanceof Error && names.includes(error.name)) return undefined;
    throw error;
  }
}
