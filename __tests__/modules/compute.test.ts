import { execFileSync } from "node:child_process";
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { CloudwatchLogGroup } from "@cdktf/provider-aws/lib/cloudwatch-log-group";
import { IamRole } from "@cdktf/provider-aws/lib/iam-role";
import { IamRolePolicy } from "@cdktf/provider-aws/lib/iam-role-policy";
import { LambdaFunction } from "@cdktf/provider-aws/lib/lambda-function";
import { SecurityGroup } from "@cdktf/provider-aws/lib/security-group";
import { Token } from "cdktf";
import { buildSync } from "esbuild";
import * as fc from "fast-check";
import { unzipSync } from "fflate";
import type { BillingEnv } from "../../functions/billing/env";
import { NodeFunction, type NodeFunctionProps, type NoVariables } from "../../modules/compute";
import { build, bundleOf, SIZE_LIMITS, shippable } from "../../modules/compute/node-function/bundle";
import { PAYLOAD_LIMIT } from "../../modules/compute/node-function/payload";
import { entryOf } from "../../modules/compute/node-function/source";
import type { Facts } from "../../modules/core";
import { Network } from "../../modules/network";
import { statementsOf, synthesize } from "../../testing";

const environment: BillingEnv = { TABLE_NAME: "t", IDEMPOTENCY_TABLE_NAME: "i" };
type Props = Partial<NodeFunctionProps<BillingEnv>>;
const billing = (props: Props = {}, facts: Partial<Facts> = {}) =>
  synthesize(
    (stack) =>
      void new NodeFunction<BillingEnv>(stack, "billing", { source: "billing", environment, ...props }),
    facts,
  );

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "function-"));
});
afterEach(() => rmSync(folder, { recursive: true }));
const entryWith = (code: string, name = "handler.ts") => {
  const entry = join(folder, name);
  writeFileSync(entry, code);
  return entry;
};
const HANDLER = "export const handler = async () => process.env.GREETING;";

/** The central directory of a zip: APPNOTE.TXT, 4.3.12. */
const directoryOf = (zip: Buffer) => {
  const files = [];
  let at = zip.indexOf("PK\x01\x02", 0, "latin1");
  while (zip.readUInt32LE(at) === 0x02014b50) {
    const [time, day] = [zip.readUInt16LE(at + 12), zip.readUInt16LE(at + 14)];
    const nameLength = zip.readUInt16LE(at + 28);
    const two = (value: number) => String(value).padStart(2, "0");
    files.push({
      name: zip.toString("utf8", at + 46, at + 46 + nameLength),
      madeOn: zip.readUInt8(at + 5) === 3 ? "unix" : "elsewhere",
      mode: (zip.readUInt32LE(at + 38) >>> 16).toString(8),
      day: `${1980 + (day >> 9)}-${two((day >> 5) & 15)}-${two(day & 31)}`,
      seconds: (time >> 11) * 3600 + ((time >> 5) & 63) * 60 + (time & 31) * 2,
    });
    at += 46 + nameLength + zip.readUInt16LE(at + 30) + zip.readUInt16LE(at + 32);
  }
  return files;
};

const filesOf = (entry: string) => unzipSync(readFileSync(build(entry).path));

