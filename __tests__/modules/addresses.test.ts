import { readdirSync } from "node:fs";
import { join } from "node:path";
import { holdAddresses, synthesize } from "../../testing";
import { examples } from "../support/examples";

const folder = join(__dirname, "addresses");

/** A state knows a resource by its address: what changes one here moves or destroys something of each user. */
describe("the addresses", () => {
  it.each(Object.entries(examples))(
    "of %s are those that were accepted (npm run addresses)",
    (module, all) => {
      const stacks = all.map((example) => [example.name, synthesize((stack) => example(stack))] as const);
      holdAddresses(join(folder, `${module}.json`), Object.fromEntries(stacks));
    },
  );

  it("are kept for the modules that there are, and for no other", () => {
    const kept = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((name) =>
      name.endsWith(".json"),
    );
    expect(kept.sort()).toEqual(
      Object.keys(examples)
        .map((module) => `${module}.json`)
        .sort(),
    );
  });
});
