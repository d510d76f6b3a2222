import { race } from "../race";
import { justRounds, mebibytes, type Rows, ratio, type Section } from "../section";
import { appProgram, type Synthesis, synthesisAlone, synthesise } from "../synthesis-run";
import { median, verdictOn } from "../verdict";
import { type ManyStacksRun, manyStacks, runManyStacks } from "./stacks";

/** Takes the traces back, as `DEBUG_TOKEN_TRACES=1 npm run synth` does. */
const TRACES = { DEBUG_TOKEN_TRACES: "1" };
const COUNT = 100;

export const tracesSection: Section = {
  name: "traces",
  title: "What the token-trace switch saves",
  method:
    "The same programs with cdktf's stack trace for each token (`DEBUG_TOKEN_TRACES=1`) and without it (as shipped), in " +
    `turn: the app, bundling apart, and ${COUNT} stacks of the section on growth, loading apart.`,
  measure: async (bench) => {
    const app = appProgram("ours");
    const apps = await race(
      [app, { ...app, env: { ...app.env, ...TRACES } }],
      justRounds<Synthesis>(bench),
      (program) => synthesise(program, bench.folder, bench.signal),
    );
    const stacks = await race(
      [manyStacks(COUNT), manyStacks(COUNT, TRACES)],
      justRounds<ManyStacksRun>(bench),
      (program) => runManyStacks(program, bench),
    );
    const rows: Rows = [
      rowOf("all environments", asFigures(apps, synthesisAlone)),
      rowOf(
        `${COUNT} stacks`,
        asFigures(stacks, ({ synthesis }) => synthesis),
      ),
      rowOf(
        `${COUNT} stacks, making the constructs alone`,
        asFigures(stacks, ({ building }) => building),
      ),
    ];
    return {
      tables: [rows],
      limits: [],
      reading: `With traces on, it takes ${rows
        .map((row) => `${row["× time"]} × the time and ${row["× memory"]} × the memory (${row.synthesis})`)
        .join(", ")}.`,
    };
  },
};

interface Figures {
  readonly time: readonly number[];
  readonly peak: readonly number[];
}

function asFigures<Run extends { readonly peak: number }>(
  runs: readonly (readonly Run[])[],
  time: (run: Run) => number,
): Figures[] {
  return runs.map((each) => ({ time: each.map(time), peak: each.map(({ peak }) => peak) }));
}

function rowOf(what: string, [off, on]: readonly Figures[]) {
  if (off === undefined || on === undefined) throw new Error(`${what}: one of the two was not measured`);
  return {
    synthesis: what,
    "off, ms": Math.round(median(off.time)),
    "on, ms": Math.round(median(on.time)),
    "× time": ratio(verdictOn(on.time, off.time).ratio),
    "off, MiB": mebibytes(median(off.peak)),
    "on, MiB": mebibytes(median(on.peak)),
    "× memory": ratio(verdictOn(on.peak, off.peak).ratio),
  };
}
