import { writeFileSync } from "node:fs";
import { performance } from "node:perf_hooks";

/** The file that the time is written to, as JSON. */
export const BUNDLING_FILE = "BENCH_BUNDLING_FILE";

/** Milliseconds in the bundler and its zip. */
export interface BundlingTime {
  readonly loading: number;
  readonly working: number;
}

/**
 * Preloaded with `node -r` into a synthesis: measures from inside what bundling takes, without a word in the code that
 * bundles. Loading the two packages counts, because nothing else needs them.
 */
function watch(file: string): void {
  const spent = { loading: 0, working: 0 };
  clockCalls("esbuild", "buildSync", spent);
  clockCalls("fflate", "zipSync", spent);
  process.on("exit", () => writeFileSync(file, JSON.stringify(spent satisfies BundlingTime)));
}

type Call = (...given: unknown[]) => unknown;

function clockCalls(name: string, call: string, spent: { loading: number; working: number }): void {
  const started = performance.now();
  const loaded = require(name) as Record<string, unknown>;
  spent.loading += performance.now() - started;
  const module = require.cache[require.resolve(name)];
  if (module === undefined) throw new Error(`${name} is not in the module cache`);
  const original = loaded[call] as Call;
  const clocked: Call = (...given) => {
    const began = performance.now();
    try {
      return original(...given);
    } finally {
      spent.working += performance.now() - began;
    }
  };
  module.exports = { ...loaded, [call]: clocked };
}

const file = process.env[BUNDLING_FILE];
if (file !== undefined) watch(file);
