export type PictureFormat = "jpeg" | "png" | "webp";

/** What the content says it is, whatever the name or the content type; nothing where it is none of ours. */
export function formatOf(bytes: Uint8Array): PictureFormat | undefined {
  const start = Buffer.from(bytes.subarray(0, 12)).toString("latin1");
  if (start.startsWith("\xff\xd8\xff")) return "jpeg";
  if (start.startsWith("\x89PNG\r\n\x1a\n")) return "png";
  if (start.startsWith("RIFF") && start.endsWith("WEBP")) return "webp";
  return undefined;
}

const PNG_SIGNATURE_BYTES = 8;
/** Length, type and checksum of a chunk. */
const PNG_CHUNK_FRAME_BYTES = 12;

/**
 * Whether a PNG says that it moves: a chunk `acTL` before the first `IDAT` (PNG, third edition, 11.3.6.1). Decoders without
 * APNG show its first picture, which need not be a part of it.
 */
export function isAnimatedPng(png: Uint8Array): boolean {
  const bytes = Buffer.from(png.buffer, png.byteOffset, png.byteLength);
  let at = PNG_SIGNATURE_BYTES;
  while (at + PNG_CHUNK_FRAME_BYTES <= bytes.length) {
    const type = bytes.toString("latin1", at + 4, at + 8);
    if (type === "acTL") return true;
    if (type === "IDAT") return false;
    at += PNG_CHUNK_FRAME_BYTES + bytes.readUInt32BE(at);
  }
  return false;
}
