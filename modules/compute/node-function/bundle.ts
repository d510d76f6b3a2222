import { createHash } from "node:crypto";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { buildSync } from "esbuild";
import { zipSync } from "fflate";

/** A function's code, ready to upload. */
export interface Bundle {
  /** The zip file, in a folder of this run, which ends with it: a stack's synthesis takes a copy. */
  readonly path: string;
  /** SHA-256 over names and contents, base64: Lambda's own form. */
  readonly hash: string;
  readonly zippedBytes: number;
  readonly unzippedBytes: number;
  /** What the entry exports; Lambda calls `handler`. */
  readonly exports: readonly string[];
  /** The inputs that weigh most, for the reader of a size error. */
  readonly heaviest: readonly { readonly file: string; readonly bytes: number }[];
}

/** What Lambda calls: the export `handler` of `index.mjs`. */
export const HANDLER = "index.handler";

/**
 * Dependencies written for CommonJS call `require`, which an ES module lacks.
 * https://esbuild.github.io/content-types/#direct-eval, "require" in ESM output: evanw/esbuild#1921.
 */
const REQUIRE_FOR_COMMONJS =
  'import { createRequire } from "node:module"; const require = createRequire(import.meta.url);';

/** Zip knows no time zone: the local first day it can hold gives the same bytes on every machine. */
const FIRST_DAY_OF_ZIP = new Date(1980, 0, 1);
const UNIX = 3;
const READABLE_FILE = 0o100644 << 16;

/** Lambda quotas: https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html */
export const SIZE_LIMITS = { zippedBytes: 50 * 1024 ** 2, unzippedBytes: 250 * 1024 ** 2 };

/** One bundle per entry and run: environments share their functions' code. */
const bundles = new Map<string, Bundle>();

/**
 * Bundles an entry file: ES module, minified, with source map, the AWS SDK left to the runtime.
 * The same sources and the same `node_modules`, as a folder and not a link, give the same bytes on every machine.
 * @param entry absolute path of a TypeScript or JavaScript file that exports `handler`
 */
export function bundleOf(entry: string): Bundle {
  const made = bundles.get(entry) ?? build(entry);
  bundles.set(entry, made);
  return made;
}

/** Bundles without looking at what this run made before. */
export function build(entry: string): Bundle {
  const root = dirname(entry);
  const { outputFiles, metafile } = buildSync({
    entryPoints: [entry],
    absWorkingDir: root,
    outfile: join(root, "index.mjs"),
    bundle: true,
    format: "esm",
    platform: "node",
    // nodejs22.x runs it on AWS; code for Node 20 also runs on this machine.
    target: "node20",
    mainFields: ["module", "main"],
    external: ["@aws-sdk/*", "@smithy/*"],
    minify: true,
    keepNames: true,
    sourcemap: "linked",
    sourcesContent: false,
    legalComments: "none",
    banner: { js: REQUIRE_FOR_COMMONJS },
    metafile: true,
    write: false,
    logLevel: "silent",
  });
  const files = outputFiles
    .map(({ path, contents }) => ({ name: path.slice(root.length + 1), contents }))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
  const zip = zipSync(
    Object.fromEntries(
      files.map(({ name, contents }) => [
        name,
        [contents, { mtime: FIRST_DAY_OF_ZIP, os: UNIX, attrs: READABLE_FILE }],
      ]),
    ),
    { level: 9 },
  );
  const hash = createHash("sha256");
  for (const { name, contents } of files) hash.update(`${name}\0${contents.length}\0`).update(contents);
  const digest = hash.digest();
  return {
    path: store(zip, digest.toString("hex")),
    hash: digest.toString("base64"),
    zippedBytes: zip.length,
    unzippedBytes: files.reduce((sum, { contents }) => sum + contents.length, 0),
    exports: Object.values(metafile.outputs).flatMap(({ exports }) => exports),
    heaviest: heaviestOf(metafile.inputs),
  };
}

function heaviestOf(inputs: Readonly<Record<string, { readonly bytes: number }>>): Bundle["heaviest"] {
  return Object.entries(inputs)
    .map(([file, { bytes }]) => ({ file, bytes }))
    .sort((a, b) => b.bytes - a.bytes)
    .slice(0, 3);
}

/** This run's own folder, away at its end: a zip that anybody could have put there is never taken for ours. */
let runFolder: string | undefined;

function store(zip: Uint8Array, digest: string): string {
  if (runFolder === undefined) {
    const made = mkdtempSync(join(tmpdir(), "functions-"));
    process.once("exit", () => rmSync(made, { recursive: true, force: true }));
    runFolder = made;
  }
  const folder = join(runFolder, digest);
  mkdirSync(folder, { recursive: true });
  const path = join(folder, "function.zip");
  writeFileSync(path, zip);
  return path;
}

/** Where a function's code is: the name of a folder under `functions/`, or an entry file of your own. */
export type FunctionSource = string | { readonly entry: string };

/**
 * The entry file of a source, or why there is none.
 * @returns the absolute path, or a fault that says what there is instead
 */
export function entryOf(source: FunctionSource): { readonly entry: string } | { readonly fault: string } {
  if (typeof source !== "string") {
    const entry = resolve(source.entry);
    if (existsSync(entry)) return { entry };
    return {
      fault: `source.entry names no file, got ${JSON.stringify(source.entry)}: give the path of your handler file`,
    };
  }
  const folder = join(packageRoot(), "functions");
  const entry = join(folder, source, "handler.ts");
  if (/^[a-z][a-z0-9-]*$/.test(source) && existsSync(entry)) return { entry };
  const known = (existsSync(folder) ? readdirSync(folder) : []).filter((name) =>
    existsSync(join(folder, name, "handler.ts")),
  );
  return {
    fault:
      `source must be a folder under functions/ with a handler.ts, got ${JSON.stringify(source)}: ` +
      `the functions are ${known.join(", ") || "none"}; give { entry } for a file of your own`,
  };
}

/** The folder of this package, whether it runs from its sources or compiled. */
function packageRoot(): string {
  let folder = __dirname;
  while (!existsSync(join(folder, "package.json"))) folder = dirname(folder);
  return folder;
}
