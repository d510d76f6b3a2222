import { existsSync, readdirSync } from "node:fs";
import { dirname, join, resolve, sep } from "node:path";

/**
 * Where a function's code is: a folder under your project's `functions/`, an entry file of your own, or a function that
 * this package ships.
 */
export type FunctionSource = string | { readonly entry: string } | { readonly packaged: string };

/** What a shipped function consists of, in a folder of its own: its zip, and everything else there is to a bundle. */
export const ZIP_FILE = "function.zip";
export const BUNDLE_FILE = "bundle.json";

/**
 * The entry file of a source, or why there is none.
 * @returns the absolute path, or a fault that says what there is instead
 */
export function entryOf(source: FunctionSource): { readonly entry: string } | { readonly fault: string } {
  if (typeof source === "string") return entryIn(yourProject(), source);
  if ("packaged" in source) return packagedEntry(source.packaged);
  const entry = resolve(source.entry);
  if (existsSync(entry)) return { entry };
  return {
    fault: `source.entry names no file, got ${JSON.stringify(source.entry)}: give the path of your handler file`,
  };
}

function entryIn(project: string, name: string): ReturnType<typeof entryOf> {
  const folder = join(project, "functions");
  const known = foldersWith(folder, "handler.ts");
  if (known.includes(name)) return { entry: join(folder, name, "handler.ts") };
  return {
    fault:
      `source must be a folder under functions/ with a handler.ts, got ${JSON.stringify(name)}: ` +
      `the functions of ${project} are ${known.join(", ") || "none"}; give { entry } for a file of your own`,
  };
}

/** From the sources where they are, so that a checkout never runs what an older build left. */
function packagedEntry(name: string): ReturnType<typeof entryOf> {
  const root = packageAbove(__dirname);
  const places = [
    { folder: join(root, "functions"), file: "handler.ts" },
    { folder: join(root, "dist", "functions"), file: BUNDLE_FILE },
  ];
  for (const { folder, file } of places) {
    const known = foldersWith(folder, file);
    if (known.includes(name)) return { entry: join(folder, name, file) };
    if (known.length > 0) {
      return {
        fault: `source.packaged must be a function of this package, got ${JSON.stringify(name)}: they are ${known.join(", ")}`,
      };
    }
  }
  return { fault: `source.packaged names ${JSON.stringify(name)}, and ${root} ships no function` };
}

function foldersWith(folder: string, file: string): string[] {
  return (existsSync(folder) ? readdirSync(folder) : []).filter((name) =>
    existsSync(join(folder, name, file)),
  );
}

/**
 * The project whose program synthesises. The program of a test runner lies elsewhere, and is started in the project.
 */
export function yourProject(): string {
  const program = require.main?.filename;
  const own = program !== undefined && !program.split(sep).includes("node_modules");
  return packageAbove(own ? dirname(program) : process.cwd());
}

/** The nearest folder with a package.json; where there is none, the folder itself. */
function packageAbove(folder: string): string {
  for (let each = folder; ; each = dirname(each)) {
    if (existsSync(join(each, "package.json"))) return each;
    if (each === dirname(each)) return folder;
  }
}
