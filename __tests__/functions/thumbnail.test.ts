import { execFile } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { Logger } from "@aws-lambda-powertools/logger";
import * as fc from "fast-check";
import { unzipSync } from "fflate";
import type { ThumbnailEnv } from "../../functions/thumbnail/env";
import { handleEvent } from "../../functions/thumbnail/event-handler";
import type { PicturePipeline } from "../../functions/thumbnail/picture-pipeline";
import { createdObject, isLater, recordsOf } from "../../functions/thumbnail/s3-event";
import { settingsOf } from "../../functions/thumbnail/settings";
import { build } from "../../modules/compute/node-function/bundle";
import { lambdaContext } from "../support/sqs-events";
import {
  BLUE,
  colours,
  distance,
  GREEN,
  GREY,
  LOSSY,
  look,
  pngBomb,
  quarters,
  RED,
} from "./support/pictures";
import { s3Event, s3Record, s3TestEvent } from "./support/s3-events";
import { S3Stub, type StoredObject } from "./support/s3-stub";

const env: ThumbnailEnv = {
  SOURCE_BUCKET: "pictures",
  OUTPUT_BUCKET: "site",
  OUTPUT_PREFIX: "thumbnails/",
  QUARANTINE_BUCKET: "locked",
  QUARANTINE_PREFIX: "refused/",
  MAX_WIDTH: "80",
  MAX_HEIGHT: "80",
  MAX_BYTES: "1000000",
  MAX_PIXELS: "1000000",
};
const original = { ...process.env };
let s3: S3Stub;
let jpeg: Uint8Array;
type Handler = (event: unknown, context: ReturnType<typeof lambdaContext>) => Promise<void>;
let handler: Handler;
/** The same for a bucket without versions. */
let handlerOfPlain: Handler;

/** What a function on Lambda finds, S3 on loopback. */
const environment = () => ({
  ...env,
  AWS_ENDPOINT_URL_S3: s3.endpoint,
  AWS_REGION: "eu-west-1",
  AWS_ACCESS_KEY_ID: "test",
  AWS_SECRET_ACCESS_KEY: "test",
  AWS_MAX_ATTEMPTS: "1",
  AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: "true",
  POWERTOOLS_LOG_LEVEL: "SILENT",
});

/** Loads the handler as a new execution environment does. */
async function load(): Promise<Handler> {
  let loaded: Handler | undefined;
  await jest.isolateModulesAsync(async () => {
    ({ handler: loaded } = (await import(`../../functions/${"thumbnail"}/handler`)) as {
      handler: Handler;
    });
  });
  if (loaded === undefined) throw new Error("the handler module exports no handler");
  return loaded;
}

beforeAll(async () => {
  s3 = await S3Stub.start(["plain"]);
  jpeg = (await quarters(320, 160)).jpegsaveBuffer({ Q: 95 });
  process.env = { ...original, ...environment() };
  handler = await load();
  process.env.SOURCE_BUCKET = "plain";
  handlerOfPlain = await load();
  process.env.SOURCE_BUCKET = "pictures";
});
afterAll(async () => {
  process.env = { ...original };
  await s3.stop();
});
beforeEach(() => s3.reset());

const invoke = (...records: unknown[]) => handler(s3Event(...records), lambdaContext());
const invokeOfPlain = (...records: unknown[]) => handlerOfPlain(s3Event(...records), lambdaContext());
const thumbnailOf = (key: string) => s3.versionsOf("site", `thumbnails/${key}`);
/** Puts a picture, and gives the record of it. */
const upload = (key: string, body: Uint8Array | string, changes: Parameters<typeof s3Record>[3] = {}) =>
  s3Record("pictures", key, s3.put("pictures", key, body), changes);

