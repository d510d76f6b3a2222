import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { projectRoot } from "../../scripts/support/paths";
import { waitUntil } from "../../scripts/support/process";
import { FakeTerraform, planned } from "../support/fake-terraform";

/** The programs of an operator as they are compiled, with a program that stands for Terraform. */

let fake: FakeTerraform;
beforeEach(() => {
  fake = new FakeTerraform();
});
afterEach(() => fake.remove());

interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

const start = (name: string, args: readonly string[], env: NodeJS.ProcessEnv = {}) =>
  spawn(process.execPath, [join(projectRoot, ".build", "scripts", `${name}.js`), ...args], {
    env: { ...process.env, TERRAFORM_BINARY_NAME: fake.binary, CDKTF_OUTDIR: fake.outdir, ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });

async function ended(child: ReturnType<typeof start>): Promise<Ended> {
  const [stdout, stderr, [code]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, "close") as Promise<[number | null]>,
  ]);
  return { code, stdout, stderr };
}

const program = (name: string, args: readonly string[] = [], env: NodeJS.ProcessEnv = {}): Promise<Ended> =>
  ended(start(name, args, env));

const queue = "aws_sqs_queue.orders";
const synthesised = (path: string, deletion?: string) => ({
  "//": { metadata: {}, deletion },
  resource: { aws_sqs_queue: { orders: { "//": { metadata: { path } } } } },
});
const creation = { resource_changes: [planned(queue, ["create"])] };
const deletion = { resource_changes: [planned(queue, ["delete"])] };
const planFiles = () =>
  readdirSync(fake.outdir, { recursive: true, encoding: "utf8" }).filter((name) => name.endsWith(".tfplan"));

/** Two stacks, the second of which reads the first. */
function twoStacks(): void {
  fake.stack("dev-b", { synthesised: synthesised("dev-b/orders/Default"), dependencies: ["dev-a"] });
  fake.stack("dev-a", { synthesised: synthesised("dev-a/orders/Default") });
}

describe("plan", () => {
  it("shows the changes in dependency order by construct, and leaves no plan file", async () => {
    twoStacks();
    fake.plans(creation, "dev-a");
    const { code, stdout } = await program("plan", ["dev-*"]);
    expect(code).toBe(0);
    expect(fake.steps()).toEqual(["init dev-a", "plan dev-a", "show dev-a", "init dev-b", "plan dev-b"]);
    expect(stdout).toMatch(/^ {2}\+ dev-a\/orders\/Default \(aws_sqs_queue\.orders\)$/m);
    expect(stdout).toMatch(/^dev-a +1 to create +[\d.]+ s$/m);
    expect(stdout).toMatch(/^dev-b +no changes +[\d.]+ s$/m);
    expect(planFiles()).toEqual([]);
  });

  it("rejects one that deletes data where the environment prevents it, after showing it", async () => {
    fake.stack("prod-a", { synthesised: synthesised("prod-a/orders/Default", "prevent") });
    fake.plans(deletion);
    const { code, stdout, stderr } = await program("plan", ["prod-a"]);
    expect(code).toBe(1);
    expect(stdout).toMatch(/^ {2}- prod-a\/orders\/Default/m);
    expect(stderr).toMatch(/^error: prod-a: this plan deletes data.*\n {2}- prod-a\/orders\/Default/m);
    expect(planFiles()).toEqual([]);
  });

  it("explains the order where a stack reads outputs that are not applied yet, and only there", async () => {
    twoStacks();
    const explanation = "  dev-b reads outputs of dev-a: apply that first\n";
    fake.answer("plan", { code: 1, stderr: "Error: Unsupported attribute" }, "dev-b");
    expect((await program("plan", ["dev-*"])).stdout).not.toContain(explanation);
    fake.plans(creation, "dev-a");
    const { code, stdout, stderr } = await program("plan", ["dev-*"]);
    expect(code).toBe(1);
    expect(stdout).toContain(explanation);
    expect(stderr).toContain("error: dev-b: plan failed\n  Unsupported attribute\n");
  });

  it.each([
    ["no name", [], /^error: name the stacks, .*\n {2}dev-a\n {2}dev-b$/m],
    ["an unknown name", ["qa-*"], /^error: no stack is called "qa-\*"; there are:\n {2}dev-a/m],
  ])("rejects %s, and lists the stacks", async (_, args, expected) => {
    twoStacks();
    const { code, stderr } = await program("plan", args);
    expect(code).toBe(1);
    expect(stderr).toMatch(expected);
    expect(fake.calls()).toEqual([]);
  });

  it("interrupted lets Terraform end, tidies up and ends with 130", async () => {
    fake.stack("dev-a");
    fake.answer("plan", {
      first: `
        await new Promise((resolve) => {
          const alive = setInterval(() => {}, 1000);
          process.on("SIGINT", () => { log("saved"); clearInterval(alive); resolve(); });
          mark("planning");
        });`,
      code: 1,
    });
    const child = start("plan", ["dev-a"]);
    const outcome = ended(child);
    expect(await waitUntil(() => existsSync(join(fake.folder, "planning")), 60)).toBe(true);
    child.kill("SIGINT");
    const { code, stderr } = await outcome;
    expect(code).toBe(130);
    expect(stderr).toMatch(/^error: stopped by SIGINT$/m);
    expect(fake.logged()).toEqual(["saved"]);
    expect(planFiles()).toEqual([]);
  });
});

