import Vips from "wasm-vips";
import { type Reason, RefusedPictureError } from "./errors";
import { formatOf, isAnimatedPng, type PictureFormat } from "./picture-format";
import type { Limits } from "./settings";

export interface Thumbnail {
  readonly bytes: Uint8Array;
  readonly format: PictureFormat;
  readonly width: number;
  readonly height: number;
}

type Libvips = typeof Vips;

const LOADERS = { jpeg: "VipsForeignLoadJpeg", png: "VipsForeignLoadPng", webp: "VipsForeignLoadWebp" };

/** Makes thumbnails with libvips in WebAssembly, one after the other. Starts loading it at once: before the first event. */
export class ThumbnailMaker {
  private libvips: Promise<Libvips>;

  constructor(private readonly load: typeof Vips = Vips) {
    this.libvips = this.start();
  }

  /**
   * Upright, within the limits and never larger than the picture, in its own format, in sRGB and without metadata.
   * @throws RefusedPictureError when there can be no thumbnail of these bytes; any other error is worth another try
   */
  async make(bytes: Uint8Array, limits: Limits): Promise<Thumbnail> {
    const format = formatOf(bytes);
    if (format === undefined)
      throw new RefusedPictureError("no-picture", "not a jpeg, png or webp by its content");
    if (format === "png" && isAnimatedPng(bytes))
      throw new RefusedPictureError("animated", "an animated png");
    const vips = await this.libvips;
    const image = this.attempt(() => {
      const seen = checkedHeader(vips, bytes, format, limits);
      return decoded(vips, bytes, fitted(seen, limits));
    }, "damaged");
    try {
      const made = this.attempt(() => encoded(image, format));
      return { bytes: made, format, width: image.width, height: image.height };
    } finally {
      image.delete();
    }
  }

  /**
   * libvips throws C++ exceptions, which are no `Error`; what else comes out of WebAssembly is a trap.
   * @param blame why the picture is refused when libvips complains; without it, the complaint is worth another try
   */
  private attempt<T>(step: () => T, blame?: Reason): T {
    try {
      return step();
    } catch (thrown) {
      if (thrown instanceof RefusedPictureError) throw thrown;
      const complaint = complaintOf(thrown);
      // After a trap its memory is in no known state: the next picture gets a new one.
      if (complaint === undefined) this.libvips = this.start();
      else if (blame !== undefined && !/^std::|out of memory/.test(complaint))
        throw new RefusedPictureError(blame, "libvips cannot decode it");
      throw new Error(`libvips failed: ${complaint ?? thrown}`, { cause: thrown });
    }
  }

  private async start(): Promise<Libvips> {
    const vips = await this.load({
      // Jpeg XL, AVIF and SVG: never decoded here, and half of the start.
      dynamicLibraries: [],
      // A warning a line of a damaged picture; what matters comes as an error.
      preRun: (module: { ENV: Record<string, string> }) => {
        module.ENV.VIPS_WARNING = "off";
      },
    });
    // One picture at a time, and none a second time: threads and a cache would only hold memory.
    vips.concurrency(1);
    vips.Cache.max(0);
    // No other parser is reached, whatever libvips takes the bytes for.
    vips.operationBlock("VipsForeignLoad", true);
    for (const loader of Object.values(LOADERS)) vips.operationBlock(loader, false);
    return vips;
  }
}

interface Size {
  readonly width: number;
  readonly height: number;
}

/**
 * Reads the header alone: pixels that are only claimed cost nothing.
 * @returns the size as it is seen, upright
 */
function checkedHeader(vips: Libvips, bytes: Uint8Array, format: PictureFormat, limits: Limits): Size {
  const load = {
    jpeg: () => vips.Image.jpegloadBuffer(bytes),
    png: () => vips.Image.pngloadBuffer(bytes),
    webp: () => vips.Image.webploadBuffer(bytes),
  };
  const header = load[format]();
  const count = (field: string) => (header.getTypeof(field) === 0 ? 1 : header.getInt(field));
  try {
    const { width, height } = header;
    if (width * height > limits.maxPixels)
      throw new RefusedPictureError(
        "too-many-pixels",
        `${width} x ${height} is ${width * height} pixels, and ${limits.maxPixels} are allowed`,
      );
    if (count("n-pages") > 1) throw new RefusedPictureError("animated", `an animated ${format}`);
    // From 5 on, EXIF's orientations lie on their side.
    return count("orientation") < 5 ? { width, height } : { width: height, height: width };
  } finally {
    header.delete();
  }
}

/** Within the limits, never larger, and in the picture's ratio as nearly as whole pixels can be. */
function fitted({ width, height }: Size, { maxWidth, maxHeight }: Limits): Size {
  const scale = Math.min(1, maxWidth / width, maxHeight / height);
  const pixels = (length: number) => Math.max(1, Math.round(length * scale));
  return { width: pixels(width), height: pixels(height) };
}

/** @returns the thumbnail, in memory of its own; free it */
function decoded(vips: Libvips, bytes: Uint8Array, { width, height }: Size): Vips.Image {
  const lazy = vips.Image.thumbnailBuffer(bytes, width, {
    height,
    // Left to fit by itself, it rounds twice where a jpeg is shrunk as it is read, and small ones lose their ratio.
    size: "force",
    // The thumbnail has no profile, so that its colours must be those that are taken for granted.
    output_profile: "srgb",
    // The option `fail_on` beside it does not reach the loader (libvips 8.18), and half a picture would pass.
    option_string: "[fail_on=error]",
  });
  try {
    return lazy.copyMemory();
  } finally {
    lazy.delete();
  }
}

/** The type of a C++ exception and what it says. */
function complaintOf(thrown: unknown): string | undefined {
  const { message } = thrown as { readonly message?: unknown };
  return Array.isArray(message) ? message.join(": ").trim() : undefined;
}

const QUALITY = 80;

function encoded(image: Vips.Image, format: PictureFormat): Uint8Array {
  const keep = "none";
  if (format === "jpeg") return image.jpegsaveBuffer({ Q: QUALITY, optimize_coding: true, keep });
  if (format === "png") return image.pngsaveBuffer({ compression: 9, keep });
  return image.webpsaveBuffer({ Q: QUALITY, keep });
}
