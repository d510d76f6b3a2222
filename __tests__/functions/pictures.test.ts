import { deflateSync } from "node:zlib";
import * as fc from "fast-check";
import Vips from "wasm-vips";
import { RefusedPictureError } from "../../functions/thumbnail/errors";
import { formatOf } from "../../functions/thumbnail/picture-format";
import { type Thumbnail, ThumbnailMaker } from "../../functions/thumbnail/thumbnail-maker";
import {
  BLUE,
  colours,
  distance,
  GREEN,
  GREY,
  jpegClaiming,
  LOSSY,
  libvips,
  look,
  png,
  pngBomb,
  pngHeader,
  quarters,
  RED,
  withOrientation,
} from "./support/pictures";

const limits = { maxBytes: 10_000_000, maxPixels: 1_000_000, maxWidth: 80, maxHeight: 80 };
const maker = new ThumbnailMaker();
const make = (bytes: Uint8Array, changes: Partial<typeof limits> = {}): Promise<Thumbnail> =>
  maker.make(bytes, { ...limits, ...changes });

/** Why a picture is refused; nothing where there is a thumbnail. */
const refusal = async (bytes: Uint8Array, changes: Partial<typeof limits> = {}) => {
  try {
    await make(bytes, changes);
    return undefined;
  } catch (error) {
    if (!(error instanceof RefusedPictureError)) throw error;
    return `${error.reason}: ${error.detail}`;
  }
};

const all = { jpeg: {} as Uint8Array, png: {} as Uint8Array, webp: {} as Uint8Array };
const formats = ["jpeg", "png", "webp"] as const;
beforeAll(async () => {
  const picture = await quarters(320, 160);
  all.jpeg = picture.jpegsaveBuffer({ Q: 95 });
  all.png = picture.pngsaveBuffer();
  all.webp = picture.webpsaveBuffer({ Q: 95 });
});

