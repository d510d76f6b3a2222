import { readdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { projectRoot } from "../../scripts/support/paths";

/** What another team may import, `cdktf-aws-patterns/<each>`: every folder with a door, and the testing kit. */
export const subpaths: readonly string[] = readdirSync(join(projectRoot, "modules"), {
  recursive: true,
  encoding: "utf8",
})
  .filter((file) => /(^|\/)index\.ts$/.test(file))
  .map(dirname)
  .concat("testing")
  .sort();
