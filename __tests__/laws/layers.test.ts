import { execFileSync } from "node:child_process";
import { readdirSync } from "node:fs";
import { basename, join } from "node:path";
import { projectRoot } from "../../scripts/support/paths";

/** The files of one of jest's projects. */
function filesOf(project: string): readonly string[] {
  const jest = join(projectRoot, "node_modules", ".bin", "jest");
  const args = ["--listTests", "--json", "--selectProjects", project];
  const stdio = ["ignore", "pipe", "ignore"] as const;
  const listed = execFileSync(jest, args, { cwd: projectRoot, encoding: "utf8", stdio: [...stdio] });
  return (JSON.parse(listed) as readonly string[]).map((file) => basename(file)).sort();
}

const inFolder = (folder: string) => readdirSync(join(projectRoot, "__tests__", folder)).sort();

// Several run as one: a layer whose pattern matches no file any more would not be missed.
describe.each(["e2e", "permissions"])("the files of %s", (layer) => {
  it("are each in the layer or in its rest, and neither is empty", () => {
    const [short, long] = [filesOf(layer), filesOf(`${layer}:rest`)];
    expect(short).not.toEqual([]);
    expect(long).not.toEqual([]);
    expect([...short, ...long].sort()).toEqual(inFolder(layer));
  });
});