describe("a thumbnail", () => {
  test.each(formats)("of a %s is one too, fits, and looks like the picture", async (format) => {
    const thumbnail = await make(all[format]);
    expect(thumbnail).toMatchObject({ format, width: 80, height: 40 });
    expect(await look(thumbnail.bytes)).toMatchObject({
      width: 80,
      height: 40,
      loader: `${format}load_buffer`,
    });
    expect(distance(await colours(thumbnail.bytes), [RED, GREEN, BLUE, GREY])).toBeLessThan(LOSSY);
  });

  test("of a picture that stands fits by its height", async () => {
    const bytes = (await quarters(160, 320)).pngsaveBuffer();
    expect(await make(bytes, { maxHeight: 60 })).toMatchObject({ width: 30, height: 60 });
  });

  test("is never larger than the picture", async () => {
    const small = (await quarters(20, 10)).pngsaveBuffer();
    expect(await make(small)).toMatchObject({ width: 20, height: 10 });
  });

  test("of a line is one pixel high", async () => {
    const vips = await libvips;
    const line = vips.Image.black(10_000, 1, { bands: 3 }).pngsaveBuffer();
    expect(await make(line)).toMatchObject({ width: 80, height: 1 });
  });

  test("is the same bytes each time", async () => {
    for (const format of formats)
      expect(Buffer.from((await make(all[format])).bytes)).toEqual(
        Buffer.from((await make(all[format])).bytes),
      );
  });

  describe("of a jpeg that says how it was held", () => {
    // The rows of what is seen, from the rows of what is stored: Exif 2.32, table 4, tag 0112.
    const upright: Readonly<Record<number, readonly (typeof RED)[]>> = {
      1: [RED, GREEN, BLUE, GREY],
      2: [GREEN, RED, GREY, BLUE],
      3: [GREY, BLUE, GREEN, RED],
      4: [BLUE, GREY, RED, GREEN],
      5: [RED, BLUE, GREEN, GREY],
      6: [BLUE, RED, GREY, GREEN],
      7: [GREY, GREEN, BLUE, RED],
      8: [GREEN, GREY, RED, BLUE],
    };

    test.each([1, 2, 3, 4, 5, 6, 7, 8])("by orientation %i is upright", async (orientation) => {
      const thumbnail = await make(withOrientation(all.jpeg, orientation));
      const turned = orientation > 4;
      expect(thumbnail).toMatchObject(turned ? { width: 40, height: 80 } : { width: 80, height: 40 });
      expect(distance(await colours(thumbnail.bytes), upright[orientation] ?? [])).toBeLessThan(LOSSY);
    });

    test("says nothing more itself, or it would be turned twice", async () => {
      const { bytes } = await make(withOrientation(all.jpeg, 6));
      const { fields } = await look(bytes);
      expect(fields.filter((field) => /orientation|exif/.test(field))).toEqual([]);
    });
  });

  test.each(["png", "webp"] as const)("of a %s that says how it was held is upright", async (format) => {
    const picture = await quarters(320, 160);
    picture.setInt("orientation", 6);
    const { bytes } = await make(
      format === "png" ? picture.pngsaveBuffer() : picture.webpsaveBuffer({ Q: 95 }),
    );
    expect(distance(await colours(bytes), [BLUE, RED, GREY, GREEN])).toBeLessThan(LOSSY);
  });

  test.each(["png", "webp"] as const)("of a %s keeps what one can see through", async (format) => {
    const vips = await libvips;
    const half = vips.Image.black(160, 160);
    const alpha = vips.Image.arrayjoin([half, half.invert() as Vips.Image]);
    const picture = (await quarters(200, 100)).bandjoin(alpha);
    const { bytes } = await make(format === "png" ? picture.pngsaveBuffer() : picture.webpsaveBuffer());
    const { bands, at } = await look(bytes);
    expect(bands).toBe(4);
    expect(at(0.25, 0.25)[3]).toBe(0);
    expect(at(0.75, 0.25)[3]).toBe(255);
  });

  test("holds no metadata of the picture: neither place, nor camera, nor thumbnail", async () => {
    const picture = await quarters(320, 160);
    picture.setString(
      "exif-ifd3-GPSLatitude",
      "52/1 31/1 12/1 (52, 31, 12, Rational, 3 components, 24 bytes)",
    );
    picture.setString("exif-ifd0-Model", "Secret (Secret, ASCII, 7 components, 7 bytes)");
    for (const bytes of [picture.jpegsaveBuffer(), picture.pngsaveBuffer(), picture.webpsaveBuffer()]) {
      expect(Buffer.from(bytes).includes("Secret")).toBe(true);
      const thumbnail = Buffer.from((await make(bytes)).bytes);
      expect(thumbnail.includes("Secret")).toBe(false);
      expect((await look(thumbnail)).fields.filter((field) => /exif|icc|xmp|iptc/.test(field))).toEqual([]);
    }
  });

  test("keeps the colours of a picture in another profile, though it names none", async () => {
    const picture = (await quarters(200, 100)).iccTransform("p3", { input_profile: "srgb" });
    const stored = picture.pngsaveBuffer();
    expect(distance(await colours(stored), [RED, GREEN, BLUE, GREY])).toBeGreaterThan(15);
    expect(distance(await colours((await make(stored)).bytes), [RED, GREEN, BLUE, GREY])).toBeLessThan(3);
  });

  test("of print colours, of grey and of 16 bits is for screens: sRGB of 8 bits", async () => {
    const vips = await libvips;
    const plain = (bands: number, interpretation: string) =>
      vips.Image.black(100, 50, { bands }).copy({ interpretation });
    const pictures = [
      plain(4, "cmyk").jpegsaveBuffer(),
      plain(1, "b-w").jpegsaveBuffer(),
      plain(3, "rgb16").cast("ushort").pngsaveBuffer(),
      plain(1, "grey16").cast("ushort").pngsaveBuffer(),
    ];
    for (const bytes of pictures) {
      const image = vips.Image.newFromBuffer((await make(bytes)).bytes);
      expect([image.bands, image.interpretation, image.format]).toEqual([3, "srgb", "uchar"]);
    }
  });

  test("of any size fits, keeps the ratio within a pixel, and is never larger", async () => {
    const side = fc.integer({ min: 1, max: 300 });
    await fc.assert(
      fc.asyncProperty(
        side,
        side,
        fc.integer({ min: 1, max: 80 }),
        fc.integer({ min: 1, max: 80 }),
        fc.constantFrom(...formats),
        fc.constantFrom(1, 6),
        async (width, height, maxWidth, maxHeight, format, orientation) => {
          const vips = await libvips;
          const picture = vips.Image.black(width, height, { bands: 3 }).copy({ interpretation: "srgb" });
          const bytes = picture.writeToBuffer(`.${format}`);
          const held = format === "jpeg" ? withOrientation(bytes, orientation) : bytes;
          const [seenWidth, seenHeight] =
            held !== bytes && orientation === 6 ? [height, width] : [width, height];
          const thumbnail = await make(held, { maxWidth, maxHeight });
          const scale = Math.min(1, maxWidth / seenWidth, maxHeight / seenHeight);
          expect(thumbnail.width).toBeLessThanOrEqual(Math.min(maxWidth, seenWidth));
          expect(thumbnail.height).toBeLessThanOrEqual(Math.min(maxHeight, seenHeight));
          expect(Math.abs(thumbnail.width - seenWidth * scale)).toBeLessThanOrEqual(1);
          expect(Math.abs(thumbnail.height - seenHeight * scale)).toBeLessThanOrEqual(1);
          expect(await look(thumbnail.bytes)).toMatchObject({
            width: thumbnail.width,
            height: thumbnail.height,
          });
        },
      ),
    );
  });
});