describe("a function's bundle", () => {
  const entryOfBilling = () => (entryOf("billing") as { entry: string }).entry;

  /** Builds with a module of its own, and so into an output folder of its own, at a time of its own. */
  const buildAt = (time: string, entry: string) => {
    const clock = jest.useFakeTimers({ now: new Date(time), doNotFake: ["nextTick", "setImmediate"] });
    try {
      let made: ReturnType<typeof build> | undefined;
      jest.isolateModules(() => {
        made = require("../../modules/compute/node-function/bundle").build(entry);
      });
      return made as ReturnType<typeof build>;
    } finally {
      clock.useRealTimers();
    }
  };

  it("is the same bytes in two builds, into two folders, years apart, whatever the age of its sources", () => {
    const entry = entryWith(HANDLER);
    const one = buildAt("2025-01-01T00:00:00Z", entry);
    utimesSync(entry, new Date("2001-02-03T04:05:06Z"), new Date("2001-02-03T04:05:06Z"));
    const other = buildAt("2031-12-31T23:59:58Z", entry);
    expect(other.path).not.toBe(one.path);
    expect(dirname(dirname(other.path))).not.toBe(dirname(dirname(one.path)));
    expect(readFileSync(other.path).equals(readFileSync(one.path))).toBe(true);
    expect(other.hash).toBe(one.hash);
  });

  it("is the same bytes for a function of this project too", () => {
    const [one, other] = ["2025-01-01T00:00:00Z", "2031-12-31T23:59:58Z"].map((time) =>
      buildAt(time, entryOfBilling()),
    ) as [ReturnType<typeof build>, ReturnType<typeof build>];
    expect(readFileSync(other.path).equals(readFileSync(one.path))).toBe(true);
  });

  it("names its files in order, each of the zip's first day and readable by everybody, as Lambda's user needs", () => {
    expect(directoryOf(readFileSync(build(entryWith(HANDLER)).path))).toEqual(
      ["index.mjs", "index.mjs.map"].map((name) => ({
        name,
        madeOn: "unix",
        mode: "100644",
        day: "1980-01-01",
        seconds: 0,
      })),
    );
  });

  it("is the same bytes in another folder, another process, another working directory and another time zone", () => {
    const here = entryWith(HANDLER);
    const elsewhere = join(folder, "deep", "down");
    mkdirSync(elsewhere, { recursive: true });
    cpSync(here, join(elsewhere, "handler.ts"));
    const bundler = join(folder, "bundler.cjs");
    buildSync({
      entryPoints: [join(__dirname, "../../modules/compute/node-function/bundle.ts")],
      bundle: true,
      platform: "node",
      packages: "external",
      outfile: bundler,
    });
    const script = `process.stdout.write(require("node:fs").readFileSync(require(process.argv[1]).build(process.argv[2]).path, "base64"))`;
    const there = (TZ: string, cwd: string) =>
      execFileSync(process.execPath, ["-e", script, bundler, join(elsewhere, "handler.ts")], {
        cwd,
        encoding: "utf8",
        env: { ...process.env, TZ, NODE_PATH: join(__dirname, "../../node_modules") },
      });
    const bytes = readFileSync(build(here).path, "base64");
    expect(there("Pacific/Kiritimati", folder)).toBe(bytes);
    expect(there("America/Los_Angeles", elsewhere)).toBe(bytes);
  });

  it("is never taken from a folder that somebody else could have filled", () => {
    const entry = entryWith(HANDLER);
    const { path } = build(entry);
    expect(statSync(dirname(dirname(path))).mode & 0o077).toBe(0);
    writeFileSync(path, "planted");
    expect(unzipSync(readFileSync(build(entry).path))).toHaveProperty(["index.mjs"]);
  });

  it("is made once a run", () => {
    expect(bundleOf(entryOfBilling())).toBe(bundleOf(entryOfBilling()));
  });

  it("changes its hash with its code", () => {
    const before = build(entryWith(HANDLER)).hash;
    expect(build(entryWith(HANDLER.replace("GREETING", "OTHER"))).hash).not.toBe(before);
  });

  it("holds an ES module with its source map, and names no folder of this machine", () => {
    const files = filesOf(entryOfBilling());
    expect(Object.keys(files).sort()).toEqual(["index.mjs", "index.mjs.map"]);
    const text = Object.values(files)
      .map((bytes) => Buffer.from(bytes).toString())
      .join("");
    expect(text).not.toContain(process.cwd());
    expect(JSON.parse(Buffer.from(files["index.mjs.map"] as Uint8Array).toString()).sources).toContain(
      "handler.ts",
    );
  });

  it("leaves the AWS SDK to the runtime, and everything else is inside", () => {
    const code = Buffer.from(filesOf(entryOfBilling())["index.mjs"] as Uint8Array).toString();
    const imports = [...code.matchAll(/from\s*"([^"]+)"/g)].map(([, name]) => name);
    expect(imports).toContain("@aws-sdk/client-dynamodb");
    expect(imports.filter((name) => !/^(@aws-sdk\/|node:)/.test(name as string))).toEqual([]);
  });

  it("leaves the SDK's own foundation to the runtime too", () => {
    const entry = entryWith('import { x } from "@smithy/x"; export const handler = async () => x;');
    expect(Buffer.from(filesOf(entry)["index.mjs"] as Uint8Array).toString()).toMatch(/from\s*"@smithy\/x"/);
  });

  it("runs what it holds, dependencies written for CommonJS too", () => {
    writeFileSync(join(folder, "old.cjs"), 'module.exports = require("node:os").EOL.length;');
    const entry = entryWith('import length from "./old.cjs"; export const handler = async () => length;');
    const module = join(folder, "index.mjs");
    writeFileSync(module, filesOf(entry)["index.mjs"] as Uint8Array);
    const script = `import(${JSON.stringify(module)}).then((m) => m.handler()).then((n) => process.stdout.write(String(n)))`;
    expect(execFileSync(process.execPath, ["-e", script], { encoding: "utf8" })).toBe("1");
  });

  it("is far below a megabyte", () => {
    expect(build(entryOfBilling()).zippedBytes).toBeLessThan(1024 ** 2);
  });
});

