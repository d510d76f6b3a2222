import { performance } from "node:perf_hooks";
import { OperatorError } from "../support/command";
import { projectRoot } from "../support/paths";
import { run } from "../support/process";

/** Something to be measured: one Node process from start to end. */
export interface Program {
  readonly name: string;
  /** Arguments of `node`. */
  readonly args: readonly string[];
  /** Over the operator's own environment; `undefined` takes a variable away. */
  readonly env: NodeJS.ProcessEnv;
}

/**
 * One run of a program.
 * @returns the milliseconds from its start to its end, as an operator waits for them
 * @throws OperatorError with what it wrote when it fails
 */
export async function timed({ name, args, env }: Program, signal: AbortSignal): Promise<number> {
  const started = performance.now();
  const { code, stdout, stderr } = await run(process.execPath, args, {
    cwd: projectRoot,
    env: { ...process.env, ...env },
    signal,
  });
  const milliseconds = performance.now() - started;
  if (code !== 0) throw new OperatorError(`${name} ended with ${code}:\n${stdout}\n${stderr}`);
  return milliseconds;
}

/**
 * Measures programs in turn, round after round, so that whatever else the machine does meets all of them; each round
 * starts with another one.
 * @returns for each program its results, one a round
 */
export async function race<P, Result>(
  programs: readonly P[],
  rounds: number,
  measure: (program: P) => Promise<Result>,
): Promise<Result[][]> {
  const results = programs.map((): Result[] => []);
  for (let round = 0; round < rounds; round++) {
    for (let turn = 0; turn < programs.length; turn++) {
      const index = (round + turn) % programs.length;
      results[index]?.push(await measure(programs[index] as P));
    }
  }
  return results;
}

/** The middle of the values, or the mean of the two in the middle. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const upper = sorted[middle];
  const lower = sorted[sorted.length % 2 === 0 ? middle - 1 : middle];
  if (upper === undefined || lower === undefined) throw new Error("no values have no median");
  return (lower + upper) / 2;
}
