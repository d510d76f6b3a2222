import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { projectRoot } from "../../scripts/support/paths";
import { nameDecisions, partitionArns } from "./readings";

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

  /** What a reading finds in each file but those that are the law's own exceptions. */
  const found = (read: (text: string) => readonly string[], exception: RegExp) =>
    sources
      .filter(({ file }) => !exception.test(file))
      .flatMap(({ file, text }) => read(text).map((offence) => `${file}:${offence}`));

  it("writes no ARN of one partition, but for the facts of an environment", () => {
    expect(found(partitionArns, /^stacks\/environments\//)).toEqual([]);
  });

  it("asks no environment for its name to decide, but at the door, which checks and selects them by name", () => {
    expect(found(nameDecisions, /^stacks\/environment\.ts$/)).toEqual([]);
  });

  it("finds the door's own decisions, so that the law is known to read the real code", () => {
    const door = sources.find(({ file }) => file === "stacks/environment.ts");
    expect(nameDecisions(door?.text ?? "")).not.toEqual([]);
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

/** A law that finds nothing in a planted text holds nothing. */
describe("the law on ARNs", () => {
  it.each([
    'const a = "arn:aws:sqs:eu-west-1:1:q";',
    'const a = "x arn:aws:sqs:eu-west-1:1:q";',
    "const a = 'arn:aws-us-gov:iam::1:root';",
    "const a = `arn:aws:sqs:${region}:1:q`;",
    "const a = `${lead} arn:aws:sqs`;",
    'const a = "arn:" + "aws:sqs";',
    'const a = `arn:${"aws"}:sqs`;',
    'const a = ("arn:" + "aws") + `:${service}`;',
    'f({ deep: ["arn:aws:sqs"] });',
  ])("finds %s", (text) => {
    expect(partitionArns(text)).toEqual([expect.stringMatching(/^1: /)]);
  });

  it.each([
    "// such as arn:aws:sqs:eu-west-1:1:q\nconst a = 1;",
    "/** `arn:aws:…` */ const a = 1;",
    "const a = `arn:${partition}:sqs`;",
    'const a = "arn:" + partition + ":sqs";',
    "const a = /^arn:aws[\\w-]*:kms:/;",
  ])("lets %j be", (text) => {
    expect(partitionArns(text)).toEqual([]);
  });
});

describe("the law on the names of environments", () => {
  it.each([
    'if (environment.name === "prod") f();',
    'if ("prod" != this.environment.name) f();',
    'const many = props.environment.name == "prod" ? 3 : 1;',
    'const { name } = environment; if (name === "prod") f();',
    'const { name: stage } = this.environment; if (stage === "prod") f();',
    'const { account, name } = environment; f(account, name === "prod");',
    'const stage = environment.name; if (stage === "prod") f();',
    'const stage = environment.name; const other = stage; if (other === "prod") f();',
    'function f({ name }: Environment) { return name === "prod"; }',
    'const f = ({ name: stage }: Environment) => stage === "prod";',
    'allEnvironments.filter(({ name }) => name === "prod");',
    'for (const { name } of environments) if (name === "prod") f();',
    'switch (environment.name) { case "prod": f(); }',
    "switch (true) { case environment.name === wanted: f(); }",
    "switch (wanted) { case environment.name: f(); }",
    'const large = ["staging", "prod"].includes(environment.name);',
    "const large = sizes.has(environment.name);",
    "const size = sizes.get(environment.name);",
    "const size = { dev: 1, prod: 3 }[environment.name];",
    "const size = sizes[environment.name as Stage];",
    "const large = environment.name in sizes;",
    'const large = environment.name.startsWith("prod");',
    'const large = environment.name.toLowerCase() === "prod";',
    "const large = /^prod/.test(environment.name);",
    "const large = `${environment.name}-x` === id;",
    "const large = (environment.name + suffix) === id;",
    'if (environment["name"] === "prod") f();',
    'if (environment?.name === "prod") f();',
    'if ((environment.name as string) === "prod") f();',
    'if ((props.environment!).name === "prod") f();',
  ])("finds %s", (text) => {
    expect(nameDecisions(text)).toEqual([expect.stringMatching(/^1: /)]);
  });

  it.each([
    'super(app, `${environment.name}-${name}`); if (name === "x") f();',
    '// if (environment.name === "prod")\nconst a = 1;',
    "const { name } = environment; new Tag(scope, { name });",
    "const { name } = environment; f(name, { name: 1 });",
    'const { name } = queue; if (name === "x") f();',
    'function f() { const { name } = environment; g(name); } function h(name: string) { return name === "x"; }',
    'if (queue.name === "x") f();',
    'if (environment.deletion === "prevent") f();',
    "const key = `${PROJECT}/${environment.name}/x.tfstate`;",
  ])("lets %j be", (text) => {
    expect(nameDecisions(text)).toEqual([]);
  });
});
