import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { projectRoot } from "../../scripts/support/paths";

/** What no linter that we use can say. */
describe("the house", () => {
  const files = execFileSync("git", ["ls-files", "-co", "--exclude-standard", "*.ts"], {
    cwd: projectRoot,
    encoding: "utf8",
  })
    .split("\n")
    .filter((file) => file !== "")
    .map((file) => ({ file, text: readFileSync(join(projectRoot, file), "utf8") }));
  const sources = files.filter(({ file }) => /^(main\.ts|stacks|modules)/.test(file));
  const offenders = (among: typeof files, law: RegExp) =>
    among.filter(({ text }) => law.test(text)).map(({ file }) => file);

  it("writes no ARN of one partition, but for the facts of an environment", () => {
    const elsewhere = sources.filter(({ file }) => !file.startsWith("stacks/environments/"));
    expect(offenders(elsewhere, /["'`]arn:aws:/)).toEqual([]);
  });

  it("asks no environment for its name to decide", () => {
    expect(offenders(sources, /environment\.name\s*[!=]==?/)).toEqual([]);
  });

  it("keeps main.ts within 40 lines, and every source file within 300", () => {
    const lines = ({ text }: { text: string }) => text.split("\n").length;
    expect(files.filter(({ file }) => file === "main.ts").map(lines)[0]).toBeLessThanOrEqual(41);
    const long = files
      .filter(({ file }) => !file.startsWith("__tests__/"))
      .filter((each) => lines(each) > 301);
    expect(long.map(({ file }) => file)).toEqual([]);
  });

  it("names no folder of one machine", () => {
    expect(offenders(sources, /["'`]\/(home|Users|work|opt|root)\//)).toEqual([]);
  });
});
