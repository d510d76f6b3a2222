import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { projectRoot } from "../../scripts/support/paths";
import { apiSurfaces, doorsOf } from "../support/api-surface";
import { subpaths } from "../support/subpaths";

/**
 * The public types as they are, reviewed in the snapshot. A change there is a change for every importer: what breaks them
 * goes into CHANGELOG.md under "Breaking", with the old and the new form; then
 * `npx jest --selectProjects=package --testPathPatterns api -u`.
 */
describe("the public types", () => {
  const surfaces = apiSurfaces(join(projectRoot, "dist"), doorsOf(subpaths));

  it("have the doors that importers know", () => {
    expect(subpaths).toMatchSnapshot();
  });

  it.each(subpaths)("of %s are as importers know them", (subpath) => {
    expect(`\n${surfaces[subpath]}\n`).toMatchSnapshot();
  });
});

/** A report that sees nothing would keep everything as it is. */
describe("the report of public types", () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "surface-"));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const inner = `
    interface Limits { readonly most: number; }
    /** Words. */
    export interface QueueProps { readonly name: string; readonly limits?: Limits; }
    export declare class Queue { private hidden; readonly arn: string; constructor(props: QueueProps); }
  `;
  const report = (text: string, file = "queue") => {
    mkdirSync(join(folder, "modules", "queues"), { recursive: true });
    writeFileSync(join(folder, "modules", "queues", `${file}.d.ts`), text);
    writeFileSync(join(folder, "modules", "queues", "index.d.ts"), `export { Queue } from "./${file}";`);
    return apiSurfaces(folder, doorsOf(["queues"])).queues;
  };

  it.each([
    ["a prop that was optional and is required", "limits?:", "limits:"],
    ["another type", "name: string", "name: number"],
    ["a type two steps behind a class", "most: number", "most: string"],
    ["a field that is gone", "readonly arn: string;", ""],
  ])("tells of %s", (_, from, to) => {
    expect(report(inner.replace(from, to))).not.toBe(report(inner));
  });

  it.each([
    ["a comment", "Words.", "Other words."],
    ["what is private", "private hidden;", "private other;"],
    [
      "the order of members",
      "readonly name: string; readonly limits?: Limits;",
      "readonly limits?: Limits; readonly name: string;",
    ],
  ])("is silent on %s", (_, from, to) => {
    const before = report(inner);
    const changed = inner.replace(from, to);
    expect(changed).not.toBe(inner);
    expect(report(changed)).toBe(before);
  });

  it("is silent on a type that moved to another file", () => {
    expect(report(inner, "moved")).toBe(report(inner));
  });
});
