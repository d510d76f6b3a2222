import { rmSync } from "node:fs";
import { join } from "node:path";
import { metered, type Program, SYNTHESIS_ENV } from "../program";
import type { ManyStacksTime } from "../programs/many-stacks";
import { race } from "../race";
import { atMost, type Bench, mebibytes, type Rows, ratio, type Section, untilClear } from "../section";
import { median, verdictOn } from "../verdict";

const COUNTS = [1, 10, 100, 1000] as const;
/** How many times longer ten times as many stacks may take, from 100 on. */
const GROWTH_LIMIT = 11.5;

/** A synthesis of many stacks: what it tells of itself, the whole process in milliseconds, its most memory in bytes. */
export interface ManyStacksRun extends ManyStacksTime {
  readonly whole: number;
  readonly peak: number;
}

/** `node many-stacks.js <count>` */
export function manyStacks(count: number, env: NodeJS.ProcessEnv = {}): Program {
  return {
    name: `${count} stacks`,
    args: [require.resolve("../programs/many-stacks"), String(count)],
    env: { ...SYNTHESIS_ENV, ...env },
  };
}

/** One run in a new process with an empty output folder. */
export async function runManyStacks(program: Program, { folder, signal }: Bench): Promise<ManyStacksRun> {
  const outdir = join(folder, "many");
  rmSync(outdir, { recursive: true, force: true });
  const { whole, stdout, peak } = await metered(
    { ...program, env: { ...program.env, CDKTF_OUTDIR: outdir } },
    folder,
    signal,
  );
  rmSync(outdir, { recursive: true, force: true });
  return { ...(JSON.parse(stdout) as ManyStacksTime), whole, peak };
}

const synthesisOf = (runs: readonly ManyStacksRun[]) => runs.map(({ synthesis }) => synthesis);

export const stacksSection: Section = {
  name: "stacks",
  title: "Growth: 1, 10, 100 and 1000 stacks",
  method:
    "A stack of the production environment with one `Table` (table, key, alias, key policy) and one alarm that calls the " +
    "environment's topic in another stack: facts, deletion guard, policy owner, validations and a cross-stack reference, " +
    "as real stacks have them. The stack with the topic comes on top. Each run is a new process. Growth is judged by the " +
    "processor time from the first construct to the last file, so that neither the fixed time of loading nor other work " +
    "on the machine flatters it; peak memory is of the whole process.",
  measure: async (bench) => {
    const runs = await race(
      COUNTS.map((count) => manyStacks(count)),
      untilClear<ManyStacksRun>(bench, ([, , hundred = [], thousand = []]) => [
        [verdictOn(synthesisOf(thousand), synthesisOf(hundred)), GROWTH_LIMIT],
      ]),
      (program) => runManyStacks(program, bench),
    );
    const [, , hundred = [], thousand = []] = runs;
    const growth = verdictOn(synthesisOf(thousand), synthesisOf(hundred));
    const memory = verdictOn(
      thousand.map(({ peak }) => peak),
      hundred.map(({ peak }) => peak),
    );
    return {
      tables: [rowsOf(runs)],
      limits: [atMost("1000 stacks against 100, loading apart", growth, GROWTH_LIMIT)],
      reading:
        `Ten times as many stacks, 1000 for 100, take ${ratio(growth.ratio)} × the time (10 is linear) and ` +
        `${ratio(memory.ratio)} × the memory.`,
    };
  },
};

function rowsOf(runs: readonly (readonly ManyStacksRun[])[]): Rows {
  return runs.map((each, index) => {
    const before = runs[index - 1];
    const synthesis = median(synthesisOf(each));
    return {
      stacks: COUNTS[index] ?? 0,
      "whole process, ms": Math.round(median(each.map(({ whole }) => whole))),
      "synthesis, ms of processor": Math.round(synthesis),
      "a stack, ms": (synthesis / (COUNTS[index] ?? 1)).toFixed(1),
      "× a tenth": before ? ratio(verdictOn(synthesisOf(each), synthesisOf(before)).ratio) : "-",
      "peak memory, MiB": mebibytes(median(each.map(({ peak }) => peak))),
    };
  });
}