describe("a picture that was uploaded", () => {
  test("has a thumbnail under its own key, with its type, and where it came from", async () => {
    const record = upload("cats/tom.jpg", jpeg);
    await invoke(record);
    const [thumbnail, ...others] = thumbnailOf("cats/tom.jpg");
    expect(others).toEqual([]);
    expect(thumbnail).toMatchObject({
      contentType: "image/jpeg",
      metadata: {
        "source-bucket": "pictures",
        "source-version": record.s3.object.versionId,
        "source-sequencer": record.s3.object.sequencer,
      },
    });
    expect(await look(thumbnail?.body as Buffer)).toMatchObject({
      width: 80,
      height: 40,
      loader: "jpegload_buffer",
    });
  });

  test.each([
    "ObjectCreated:Put",
    "ObjectCreated:Post",
    "ObjectCreated:Copy",
    "ObjectCreated:CompleteMultipartUpload",
  ])("by %s has one", async (eventName) => {
    await invoke(upload("a.jpg", jpeg, { eventName }));
    expect(thumbnailOf("a.jpg")).toHaveLength(1);
  });

  test.each([
    ["with spaces and signs", "Ferien 2025/a+b (1) & c=d.jpg", "Ferien+2025/a%2Bb+%281%29+%26+c%3Dd.jpg"],
    [
      "in other scripts",
      "отпуск/写真 é.jpg",
      "%D0%BE%D1%82%D0%BF%D1%83%D1%81%D0%BA/%E5%86%99%E7%9C%9F+%C3%A9.jpg",
    ],
  ])("under a key %s, as events encode it, has one under that key", async (_, key, writtenKey) => {
    await invoke(upload(key, jpeg, { writtenKey }));
    expect(thumbnailOf(key)).toHaveLength(1);
  });

  test("is what it holds and not what its name says", async () => {
    await invoke(upload("really-a-png.jpg", (await quarters(320, 160)).pngsaveBuffer()));
    expect(thumbnailOf("really-a-png.jpg")[0]?.contentType).toBe("image/png");
  });

  test("is read by the version that the event names, not the latest", async () => {
    const record = upload("a.png", (await quarters(320, 160)).pngsaveBuffer());
    s3.put("pictures", "a.png", (await quarters(160, 320)).pngsaveBuffer());
    await invoke(record);
    expect(await look(thumbnailOf("a.png")[0]?.body as Buffer)).toMatchObject({ width: 80, height: 40 });
  });

  test("asks S3 for three things: what is there, the version, and to write", async () => {
    const {
      s3: { object },
    } = await upload("a.jpg", jpeg);
    await invoke(s3Record("pictures", "a.jpg", s3.latest("pictures", "a.jpg") as StoredObject));
    expect(s3.calls).toEqual([
      "HeadObject site/thumbnails/a.jpg",
      `GetObject pictures/a.jpg ${object.versionId}`,
      "PutObject site/thumbnails/a.jpg",
    ]);
  });
});

describe("the same version again", () => {
  test("costs one look, and writes nothing", async () => {
    const record = upload("a.jpg", jpeg);
    await invoke(record);
    s3.calls.length = 0;
    await invoke(record);
    expect(s3.calls).toEqual(["HeadObject site/thumbnails/a.jpg"]);
    expect(thumbnailOf("a.jpg")).toHaveLength(1);
  });

  test("is not written by whoever of two comes second, though both began", async () => {
    const record = upload("a.jpg", jpeg);
    const other = await load();
    s3.interrupt("PutObject", "site");
    await Promise.all([invoke(record), other(s3Event(record), lambdaContext())]);
    expect(thumbnailOf("a.jpg")).toHaveLength(1);
  });
});

