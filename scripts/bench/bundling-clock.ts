import { writeFileSync } from "node:fs";
import { performance } from "node:perf_hooks";

/** The file that the time is written to, as JSON. */
export const BUNDLING_FILE = "BENCH_BUNDLING_FILE";

/** Milliseconds in the bundler and its zip. */
export interface BundlingTime {
  readonly loading: number;
  readonly working: number;
  /** Of this process's processor time, loading and working together; the bundler's own process has its own. */
  readonly processor: number;
}

/**
 * Preloaded with `node -r` into a synthesis: measures from inside what bundling takes, without a word in the code that
 * bundles. Loading the two packages counts, because nothing else needs them.
 */
function watch(file: string): void {
  const spent: Spent = { loading: 0, working: 0, processor: 0 };
  clockCalls("esbuild", "buildSync", spent);
  clockCalls("fflate", "zipSync", spent);
  process.on("exit", () => writeFileSync(file, JSON.stringify(spent)));
}

type Call = (...given: unknown[]) => unknown;
type Spent = { -readonly [Part in keyof BundlingTime]: BundlingTime[Part] };

function clockCalls(name: string, call: string, spent: Spent): void {
  const loaded = clocked("loading", spent, () => require(name) as Record<string, unknown>);
  const module = require.cache[require.resolve(name)];
  if (module === undefined) throw new Error(`${name} is not in the module cache`);
  const original = loaded[call] as Call;
  const replaced: Call = (...given) => clocked("working", spent, () => original(...given));
  module.exports = { ...loaded, [call]: replaced };
}

function clocked<Result>(part: "loading" | "working", spent: Spent, body: () => Result): Result {
  const began = performance.now();
  const before = process.cpuUsage();
  try {
    return body();
  } finally {
    const { user, system } = process.cpuUsage(before);
    spent[part] += performance.now() - began;
    spent.processor += (user + system) / 1000;
  }
}

const file = process.env[BUNDLING_FILE];
if (file !== undefined) watch(file);
