import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { BUNDLING_FILE, type BundlingTime } from "./bench/bundling-clock";
import { compareOutputs } from "./bench/compare";
import { readOutput } from "./bench/output";
import { type Program, race, timed } from "./bench/race";
import { KEEP_TRACES, rawProgram } from "./bench/raw-bindings";
import { isClear, type Sample, type Samples, timesTable, type Verdict, verdictOn } from "./bench/verdict";
import { command, OperatorError } from "./support/command";
import { projectRoot } from "./support/paths";
import { say } from "./support/print";

/** How many times longer than raw bindings a cold synthesis may take, bundling apart. */
const LIMIT = 1.3;

/** More rounds, up to so many times those asked for, as long as chance alone may have decided. */
const PATIENCE = 4;

/**
 * `npm run bench [-- --rounds 15]`: cold synthesis of all environments against the same output written with raw
 * bindings, in turn and in one run. The raw program is generated from our output, and what it writes is compared with
 * ours.
 *
 * Exits 1 when the outputs differ or the median of the ratios is over the limit.
 */
command(async (signal) => {
  const least = askedRounds();
  // Inside the project, so that the raw program finds the same packages.
  const build = join(projectRoot, ".build");
  mkdirSync(build, { recursive: true });
  const folder = mkdtempSync(join(build, "bench-"));
  try {
    const programs = await contestants(folder, signal);
    say(
      `${least} rounds of ${programs.length} cold runs, up to ${PATIENCE * least} while the verdict is open …`,
    );
    const settled = ([ours = [], raw = []]: readonly Samples[]) => isClear(verdictOn(ours, raw), LIMIT);
    const [ours = [], raw = [], rawTraced = []] = await race(
      programs,
      { least, most: PATIENCE * least, settled },
      (program) => sample(program, folder, signal),
    );
    say(`\n${timesTable(ours, raw, rawTraced)}\n`);
    return tell(verdictOn(ours, raw), ours.length) ? 0 : 1;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

function tell({ ratio, between }: Verdict, rounds: number): boolean {
  const [from, to] = between.map((each) => each.toFixed(2));
  const kept = ratio <= LIMIT;
  say(
    `ours takes ${ratio.toFixed(2)} × raw bindings, bundling apart (median of ${rounds} rounds, 95 % interval ` +
      `${from} to ${to}); the limit of ${LIMIT} is ${kept ? "kept" : "EXCEEDED"}`,
  );
  return kept;
}

function askedRounds(): number {
  const { values } = parseArgs({ options: { rounds: { type: "string", default: "7" } } });
  const rounds = Number(values.rounds);
  if (Number.isInteger(rounds) && rounds > 0) return rounds;
  throw new OperatorError(`--rounds must be a whole number from 1 on, got "${values.rounds}"`);
}

/**
 * The programs, each run once to warm the disk and to see that all of them write the same.
 * @throws OperatorError listing the differences
 */
async function contestants(folder: string, signal: AbortSignal): Promise<Program[]> {
  const program = (name: string, args: readonly string[], env: NodeJS.ProcessEnv = {}): Program => ({
    name,
    args,
    env: { ENVIRONMENTS: undefined, DEBUG_TOKEN_TRACES: undefined, CHECKPOINT_DISABLE: "1", ...env },
  });
  const ours = program("ours", [
    "-r",
    require.resolve("./bench/bundling-clock"),
    join(projectRoot, ".build", "main.js"),
  ]);
  const file = join(folder, "raw-bindings.js");
  const raw = program("raw bindings", [file]);
  const rawTraced = program("raw bindings with token traces", [file], { [KEEP_TRACES]: "1" });

  const written = async (each: Program) => {
    const outdir = join(folder, each.name.replaceAll(" ", "-"));
    await timed({ ...each, env: { ...each.env, CDKTF_OUTDIR: outdir } }, signal);
    return readOutput(outdir);
  };
  const model = await written(ours);
  writeFileSync(file, rawProgram(model, require.resolve("../modules/core/token-traces")));
  for (const each of [raw, rawTraced]) {
    const { resources, types, differences } = compareOutputs(model, await written(each));
    if (differences.length > 0) {
      throw new OperatorError(`${each.name} write something else than ours:\n${differences.join("\n")}`);
    }
    say(`${each.name}: ${model.length} stacks, ${resources} resources of ${types} types, equal to ours`);
  }
  return [ours, raw, rawTraced];
}

/** One cold run: a new process and an empty output folder. */
async function sample(program: Program, folder: string, signal: AbortSignal): Promise<Sample> {
  const outdir = join(folder, "out");
  const clock = join(folder, "bundling.json");
  for (const left of [outdir, clock]) rmSync(left, { recursive: true, force: true });
  const env = { ...program.env, CDKTF_OUTDIR: outdir, [BUNDLING_FILE]: clock };
  const whole = await timed({ ...program, env }, signal);
  return { whole, ...bundlingIn(clock) };
}

/** What a run wrote of its bundling; nothing where it does not bundle. */
function bundlingIn(file: string): BundlingTime {
  if (!existsSync(file)) return { loading: 0, working: 0 };
  return JSON.parse(readFileSync(file, "utf8")) as BundlingTime;
}
