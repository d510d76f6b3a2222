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

/** How long a race goes on. */
export interface Length<Result> {
  readonly least: number;
  readonly most: number;
  /** Whether the rounds so far are enough; asked from the least on. */
  readonly settled: (results: readonly (readonly Result[])[]) => boolean;
}

/**
 * Measures programs in turn, round after round, each second round backwards: neighbours in the list are neighbours in
 * time, and whatever else the machine does meets both.
 * @returns for each program its results, one a round
 */
export async function race<P, Result>(
  programs: readonly P[],
  { least, most, settled }: Length<Result>,
  measure: (program: P) => Promise<Result>,
): Promise<Result[][]> {
  const results = programs.map((): Result[] => []);
  const turns = [...programs.entries()];
  for (let round = 0; round < most && (round < least || !settled(results)); round++) {
    for (const [index, program] of round % 2 === 0 ? turns : turns.toReversed()) {
      results[index]?.push(await measure(program));
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