describe("two versions of a picture", () => {
  const versions = async () => [
    upload("a.png", (await quarters(320, 160)).pngsaveBuffer(), { sequencer: "0068F0A1" }),
    // A longer one: it is compared from the left.
    upload("a.png", (await quarters(160, 320)).pngsaveBuffer(), { sequencer: "0068F0A1B2" }),
  ];
  const shape = async () => {
    const { width, height } = await look(thumbnailOf("a.png").at(-1)?.body as Buffer);
    return width > height ? "first" : "second";
  };

  test("leave the thumbnail of the later one", async () => {
    const [first, second] = await versions();
    await invoke(first, second);
    expect(await shape()).toBe("second");
    expect(thumbnailOf("a.png")).toHaveLength(2);
  });

  test("leave the thumbnail of the later one though its event comes first", async () => {
    const [first, second] = await versions();
    await invoke(second, first);
    expect(await shape()).toBe("second");
    expect(thumbnailOf("a.png")).toHaveLength(1);
  });

  test.each([
    ["earlier", 1, 0],
    ["later", 0, 1],
  ] as const)(
    "made at once, of which the %s is faster, leave that of the later one",
    async (_, slow, fast) => {
      const records = await versions();
      const other = await load();
      const done = new Promise<void>((resolve, reject) => {
        s3.interrupt("GetObject", "pictures", () => {
          other(s3Event(records[fast]), lambdaContext()).then(resolve, reject);
        });
      });
      await invoke(records[slow]);
      await done;
      expect(await shape()).toBe("second");
    },
  );

  test("fail for another try where the thumbnail changes at each of three", async () => {
    const foreign = () => void s3.put("site", "thumbnails/a.jpg", `foreign ${Math.random()}`);
    s3.interrupt("PutObject", "site", foreign, foreign, foreign);
    await expect(invoke(upload("a.jpg", jpeg))).rejects.toThrow(
      "the thumbnail thumbnails/a.jpg was changed by others at each of 3 tries to write it",
    );
  });

  test("are written at the third try where the thumbnail changed at two", async () => {
    const foreign = () => void s3.put("site", "thumbnails/a.jpg", `foreign ${Math.random()}`);
    s3.interrupt("PutObject", "site", foreign, foreign);
    await invoke(upload("a.jpg", jpeg));
    expect(await look(thumbnailOf("a.jpg").at(-1)?.body as Buffer)).toMatchObject({ width: 80, height: 40 });
    expect(s3.calls.filter((call) => call.startsWith("PutObject"))).toHaveLength(3);
  });

  test("written at the same moment, of which S3 refuses one, are looked at again", async () => {
    s3.refuse("PutObject", "site", "ConditionalRequestConflict", 409);
    await invoke(upload("a.jpg", jpeg));
    expect(thumbnailOf("a.jpg")).toHaveLength(1);
    expect(s3.calls.slice(-3)).toEqual([
      "PutObject site/thumbnails/a.jpg",
      "HeadObject site/thumbnails/a.jpg",
      "PutObject site/thumbnails/a.jpg",
    ]);
  });

  test("fail for another try where S3 refuses each of three so", async () => {
    s3.refuse("PutObject", "site", "ConditionalRequestConflict", 409, 3);
    await expect(invoke(upload("a.jpg", jpeg))).rejects.toThrow("was changed by others at each of 3 tries");
    expect(s3.calls.filter((call) => call.startsWith("PutObject"))).toHaveLength(3);
    expect(thumbnailOf("a.jpg")).toHaveLength(0);
  });

  test("of the same key in two buckets are told apart, loudly", async () => {
    const metadata = { "source-bucket": "more-pictures", "source-sequencer": "01" };
    s3.put("site", "thumbnails/a.jpg", jpeg, { metadata });
    await expect(invoke(upload("a.jpg", jpeg))).rejects.toThrow(
      "a.jpg of pictures has the place of a thumbnail from more-pictures: give each source bucket an OUTPUT_PREFIX of its own",
    );
  });
});

