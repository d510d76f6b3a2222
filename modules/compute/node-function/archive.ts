import { createHash } from "node:crypto";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { unzipSync, zipSync } from "fflate";
import { ZIP_FILE } from "./source";

export interface ArchiveFile {
  /** Inside the zip, parts joined by `/`. */
  readonly name: string;
  readonly contents: Uint8Array;
}

/** A zip, ready to upload. */
export interface Archive {
  /** The zip file in a folder of this run, which ends with it: a stack's synthesis takes a copy. */
  readonly path: string;
  /** SHA-256 over names and contents, base64: Lambda's own form. */
  readonly hash: string;
  readonly zippedBytes: number;
  readonly unzippedBytes: number;
}

/** Zip knows no time zone: the local first day it can hold gives the same bytes on every machine. */
const FIRST_DAY_OF_ZIP = new Date(1980, 0, 1);
const UNIX = 3;
const READABLE_FILE = 0o100644 << 16;

/** The same files give the same bytes, on every machine and at any time. */
export function archive(files: readonly ArchiveFile[]): Archive {
  const sorted = [...files].sort((a, b) => (a.name < b.name ? -1 : 1));
  const zip = zipped(sorted);
  const hash = createHash("sha256");
  for (const { name, contents } of sorted) hash.update(`${name}\0${contents.length}\0`).update(contents);
  const digest = hash.digest();
  return {
    path: store(zip, digest.toString("hex")),
    hash: digest.toString("base64"),
    zippedBytes: zip.length,
    unzippedBytes: sorted.reduce((sum, { contents }) => sum + contents.length, 0),
  };
}

/** The files of a zip. */
export function filesOf(zip: string): ArchiveFile[] {
  return Object.entries(unzipSync(readFileSync(zip))).map(([name, contents]) => ({ name, contents }));
}

function zipped(files: readonly ArchiveFile[]): Uint8Array {
  const entries = files.map(
    ({ name, contents }) =>
      [name, [contents, { mtime: FIRST_DAY_OF_ZIP, os: UNIX, attrs: READABLE_FILE }]] as const,
  );
  // 1 % above the smallest in less than half its time, which a payload of megabytes adds to every synthesis.
  return zipSync(Object.fromEntries(entries) as Parameters<typeof zipSync>[0], { level: 5 });
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