describe("a function's source", () => {
  it("rejects an unknown name, listing those that exist", () => {
    expect(() => billing({ source: "biling" })).toThrow(
      /node-function "test\/billing": source must be a folder under functions\/ .*got "biling": the functions of .+ are analytics, audit, billing, thumbnail;/,
    );
  });

  it("rejects a name that leaves the folder", () => {
    fc.assert(
      fc.property(
        fc.string().filter((name) => !/^[a-z][a-z0-9-]*$/.test(name)),
        (name) => {
          expect(entryOf(name)).toHaveProperty("fault");
        },
      ),
    );
    expect(entryOf("../functions/billing")).toHaveProperty("fault");
  });

  it("rejects a folder without a handler, such as the one of shared code", () => {
    expect(entryOf("shared")).toHaveProperty("fault");
  });

  it("may be a function of this package, from its sources where they are", () => {
    expect(entryOf({ packaged: "billing" })).toEqual(entryOf("billing"));
  });

  it("rejects a function that this package does not ship, listing those it does", () => {
    expect(() => billing({ source: { packaged: "../billing" } })).toThrow(
      'source.packaged must be a function of this package, got "../billing": they are analytics, audit, billing, thumbnail',
    );
  });

  it("may be a file of another team", () => {
    const entry = entryWith(HANDLER);
    const result = synthesize((stack) => {
      new NodeFunction<{ GREETING: string }>(stack, "theirs", {
        source: { entry },
        environment: { GREETING: "hi" },
      });
    });
    expect(result.one(LambdaFunction).environment.variables).toMatchObject({ GREETING: "hi" });
  });

  it("rejects a file that is not there", () => {
    expect(() => billing({ source: { entry: "/nowhere/handler.ts" } })).toThrow(
      /source.entry names no file, got "\/nowhere/,
    );
  });

  it("rejects code that does not build, with the compiler's own words", () => {
    expect(() => billing({ source: { entry: entryWith("export const handler = ;") } })).toThrow(
      /node-function "test\/billing": source does not build: [\s\S]*Unexpected ";"/,
    );
  });

  it("rejects code without a handler, which would fail at the first call", () => {
    const entry = entryWith("export const handle = async () => 1;");
    expect(() => billing({ source: { entry } })).toThrow(/exports handle, and Lambda calls `handler`/);
  });

  it("is held against Lambda's own limits", () => {
    expect(SIZE_LIMITS).toEqual({ zippedBytes: 52_428_800, unzippedBytes: 262_144_000 });
  });

  it("counts what it holds, and lists the heaviest inputs first", () => {
    writeFileSync(join(folder, "heavy.ts"), `export const heavy = ${JSON.stringify("x".repeat(5000))};`);
    writeFileSync(join(folder, "light.ts"), `export const light = ${JSON.stringify("x".repeat(50))};`);
    const entry = entryWith(
      'import { light } from "./light"; import { heavy } from "./heavy"; export const handler = async () => light + heavy;',
    );
    const { heaviest, unzippedBytes } = build(entry);
    expect(heaviest.map(({ file }) => file)).toEqual(["heavy.ts", "handler.ts", "light.ts"]);
    expect(unzippedBytes).toBe(Object.values(filesOf(entry)).reduce((sum, bytes) => sum + bytes.length, 0));
  });

  it.each(["zippedBytes", "unzippedBytes"] as const)(
    "rejects a bundle over Lambda's limit of %s, naming the heaviest files",
    (measure) => {
      const { [measure]: size } = build(entryWith(HANDLER));
      const limit = jest.replaceProperty(SIZE_LIMITS, measure, size - 1);
      const source = { entry: join(folder, "handler.ts") };
      expect(() => billing({ source })).toThrow(
        new RegExp(
          `the bundle takes ${size} bytes \\(${measure}\\), and Lambda holds ${size - 1}: the heaviest files are handler.ts`,
        ),
      );
      limit.replaceValue(size);
      expect(() => billing({ source })).not.toThrow();
      limit.restore();
    },
  );
});