describe("a bucket without versions", () => {
  const uploadPlain = (body: Uint8Array, sequencer: string) =>
    s3Record("plain", "a.jpg", s3.put("plain", "a.jpg", body), { sequencer });

  test("has thumbnails too, each event once", async () => {
    const record = uploadPlain(jpeg, "01");
    await invokeOfPlain(record);
    await invokeOfPlain(record);
    expect(s3.calls.filter((call) => call.startsWith("GetObject"))).toEqual(["GetObject plain/a.jpg"]);
    expect(thumbnailOf("a.jpg")[0]?.metadata).toEqual({ "source-bucket": "plain", "source-sequencer": "01" });
  });

  test("gives an overwritten object to the event of what took its place", async () => {
    const first = uploadPlain(jpeg, "01");
    const second = uploadPlain((await quarters(160, 320)).jpegsaveBuffer(), "02");
    await invokeOfPlain(first);
    expect(thumbnailOf("a.jpg")).toEqual([]);
    await invokeOfPlain(second);
    expect(thumbnailOf("a.jpg")).toHaveLength(1);
  });

  test("that only suspended its versions, so that all are called null, is one without", async () => {
    const record = uploadPlain(jpeg, "01");
    const suspended = { ...record.s3.object, versionId: "null" };
    await invokeOfPlain({ ...record, s3: { ...record.s3, object: suspended } });
    expect(s3.calls).toContain("GetObject plain/a.jpg");
    expect(thumbnailOf("a.jpg")).toHaveLength(1);
  });
});

describe("an object that is no picture", () => {
  const refused = (key: string) =>
    s3.latest("locked", `refused/${key}/${s3.latest("pictures", key)?.versionId}`);

  test.each<[string, () => Uint8Array | string, string, string]>([
    ["nothing", () => "", "empty", "it has no bytes"],
    ["text", () => "no picture", "no-picture", "not a jpeg, png or webp by its content"],
    ["half a picture", () => jpeg.subarray(0, jpeg.length / 2), "damaged", "libvips cannot decode it"],
    [
      "a bomb",
      () => pngBomb(60_000, 60_000),
      "too-many-pixels",
      "60000 x 60000 is 3600000000 pixels, and 1000000 are allowed",
    ],
    [
      "too many bytes",
      () => Buffer.alloc(1_000_001),
      "too-many-bytes",
      "it has 1000001 bytes, and 1000000 are allowed",
    ],
  ])("but %s is copied to quarantine with the reason, and is done", async (_, body, reason, detail) => {
    const record = upload("a.jpg", body());
    await invoke(record);
    const { body: copied, ...rest } = refused("a.jpg") as StoredObject;
    expect(copied.equals(s3.latest("pictures", "a.jpg")?.body as Buffer)).toBe(true);
    expect(rest).toMatchObject({
      metadata: {
        reason,
        detail,
        "source-bucket": "pictures",
        "source-version": record.s3.object.versionId,
        "source-sequencer": record.s3.object.sequencer,
      },
    });
    expect(s3.keys("site")).toEqual([]);
  });

  test("keeps nothing there that a browser would run", async () => {
    s3.put("pictures", "a.html", "<script>", { contentType: "text/html", metadata: { reason: "none" } });
    await invoke(s3Record("pictures", "a.html", s3.latest("pictures", "a.html") as StoredObject));
    expect(refused("a.html")).toMatchObject({
      contentType: "application/octet-stream",
      metadata: { reason: "no-picture" },
    });
  });

  test("under a key of other scripts is there too, version by version", async () => {
    const key = "写真 & +é/?.jpg";
    await invoke(upload(key, "first"));
    const first = refused(key);
    await invoke(upload(key, "second"));
    expect([first?.body.toString(), refused(key)?.body.toString()]).toEqual(["first", "second"]);
    expect(s3.keys("locked")).toHaveLength(2);
  });

  test("is copied once, however often its event comes", async () => {
    const record = upload("a.jpg", "no picture");
    await invoke(record);
    await invoke(record);
    expect(s3.calls.filter((call) => call.startsWith("CopyObject"))).toHaveLength(1);
  });

  test("is not read to its end where it is too large", async () => {
    const unread = s3.nextUnread();
    await invoke(upload("a.jpg", Buffer.alloc(20_000_000)));
    expect(await unread).toContain("/pictures/a.jpg?");
  });

  test("of a bucket without versions lies there by the number of its event", async () => {
    await invokeOfPlain(s3Record("plain", "a.txt", s3.put("plain", "a.txt", "text"), { sequencer: "0A" }));
    expect(s3.keys("locked")).toEqual(["refused/a.txt/0A"]);
  });

  test("that cannot be copied fails for another try, and is not lost", async () => {
    s3.refuse("CopyObject", "locked", "AccessDenied", 403);
    const record = upload("a.jpg", "no picture");
    await expect(invoke(record)).rejects.toThrow("1 of 1 records failed: AccessDenied");
    await invoke(record);
    expect(refused("a.jpg")?.metadata.reason).toBe("no-picture");
  });
});

