import { rmSync } from "node:fs";
import { join } from "node:path";
import { type RunResult, run } from "../support/process";
import {
  type ConstructPaths,
  constructPaths,
  type Diagnostic,
  type Fault,
  faultsOf,
  faultsOfText,
  TerraformError,
} from "./diagnostics";
import { EventReader, type Progress, steps } from "./events";
import type { SynthesisedStack } from "./manifest";
import { type Change, changesOf, type PlanDocument } from "./plan";
import { type Attributes, attributesByAddress, type StateDocument } from "./state";

export interface TerraformProps {
  /** See `terraformBinary`. */
  readonly binary: string;
  /** The whole environment of each run: see `terraformEnvironment`, and the emulator's. */
  readonly env: NodeJS.ProcessEnv;
  /** Aborting interrupts Terraform, which saves its state and ends. */
  readonly signal?: AbortSignal;
  /** How long an interrupted Terraform may finish what it has begun before it is killed. @default 20 */
  readonly graceSeconds?: number;
}

export interface Plan {
  readonly empty: boolean;
  readonly changes: readonly Change[];
  /** What `terraform show -json` tells of it, every value in clear text; none where nothing changes. */
  readonly document?: string;
  /** The saved plan, inside the stack's folder: apply it so that what was shown is what happens. */
  readonly file: string;
}

/**
 * Terraform in the folder of one synthesised stack: `init → validate | plan → apply → outputs → destroy`.
 *
 * Each failure is a `TerraformError` that names constructs and repeats Terraform's message in one line each.
 */
export class Terraform {
  private readonly paths: ConstructPaths;

  constructor(
    private readonly stack: SynthesisedStack,
    private readonly props: TerraformProps,
  ) {
    this.paths = constructPaths(stack.folder);
  }

  /** @param backend `false` initialises the providers only: enough for `validate`, and needs no credentials */
  async init({ backend = true }: { backend?: boolean } = {}): Promise<void> {
    // -reconfigure: the folder is synthesis output, so an earlier backend remembered in it is an accident.
    const result = await this.run([
      "init",
      "-input=false",
      "-no-color",
      backend ? "-reconfigure" : "-backend=false",
    ]);
    this.expect("init", result);
  }

  /** @returns the faults of the configuration, none when it is valid */
  async validate(): Promise<Fault[]> {
    const result = await this.run(["validate", "-json"]);
    const report = parse<{ diagnostics: readonly Diagnostic[] }>(result.stdout);
    if (!report) throw this.failure("validate", faultsOfText(result.stderr));
    return faultsOf(report.diagnostics, this.paths);
  }

  /** Refreshes and compares; the saved plan stays in the stack's folder until it is applied or discarded. */
  async plan(): Promise<Plan> {
    const file = "stack.tfplan";
    const events = new EventReader(this.paths);
    try {
      const planned = await this.run(
        ["plan", "-json", "-input=false", "-detailed-exitcode", `-out=${file}`],
        (line) => events.read(line),
      );
      // With -detailed-exitcode 0 is "no changes" and 2 is "changes".
      this.expect("plan", planned, events.diagnostics, [0, 2]);
      if (planned.code === 0) return { empty: true, changes: [], file };
      const shown = await this.run(["show", "-json", file]);
      this.expect("show", shown);
      const changes = changesOf(JSON.parse(shown.stdout) as PlanDocument, this.paths);
      return { empty: false, changes, document: shown.stdout, file };
    } catch (error) {
      // Terraform saves what it has planned also when it fails.
      this.discard({ file });
      throw error;
    }
  }

  /** Applies a plan that was shown, or plans and applies at once. */
  async apply({
    plan,
    onProgress,
  }: {
    plan?: Plan;
    onProgress?: (progress: Progress) => void;
  } = {}): Promise<void> {
    const total = plan?.changes
      .filter(({ type }) => type !== "output")
      .reduce((sum, { action }) => sum + steps(action), 0);
    const events = new EventReader(this.paths, onProgress, total);
    const args = ["apply", "-json", "-input=false", ...(plan ? [plan.file] : ["-auto-approve"])];
    try {
      const result = await this.run(args, (line) => events.read(line));
      this.expect("apply", result, events.diagnostics);
    } finally {
      if (plan) this.discard(plan);
    }
  }

  /** Removes a saved plan, which holds every value in clear text. */
  discard({ file }: Pick<Plan, "file">): void {
    rmSync(join(this.stack.folder, file), { force: true });
  }

  async destroy({ onProgress }: { onProgress?: (progress: Progress) => void } = {}): Promise<void> {
    const events = new EventReader(this.paths, onProgress);
    const result = await this.run(["destroy", "-json", "-auto-approve", "-input=false"], (line) =>
      events.read(line),
    );
    this.expect("destroy", result, events.diagnostics);
  }

  /** @returns each output's value by name, sensitive ones too: do not print them all */
  async outputs(): Promise<Record<string, unknown>> {
    const result = await this.run(["output", "-json", "-no-color"]);
    this.expect("output", result);
    const outputs = JSON.parse(result.stdout) as Record<string, { value: unknown }>;
    return Object.fromEntries(Object.entries(outputs).map(([name, { value }]) => [name, value]));
  }

  /** @returns addresses in the state, data sources left out */
  async resources(): Promise<string[]> {
    const result = await this.run(["state", "list"]);
    if (result.code !== 0 && /No state file was found/.test(result.stderr)) return [];
    this.expect("state list", result);
    return result.stdout.split("\n").filter((line) => line !== "" && !/^(.*\.)?data\./.test(line));
  }

  /** @returns what the state says of each resource, by address; sensitive values too */
  async state(): Promise<ReadonlyMap<string, Attributes>> {
    const result = await this.run(["show", "-json"]);
    this.expect("show", result);
    return attributesByAddress(JSON.parse(result.stdout) as StateDocument);
  }

  private run(args: readonly string[], onLine?: (line: string) => void): Promise<RunResult> {
    const { binary, env, signal, graceSeconds } = this.props;
    return run(binary, args, { cwd: this.stack.folder, env, signal, graceSeconds, onLine });
  }

  private expect(
    step: string,
    result: RunResult,
    diagnostics: readonly Diagnostic[] = [],
    codes = [0],
  ): void {
    if (codes.includes(result.code)) return;
    const faults = faultsOf(diagnostics, this.paths);
    throw this.failure(step, faults.length > 0 ? faults : faultsOfText(result.stderr || result.stdout));
  }

  private failure(step: string, faults: readonly Fault[]): TerraformError {
    return new TerraformError(this.stack.id, step, faults);
  }
}

function parse<T>(text: string): T | undefined {
  try {
    return JSON.parse(text) as T;
  } catch {
    return undefined;
  }
}
