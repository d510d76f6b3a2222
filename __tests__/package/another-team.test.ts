import { cpSync, existsSync, lstatSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { build } from "../../modules/compute/node-function/bundle";
import { projectRoot } from "../../scripts/support/paths";
import { say, table } from "../../scripts/support/print";
import { readManifest } from "../../scripts/terraform/manifest";
import { validateStacks } from "../../testing";
import { AnotherTeam } from "../support/another-team";
import { tarball } from "../support/pack";
import { subpaths } from "../support/subpaths";
import { importBudgets } from "./import-budgets";

const done = { status: 0, output: "" };

describe("another team", () => {
  let team: AnotherTeam;
  beforeAll(() => {
    team = new AnotherTeam();
  });
  afterAll(() => team.remove());
  const installed = (...path: string[]) => join(team.folder, "node_modules", "cdktf-aws-patterns", ...path);

  it("gets the modules, the testing kit with its Terraform driver, the functions and the command that replays, and no source, test or other program of ours", () => {
    expect(lstatSync(installed()).isSymbolicLink()).toBe(false);
    const files = readdirSync(installed(), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name).slice(installed().length + 1));
    const allowed =
      /^(package\.json|LICENSE|README\.md|CHANGELOG\.md|modules\/.+\/README\.md|dist\/(modules|testing|scripts\/(terraform|support|replay))\/.+\.(js|d\.ts|sh)|dist\/scripts\/replay\.(js|d\.ts)|dist\/functions\/[^/]+\/(function\.zip|bundle\.json))$/;
    expect(files.filter((file) => !allowed.test(file))).toEqual([]);
    expect(files.filter((file) => /(^|\/)example\./.test(file))).toEqual([]);
    const compiled = files.filter((file) => /\.(js|d\.ts)$/.test(file));
    const source = (file: string) =>
      join(projectRoot, file.replace(/^dist\//, "").replace(/\.(js|d\.ts)$/, ".ts"));
    expect(compiled.filter((file) => !existsSync(source(file)))).toEqual([]);
    say(`the tarball takes ${(statSync(tarball()).size / 1000).toFixed(0)} kB, ${files.length} files`);
  });

  it("can import every module that has an index.ts, and the testing kit", () => {
    const script = `for (const name of process.argv.slice(1)) {
      const loaded = require("cdktf-aws-patterns/" + name);
      if (Object.keys(loaded).length === 0) console.log(name + " exports nothing");
    }`;
    expect(team.run("node", ["-e", script, ...subpaths])).toEqual(done);
  });

  it("cannot import what is no module's door", () => {
    for (const inside of ["event-processing/queues", "network/subnet-plan", "core/names"]) {
      const { output } = team.run("node", ["-e", `require("cdktf-aws-patterns/${inside}")`]);
      expect(output).toMatch(/MODULE_NOT_FOUND|ERR_PACKAGE_PATH_NOT_EXPORTED/);
    }
  });

  it("may be written in ES modules", () => {
    const script = `import { FanOut } from "cdktf-aws-patterns/event-processing";
      import { synthesize } from "cdktf-aws-patterns/testing"; console.log(typeof FanOut, typeof synthesize);`;
    expect(team.run("node", ["--input-type=module", "-e", script])).toEqual({
      status: 0,
      output: "function function\n",
    });
  });

  describe("importing", () => {
    interface Cost {
      readonly files: readonly string[];
      readonly heapMb: number;
      readonly rssMb: number;
      readonly milliseconds: number;
    }
    let costs: Readonly<Record<string, Cost>>;
    const costOf = (name: string): Cost => {
      const { output } = team.run("node", [
        "--expose-gc",
        join(__dirname, "../support/import-cost.js"),
        name,
      ]);
      return JSON.parse(output);
    };
    beforeAll(() => {
      costs = Object.fromEntries(
        subpaths.map((subpath) => [subpath, costOf(`cdktf-aws-patterns/${subpath}`)]),
      );
      const rows = Object.entries({ ...costs, "(the barrel)": costOf("@cdktf/provider-aws") }).map(
        ([subpath, { files, heapMb, rssMb, milliseconds }]) => ({
          subpath,
          files: files.length,
          "of the provider": files.filter((file) => file.includes("/provider-aws/")).length,
          "heap MB": heapMb.toFixed(1),
          "process MB": rssMb.toFixed(0),
          ms: milliseconds.toFixed(0),
          budget: budgetOf(subpath),
        }),
      );
      say(`\nbeside cdktf and constructs:\n${table(rows)}\n`);
    });
    const budgetOf = (subpath: string) => {
      const budget = importBudgets[subpath];
      return budget === undefined ? "-" : `${budget.files} files, ${budget.heapMb} MB: ${budget.because}`;
    };

    it("has a budget for every subpath and for nothing else", () => {
      expect(Object.keys(importBudgets).sort()).toEqual(subpaths);
    });

    it.each(subpaths)("%s stays within its budget", (subpath) => {
      const { files, heapMb } = costs[subpath] as Cost;
      const budget = importBudgets[subpath];
      expect(files.length).toBeLessThanOrEqual(budget?.files ?? 0);
      expect(heapMb).toBeLessThanOrEqual(budget?.heapMb ?? 0);
    });

    it.each(subpaths)("%s pulls no barrel of the provider", (subpath) => {
      const barrel = /provider-aws\/lib\/(index|lazy-index)\.js$/;
      expect(costs[subpath]?.files.filter((file) => barrel.test(file))).toEqual([]);
    });
  });

  describe("replaying an archive", () => {
    // Nobody listens there.
    const account = [
      "AWS_REGION=eu-west-1",
      "AWS_ENDPOINT_URL=http://127.0.0.1:9",
      "AWS_ACCESS_KEY_ID=test",
      "AWS_SECRET_ACCESS_KEY=test",
    ];
    const replay = (...args: readonly string[]) =>
      team.run("env", [...account, "npx", "--no-install", "cdktf-aws-patterns-replay", ...args]);
    const whole = ["--archive", "said", "--from", "2026-01-31T08:00:00Z"];

    it("is a command of the package, which tells how it is used and what is wrong", () => {
      const help = replay("--help");
      expect(help.output).toContain("usage: npx cdktf-aws-patterns-replay --archive <name> --from <instant>");
      expect(help.status).toBe(0);
      const { status, output } = replay("--archive", "said", "--from", "yesterday");
      expect(output).toContain('error: --from must be an instant with its zone, got "yesterday"\nusage: npx');
      expect(status).toBe(1);
    });

    it("is told which package it takes, which who only synthesises does not install", () => {
      expect(existsSync(join(team.folder, "node_modules", "@aws-sdk", "client-eventbridge"))).toBe(false);
      const { status, output } = replay(...whole);
      expect(output).toContain(
        "error: a replay takes @aws-sdk/client-eventbridge, which is not installed here",
      );
      expect(output).toContain("npm install --save-dev @aws-sdk/client-eventbridge");
      expect(status).toBe(1);
    });

    it.each(["3.600.0", "3.1169.0"])(
      "talks to AWS once %s of it is there, the oldest and the newest tried",
      (version) => {
        team.install(`@aws-sdk/client-eventbridge@${version}`);
        const { status, output } = replay(...whole);
        expect(output).toMatch(/error: .*ECONNREFUSED.*127\.0\.0\.1:9/);
        expect(status).toBe(1);
      },
    );
  });

  describe("using a function that is shipped without its payload", () => {
    const script = `
      const { App, TerraformStack } = require("cdktf");
      const { NodeFunction } = require("cdktf-aws-patterns/compute");
      const { provideFacts } = require("cdktf-aws-patterns/core");
      const stack = new TerraformStack(new App(), "pictures");
      provideFacts(stack, {
        account: "111111111111",
        region: "eu-west-1",
        network: { cidr: "10.0.0.0/16", zones: ["eu-west-1a", "eu-west-1b"], nat: "none" },
        deletion: "prevent",
        logRetentionDays: 30,
        functionArchitecture: "arm64",
        alarmTopic: "none",
      });
      const source = { packaged: "thumbnail" };
      console.log(new NodeFunction(stack, "thumbnail", { source, environment: {} }).lambda.sourceCodeHashInput);`;

    it("is told what is missing and the command that installs it", () => {
      const { status, output } = team.run("node", ["-e", script]);
      expect(output).toContain(
        `its payload is wasm-vips 0.0.19, which is not installed in ${team.folder}: npm install --save-dev --save-exact wasm-vips@0.0.19`,
      );
      expect(status).toBe(1);
    });

    it("has the very bytes that were tested here, once it is installed", () => {
      team.install("wasm-vips@0.0.19");
      const { hash } = build(join(projectRoot, "functions", "thumbnail", "handler.ts"));
      expect(team.run("node", ["-e", script])).toEqual({ status: 0, output: `${hash}\n` });
    });
  });

  const worksWithThem = () => {
    it("compiles against our declarations, which are sound themselves", () => {
      expect(team.run("npx", ["--no-install", "tsc", "--skipLibCheck", "false"])).toEqual(done);
    });

    it("compiles with the module resolution that `cdktf init` writes", () => {
      const old = ["--noEmit", "--module", "commonjs", "--moduleResolution", "node10"];
      expect(team.run("npx", ["--no-install", "tsc", ...old])).toEqual(done);
    });

    it("uses arguments that these bindings know", () => {
      const folder = join(team.folder, "sources");
      for (const part of ["modules", "testing", "scripts/terraform", "scripts/support"]) {
        cpSync(join(projectRoot, part), join(folder, part), { recursive: true });
      }
      const { compilerOptions } = JSON.parse(readFileSync(join(projectRoot, "tsconfig.json"), "utf8"));
      const options = { ...compilerOptions, incremental: false, tsBuildInfoFile: null };
      writeFileSync(join(folder, "tsconfig.json"), JSON.stringify({ compilerOptions: options }));
      expect(team.run("npx", ["--no-install", "tsc", "-p", folder])).toEqual(done);
    });

    it("passes its own tests with our testing kit", () => {
      const { status, output } = team.run("npm", ["test"]);
      expect(output).toMatch(/Tests: +6 passed, 6 total/);
      expect(status).toBe(0);
    });

    it("synthesises, its own function from its sources and ours as it was shipped", () => {
      expect(team.run("npm", ["run", "--silent", "synth"])).toEqual(done);
      const [stack] = readManifest(join(team.folder, "cdktf.out"));
      const { resource } = JSON.parse(readFileSync(join(stack?.folder ?? "", "cdk.tf.json"), "utf8"));
      const { welcome, billing } = resource.aws_lambda_function;
      const source = (folder: string, name: string) =>
        build(join(folder, "functions", name, "handler.ts")).hash;
      expect(welcome.source_code_hash).toBe(source(team.folder, "welcome"));
      expect(billing.source_code_hash).toBe(source(projectRoot, "billing"));
      expect(existsSync(join(stack?.folder ?? "", billing.filename))).toBe(true);
    });
  };

  describe("with the oldest bindings of the peer range", () => {
    beforeAll(() => team.install("@cdktf/provider-aws@20.1.0", "constructs@10.4.2"));
    worksWithThem();

    it("has a stack in which the real provider finds no fault", async () => {
      const stacks = readManifest(join(team.folder, "cdktf.out"));
      expect(await validateStacks(stacks)).toEqual({ orders: [] });
    });
  });

  // Their provider, 6.25.0, is in no mirror that this project counts on: types stand in for `terraform validate`.
  describe("with the newest bindings of the peer range", () => {
    beforeAll(() => team.install("@cdktf/provider-aws@21.22.1", "constructs@10.8.1"));
    worksWithThem();
  });
});
