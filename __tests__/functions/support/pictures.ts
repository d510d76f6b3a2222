import { deflateSync } from "node:zlib";
import Vips from "wasm-vips";

/** libvips of the tests' own, with every format it has. */
export const libvips = Vips();

type Image = Vips.Image;
export type Rgb = readonly [number, number, number];

export const RED: Rgb = [220, 40, 40];
export const GREEN: Rgb = [40, 180, 60];
export const BLUE: Rgb = [40, 60, 210];
export const GREY: Rgb = [120, 120, 120];

/** A picture of four plain quarters: top left red, top right green, bottom left blue, bottom right grey. */
export async function quarters(width: number, height: number): Promise<Image> {
  const vips = await libvips;
  const plain = (colour: Rgb) =>
    vips.Image.black(width / 2, height / 2)
      .newFromImage([...colour])
      .cast("uchar");
  return vips.Image.arrayjoin([plain(RED), plain(GREEN), plain(BLUE), plain(GREY)], { across: 2 }).copy({
    interpretation: "srgb",
  });
}

/** What a picture holds: its size, its format by libvips, and the colour at points given in parts of its width and height. */
export async function look(bytes: Uint8Array) {
  const vips = await libvips;
  const image = vips.Image.newFromBuffer(bytes);
  const fields = image.getFields();
  const names = Array.from({ length: fields.size() }, (_, index) => String(fields.get(index)));
  return {
    width: image.width,
    height: image.height,
    bands: image.bands,
    loader: image.getString("vips-loader"),
    fields: names,
    at: (x: number, y: number) =>
      image.getpoint(Math.floor(x * (image.width - 1)), Math.floor(y * (image.height - 1))),
  };
}

/** The centres of the four quarters, row by row. */
export async function colours(bytes: Uint8Array): Promise<number[][]> {
  const { at } = await look(bytes);
  return [at(0.25, 0.25), at(0.75, 0.25), at(0.25, 0.75), at(0.75, 0.75)];
}

/** A JPEG with an APP1 segment of one EXIF entry, the orientation, as cameras write it (Exif 2.32, 4.5 and 4.6.2). */
export function withOrientation(jpeg: Uint8Array, orientation: number): Uint8Array {
  const entry = Buffer.alloc(12);
  entry.writeUInt16BE(0x0112, 0);
  entry.writeUInt16BE(3, 2);
  entry.writeUInt32BE(1, 4);
  entry.writeUInt16BE(orientation, 8);
  const tiff = Buffer.concat([Buffer.from("MM\0\x2a\0\0\0\x08\0\x01", "latin1"), entry, Buffer.alloc(4)]);
  const exif = Buffer.concat([Buffer.from("Exif\0\0", "latin1"), tiff]);
  const marker = Buffer.from([0xff, 0xe1, 0, exif.length + 2]);
  return Buffer.concat([jpeg.subarray(0, 2), marker, exif, jpeg.subarray(2)]);
}

/** A PNG of chunks, each with its checksum. */
export function png(...chunks: readonly (readonly [type: string, data: Uint8Array])[]): Buffer {
  return Buffer.concat([
    Buffer.from("\x89PNG\r\n\x1a\n", "latin1"),
    ...chunks.map(([type, data]) => {
      const body = Buffer.concat([Buffer.from(type, "latin1"), data]);
      const frame = Buffer.alloc(8);
      frame.writeUInt32BE(data.length, 0);
      frame.writeUInt32BE(checksum(body), 4);
      return Buffer.concat([frame.subarray(0, 4), body, frame.subarray(4)]);
    }),
  ]);
}

/** The header of an RGBA picture of 8 bits. */
export function pngHeader(width: number, height: number): readonly ["IHDR", Buffer] {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.writeUInt8(8, 8);
  header.writeUInt8(6, 9);
  return ["IHDR", header];
}

/** A picture that claims to be huge, and holds next to nothing. */
export const pngBomb = (width: number, height: number): Buffer =>
  png(pngHeader(width, height), ["IDAT", deflateSync(Buffer.alloc(1000))], ["IEND", Buffer.alloc(0)]);

/** The same as a JPEG: a start of frame that claims a size (ITU T.81, B.2.2), in a picture that is smaller. */
export function jpegClaiming(jpeg: Uint8Array, width: number, height: number): Buffer {
  const bytes = Buffer.from(jpeg);
  const frame = bytes.indexOf(Buffer.from([0xff, 0xc0]));
  bytes.writeUInt16BE(height, frame + 5);
  bytes.writeUInt16BE(width, frame + 7);
  return bytes;
}

/** CRC-32 as PNG has it (third edition, annex D); Node's own came with 22.2. */
function checksum(bytes: Uint8Array): number {
  let crc = 0xffffffff;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0xedb88320 : crc >>> 1;
  }
  return (crc ^ 0xffffffff) >>> 0;
}

/** How far apart two lists of colours are at most, in steps of one channel: lossy formats change a colour a little. */
export const distance = (some: readonly (readonly number[])[], others: readonly (readonly number[])[]) =>
  Math.max(
    ...some.flatMap((colour, row) => colour.map((value, at) => Math.abs(value - (others[row]?.[at] ?? NaN)))),
  );

/** What quality 80 and fewer colours than brightness change in a plain one. */
export const LOSSY = 8;
