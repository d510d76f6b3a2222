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

describe("the files of a run", () => {
  type Sorts = new (options: object) => { sort(tests: readonly object[]): readonly object[] };
  const LongFilesFirst = jest.requireActual<Sorts>("../support/long-files-first.js");

  it("begin with those of the long layers, the longest first", () => {
    const layers = ["e2e", "permissions:rest", "permissions", "e2e:rest"];
    const tests = layers.map((name) => ({
      path: __filename,
      // What the sequencer of jest itself asks for.
      context: {
        hasteFS: { getSize: () => 1 },
        config: { displayName: { name }, id: "none", cacheDirectory: join(__dirname, "none") },
      },
    }));
    const sorted = new LongFilesFirst({ contexts: [] }).sort(tests) as typeof tests;
    expect(sorted.map(({ context }) => context.config.displayName.name)).toEqual([
      "e2e:rest",
      "permissions",
      "permissions:rest",
      "e2e",
    ]);
  });
});
