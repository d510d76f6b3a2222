import { existsSync, readFileSync, statSync } from "node:fs";
import { dirname, join, normalize, sep } from "node:path";
import type { ArchiveFile } from "./archive";

/**
 * What a function needs beside its bundle, in the `payload.json` beside its handler: files of packages in the lock file, by
 * package. Such as `{ "wasm-vips": ["lib/vips-node.mjs", "lib/vips.wasm"] }`.
 */
export type Payload = Readonly<Record<string, readonly string[]>>;

/** A payload without its files, as the package ships it: which version of each package has to be there. */
export type PinnedPayload = Readonly<
  Record<string, { readonly version: string; readonly files: readonly string[] }>
>;

export const PAYLOAD_FILE = "payload.json";

/** Ours and not AWS's: above it a cold start is spent on fetching the zip, and a container image is the better form. */
export const PAYLOAD_LIMIT = { zippedBytes: 12_000_000 };

/** Native code fits one processor and one C library; a function's architecture is a fact of the environment. */
const NATIVE = /\.(node|dll|dylib|so(\.\d+)*)$/;

/**
 * The payload that an entry declares; empty where there is no `payload.json` beside it.
 * @throws Error when the declaration is no record of package → files
 */
export function payloadOf(entry: string): Payload {
  const file = join(dirname(entry), PAYLOAD_FILE);
  if (!existsSync(file)) return {};
  const declared = parsed(readFileSync(file, "utf8"));
  if (!isPayload(declared)) {
    throw new Error(
      `${file} must say which files of which packages, such as { "wasm-vips": ["lib/vips.wasm"] }`,
    );
  }
  return declared;
}

/** The payload with the versions that are installed where it is declared. */
export function pinned(payload: Payload, from: string): PinnedPayload {
  return Object.fromEntries(
    Object.entries(payload).map(([name, files]) => [name, { version: installed(name, from).version, files }]),
  );
}

/**
 * The files of a payload, where the bundle finds them: `node_modules/<package>/` of the zip, with the package's own
 * `package.json`, so that `import "<package>"` means the same there as here.
 * @param from the folder from which the packages are looked up
 * @throws Error when a package or file is missing, or is native code
 */
export function payloadFiles(payload: Payload, from: string): ArchiveFile[] {
  return Object.entries(payload).flatMap(([name, files]) => {
    const { folder } = installed(name, from);
    return ["package.json", ...files].map((file) => ({
      name: `node_modules/${name}/${file}`,
      contents: contentsOf(name, folder, file),
    }));
  });
}

/**
 * The files of a shipped payload, out of the packages of the project that synthesises.
 * @throws Error when it has not exactly the version that the function was made with
 */
export function shippedPayloadFiles(payload: PinnedPayload, from: string): ArchiveFile[] {
  for (const [name, { version }] of Object.entries(payload)) {
    const found = installed(name, from, version).version;
    if (found !== version)
      throw new Error(
        `its payload is ${name} ${version}, and ${from} has ${found}: ${remedy(name, version)}`,
      );
  }
  return payloadFiles(
    Object.fromEntries(Object.entries(payload).map(([name, { files }]) => [name, files])),
    from,
  );
}

/** A package as Node finds it from a folder: in the nearest `node_modules` above. */
function installed(name: string, from: string, version?: string): { folder: string; version: string } {
  for (let each = from; ; each = dirname(each)) {
    const folder = join(each, "node_modules", name);
    const manifest = join(folder, "package.json");
    if (existsSync(manifest)) return { folder, version: JSON.parse(readFileSync(manifest, "utf8")).version };
    if (each === dirname(each)) {
      throw new Error(
        `its payload is ${[name, version].filter(Boolean).join(" ")}, which is not installed in ${from}: ${remedy(name, version)}`,
      );
    }
  }
}

/** Exactly: a range would let the next release, which no test has seen, into the zip. */
function remedy(name: string, version?: string): string {
  return `npm install --save-dev --save-exact ${[name, version].filter(Boolean).join("@")}`;
}

function contentsOf(name: string, folder: string, file: string): Uint8Array {
  if (NATIVE.test(file)) {
    throw new Error(
      `its payload holds native code, ${name}/${file}, which fits one processor only: take a WebAssembly build of it`,
    );
  }
  const path = join(folder, file);
  const inside = normalize(file) === file.split("/").join(sep) && !file.startsWith("..");
  if (!inside || !statSync(path, { throwIfNoEntry: false })?.isFile()) {
    throw new Error(`its payload names ${file}, and the package ${name} holds no such file`);
  }
  return readFileSync(path);
}

function parsed(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return undefined;
  }
}

function isPayload(value: unknown): value is Payload {
  return (
    typeof value === "object" &&
    value !== null &&
    !Array.isArray(value) &&
    Object.entries(value).every(
      ([name, files]) =>
        /^(@[\w.-]+\/)?[\w-][\w.-]*$/.test(name) &&
        Array.isArray(files) &&
        files.length > 0 &&
        files.every((file) => typeof file === "string"),
    )
  );
}