describe("a function's payload", () => {
  /** A package as npm installs it, and a handler beside it that needs two of its files. */
  const declare = (payload: unknown, root = folder) => {
    const codec = join(root, "node_modules", "codec");
    mkdirSync(join(codec, "lib"), { recursive: true });
    const manifest = { name: "codec", version: "1.2.3", exports: { import: "./lib/codec.mjs" } };
    writeFileSync(join(codec, "package.json"), JSON.stringify(manifest));
    writeFileSync(join(codec, "README.md"), "left behind");
    writeFileSync(join(codec, "lib", "codec.wasm"), "heavy".repeat(2000));
    writeFileSync(
      join(codec, "lib", "codec.mjs"),
      `import { readFileSync } from "node:fs";
       export const size = readFileSync(new URL("codec.wasm", import.meta.url)).length;`,
    );
    writeFileSync(
      join(root, "payload.json"),
      typeof payload === "string" ? payload : JSON.stringify(payload),
    );
    const entry = join(root, "handler.ts");
    writeFileSync(entry, 'import { size } from "codec"; export const handler = async () => size;');
    return entry;
  };
  const codec = { codec: ["lib/codec.mjs", "lib/codec.wasm"] };
  const theirs = (entry: string) => () =>
    synthesize(
      (stack) => void new NodeFunction<NoVariables>(stack, "f", { source: { entry }, environment: {} }),
    );
  const unpack = (zip: string, to: string) => {
    for (const [name, contents] of Object.entries(unzipSync(readFileSync(zip)))) {
      mkdirSync(dirname(join(to, name)), { recursive: true });
      writeFileSync(join(to, name), contents);
    }
  };

  it("lies beside the bundle where `import` finds it: the files declared and the package's own manifest", () => {
    expect(
      directoryOf(readFileSync(build(declare(codec)).path)).map(({ name, mode, day }) => [name, mode, day]),
    ).toEqual(
      [
        "index.mjs",
        "index.mjs.map",
        "node_modules/codec/lib/codec.mjs",
        "node_modules/codec/lib/codec.wasm",
        "node_modules/codec/package.json",
      ].map((name) => [name, "100644", "1980-01-01"]),
    );
  });

  it("is all that the bundle needs, unpacked into a folder with nothing else", () => {
    const { path } = build(declare(codec));
    const empty = mkdtempSync(join(tmpdir(), "unpacked-"));
    unpack(path, empty);
    const module = JSON.stringify(join(empty, "index.mjs"));
    const script = `import(${module}).then((m) => m.handler()).then((n) => process.stdout.write(String(n)))`;
    expect(execFileSync(process.execPath, ["-e", script], { encoding: "utf8", cwd: empty })).toBe("10000");
    rmSync(empty, { recursive: true });
  });

  it("is the same bytes wherever the package is installed, and another hash when one of its files changes", () => {
    const one = build(declare(codec));
    const deep = join(folder, "deep", "down");
    mkdirSync(deep, { recursive: true });
    const other = build(declare(codec, deep));
    expect(readFileSync(other.path).equals(readFileSync(one.path))).toBe(true);
    writeFileSync(join(deep, "node_modules", "codec", "lib", "codec.wasm"), "light".repeat(2000));
    expect(build(join(deep, "handler.ts")).hash).not.toBe(one.hash);
  });

  it("is found above the function's folder, as Node finds it", () => {
    const nested = join(folder, "functions", "codec");
    mkdirSync(nested, { recursive: true });
    const entry = declare(codec);
    for (const file of ["handler.ts", "payload.json"]) cpSync(join(dirname(entry), file), join(nested, file));
    expect(build(join(nested, "handler.ts")).hash).toBe(build(entry).hash);
  });

  it("is counted apart, and nothing where none is declared", () => {
    const { payload, zippedBytes } = build(declare(codec));
    expect(payload.heaviest[0]).toEqual({ file: "node_modules/codec/lib/codec.wasm", bytes: 10_000 });
    rmSync(join(folder, "payload.json"));
    const bundled = build(entryWith(HANDLER));
    expect(bundled.payload).toEqual({ zippedBytes: 0, heaviest: [] });
    expect(payload.zippedBytes).toBeGreaterThan(0);
    expect(payload.zippedBytes).toBeLessThan(zippedBytes);
  });

  it("rejects one over 12 MB zipped, naming it and its heaviest files", () => {
    expect(PAYLOAD_LIMIT).toEqual({ zippedBytes: 12_000_000 });
    const entry = declare(codec);
    const { zippedBytes } = build(entry).payload;
    const limit = jest.replaceProperty(PAYLOAD_LIMIT, "zippedBytes", zippedBytes - 1);
    expect(theirs(entry)).toThrow(
      `the payload takes ${zippedBytes} bytes (zipped), and ${zippedBytes - 1} are allowed: name fewer files in payload.json, or ship a container image; the heaviest are node_modules/codec/lib/codec.wasm (10000)`,
    );
    limit.replaceValue(zippedBytes);
    expect(theirs(entry)).not.toThrow();
    limit.restore();
  });

  it("is among the heaviest files of a bundle that is too large as a whole", () => {
    const entry = declare(codec);
    const limit = jest.replaceProperty(SIZE_LIMITS, "unzippedBytes", 1);
    expect(theirs(entry)).toThrow(/the heaviest files are node_modules\/codec\/lib\/codec\.wasm \(10000\)/);
    limit.restore();
  });

  it("rejects a package that is not installed, with the command that installs it", () => {
    expect(theirs(declare({ ...codec, other: ["x.wasm"] }))).toThrow(
      /node-function "test\/f": source does not build: its payload is other, which is not installed in .+: npm install --save-dev --save-exact other$/m,
    );
  });

  it.each(["lib/gone.wasm", "../handler.ts", "lib/../lib/codec.wasm", "lib", "/etc/hostname"])(
    "rejects the file %s, which is none of the package",
    (file) => {
      expect(theirs(declare({ codec: [file] }))).toThrow(
        `its payload names ${file}, and the package codec holds no such file`,
      );
    },
  );

  it.each(["lib/codec.node", "lib/libcodec.so.42"])("rejects native code, %s", (file) => {
    expect(theirs(declare({ codec: [file] }))).toThrow(
      `its payload holds native code, codec/${file}, which fits one processor only: take a WebAssembly build`,
    );
  });

  it.each([
    "",
    "null",
    "[]",
    '"codec"',
    '{ "codec": [] }',
    '{ "codec": "lib" }',
    '{ "codec": [1] }',
    '{ "../codec": ["x"] }',
  ])("rejects the declaration %j, with an example", (json) => {
    expect(theirs(declare(json))).toThrow(
      /payload\.json must say which files of which packages, such as \{ "wasm-vips": \["lib\/vips\.wasm"\] \}/,
    );
  });

  describe("of a function that the package ships", () => {
    const thumbnail = (entryOf("thumbnail") as { entry: string }).entry;
    /** What `npm run build` leaves in a folder of the function. */
    const ship = (entry: string, change: (json: string) => string = (json) => json) => {
      const { zip, facts } = shippable(entry);
      cpSync(zip, join(folder, "function.zip"));
      writeFileSync(join(folder, "bundle.json"), change(JSON.stringify(facts)));
      return join(folder, "bundle.json");
    };

    it("stays out of what is shipped, and its version is pinned", () => {
      const { zip, facts } = shippable(thumbnail);
      expect(Object.keys(unzipSync(readFileSync(zip)))).toEqual(["index.mjs", "index.mjs.map"]);
      expect(facts.payload).toEqual({
        "wasm-vips": { version: "0.0.19", files: ["lib/vips-node.mjs", "lib/vips.wasm"] },
      });
    });

    it("comes from the packages of the project that synthesises, to the same bytes", () => {
      const [here, there] = [build(thumbnail), bundleOf(ship(thumbnail))];
      expect(there.hash).toBe(here.hash);
      expect(readFileSync(there.path).equals(readFileSync(here.path))).toBe(true);
      expect(there.payload).toEqual(here.payload);
    });

    it("rejects a project without it, with the command that installs the very version", () => {
      expect(() => bundleOf(ship(declare(codec)))).toThrow(
        /its payload is codec 1\.2\.3, which is not installed in .+: npm install --save-dev --save-exact codec@1\.2\.3$/,
      );
    });

    it("rejects another version of it", () => {
      const file = ship(thumbnail, (json) => json.replace("0.0.19", "0.0.18"));
      expect(() => bundleOf(file)).toThrow(
        /its payload is wasm-vips 0\.0\.18, and .+ has 0\.0\.19: npm install --save-dev --save-exact wasm-vips@0\.0\.18$/,
      );
    });
  });
});

