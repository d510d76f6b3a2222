import { join, relative } from "node:path";
import { Construct } from "constructs";
import { synthesize } from "../../testing";
import { projectRoot } from "../support/paths";
import { type Skip, skipsOf } from "./judge";

/** `<!-- skips -->` … `<!-- /skips -->`: what stands between is what the module's example skips of the policy scanner. */
const SKIPS = /(<!-- skips -->\n)[\s\S]*?(<!-- \/skips -->)/g;

/** A page with the checks that the example beside it skips, and why. */
export function fillSkips(page: string, folder: string): string {
  return page.replace(
    SKIPS,
    (_, opening: string, closing: string) => `${opening}${tableOf(skipsOfExample(folder))}\n${closing}`,
  );
}

/** The skips of a folder's `example`, compiled or not, as this program is. */
function skipsOfExample(folder: string): readonly Skip[] {
  const file = join(__dirname, "..", "..", relative(projectRoot, folder), "example");
  const examples = Object.values(require(file) as Record<string, (scope: Construct) => unknown>);
  const { json } = synthesize((stack) => {
    for (const [index, example] of examples.entries()) example(new Construct(stack, `example-${index}`));
  });
  return skipsOf(json);
}

/** One line for each check of a type of resource that is skipped for one reason. */
function tableOf(skips: readonly Skip[]): string {
  if (skips.length === 0) return "checkov finds nothing here.";
  const lines = skips.map(
    ({ address, check, reason }) => `| ${check} | \`${address.split(".")[0]}\` | ${reason} |`,
  );
  return ["| skipped | of | because |", "|---|---|---|", ...new Set(lines.sort())].join("\n");
}
