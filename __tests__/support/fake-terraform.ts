import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { SynthesisedStack } from "../../scripts/terraform/manifest";

export interface Answer {
  /** @default 0 */
  readonly code?: number;
  /** Text, or objects that are written one a line, as `-json` does. */
  readonly stdout?: string | readonly object[];
  readonly stderr?: string;
  /** JavaScript that runs before the answer; `mark(name)`, `marked(name)`, `waitFor(condition)` and `log(line)` are at hand. */
  readonly first?: string;
}

/** One run of the fake. */
export interface Call {
  /** The name of the stack's folder. */
  readonly stack: string;
  readonly args: readonly string[];
}

interface Rule extends Answer {
  readonly command: string;
  readonly stack?: string;
}

/**
 * A program that stands for Terraform: it records how it is called and answers as told.
 *
 * What it does of its own accord is what Terraform does: `plan -out=x` writes x, `apply x` fails where x is not.
 */
export class FakeTerraform {
  readonly folder = mkdtempSync(join(tmpdir(), "fake-terraform-"));
  readonly binary = join(this.folder, "terraform");
  readonly outdir = join(this.folder, "cdktf.out");
  private readonly rules: Rule[] = [];

  constructor() {
    this.program(this.binary, PROGRAM);
    this.answer("version", { stdout: "Terraform v1.11.4" });
    this.answer("output", { stdout: [{}] });
    this.answer("validate", { stdout: [{ diagnostics: [] }] });
  }

  /**
   * @param command the arguments that it begins with, e.g. `state list`; the latest answer that fits is given
   * @param stack to the runs in this stack only
   */
  answer(command: string, answer: Answer, stack?: string): void {
    this.rules.push({ command, stack, ...answer });
    writeFileSync(join(this.folder, "answers.json"), JSON.stringify(this.rules));
  }

  /** Every run so far but those that asked for the version. */
  calls(): Call[] {
    const file = join(this.folder, "calls");
    if (!existsSync(file)) return [];
    const lines = readFileSync(file, "utf8").trim().split("\n");
    return lines.map((line) => JSON.parse(line) as Call).filter(({ args }) => args[0] !== "version");
  }

  /** The runs in one word each and their stack: `plan dev-a`. */
  steps(): string[] {
    return this.calls().map(({ stack, args }) => `${args[0]} ${stack}`);
  }

  /** Lines that answers have written by `log`. */
  logged(): string[] {
    const file = join(this.folder, "log");
    return existsSync(file) ? readFileSync(file, "utf8").trim().split("\n") : [];
  }

  /** A synthesised stack on disk, and in the manifest beside those made before. */
  stack(id: string, { synthesised = {}, dependencies = [] as string[] } = {}): SynthesisedStack {
    const workingDirectory = join("stacks", id);
    const folder = join(this.outdir, workingDirectory);
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, "cdk.tf.json"), JSON.stringify(synthesised));
    const file = join(this.outdir, "manifest.json");
    const { stacks } = existsSync(file) ? JSON.parse(readFileSync(file, "utf8")) : { stacks: {} };
    const manifest = { stacks: { ...stacks, [id]: { name: id, workingDirectory, dependencies } } };
    writeFileSync(file, JSON.stringify(manifest));
    return { id, folder, dependencies };
  }

  /** Plans of a stack show these changes from now on. */
  plans(document: object, stack?: string): void {
    this.answer("plan", { code: 2 }, stack);
    this.answer("show", { stdout: [document] }, stack);
  }

  /** Another program, in JavaScript. */
  program(file: string, script: string): void {
    writeFileSync(file, `#!${process.execPath}\n${script}`, { mode: 0o755 });
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** The change of one resource, as `terraform show -json` tells it. */
export function planned(address: string, actions: readonly string[], before = {}, after = {}) {
  return { address, type: address.split(".")[0], mode: "managed", change: { actions, before, after } };
}

const PROGRAM = `
const { appendFileSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } = require("node:fs");
const { basename, join } = require("node:path");
const args = process.argv.slice(2);
const stack = basename(process.cwd());
const fault = (text) => { process.stderr.write("Error: " + text + "\\n"); process.exit(1); };
const log = (line) => appendFileSync(join(__dirname, "log"), line + "\\n");
const mark = (name) => writeFileSync(join(__dirname, name), "");
const marked = (name) => existsSync(join(__dirname, name));
const waitFor = async (condition) => {
  for (const end = Date.now() + 20_000; !condition(); ) {
    if (Date.now() > end) fault("waited in vain");
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
};
(async () => {
  appendFileSync(join(__dirname, "calls"), JSON.stringify({ stack, args }) + "\\n");
  const rules = JSON.parse(readFileSync(join(__dirname, "answers.json"), "utf8"));
  const fits = (rule) => (args.join(" ") + " ").startsWith(rule.command + " ") && (rule.stack ?? stack) === stack;
  const rule = rules.reverse().find(fits) ?? {};
  const out = args.find((arg) => arg.startsWith("-out="));
  if (out) writeFileSync(out.slice(5), "a plan");
  const plan = args[0] === "apply" && args.find((arg) => !arg.startsWith("-") && arg !== "apply");
  if (plan && !existsSync(plan)) fault("no plan file " + plan);
  if (rule.first) await eval("(async () => {" + rule.first + "})()");
  const { stdout = "", stderr = "" } = rule;
  process.stdout.write(typeof stdout === "string" ? stdout : stdout.map((o) => JSON.stringify(o) + "\\n").join(""));
  process.stderr.write(stderr);
  process.exitCode = rule.code ?? 0;
})();
`;