describe("a function", () => {
  it("runs on Node 22, with the environment's architecture, 256 MB and 30 s", () => {
    expect(billing().one(LambdaFunction)).toMatchObject({
      runtime: "nodejs22.x",
      handler: "index.handler",
      architectures: ["arm64"],
      memory_size: 256,
      timeout: 30,
      function_name: "test_billing",
    });
    expect(billing().one(LambdaFunction).reserved_concurrent_executions).toBeUndefined();
  });

  it("takes the role that Lambda alone may take, and logs in JSON", () => {
    const result = billing();
    expect(result.one(LambdaFunction)).toMatchObject({
      role: expect.stringMatching(/^\$\{aws_iam_role\.billing_role_\w+\.arn\}$/),
      logging_config: { log_format: "JSON" },
    });
    expect(JSON.parse(result.one(IamRole).assume_role_policy).Statement.Principal).toEqual({
      Service: "lambda.amazonaws.com",
    });
  });

  it("takes other sizes", () => {
    const props = {
      memoryMb: 512,
      timeoutSeconds: 5,
      architecture: "x86_64",
      reservedConcurrency: 3,
    } as const;
    expect(billing(props).one(LambdaFunction)).toMatchObject({
      memory_size: 512,
      timeout: 5,
      architectures: ["x86_64"],
      reserved_concurrent_executions: 3,
    });
  });

  it("carries the hash of its code and a copy of it among the stack's assets", () => {
    const { source_code_hash, filename } = billing().one(LambdaFunction);
    expect(source_code_hash).toBe(bundleOf((entryOf("billing") as { entry: string }).entry).hash);
    expect(filename).toMatch(/^assets\/.*\/function\.zip$/);
  });

  it("gets its variables, and stack traces in terms of its sources", () => {
    expect(billing().one(LambdaFunction).environment.variables).toEqual({
      ...environment,
      NODE_OPTIONS: "--enable-source-maps",
    });
  });

  it("keeps the options of Node that the caller wants, beside its own", () => {
    const result = synthesize((stack) => {
      const variables = { NODE_OPTIONS: "--no-deprecation" };
      new NodeFunction<typeof variables>(stack, "f", { source: "billing", environment: variables });
    });
    expect(result.one(LambdaFunction).environment.variables.NODE_OPTIONS).toBe(
      "--no-deprecation --enable-source-maps",
    );
  });

  it("may have no variables at all, in so many words", () => {
    const result = synthesize(
      (s) => void new NodeFunction<NoVariables>(s, "f", { source: "billing", environment: {} }),
    );
    expect(Object.keys(result.one(LambdaFunction).environment.variables)).toEqual(["NODE_OPTIONS"]);
  });

  it("takes variables of AWS that Lambda does not reserve", () => {
    const result = synthesize((stack) => {
      const variables = { AWS_MAX_ATTEMPTS: "5" };
      new NodeFunction<typeof variables>(stack, "f", { source: "billing", environment: variables });
    });
    expect(result.one(LambdaFunction).environment.variables.AWS_MAX_ATTEMPTS).toBe("5");
  });

  it("writes to its own log group, which is there first, kept as long as the environment says", () => {
    const result = billing();
    const lambda = result.one(LambdaFunction);
    expect(lambda.logging_config).toMatchObject({
      log_group: expect.stringMatching(/^\$\{aws_cloudwatch_log_group\.billing_logs/),
    });
    expect(lambda.depends_on).toContainEqual(
      expect.stringMatching(/^aws_cloudwatch_log_group\.billing_logs/),
    );
    expect(result.one(CloudwatchLogGroup)).toMatchObject({
      name: "/aws/lambda/test_billing",
      retention_in_days: 30,
    });
  });

  it("is made after its role's policy, and traced", () => {
    const lambda = billing().one(LambdaFunction);
    expect(lambda.depends_on).toContainEqual(expect.stringMatching(/^aws_iam_role_policy\.billing_role/));
    expect(lambda.tracing_config).toEqual({ mode: "Active" });
  });

  it("may write to exactly its log group and send traces, and nothing else", () => {
    expect(statementsOf(billing().one(IamRolePolicy).policy)).toEqual([
      {
        Sid: "WriteLogs",
        Effect: "Allow",
        Action: ["logs:CreateLogStream", "logs:PutLogEvents"],
        Resource: expect.stringMatching(/^\$\{aws_cloudwatch_log_group\.billing_logs_\w+\.arn\}:\*$/),
      },
      {
        Sid: "WriteTraces",
        Effect: "Allow",
        Action: ["xray:PutTelemetryRecords", "xray:PutTraceSegments"],
        Resource: "*",
      },
    ]);
  });

  it.each<[string, Props, RegExp]>([
    ["too little memory", { memoryMb: 127 }, /memoryMb must be between 128 and 10240, got 127/],
    ["too much memory", { memoryMb: 10_241 }, /memoryMb must be between/],
    ["no time", { timeoutSeconds: 0 }, /timeoutSeconds must be between 1 and 900, got 0/],
    ["too much time", { timeoutSeconds: 901 }, /timeoutSeconds must be between/],
    [
      "a concurrency below none",
      { reservedConcurrency: -1 },
      /reservedConcurrency must be between 0 and 1000/,
    ],
    [
      "an unknown architecture",
      { architecture: "mips" as "arm64" },
      /architecture must be one of arm64, x86_64/,
    ],
    ["a tier without a network", { tier: "private" }, /tier "private" needs a network/],
    [
      "a variable that Lambda sets",
      { environment: { ...environment, AWS_REGION: "x" } as BillingEnv },
      /environment variable AWS_REGION is set by Lambda itself/,
    ],
    [
      "a variable that Lambda refuses",
      { environment: { ...environment, "1A": "x" } as BillingEnv },
      /environment variable name must be a letter/,
    ],
    [
      "a variable with a hyphen",
      { environment: { ...environment, "A-B": "x" } as BillingEnv },
      /environment variable name must be a letter/,
    ],
    [
      "too large an environment",
      { environment: { ...environment, TABLE_NAME: "x".repeat(4096) } },
      /Lambda holds 4096/,
    ],
  ])("rejects %s", (_, props, message) => {
    expect(() => billing(props)).toThrow(message);
  });

  // Lambda developer guide, "Defined runtime environment variables", the reserved ones. Written out here and not taken
  // from the source, so that one lost there is missed.
  it.each([
    "_HANDLER",
    "_X_AMZN_TRACE_ID",
    "AWS_DEFAULT_REGION",
    "AWS_REGION",
    "AWS_EXECUTION_ENV",
    "AWS_LAMBDA_FUNCTION_NAME",
    "AWS_LAMBDA_FUNCTION_MEMORY_SIZE",
    "AWS_LAMBDA_FUNCTION_VERSION",
    "AWS_LAMBDA_INITIALIZATION_TYPE",
    "AWS_LAMBDA_LOG_GROUP_NAME",
    "AWS_LAMBDA_LOG_STREAM_NAME",
    "AWS_ACCESS_KEY",
    "AWS_ACCESS_KEY_ID",
    "AWS_SECRET_ACCESS_KEY",
    "AWS_SESSION_TOKEN",
    "AWS_LAMBDA_RUNTIME_API",
    "LAMBDA_TASK_ROOT",
    "LAMBDA_RUNTIME_DIR",
  ])("rejects the variable %s, which Lambda reserves", (name) => {
    const given = { ...environment, [name]: "x" } as BillingEnv;
    expect(() => billing({ environment: given })).toThrow(
      new RegExp(
        `node-function "test/billing": environment variable (${name} is set by Lambda itself: choose another name$|name must be a letter, .* got "${name}"$)`,
      ),
    );
  });

  it.each([
    "LANG",
    "PATH",
    "LD_LIBRARY_PATH",
    "NODE_PATH",
    "AWS_XRAY_CONTEXT_MISSING",
    "AWS_XRAY_DAEMON_ADDRESS",
  ])("takes the variable %s, which the same page leaves to the function", (name) => {
    const given = { ...environment, [name]: "x" } as BillingEnv;
    expect(billing({ environment: given }).one(LambdaFunction).environment.variables).toMatchObject({
      [name]: "x",
    });
  });

  it("rejects several faults at once", () => {
    expect(() => billing({ memoryMb: 1, timeoutSeconds: 0, source: "none" })).toThrow(/3 faults/);
  });

  it("lets tokens through", () => {
    const unknown = Token.asNumber({ resolve: () => "${var.x}" });
    expect(billing({ memoryMb: unknown, timeoutSeconds: unknown }).one(LambdaFunction).memory_size).toBe(
      "${var.x}",
    );
  });
});

describe("a function in a network", () => {
  const placed = (
    then: (fn: NodeFunction<BillingEnv>) => void = () => undefined,
    nat: "none" | "shared" = "none",
  ) =>
    synthesize(
      (stack) => {
        const network = new Network(stack, "network");
        then(new NodeFunction<BillingEnv>(stack, "billing", { source: "billing", environment, network }));
      },
      { network: { cidr: "10.0.0.0/16", zones: ["eu-west-1a", "eu-west-1b"], nat } },
    );
  const call = (action: string, caller?: "code" | "service") => (fn: NodeFunction<BillingEnv>) =>
    fn.allow("Call", { actions: [action], resources: ["*"], caller });

  it("stands in the private subnets behind a security group of its own", () => {
    const { vpc_config } = placed().one(LambdaFunction);
    expect(vpc_config.subnet_ids).toHaveLength(2);
    expect(vpc_config.subnet_ids[0]).toMatch(/aws_subnet\.network_private-a/);
    expect(vpc_config.security_group_ids).toEqual([
      expect.stringMatching(/^\$\{aws_security_group\.billing_placement_\w+\.id\}$/),
    ]);
    expect(Object.keys(placed().resources(SecurityGroup))).toContainEqual(expect.stringMatching(/^billing_/));
  });

  it("may stand in the isolated ones", () => {
    const result = synthesize((stack) => {
      const network = new Network(stack, "network");
      new NodeFunction<BillingEnv>(stack, "billing", {
        source: "billing",
        environment,
        network,
        tier: "isolated",
      });
    });
    expect(result.one(LambdaFunction).vpc_config.subnet_ids[0]).toMatch(/aws_subnet\.network_isolated-a/);
  });

  it("may manage its network interfaces, and only there", () => {
    const policies = (result: ReturnType<typeof placed>) =>
      Object.values(result.resources(IamRolePolicy)).flatMap(({ policy }) => statementsOf(policy));
    expect(policies(placed())).toContainEqual({
      Sid: "ManageNetworkInterfaces",
      Effect: "Allow",
      Action: [
        "ec2:AssignPrivateIpAddresses",
        "ec2:CreateNetworkInterface",
        "ec2:DeleteNetworkInterface",
        "ec2:DescribeNetworkInterfaces",
        "ec2:DescribeSubnets",
        "ec2:UnassignPrivateIpAddresses",
      ],
      Resource: "*",
    });
    expect(policies(billing()).map(({ Sid }) => Sid)).not.toContain("ManageNetworkInterfaces");
  });

  it("reaches DynamoDB and S3 through the gateway endpoints", () => {
    expect(() => placed(call("dynamodb:PutItem"))).not.toThrow();
    expect(() => placed(call("s3:GetObject"))).not.toThrow();
  });

  it("rejects a permission to call what it cannot reach", () => {
    expect(() => placed(call("sqs:SendMessage"))).toThrow(/test\/billing.*sqs/s);
  });

  it("reaches everything through NAT", () => {
    expect(() => placed(call("sqs:SendMessage"), "shared")).not.toThrow();
  });

  it("need not reach what a service calls on its behalf", () => {
    expect(() => placed(call("sqs:ReceiveMessage", "service"))).not.toThrow();
  });
});
