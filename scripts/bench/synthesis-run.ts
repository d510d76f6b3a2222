import { existsSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { projectRoot } from "../support/paths";
import { BUNDLING_FILE, type BundlingTime } from "./bundling-clock";
import { metered, type Program, SYNTHESIS_ENV } from "./program";

/** A cold synthesis: the whole process, and what of it was bundling, in milliseconds. */
export interface Synthesis extends BundlingTime {
  readonly whole: number;
  /** Processor time of the whole process. */
  readonly cpu: number;
  /** Its most memory, in bytes. */
  readonly peak: number;
}

/** What of a run was synthesis. */
export function synthesisAlone({ whole, loading, working }: Synthesis): number {
  return whole - loading - working;
}

/** What of a run's processor time was synthesis. */
export function processorAlone({ cpu, processor }: Synthesis): number {
  return cpu - processor;
}

/** How a program runs the app: preloads, the file, its environment. */
type Launch = readonly [preloads: readonly string[], file: string, env: NodeJS.ProcessEnv];

/** The app with the bundler's clock in it. @param launch as it is compiled, unless told otherwise */
export function appProgram(
  name: string,
  [preloads, file, env]: Launch = [[], join(projectRoot, ".build", "main.js"), {}],
): Program {
  return {
    name,
    args: ["-r", require.resolve("./bundling-clock"), ...preloads, file],
    env: { ...SYNTHESIS_ENV, ...env },
  };
}

/** One cold run: a new process and an empty output folder. */
export async function synthesise(program: Program, folder: string, signal: AbortSignal): Promise<Synthesis> {
  const outdir = join(folder, "out");
  const clock = join(folder, "bundling.json");
  for (const left of [outdir, clock]) rmSync(left, { recursive: true, force: true });
  const env = { ...program.env, CDKTF_OUTDIR: outdir, [BUNDLING_FILE]: clock };
  const { whole, cpu, peak } = await metered({ ...program, env }, folder, signal);
  return { whole, cpu, peak, ...bundlingIn(clock) };
}

/** What a run wrote of its bundling; nothing where it does not bundle. */
function bundlingIn(file: string): BundlingTime {
  if (!existsSync(file)) return { loading: 0, working: 0, processor: 0 };
  return JSON.parse(readFileSync(file, "utf8")) as BundlingTime;
}
