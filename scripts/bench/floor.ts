import { readFileSync } from "node:fs";
import { join, relative } from "node:path";
import { Manifest } from "cdktf";
import type { StackOutput } from "./output";

/**
 * The least that any program in this language can take for an output: `load the same modules → write the same JSON`.
 * No construct is made, and the files that stacks carry along are not copied.
 * @param outdir the output that it repeats
 * @param modules what to require
 */
export function floorProgram(
  outdir: string,
  stacks: readonly StackOutput[],
  modules: readonly string[],
): string {
  const files = [join(outdir, Manifest.fileName), ...stacks.map(({ folder }) => join(folder, "cdk.tf.json"))];
  const documents = Object.fromEntries(
    files.map((file) => [relative(outdir, file), JSON.parse(readFileSync(file, "utf8")) as unknown]),
  );
  return [
    '"use strict";',
    'const { mkdirSync, writeFileSync } = require("node:fs");',
    'const { dirname, join } = require("node:path");',
    ...modules.map((name) => `require(${JSON.stringify(name)});`),
    `const documents = ${JSON.stringify(documents)};`,
    "for (const [name, document] of Object.entries(documents)) {",
    "  const file = join(process.env.CDKTF_OUTDIR, name);",
    "  mkdirSync(dirname(file), { recursive: true });",
    "  writeFileSync(file, JSON.stringify(document, null, 2));",
    "}",
    "",
  ].join("\n");
}
