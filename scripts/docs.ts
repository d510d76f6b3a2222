import { readFileSync, writeFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { parseArgs } from "node:util";
import { fillSkips } from "./policy/skips-table";
import { command, OperatorError } from "./support/command";
import { fillExamples } from "./support/example-code";
import { projectRoot } from "./support/paths";
import { say } from "./support/print";
import { run } from "./support/process";
import { fillProps, PropsTables, propsFilesOf } from "./support/props-table";

/**
 * `npm run docs`: fills the examples of every README from the files that are compiled and applied, the tables of props
 * from the types and their comments, and the checks of the policy scanner that an example skips from what it synthesises.
 * With `--check` nothing is written, and a README that differs fails.
 */
command(async (signal) => {
  const { values } = parseArgs({ args: process.argv.slice(2), options: { check: { type: "boolean" } } });
  const { stdout } = await run("git", ["ls-files", "-co", "--exclude-standard", "*.md"], {
    cwd: projectRoot,
    signal,
  });
  const pages = stdout
    .split("\n")
    .filter((name) => name !== "")
    .map((name) => join(projectRoot, name))
    .map((file) => ({ file, folder: dirname(file), text: readFileSync(file, "utf8") }));
  const tables = new PropsTables(pages.flatMap(({ text, folder }) => propsFilesOf(text, folder)));
  const stale = pages
    .map((page) => ({
      ...page,
      filled: fillSkips(fillProps(fillExamples(page.text, page.folder), page.folder, tables), page.folder),
    }))
    .filter(({ text, filled }) => text !== filled);
  const names = stale.map(({ file }) => relative(projectRoot, file)).join(", ");
  if (values.check && stale.length > 0)
    throw new OperatorError(`${names}: differs from its example or its types: npm run docs`);
  for (const { file, filled } of stale) writeFileSync(file, filled);
  say(stale.length === 0 ? "every README shows its example and its types as they are" : `filled ${names}`);
  return 0;
});