describe("apply", () => {
  it("rejects to apply without a terminal and without --yes, before anything is planned", async () => {
    twoStacks();
    const { code, stderr } = await program("apply", ["dev-*"]);
    expect(code).toBe(1);
    expect(stderr).toBe(
      "\nerror: there is no terminal to ask on: look at `npm run plan` first, then add --yes\n",
    );
    expect(fake.calls()).toEqual([]);
  });

  it("rejects an option that it does not have in one line", async () => {
    const { code, stderr } = await program("apply", ["dev-*", "--yse"]);
    expect(code).toBe(1);
    expect(stderr).toMatch(/^\nerror: Unknown option '--yse'.*\n$/);
  });

  it("with --yes plans a stack after those it reads were applied, and applies what it showed", async () => {
    twoStacks();
    fake.plans(creation);
    const { code, stdout } = await program("apply", ["dev-*", "--yes"]);
    expect(code).toBe(0);
    const steps = (stack: string) => ["init", "plan", "show", "apply"].map((step) => `${step} ${stack}`);
    expect(fake.steps()).toEqual([...steps("dev-a"), ...steps("dev-b")]);
    for (const { args } of fake.calls().filter(({ args: [first] }) => first === "apply")) {
      expect(args.at(-1)).toBe("stack.tfplan");
      expect(args).not.toContain("-auto-approve");
    }
    expect(stdout).toMatch(/^dev-b +1 to create +[\d.]+ s$/m);
    expect(planFiles()).toEqual([]);
  });

  it("does nothing to a stack without changes", async () => {
    fake.stack("dev-a");
    expect((await program("apply", ["dev-a", "--yes"])).code).toBe(0);
    expect(fake.steps()).toEqual(["init dev-a", "plan dev-a"]);
    expect(planFiles()).toEqual([]);
  });

  it("rejects one that deletes data where the environment prevents it, and removes the plan", async () => {
    fake.stack("prod-a", { synthesised: synthesised("prod-a/orders/Default", "prevent") });
    fake.plans(deletion);
    const { code, stderr } = await program("apply", ["prod-a", "--yes"]);
    expect(code).toBe(1);
    expect(stderr).toMatch(/^error: prod-a: this plan deletes data/m);
    expect(fake.steps()).toEqual(["init prod-a", "plan prod-a", "show prod-a"]);
    expect(planFiles()).toEqual([]);
  });

  it("leaves the later stacks alone when one fails", async () => {
    twoStacks();
    fake.plans(creation);
    const diagnostic = {
      severity: "error",
      summary: "creating queue",
      detail: "AccessDenied",
      address: queue,
    };
    fake.answer("apply", { code: 1, stdout: [{ type: "diagnostic", diagnostic }] }, "dev-a");
    const { code, stderr } = await program("apply", ["dev-*", "--yes"]);
    expect(code).toBe(1);
    expect(stderr).toContain(
      "error: dev-a: apply failed\n  dev-a/orders/Default (aws_sqs_queue.orders): creating queue: AccessDenied\n",
    );
    expect(fake.steps().filter((step) => step.endsWith("dev-b"))).toEqual([]);
    expect(planFiles()).toEqual([]);
  });
});

