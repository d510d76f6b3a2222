import { readdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { Construct } from "constructs";
import { synthesize } from "../../testing";
import { examples } from "../support/examples";

const modules = join(__dirname, "../../modules");

describe("the examples", () => {
  it("are all known to the tests", () => {
    const files = readdirSync(modules, { recursive: true, encoding: "utf8" });
    const folders = files.filter((file) => file.endsWith("example.ts")).map(dirname);
    expect(Object.keys(examples).sort()).toEqual(folders.sort());
  });

  it.each(Object.entries(examples))("of %s synthesise, with every validation", (_, all) => {
    const { addresses } = synthesize((stack) => {
      for (const [index, example] of all.entries()) example(new Construct(stack, `example-${index}`));
    });
    expect(addresses.length).toBeGreaterThan(0);
  });
});
