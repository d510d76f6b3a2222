import { readFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { buildSync } from "esbuild";
import { type Archive, type ArchiveFile, archive, filesOf } from "./archive";
import { type PinnedPayload, payloadFiles, payloadOf, pinned, shippedPayloadFiles } from "./payload";
import { BUNDLE_FILE, yourProject, ZIP_FILE } from "./source";

/** A function's code, ready to upload. */
export interface Bundle extends Archive {
  /** What the entry exports; Lambda calls `handler`. */
  readonly exports: readonly string[];
  /** The inputs that weigh most, for the reader of a size error. */
  readonly heaviest: readonly Weight[];
  /** What lies beside the bundle; nothing where none is declared. */
  readonly payload: { readonly zippedBytes: number; readonly heaviest: readonly Weight[] };
}

interface Weight {
  readonly file: string;
  readonly bytes: number;
}

/** What esbuild makes of an entry. */
interface Code extends Pick<Bundle, "exports" | "heaviest"> {
  readonly files: readonly ArchiveFile[];
}

/** What there is to a bundle beside its zip, in the `bundle.json` of a shipped function. */
export interface ShippedBundle extends Omit<Bundle, "path" | "payload"> {
  /** What the zip does not hold: each project has it from its own lock file. */
  readonly payload: PinnedPayload;
}

/** What Lambda calls: the export `handler` of `index.mjs`. */
export const HANDLER = "index.handler";

/**
 * Dependencies written for CommonJS call `require`, which an ES module lacks.
 * https://esbuild.github.io/content-types/#direct-eval, "require" in ESM output: evanw/esbuild#1921.
 */
const REQUIRE_FOR_COMMONJS =
  'import { createRequire } from "node:module"; const require = createRequire(import.meta.url);';

/** Lambda quotas: https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html */
export const SIZE_LIMITS = { zippedBytes: 50 * 1024 ** 2, unzippedBytes: 250 * 1024 ** 2 };

const NO_PAYLOAD: Bundle["payload"] = { zippedBytes: 0, heaviest: [] };

/** One bundle per entry and run: environments share their functions' code. */
const bundles = new Map<string, Bundle>();

/**
 * The bundle of an entry file, made once a run, or read where the package ships it: ES module, minified, with source map, the
 * AWS SDK left to the runtime, and beside it the payload that the entry declares.
 * The same sources and the same `node_modules`, as a folder and not a link, give the same bytes on every machine.
 * @param entry absolute path of a TypeScript or JavaScript file that exports `handler`, or of a `bundle.json`
 */
export function bundleOf(entry: string): Bundle {
  const made = bundles.get(entry) ?? (basename(entry) === BUNDLE_FILE ? shipped(entry) : build(entry));
  bundles.set(entry, made);
  return made;
}

/** Bundles without looking at what this run made before. */
export function build(entry: string): Bundle {
  return together(compiled(entry), payloadFiles(payloadOf(entry), dirname(entry)));
}

/** What the package ships of a function: its zip, without the payload, and what has to be known of it. */
export function shippable(entry: string): { readonly zip: string; readonly facts: ShippedBundle } {
  const { path, payload: _, ...facts } = together(compiled(entry), []);
  return { zip: path, facts: { ...facts, payload: pinned(payloadOf(entry), dirname(entry)) } };
}

/** What `npm run build` made with {@link shippable}, and the payload out of the packages of the project that synthesises. */
function shipped(file: string): Bundle {
  const { payload, ...facts }: ShippedBundle = JSON.parse(readFileSync(file, "utf8"));
  const path = join(dirname(file), ZIP_FILE);
  const files = shippedPayloadFiles(payload, yourProject());
  return files.length === 0
    ? { ...facts, path, payload: NO_PAYLOAD }
    : together({ ...facts, files: filesOf(path) }, files);
}

function together({ files, exports, heaviest }: Code, payload: readonly ArchiveFile[]): Bundle {
  const whole = archive([...files, ...payload]);
  if (payload.length === 0) return { ...whole, exports, heaviest, payload: NO_PAYLOAD };
  const weights = payload.map(({ name, contents }) => ({ file: name, bytes: contents.length }));
  return {
    ...whole,
    exports,
    heaviest: heaviestOf([...heaviest, ...weights]),
    payload: {
      zippedBytes: whole.zippedBytes - archive(files).zippedBytes,
      heaviest: heaviestOf(weights),
    },
  };
}

function compiled(entry: string): Code {
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
    external: ["@aws-sdk/*", "@smithy/*", ...Object.keys(payloadOf(entry))],
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
  return {
    files: outputFiles.map(({ path, contents }) => ({ name: path.slice(root.length + 1), contents })),
    exports: Object.values(metafile.outputs).flatMap(({ exports }) => exports),
    heaviest: heaviestOf(Object.entries(metafile.inputs).map(([file, { bytes }]) => ({ file, bytes }))),
  };
}

function heaviestOf(weights: readonly Weight[]): Weight[] {
  return [...weights].sort((a, b) => b.bytes - a.bytes).slice(0, 3);
}
