import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { projectRoot } from "../../support/paths";
import { type Budget, budgetOf } from "../function-budgets";
import { type FunctionCode, functionsIn, unpackFunction } from "../function-code";
import { type Program, timed } from "../program";
import { race } from "../race";
import { type Bench, justRounds, type Limit, ratio, type Section } from "../section";
import { median, verdictOn } from "../verdict";

/** A new process that imports: its whole time, and the time in `import`, in milliseconds. */
interface ColdStart {
  readonly whole: number;
  readonly importing: number;
}

export const functionsSection: Section = {
  name: "functions",
  title: "Functions: size and cold start",
  method:
    "Each function is bundled as a synthesis bundles it and unpacked as Lambda does. What must keep within the budget " +
    "is everything in the zip, unzipped: the code that is run and its source map, which is read for a stack trace only. A cold start is a new Node process that " +
    "imports the bundle, the AWS SDK from `node_modules` as Lambda's runtime has it; `SDK alone` imports what the bundle " +
    "leaves to the runtime, and nothing of ours. Everything is held against `node -e 0` of the same round. This is Node on " +
    "this machine, not Lambda.",
  measure: async (bench) => {
    const folder = join(projectRoot, "functions");
    const functions = functionsIn(folder).map((name) => unpackFunction(folder, name, bench.folder));
    const programs = [
      { name: "node -e 0", args: ["-e", "0"], env: {} },
      ...functions.flatMap((each) => [importsOf(each, [pathToFileURL(each.file).href]), sdkOf(each)]),
    ];
    const [bare = [], ...runs] = await race(programs, justRounds<ColdStart>(bench), (program) =>
      coldStart(program, bench),
    );
    const rows = functions.map((each, index) =>
      rowOf(each, bare, runs[2 * index] ?? [], runs[2 * index + 1] ?? []),
    );
    return {
      tables: [rows],
      limits: functions.map((each) => sizeLimit(each, budgetOf(each.name))),
      reading:
        `The largest of ${functions.length} functions is ${kilobytes(Math.max(...functions.map(({ unzippedBytes }) => unzippedBytes)))} kB ` +
        `unzipped, and the slowest starts in ${Math.max(...rows.map((row) => Number(row["× node"])))} × the time of bare Node.`,
    };
  },
};

function rowOf(
  { name, zippedBytes, codeBytes, unzippedBytes }: FunctionCode,
  bare: readonly ColdStart[],
  own: readonly ColdStart[],
  sdk: readonly ColdStart[],
) {
  const wholes = (runs: readonly ColdStart[]) => runs.map(({ whole }) => whole);
  const importing = (runs: readonly ColdStart[]) => Math.round(median(runs.map((each) => each.importing)));
  return {
    function: name,
    "zip, kB": kilobytes(zippedBytes),
    "code, kB": kilobytes(codeBytes),
    "unzipped, kB": kilobytes(unzippedBytes),
    "budget, kB": kilobytes(budgetOf(name).bytes),
    "import, ms": importing(own),
    "SDK alone, ms": importing(sdk),
    "× node": ratio(verdictOn(wholes(own), wholes(bare)).ratio),
    "SDK × node": ratio(verdictOn(wholes(sdk), wholes(bare)).ratio),
  };
}

export function sizeLimit(
  { name, unzippedBytes }: Pick<FunctionCode, "name" | "unzippedBytes">,
  { bytes, reason }: Budget,
): Limit {
  return {
    what: `bundle of function ${name}, unzipped`,
    found: `${kilobytes(unzippedBytes)} kB`,
    allowed: `below ${kilobytes(bytes)} kB${reason === undefined ? "" : ` (${reason})`}`,
    kept: unzippedBytes < bytes,
  };
}

function kilobytes(bytes: number): number {
  return Math.round(bytes / 1000);
}

/** Stands for a name, and for a number. */
const ANY_VALUE = "1";

function importsOf({ name, variables }: FunctionCode, modules: readonly string[]): Program {
  const code = [
    'import { performance } from "node:perf_hooks";',
    "const started = performance.now();",
    ...modules.map((each) => `await import(${JSON.stringify(each)});`),
    "process.stdout.write(String(performance.now() - started));",
  ].join(" ");
  return {
    name: `function ${name}`,
    args: ["--input-type=module", "-e", code],
    env: { AWS_REGION: "eu-west-1", ...Object.fromEntries(variables.map((each) => [each, ANY_VALUE])) },
  };
}

function sdkOf(each: FunctionCode): Program {
  return { ...importsOf(each, each.external), name: `the SDK of function ${each.name}` };
}

async function coldStart(program: Program, { signal }: Bench): Promise<ColdStart> {
  const { whole, stdout } = await timed(program, signal);
  return { whole, importing: Number(stdout) };
}
