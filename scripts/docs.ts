import { readFileSync, writeFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { parseArgs } from "node:util";
import { command, OperatorError } from "./support/command";
import { projectRoot } from "./support/paths";
import { say } from "./support/print";
import { run } from "./support/process";
import { fillSkips } from "./support/skips-table";

/** `<!-- example: ./example.ts -->` … `<!-- /example -->`: what stands between is the file's text. */
const EXAMPLE = /(<!-- example: (\S+) -->\n)[\s\S]*?(<!-- \/example -->)/g;

/**
 * `npm run docs`: fills the examples of every README from the files that are compiled and applied, and from what these
 * synthesise to the checks of the policy scanner that they skip.
 * With `--check` nothing is written, and a README that differs from its example fails.
 */
command(async (signal) => {
  const { values } = parseArgs({ args: process.argv.slice(2), options: { check: { type: "boolean" } } });
  const { stdout } = await run("git", ["ls-files", "-co", "--exclude-standard", "*.md"], {
    cwd: projectRoot,
    signal,
  });
  const stale = stdout
    .split("\n")
    .filter((name) => name !== "")
    .map((name) => join(projectRoot, name))
    .map((file) => ({ file, text: readFileSync(file, "utf8") }))
    .map(({ file, text }) => ({
      file,
      text,
      filled: fillSkips(fillExamples(text, dirname(file)), dirname(file)),
    }))
    .filter(({ text, filled }) => text !== filled);
  const names = stale.map(({ file }) => relative(projectRoot, file)).join(", ");
  if (values.check && stale.length > 0)
    throw new OperatorError(`${names}: differs from its example: npm run docs`);
  for (const { file, filled } of stale) writeFileSync(file, filled);
  say(stale.length === 0 ? "every README shows its example as it is" : `filled ${names}`);
  return 0;
});

/** A page with each example in the words of its file; paths in its code as another project writes them. */
export function fillExamples(page: string, folder: string): string {
  return page.replace(EXAMPLE, (_, opening: string, name: string, closing: string) => {
    const file = join(folder, name);
    const code = readFileSync(file, "utf8").trim();
    return `${opening}\`\`\`ts\n${code}\n\`\`\`\n${closing}`;
  });
}
