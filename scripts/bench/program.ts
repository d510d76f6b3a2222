import { readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { performance } from "node:perf_hooks";
import { OperatorError } from "../support/command";
import { projectRoot } from "../support/paths";
import { run } from "../support/process";
import { METER_FILE, type MeterReading } from "./meter";

/** Something to be measured: one Node process from start to end. */
export interface Program {
  readonly name: string;
  /** Arguments of `node`. */
  readonly args: readonly string[];
  /** Over the operator's own environment; `undefined` takes a variable away. */
  readonly env: NodeJS.ProcessEnv;
}

/** What every synthesis that is measured starts from, whatever the operator's shell says. */
export const SYNTHESIS_ENV: NodeJS.ProcessEnv = {
  ENVIRONMENTS: undefined,
  DEBUG_TOKEN_TRACES: undefined,
  CHECKPOINT_DISABLE: "1",
};

/** One run. */
export interface Timed {
  /** Milliseconds from its start to its end, as an operator waits for them. */
  readonly whole: number;
  readonly stdout: string;
}

/**
 * One run of a program.
 * @throws OperatorError with what it wrote when it fails
 */
export async function timed({ name, args, env }: Program, signal: AbortSignal): Promise<Timed> {
  const started = performance.now();
  const { code, stdout, stderr } = await run(process.execPath, args, {
    cwd: projectRoot,
    env: { ...process.env, ...env },
    signal,
  });
  const whole = performance.now() - started;
  if (code !== 0) throw new OperatorError(`${name} ended with ${code}:\n${stdout}\n${stderr}`);
  return { whole, stdout };
}

/** One run of a program with the meter in it. The meter's reading is passed through `folder`. */
export async function metered(
  program: Program,
  folder: string,
  signal: AbortSignal,
): Promise<Timed & MeterReading> {
  const file = join(folder, "meter.json");
  rmSync(file, { force: true });
  const times = await timed(
    {
      ...program,
      args: ["-r", require.resolve("./meter"), ...program.args],
      env: { ...program.env, [METER_FILE]: file },
    },
    signal,
  );
  return { ...times, ...(JSON.parse(readFileSync(file, "utf8")) as MeterReading) };
}