describe("the thumbnail maker", () => {
  test.each([
    ["text", "just words"],
    ["an SVG, whose parser is never asked", '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>'],
    ["an XML document", '<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"/>'],
    ["a PDF", "%PDF-1.7\n"],
    ["no bytes", ""],
    ["a RIFF that is no webp", "RIFF\0\0\0\0WAVEfmt "],
  ])("rejects %s", async (_, text) => {
    expect(await refusal(Buffer.from(text, "latin1"))).toBe(
      "no-picture: not a jpeg, png or webp by its content",
    );
  });

  test("rejects pictures of other formats, though its library could read them", async () => {
    const picture = await quarters(20, 10);
    for (const bytes of [picture.gifsaveBuffer(), picture.tiffsaveBuffer()]) {
      expect((await look(bytes)).width).toBe(20);
      expect(await refusal(bytes)).toMatch(/^no-picture/);
    }
  });

  test("lets libvips reach the parsers of jpeg, png and webp, and no other", async () => {
    const picture = await quarters(20, 10);
    const [gif, tiff] = [picture.gifsaveBuffer(), picture.tiffsaveBuffer()];
    const loaded = Vips({ dynamicLibraries: [] });
    const guarded = new ThumbnailMaker((() => loaded) as unknown as typeof Vips);
    for (const format of formats) expect(await guarded.make(all[format], limits)).toMatchObject({ format });
    const vips = await loaded;
    expect(() => vips.Image.newFromBuffer(all.jpeg)).not.toThrow();
    for (const bytes of [gif, tiff]) expect(() => vips.Image.newFromBuffer(bytes)).toThrow();
    expect(() => vips.Image.gifloadBuffer(gif)).toThrow();
  });

  test("rejects what only begins like a picture", async () => {
    const starts = ["\xff\xd8\xff", "\x89PNG\r\n\x1a\n", "RIFF\0\0\0\0WEBP", "\xff\xd8\xff\xe0<svg/>"];
    for (const start of starts)
      expect(await refusal(Buffer.from(start, "latin1"))).toBe("damaged: libvips cannot decode it");
  });

  test.each(formats)("rejects a %s that ends early, be it by a little", async (format) => {
    for (const part of [0.2, 0.6, 0.95]) {
      const cut = all[format].subarray(0, Math.floor(all[format].length * part));
      expect(await refusal(cut)).toBe("damaged: libvips cannot decode it");
    }
  });

  test("rejects a png whose pixels are not what its checksum says", async () => {
    const broken = Buffer.from(all.png);
    broken.writeUInt8(broken.readUInt8(broken.length - 20) ^ 0xff, broken.length - 20);
    expect(await refusal(broken)).toMatch(/^damaged/);
  });

  test.each([
    ["png", () => pngBomb(60_000, 60_000)],
    ["jpeg", () => jpegClaiming(all.jpeg, 60_000, 60_000)],
  ])("rejects a %s that claims 60,000 × 60,000, by its header alone", async (_, bomb) => {
    const before = process.memoryUsage.rss();
    expect(await refusal(bomb(), { maxPixels: 50_000_000 })).toBe(
      "too-many-pixels: 60000 x 60000 is 3600000000 pixels, and 50000000 are allowed",
    );
    expect(process.memoryUsage.rss() - before).toBeLessThan(100_000_000);
  });

  test("takes as many pixels as allowed, and not one more", async () => {
    for (const format of formats) {
      expect(await refusal(all[format], { maxPixels: 51_200 })).toBeUndefined();
      expect(await refusal(all[format], { maxPixels: 51_199 })).toMatch(
        /^too-many-pixels: 320 x 160 is 51200/,
      );
    }
  });

  test("rejects an animated webp, and takes a still one", async () => {
    const vips = await libvips;
    const still = await quarters(20, 10);
    const frames = vips.Image.arrayjoin([still, still.invert() as Vips.Image], { across: 1 }).copy();
    frames.setInt("page-height", 10);
    expect(await refusal(frames.webpsaveBuffer())).toBe("animated: an animated webp");
    expect(await refusal(all.webp)).toBeUndefined();
  });

  test("rejects an animated png by the chunk before its pixels, and by no other", async () => {
    const pixels = deflateSync(Buffer.alloc(10 * (1 + 4 * 20)));
    const parts = (...between: (readonly [string, Uint8Array])[]) =>
      png(pngHeader(20, 10), ...between, ["IDAT", pixels], ["IEND", Buffer.alloc(0)]);
    expect(await refusal(parts(["acTL", Buffer.alloc(8)]))).toBe("animated: an animated png");
    expect(await refusal(parts(["tEXt", Buffer.from("Comment\0acTL")]))).toBeUndefined();
    expect(await refusal(parts())).toBeUndefined();
  });

  test("answers any bytes with a thumbnail within the limits or a refusal, and works on", async () => {
    const change = fc.record({ at: fc.nat(), value: fc.integer({ min: 0, max: 255 }) });
    const bytes = fc.oneof(
      fc.uint8Array({ maxLength: 500 }),
      fc
        .tuple(
          fc.constantFrom(...formats),
          fc.array(change, { maxLength: 8 }),
          fc.double({ min: 0, max: 1, noNaN: true }),
        )
        .map(([format, changes, part]) => {
          const picture = Buffer.from(all[format]);
          for (const { at, value } of changes) picture.writeUInt8(value, at % picture.length);
          return picture.subarray(0, part < 0.3 ? Math.floor((part / 0.3) * picture.length) : picture.length);
        }),
    );
    await fc.assert(
      fc.asyncProperty(bytes, async (some) => {
        try {
          const { width, height, format } = await make(some);
          expect(Math.max(width, height)).toBeLessThanOrEqual(80);
          expect(format).toBe(formatOf(some));
        } catch (error) {
          expect(error).toBeInstanceOf(RefusedPictureError);
        }
      }),
      { numRuns: 500 },
    );
    expect(await make(all.jpeg)).toMatchObject({ width: 80, height: 40 });
  });
});

