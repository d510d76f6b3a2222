import { writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import { OperatorError } from "../../support/command";
import { projectRoot } from "../../support/paths";
import { say } from "../../support/print";
import { compareOutputs } from "../compare";
import { floorProgram } from "../floor";
import { readOutput } from "../output";
import { metered, type Program, SYNTHESIS_ENV, timed } from "../program";
import { race } from "../race";
import { KEEP_TRACES, rawProgram } from "../raw-bindings";
import { atLeast, atMost, type Bench, type Report, ratio, type Section, untilClear } from "../section";
import { appProgram, processorAlone, type Synthesis, synthesisAlone, synthesise } from "../synthesis-run";
import { median, verdictOn } from "../verdict";

/** How many times longer than raw bindings a cold synthesis may take, bundling apart. */
const RAW_LIMIT = 1.3;
/** How many times longer a run that compiles as it goes must take at least. */
const TS_NODE_LIMIT = 4;

export const synthesisSection: Section = {
  name: "synthesis",
  title: "Cold synthesis of all environments",
  method:
    "Each run is a new process with an empty output folder, in milliseconds from start to end. The raw program is " +
    "generated from our output and uses the bindings' classes alone; the floor loads the same modules of cdktf and the " +
    "provider and writes the same JSON. Before anything is measured, what each writes is compared with ours. ts-node " +
    "type-checks and compiles the same `main.ts`; it is installed for this comparison only. Bundling the functions is " +
    "clocked from inside and reported apart, because raw program and floor take the zips as they are or leave them out, and " +
    "the ts-node run bundles the same in the same time: some megabytes of a payload would hide what compiling costs.",
  measure: async (bench) => {
    const { ours, raw, rawTraced, floor, tsNode } = await contestants(bench);
    const sample = (program: Program) => synthesise(program, bench.folder, bench.signal);
    const sprint = await race(
      [ours, raw, rawTraced, floor],
      untilClear<Synthesis>(bench, ([a = [], b = []]) => [[verdictOn(alone(a), alone(b)), RAW_LIMIT]]),
      sample,
    );
    const walk = await race(
      [ours, tsNode],
      untilClear<Synthesis>(bench, ([a = [], b = []]) => [[verdictOn(alone(b), alone(a)), TS_NODE_LIMIT]]),
      sample,
    );
    return report(sprint, walk);
  },
};

const alone = (runs: readonly Synthesis[]) => runs.map(synthesisAlone);
const processor = (runs: readonly Synthesis[]) => runs.map(processorAlone);
const wholes = (runs: readonly Synthesis[]) => runs.map(({ whole }) => whole);

function report(
  [ours = [], raw = [], rawTraced = [], floor = []]: readonly (readonly Synthesis[])[],
  [oursToo = [], tsNode = []]: readonly (readonly Synthesis[])[],
): Report {
  const againstRaw = verdictOn(alone(ours), alone(raw));
  const againstFloor = verdictOn(alone(ours), alone(floor));
  const againstTsNode = verdictOn(alone(tsNode), alone(oursToo));
  const times = (what: string, figures: readonly number[], others: readonly number[], heading: string) => ({
    "cold synthesis of all environments": what,
    median: Math.round(median(figures)),
    fastest: Math.round(Math.min(...figures)),
    slowest: Math.round(Math.max(...figures)),
    [heading]: ratio(verdictOn(figures, others).ratio),
  });
  const row = (what: string, figures: readonly number[], used?: readonly number[]) => ({
    ...times(what, figures, alone(raw), "× raw"),
    "× raw in processor time": used === undefined ? "-" : ratio(verdictOn(used, processor(raw)).ratio),
  });
  const besideOurs = (
    what: string,
    runs: readonly Synthesis[],
    part: (runs: readonly Synthesis[]) => number[],
  ) => times(what, part(runs), part(oursToo), "× ours");
  return {
    tables: [
      [
        row("floor: load and write", alone(floor), processor(floor)),
        row("raw bindings", alone(raw), processor(raw)),
        row("raw bindings, token traces left on", alone(rawTraced), processor(rawTraced)),
        row("ours without bundling", alone(ours), processor(ours)),
        row(
          "  loading esbuild and fflate",
          ours.map(({ loading }) => loading),
        ),
        row(
          "  bundling and zipping",
          ours.map(({ working }) => working),
        ),
        row("ours, the whole process", wholes(ours)),
      ],
      [
        besideOurs("ours without bundling", oursToo, alone),
        besideOurs("ts-node with type checks, without bundling", tsNode, alone),
        besideOurs("ours, the whole process", oursToo, wholes),
        besideOurs("ts-node with type checks, the whole process", tsNode, wholes),
      ],
    ],
    limits: [
      atMost("cold synthesis against raw bindings, bundling apart", againstRaw, RAW_LIMIT),
      atLeast("ts-node against ours, bundling apart", againstTsNode, TS_NODE_LIMIT),
    ],
    reading:
      `Ours takes ${ratio(againstRaw.ratio)} × the time of raw bindings ` +
      `(${ratio(verdictOn(processor(ours), processor(raw)).ratio)} × in processor time, which other work on the machine ` +
      `stretches least) and ${ratio(againstFloor.ratio)} × the floor; ` +
      `a ts-node run of the same app takes ${ratio(againstTsNode.ratio)} × ours.`,
  };
}

/**
 * The programs, each run once to warm the disk and to see that all of them write the same.
 * @throws OperatorError listing the differences
 */
async function contestants({ folder, signal }: Bench) {
  const ours = appProgram("ours");
  const oursOut = join(folder, "ours");
  const { modules } = await metered(inFolder(ours, oursOut), folder, signal);
  const model = readOutput(oursOut);
  const rawFile = join(folder, "raw-bindings.js");
  writeFileSync(rawFile, rawProgram(model, require.resolve("../../../modules/core/token-traces")));
  const floorFile = join(folder, "floor.js");
  writeFileSync(floorFile, floorProgram(oursOut, model, bindingsAmong(modules)));
  const program = (name: string, args: readonly string[], env: NodeJS.ProcessEnv = {}): Program => ({
    name,
    args,
    env: { ...SYNTHESIS_ENV, ...env },
  });
  const others = {
    raw: program("raw bindings", [rawFile]),
    rawTraced: program("raw bindings with token traces", [rawFile], { [KEEP_TRACES]: "1" }),
    floor: program("the floor", [floorFile]),
    tsNode: appProgram("ts-node", [
      ["-r", require.resolve("ts-node/register")],
      join(projectRoot, "main.ts"),
      { TS_NODE_TRANSPILE_ONLY: undefined, TS_NODE_PROJECT: join(projectRoot, "tsconfig.json") },
    ]),
  };
  for (const each of Object.values(others)) {
    const outdir = join(folder, each.name.replaceAll(" ", "-"));
    await timed(inFolder(each, outdir), signal);
    const { resources, types, differences } = compareOutputs(model, readOutput(outdir));
    if (differences.length > 0) {
      throw new OperatorError(`${each.name} writes something else than ours:\n${differences.join("\n")}`);
    }
    say(`${each.name}: ${model.length} stacks, ${resources} resources of ${types} types, equal to ours`);
  }
  return { ours, ...others };
}

function inFolder(program: Program, outdir: string): Program {
  return { ...program, env: { ...program.env, CDKTF_OUTDIR: outdir } };
}

/** What of the modules is an entry of the bindings or of the engine, as a program would require it. */
function bindingsAmong(modules: readonly string[]): string[] {
  const entries = modules
    .map((file) => relative(join(projectRoot, "node_modules"), file).replaceAll("\\", "/"))
    .map((file) => /^(@cdktf\/provider-aws\/lib\/[\w-]+)\/index\.js$/.exec(file)?.[1])
    .filter((name) => name !== undefined);
  return ["cdktf", "constructs", ...entries];
}