describe("an object that is no more", () => {
  test("because its version was deleted is done", async () => {
    const record = upload("a.jpg", jpeg);
    s3.deleteVersion("pictures", "a.jpg", record.s3.object.versionId as string);
    await invoke(record);
    expect(s3.keys("site")).toEqual([]);
  });

  test("because it is a delete marker is done", async () => {
    const marker = s3.put("pictures", "a.jpg", "", { deleteMarker: true });
    await invoke(s3Record("pictures", "a.jpg", marker));
    expect(s3.keys("site")).toEqual([]);
  });

  test("in a bucket without versions is done", async () => {
    const record = s3Record("plain", "a.jpg", s3.put("plain", "a.jpg", jpeg));
    s3.deleteVersion("plain", "a.jpg", "null");
    await invokeOfPlain(record);
    expect(s3.keys("site")).toEqual([]);
  });

  test("when it shall be copied to quarantine is done", async () => {
    const record = upload("a.jpg", "no picture");
    s3.interrupt("CopyObject", "locked", () =>
      s3.deleteVersion("pictures", "a.jpg", record.s3.object.versionId as string),
    );
    await invoke(record);
    expect(s3.keys("locked")).toEqual([]);
  });

  test("is told apart from a bucket that is not there, and from a missing permission", async () => {
    s3.refuse("GetObject", "pictures", "NoSuchBucket", 404);
    await expect(invoke(upload("a.jpg", jpeg))).rejects.toThrow("NoSuchBucket");
    s3.refuse("GetObject", "pictures", "AccessDenied", 403);
    await expect(invoke(upload("b.jpg", jpeg))).rejects.toThrow("AccessDenied");
  });
});

describe("the function's own objects", () => {
  test.each([
    ["thumbnails", "site", "thumbnails/a.jpg"],
    ["quarantined objects", "locked", "refused/a.jpg/1"],
  ])("%s are left alone, or it would go round for ever", async (_, bucket, key) => {
    await invoke(s3Record(bucket, key, s3.put(bucket, key, jpeg)));
    expect(s3.calls).toEqual([]);
  });

  test("are told by bucket and by the whole prefix", async () => {
    await invoke(upload("thumbnails/a.jpg", jpeg));
    expect(s3.keys("site")).toEqual(["thumbnails/thumbnails/a.jpg"]);
    const beside = s3Record("site", "thumbnails.jpg", s3.put("site", "thumbnails.jpg", jpeg));
    await expect(invoke(beside)).rejects.toThrow(
      "thumbnails.jpg lies in site, and this function works for pictures alone",
    );
  });
});

