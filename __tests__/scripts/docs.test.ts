import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fillExamples } from "../../scripts/support/example-code";
import { projectRoot } from "../../scripts/support/paths";
import { fillProps, PropsTables, propsFilesOf } from "../../scripts/support/props-table";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "docs-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

describe("a table of props", () => {
  const tableOf = (code: string, name = "Props") => {
    const file = join(folder, "props.ts");
    writeFileSync(file, code);
    return new PropsTables([file]).of(file, name).split("\n").slice(2);
  };

  it("says the name, the type, the default and the comment of each prop", () => {
    const rows = tableOf(`export interface Props {
      /** Its name. */
      readonly name: string;
      /** Tries, 1 to 9. @default 5 */
      readonly tries?: number;
      /**
       * Who may:
       * nobody | everybody. @default - as the topic
       */
      readonly who?: readonly string[];
    }`);
    expect(rows).toEqual([
      "| `name` | `string` | required | Its name. |",
      "| `tries` | `number` | `5` | Tries, 1 to 9. |",
      "| `who` | `string[]` | as the topic | Who may: nobody \\| everybody. |",
    ]);
  });

  it("spells a short union out, wherever it is declared, and leaves a long one its name", () => {
    const rows = tableOf(`
      type Mode = "count" | "block";
      type Long = ${Array.from({ length: 20 }, (_, i) => `"value-${i}"`).join(" | ")};
      interface Facts { readonly mode: Mode; readonly size: "small" | "large"; }
      export interface Props {
        /** A. */ readonly a: Mode;
        /** B. */ readonly b: Facts["size"];
        /** C. */ readonly c: Long;
      }`);
    expect(rows.map((row) => row.split(" | ").slice(1, -2).join(" | "))).toEqual([
      '`"count" \\| "block"`',
      '`"small" \\| "large"`',
      "`Long`",
    ]);
  });

  it("has every prop that a member of a union has, and may leave out what another lacks", () => {
    const rows = tableOf(`
      interface Own {
        /** Tries. @default 5 */
        readonly tries?: number;
      }
      interface Shared {
        /** Its name. */
        readonly name: string;
      }
      export type Props =
        | (Shared & Own & { readonly queue?: undefined })
        | (Shared & {
            /** One that exists. @default - its own */
            readonly queue: string;
          });`);
    expect(rows).toEqual([
      "| `name` | `string` | required | Its name. |",
      "| `tries` | `number` | `5` | Tries. |",
      "| `queue` | `string` | its own | One that exists. |",
    ]);
  });

  it("offers of one prop what any member of a union offers", () => {
    const rows = tableOf(`
      export type Props =
        | {
            /** How it is written. @default "lines" */
            readonly format?: "lines";
          }
        | { readonly format: "columns" };`);
    expect(rows).toEqual(['| `format` | `"lines" \\| "columns"` | `"lines"` | How it is written. |']);
  });

  it.each([
    [
      "a prop that may be left out and says no default",
      "/** Tries. */ readonly tries?: number;",
      "no @default",
    ],
    [
      "a required prop with a default",
      "/** Tries. @default 5 */ readonly tries: number;",
      "is required and has",
    ],
    ["a prop without a comment", "readonly tries: number;", "Props.tries has no comment"],
  ])("rejects %s", (_, prop, message) => {
    expect(() => tableOf(`export interface Props {\n${prop}\n}`)).toThrow(message);
  });

  it("rejects a type that is not there", () => {
    expect(() => tableOf("export interface Other {}")).toThrow(/props\.ts has no interface or type Props/);
  });

  it("takes the place between its markers, and no other", () => {
    const file = join(folder, "props.ts");
    writeFileSync(file, "export interface Props {\n/** Its name. */\nreadonly name: string;\n}");
    const page = "before\n<!-- props: ./props.ts Props -->\nold\n<!-- /props -->\nafter";
    expect(propsFilesOf(page, folder)).toEqual([file]);
    const filled = fillProps(page, folder, new PropsTables([file]));
    expect(filled).toMatch(
      /^before\n<!-- props.*-->\n\| prop .*\n.*\n\| `name` .*\n<!-- \/props -->\nafter$/,
    );
    expect(fillProps(filled, folder, new PropsTables([file]))).toBe(filled);
  });
});

describe("an example", () => {
  it("imports as another project does", () => {
    const home = join(projectRoot, "modules", "storage", "table");
    const page = fillExamples("<!-- example: ./example.ts -->\n<!-- /example -->", home);
    expect(page).toContain('import { Table } from "cdktf-aws-patterns/storage/table";');
    expect(page).toContain('from "cdktf-aws-patterns/core";');
    expect(page).toContain('from "constructs";');
    expect(page).not.toMatch(/from "\./);
  });
});

describe("the README of a module", () => {
  const modules = readdirSync(join(projectRoot, "modules"), { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith("example.ts"))
    .map(dirname);

  it.each(modules)("of %s has a table for each type of props that its door shows", (module) => {
    const home = join(projectRoot, "modules", module);
    const shown = [...readFileSync(join(home, "index.ts"), "utf8").matchAll(/\b\w+Props\b/g)].map(String);
    const tables = [
      ...readFileSync(join(home, "README.md"), "utf8").matchAll(/<!-- props: \S+ (\w+) -->/g),
    ].map(([, name]) => name);
    const declared = readdirSync(home)
      .filter((file) => file.endsWith(".ts"))
      .some((file) => /export (interface|type) \w+Props\b/.test(readFileSync(join(home, file), "utf8")));
    expect(shown.length > 0).toBe(declared);
    expect(tables).toEqual(expect.arrayContaining(shown));
  });
});