describe("validate", () => {
  it("tries every stack, and tells the fault of one by construct path", async () => {
    twoStacks();
    const snippet = { context: `resource "aws_sqs_queue" "orders"` };
    const diagnostic = { severity: "error", summary: "expected delay_seconds", address: queue, snippet };
    fake.answer("validate", { code: 1, stdout: [{ diagnostics: [diagnostic] }] }, "dev-a");
    const { code, stdout } = await program("validate");
    expect(code).toBe(1);
    expect(stdout).toMatch(
      /^FAULTY {2}dev-a {2}[\d.]+ s\n {2}dev-a\/orders\/Default \(.*\): expected delay_seconds$/m,
    );
    expect(stdout).toMatch(/^valid {3}dev-b {2}/m);
    expect(stdout).toMatch(/^1 of 2 stacks are faulty$/m);
  });

  it("ends with 0 when all are valid, those named alone being tried", async () => {
    twoStacks();
    const { code, stdout } = await program("validate", ["dev-b"]);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^1 stacks are valid$/m);
    expect(fake.steps()).toEqual(["init dev-b", "validate dev-b"]);
  });
});

describe("bootstrap", () => {
  it.each([
    ["no name", [], /^error: name the environment: dev, staging, prod$/m],
    [
      "an unknown name",
      ["dev", "qa"],
      /^error: no environment is called "qa": there are dev, staging, prod$/m,
    ],
  ])("rejects %s, and lists the environments", async (_, args, expected) => {
    const { code, stderr } = await program("bootstrap", args);
    expect(stderr).toMatch(expected);
    expect(stderr).not.toMatch(/^ {4}at /m);
    expect(code).toBe(1);
    expect(existsSync(join(fake.outdir, "manifest.json"))).toBe(false);
  });
});

describe("local", () => {
  const root = join(projectRoot, ".e2e", "programs");
  afterEach(() => rmSync(root, { recursive: true, force: true }));

  it("rejects to start without its tools, told in one line each, and starts nothing", async () => {
    mkdirSync(join(root, "bin"), { recursive: true });
    const env = { LOCAL_WORKSPACE: root, PATH: join(root, "bin"), TERRAFORM_BINARY_NAME: "" };
    const { code, stdout, stderr } = await program("local", [], env);
    expect(code).toBe(1);
    expect(stderr.split("\n")).toEqual([
      "",
      "error: the local AWS needs more tools:",
      expect.stringMatching(/^ {2}"terraform" cannot be run: install Terraform/),
      expect.stringMatching(/^ {2}install Python/),
      expect.stringMatching(/^ {2}install openssl/),
      "",
    ]);
    expect(stdout).toBe("");
    expect(readdirSync(root)).toEqual(["bin"]);
  });
});

describe("test", () => {
  it("rejects a misspelt layer beside a right one, and runs neither", async () => {
    const { code, stdout, stderr } = await program("test", ["unit", "terrafrom"]);
    expect(code).toBe(1);
    expect(stderr).toMatch(
      /^error: no layer is called "terrafrom": the layers are check:types, .*, permissions:rest$/m,
    );
    expect(stdout).toBe("");
  });

  it.each([
    ["goes on after a jest that dies, with the figures as the last line", "0", "SKIPPED e2e", "1 skipped", 2],
    [
      "fails a layer without its tools where all is required",
      "1",
      "FAILED e2e (REQUIRE_ALL)",
      "0 skipped",
      3,
    ],
  ])("%s", async (_, REQUIRE_ALL, told, skipped, failed) => {
    const bin = join(fake.folder, "bin");
    mkdirSync(bin);
    // Jest is not to be had through this npx, and neither is what e2e needs.
    fake.program(join(bin, "npx"), "console.error('jest died'); process.exit(134)");
    const env = { PATH: bin, REQUIRE_ALL };
    const { code, stdout } = await program("test", ["unit", "terraform", "e2e"], env);
    expect(code).toBe(1);
    expect(stdout).toMatch(/^FAILED unit: jest ended with 134 and left no report$/m);
    expect(stdout).toMatch(/^FAILED terraform: jest ended with 134 and left no report$/m);
    expect(stdout).toContain(`${told}: the local AWS needs more tools:`);
    expect(stdout.trimEnd().split("\n").at(-1)).toBe(`0 passed, ${failed} failed, ${skipped}`);
  });
});