describe("an event", () => {
  test("of several records is worked through though one fails, and then fails as a whole", async () => {
    s3.refuse("GetObject", "pictures", "SlowDown", 503);
    const records = ["a.jpg", "b.jpg", "c.jpg"].map((key) => upload(key, jpeg));
    await expect(invoke(...records)).rejects.toThrow("1 of 3 records failed: SlowDown");
    expect(s3.keys("site")).toEqual(["thumbnails/b.jpg", "thumbnails/c.jpg"]);
  });

  test("tried again makes only what is missing", async () => {
    s3.refuse("GetObject", "pictures", "SlowDown", 503);
    const records = ["a.jpg", "b.jpg"].map((key) => upload(key, jpeg));
    await expect(invoke(...records)).rejects.toThrow();
    s3.calls.length = 0;
    await invoke(...records);
    expect(s3.calls.filter((call) => call.startsWith("PutObject"))).toEqual([
      "PutObject site/thumbnails/a.jpg",
    ]);
  });

  test("with a record that says nothing fails loudly after the others", async () => {
    await expect(invoke({ eventSource: "aws:s3" }, upload("a.jpg", jpeg), undefined)).rejects.toThrow(
      "2 of 3 records failed: MalformedEventError: not an event of S3: a record is not from aws:s3",
    );
    expect(thumbnailOf("a.jpg")).toHaveLength(1);
  });

  test("with a record that says nothing logs its place, by which it is found in the event", async () => {
    const logger = new Logger({ serviceName: "test", logLevel: "SILENT" });
    const error = jest.spyOn(logger, "error");
    const pipeline = { process: async () => ({ outcome: "done" }) } as unknown as PicturePipeline;
    const event = s3Event(upload("a.jpg", jpeg), { eventSource: "aws:s3" });
    await expect(handleEvent(event, pipeline, logger)).rejects.toThrow("1 of 2 records failed");
    expect(error.mock.calls).toEqual([["record failed", { record: 1, error: expect.any(Error) }]]);
  });

  test("by which S3 tries a new notification is done", async () => {
    await handler(s3TestEvent, lambdaContext());
    expect(s3.calls).toEqual([]);
  });

  test.each([
    "ObjectRemoved:Delete",
    "ObjectRemoved:DeleteMarkerCreated",
    "ObjectRestore:Completed",
    "ObjectTagging:Put",
    "LifecycleExpiration:Delete",
  ])("of %s is done, and nothing is read", async (eventName) => {
    await invoke(upload("a.jpg", jpeg, { eventName }));
    expect(s3.calls).toEqual([]);
  });

  test.each([[{}], [null], ["text"], [{ Records: "none" }], [{ detail: { object: { key: "a.jpg" } } }]])(
    "rejects %j, which is none of S3's",
    async (event) => {
      await expect(handler(event, lambdaContext())).rejects.toThrow("not an event of S3: it has no Records");
    },
  );
});

describe("a record", () => {
  const record = s3Record("pictures", "a.jpg", {
    versionId: "v1",
    eTag: "e",
    body: Buffer.from("x"),
    metadata: {},
  });
  const withObject = (changes: Record<string, unknown>) => ({
    ...record,
    s3: { ...record.s3, object: { ...record.s3.object, ...changes } },
  });

  test("says where its object is, decoded", () => {
    expect(createdObject(withObject({ key: "a+b%2Bc.jpg" }))).toEqual({
      bucket: "pictures",
      key: "a b+c.jpg",
      versionId: "v1",
      eTag: "e",
      sequencer: "0068F0A1B2C3D4E5F6",
    });
  });

  test("rejects every missing field at once", () => {
    expect(() => createdObject({ ...record, s3: {} })).toThrow(
      "not an event of S3: s3.bucket.name is missing; s3.object.key is missing, or not URL-encoded; s3.object.sequencer is no hexadecimal number",
    );
  });

  test.each([["%"], ["%FF"], [""], [7]])("rejects the key %j", (key) => {
    expect(() => createdObject(withObject({ key }))).toThrow("s3.object.key");
  });

  test.each([["xyz"], [""], [undefined]])("rejects the sequencer %j", (sequencer) => {
    expect(() => createdObject(withObject({ sequencer }))).toThrow("s3.object.sequencer");
  });

  test("of any shape is an object, nothing, or a malformed event", () => {
    fc.assert(
      fc.property(fc.anything(), (value) => {
        for (const read of [recordsOf, createdObject])
          try {
            read(value);
          } catch (error) {
            expect(error).toHaveProperty("name", "MalformedEventError");
          }
      }),
    );
  });

  test("gives back any key that was encoded as events are", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme", minLength: 1 }), (key) => {
        const written = encodeURIComponent(key).replaceAll("%20", "+");
        expect(createdObject(withObject({ key: written }))?.key).toBe(key);
      }),
    );
  });
});

