import { readdirSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { projectRoot } from "../../support/paths";
import type { MeterReading } from "../meter";
import { metered, type Program } from "../program";
import { race } from "../race";
import { type Bench, justRounds, type Limit, mebibytes, ratio, type Section } from "../section";
import { median, verdictOn } from "../verdict";

/** Loading one door in a new process. */
interface Import extends MeterReading {
  /** Milliseconds of processor time in `require`. */
  readonly loading: number;
}

/** What the doors are held against: the engine, which every program of this kind loads. */
const ENGINE = "cdktf alone";

export const importsSection: Section = {
  name: "import",
  title: "Import cost of each module",
  method:
    "Each door (`index.js` of a folder, as it is compiled) is loaded in a new process: milliseconds of processor time in `require`, CommonJS " +
    "modules loaded and how many of them are entries of the AWS provider, JavaScript heap in use after a collection, peak " +
    "memory of the process. In `modules/compute` the bundler is included (esbuild, fflate).",
  measure: async (bench) => {
    const build = join(projectRoot, ".build");
    const doors = [
      { name: ENGINE, path: require.resolve("cdktf") },
      ...doorsIn(build).map((path) => ({ name: relative(build, dirname(path)), path })),
    ];
    const runs = await race(
      doors.map(({ name, path }) => importOf(name, path)),
      justRounds<Import>(bench),
      (program) => load(program, bench),
    );
    const [engine = []] = runs;
    const rows = doors.map(({ name }, index) => rowOf(name, runs[index] ?? [], engine));
    const slowest = Math.max(...rows.map((row) => Number(row[AGAINST])));
    return {
      tables: [rows],
      limits: [
        noBarrel(doors.map(({ name }, index) => ({ name, modules: runs[index]?.[0]?.modules ?? [] }))),
      ],
      reading:
        `The slowest door takes ${ratio(slowest)} × the time of cdktf alone, and none needs more than ` +
        `${Math.max(...rows.map((row) => Number(row["peak memory, MiB"])))} MiB.`,
    };
  },
};

/**
 * The doors of the package below a folder of compiled code: each module's, each chapter's and the testing kit's one, as
 * `exports` of package.json has them.
 */
export function doorsIn(build: string): string[] {
  return readdirSync(build, { recursive: true, encoding: "utf8" })
    .filter((file) => /^(modules[\\/].+|testing)[\\/]index\.js$/.test(file))
    .map((file) => join(build, file))
    .sort();
}

function importOf(name: string, path: string): Program {
  const code = [
    "const before = process.cpuUsage();",
    "require(process.argv[1]);",
    "const { user, system } = process.cpuUsage(before);",
    "process.stdout.write(String((user + system) / 1000));",
  ].join(" ");
  return { name, args: ["--expose-gc", "-e", code, path], env: {} };
}

async function load(program: Program, { folder, signal }: Bench): Promise<Import> {
  const reading = await metered(program, folder, signal);
  return { ...reading, loading: Number(reading.stdout) };
}

/** The entries of the provider's bindings: `…/lib/sqs-queue/index.js`. */
const BINDING = /@cdktf[\\/]provider-aws[\\/]lib[\\/][\w-]+[\\/]index\.js$/;
const BARREL = /@cdktf[\\/]provider-aws[\\/]lib[\\/]index\.js$/;
const AGAINST = "× cdktf";

function rowOf(name: string, runs: readonly Import[], engine: readonly Import[]) {
  const loading = runs.map((each) => each.loading);
  const modules = runs[0]?.modules ?? [];
  return {
    door: name,
    "ms of processor": Math.round(median(loading)),
    [AGAINST]: ratio(
      verdictOn(
        loading,
        engine.map((each) => each.loading),
      ).ratio,
    ),
    modules: modules.length,
    "of the provider": modules.filter((file) => BINDING.test(file)).length,
    "heap, MiB": mebibytes(median(runs.map(({ heap }) => heap))),
    "peak memory, MiB": mebibytes(median(runs.map(({ peak }) => peak))),
  };
}

/**
 * The barrel costs seconds and half a gigabyte in every process.
 * @param doors with the modules that each loaded, by file
 */
export function noBarrel(
  doors: readonly { readonly name: string; readonly modules: readonly string[] }[],
): Limit {
  const loading = doors.filter(({ modules }) => modules.some((file) => BARREL.test(file)));
  return {
    what: "doors that load the provider's barrel",
    found: loading.map(({ name }) => name).join(", ") || "none",
    allowed: "none",
    kept: loading.length === 0,
  };
}