describe("when libvips itself fails", () => {
  /** libvips that fails as told at its first thumbnail. */
  const failing = (thrown: unknown) => {
    const load = jest.fn(async () => {
      const vips = await Vips({ dynamicLibraries: [] });
      if (load.mock.calls.length > 1) return vips;
      const { thumbnailBuffer } = vips.Image;
      vips.Image.thumbnailBuffer = () => {
        vips.Image.thumbnailBuffer = thumbnailBuffer;
        throw thrown;
      };
      return vips;
    });
    return { maker: new ThumbnailMaker(load as unknown as typeof Vips), load };
  };

  test("a picture is not blamed for memory that ran out", async () => {
    const { maker, load } = failing({ message: ["vips::Error", "VipsImage: out of memory --- size == 9MB"] });
    await expect(maker.make(all.png, limits)).rejects.toThrow(
      "libvips failed: vips::Error: VipsImage: out of memory",
    );
    await expect(maker.make(all.png, limits)).resolves.toMatchObject({ width: 80 });
    expect(load).toHaveBeenCalledTimes(1);
  });

  test("nor for an allocation that the language refused", async () => {
    const { maker } = failing({ message: ["std::bad_alloc", "std::bad_alloc"] });
    await expect(maker.make(all.png, limits)).rejects.toThrow("libvips failed: std::bad_alloc");
  });

  test("a trap is worth another try, and the next picture gets a new memory", async () => {
    const { maker, load } = failing(Object.assign(new Error("unreachable"), { name: "RuntimeError" }));
    await expect(maker.make(all.png, limits)).rejects.toThrow("libvips failed: RuntimeError: unreachable");
    await expect(maker.make(all.png, limits)).resolves.toMatchObject({ width: 80 });
    expect(load).toHaveBeenCalledTimes(2);
  });
});