describe("sequencers", () => {
  test.each([
    ["0055AED6DCD90281E5", "0055AED6DCD90281E4", true],
    ["0055AED6DCD90281E5", "0055AED6DCD90281E5", false],
    ["0055AED6DCD9", "0055AED6DCD90281E5", false],
    ["0055AED6DD", "0055AED6DCD90281E5", true],
    ["0A", "0a", false],
    ["10", "1", false],
  ])("%s is later than %s: %j", (one, other, later) => {
    expect(isLater(one, other)).toBe(later);
  });

  test("order any two events of a key one way only", () => {
    const sequencer = fc.stringMatching(/^[0-9A-F]{1,20}$/);
    fc.assert(
      fc.property(sequencer, sequencer, (one, other) => {
        expect(isLater(one, other) && isLater(other, one)).toBe(false);
        if (!isLater(one, other) && !isLater(other, one))
          expect(one.replace(/0+$/, "")).toBe(other.replace(/0+$/, ""));
      }),
    );
  });
});

describe("the settings", () => {
  test("are places and limits", () => {
    expect(settingsOf(env)).toEqual({
      source: "pictures",
      output: { bucket: "site", prefix: "thumbnails/" },
      quarantine: { bucket: "locked", prefix: "refused/" },
      limits: { maxBytes: 1_000_000, maxPixels: 1_000_000, maxWidth: 80, maxHeight: 80 },
    });
  });

  test("end a prefix in a slash, so that it holds no more than it says", () => {
    expect(settingsOf({ ...env, OUTPUT_PREFIX: "small" }).output.prefix).toBe("small/");
  });

  test("rejects numbers that are none, all at once", () => {
    expect(() =>
      settingsOf({ ...env, MAX_BYTES: "10 MB", MAX_PIXELS: "0", MAX_WIDTH: "-1", MAX_HEIGHT: "1.5" }),
    ).toThrow(
      'function "thumbnail": MAX_BYTES must be a whole number above zero, got 10 MB; MAX_PIXELS must be a whole number above zero, got 0; MAX_WIDTH must be a whole number above zero, got -1; MAX_HEIGHT must be a whole number above zero, got 1.5',
    );
  });

  test.each(Object.keys(env))(
    "rejects a missing %s at load, naming it and the function",
    async (variable) => {
      const { [variable]: value, ...rest } = process.env;
      process.env = rest;
      await expect(load()).rejects.toThrow(
        `function "thumbnail": environment variable ${variable} is missing`,
      );
      process.env = { ...rest, [variable]: value };
    },
  );
});

describe("the zip that is deployed", () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "lambda-"));
    const { path } = build(join(__dirname, "../../functions/thumbnail/handler.ts"));
    for (const [name, contents] of Object.entries(unzipSync(readFileSync(path)))) {
      mkdirSync(dirname(join(folder, "task", name)), { recursive: true });
      writeFileSync(join(folder, "task", name), contents);
    }
    // As on Lambda, whose runtime has the SDK: above the zip's own folder, and nothing else is there.
    mkdirSync(join(folder, "node_modules"));
    for (const scope of ["@aws-sdk", "@smithy"])
      symlinkSync(join(__dirname, "../../node_modules", scope), join(folder, "node_modules", scope));
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  test.each(["jpeg", "png", "webp"])(
    "makes a thumbnail of a %s in a process of its own, and ends",
    async (format) => {
      const picture = (await quarters(320, 160)).writeToBuffer(`.${format}`);
      const event = s3Event(upload(`a.${format}`, picture));
      // A file, as Lambda's runtime is one: libvips' threads inherit `--input-type`, with which they do not start.
      const program = join(folder, "invoke.mjs");
      writeFileSync(
        program,
        `import { handler } from "./task/index.mjs";
         await handler(${JSON.stringify(event)}, {});`,
      );
      await promisify(execFile)(process.execPath, [program], {
        cwd: join(folder, "task"),
        env: { PATH: process.env.PATH, ...environment(), NODE_OPTIONS: "--enable-source-maps" },
      });
      const bytes = thumbnailOf(`a.${format}`)[0]?.body as Buffer;
      expect(await look(bytes)).toMatchObject({ width: 80, height: 40, loader: `${format}load_buffer` });
      expect(distance(await colours(bytes), [RED, GREEN, BLUE, GREY])).toBeLessThan(LOSSY);
    },
  );
});
