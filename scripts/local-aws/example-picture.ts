import { randomUUID } from "node:crypto";
import { GetObjectCommand, NoSuchKey, PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import Vips from "wasm-vips";
import { OperatorError } from "../support/command";
import { say, seconds } from "../support/print";
import { waitUntil } from "../support/process";
import { clientConfig } from "./client";

/** The outputs of a stack that takes pictures. */
export interface PictureOutputs {
  readonly pictures: {
    readonly bucket: string;
    /** Prefixes: where pictures are put, and below which the thumbnail of each lies under the same key. */
    readonly uploads: string;
    readonly thumbnails: string;
  };
}

/** A first call loads a function's code, its library and the SDK, which takes seconds on a small machine. */
const arrivalSeconds = 90;

const SIZE = { width: 1200, height: 800 };

/** Whether these outputs are those of a stack that takes pictures. */
export function takesPictures(
  outputs: Readonly<Record<string, unknown>>,
): outputs is PictureOutputs & typeof outputs {
  const { pictures } = outputs;
  return typeof pictures === "object" && pictures !== null && "thumbnails" in pictures;
}

/**
 * Uploads a picture and shows where its thumbnail lies, once it is there.
 *
 * @throws OperatorError when none came
 */
export async function uploadExamplePicture(
  { pictures: { bucket, uploads, thumbnails } }: PictureOutputs,
  account: Readonly<Record<string, string>>,
  signal?: AbortSignal,
): Promise<void> {
  const s3 = new S3Client({ ...clientConfig(account), forcePathStyle: true });
  const key = `${uploads}${randomUUID()}.png`;
  try {
    const vips = await Vips();
    const Body = gradient(vips).writeToBuffer(".png");
    say(`\nexample picture, ${SIZE.width} × ${SIZE.height}, ${Body.length} bytes → s3://${bucket}/${key}`);
    const uploaded = Date.now();
    await s3.send(new PutObjectCommand({ Bucket: bucket, Key: key, Body }));
    let thumbnail: Uint8Array | undefined;
    await waitUntil(
      async () => {
        thumbnail = await read(s3, bucket, thumbnails + key);
        return thumbnail !== undefined;
      },
      arrivalSeconds,
      signal,
    );
    if (thumbnail === undefined) {
      throw new OperatorError(
        `no thumbnail of the example picture within ${arrivalSeconds} s: the log group of the thumbnail function says why`,
      );
    }
    const { width, height } = vips.Image.newFromBuffer(thumbnail);
    say(
      `  ${seconds(Date.now() - uploaded)}  thumbnail, ${width} × ${height}, ${thumbnail.length} bytes: s3://${bucket}/${thumbnails}${key}`,
    );
  } finally {
    s3.destroy();
  }
}

/** Light from the left, and from the top. */
function gradient({ Image }: typeof Vips): Vips.Image {
  const { width, height } = SIZE;
  const position = Image.xyz(width, height).divide([width / 255, height / 255]);
  return position.bandjoin(128).cast("uchar").copy({ interpretation: "srgb" });
}

async function read(s3: S3Client, Bucket: string, Key: string): Promise<Uint8Array | undefined> {
  try {
    const { Body } = await s3.send(new GetObjectCommand({ Bucket, Key }));
    return Body?.transformToByteArray();
  } catch (error) {
    if (error instanceof NoSuchKey) return undefined;
    throw error;
  }
}
