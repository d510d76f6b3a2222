import { createHash } from "node:crypto";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import { buildSync } from "esbuild";
import { zipSync } from "fflate";
import { BUNDLE_FILE, ZIP_FILE } from "./source";

/** A function's code, ready to upload. */
export interface Bundle {
  /** The zip file, shipped or in a folder of this run, which ends with it: a stack's synthesis takes a copy. */
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
 * The bundle of an entry file, made once a run, or read where the package ships it: ES module, minified, with source map, the AWS SDK left to the runtime.
 * The same sources and the same `node_modules`, as a folder and not a link, give the same bytes on every machine.
 * @param entry absolute path of a TypeScript or JavaScript file that exports `handler`, or of a `bundle.json`
 */
export function bundleOf(entry: string): Bundle {
  const made = bundles.get(entry) ?? (basename(entry) === BUNDLE_FILE ? shipped(entry) : build(entry));
  bundles.set(entry, made);
  return made;
}

/** What `npm run build` made with {@link build}. */
function shipped(file: string): Bundle {
  const facts: Omit<Bundle, "path"> = JSON.parse(readFileSync(file, "utf8"));
  return { ...facts, path: join(dirname(file), ZIP_FILE) };
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
  const path = join(folder, ZIP_FILE);
  writeFileSync(path, zip);
  return path;
}
