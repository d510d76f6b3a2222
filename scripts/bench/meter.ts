import { existsSync, readFileSync, writeFileSync } from "node:fs";

/** The file that the reading is written to, as JSON. */
export const METER_FILE = "BENCH_METER_FILE";

/** What a process took, read at its end. */
export interface MeterReading {
  /** Milliseconds of processor time, of all its threads: what others do on the machine stretches it least. */
  readonly cpu: number;
  /** Most memory that was resident at once, in bytes. */
  readonly peak: number;
  /** Bytes of JavaScript objects; those in use, where the process runs with `--expose-gc`. */
  readonly heap: number;
  /** The CommonJS modules that it loaded, by file. */
  readonly modules: readonly string[];
}

/**
 * Not `resourceUsage().maxRSS`: Linux hands a program what the process that started it had resident, so that every small
 * program would seem to need as much as the bench (`setmax_mm_hiwater_rss` in fs/exec.c).
 */
function peakBytes(): number {
  const status = "/proc/self/status";
  const own = existsSync(status) ? /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(status, "utf8"))?.[1] : undefined;
  return 1024 * (own === undefined ? process.resourceUsage().maxRSS : Number(own));
}

function reading(): MeterReading {
  const { user, system } = process.cpuUsage();
  const peak = peakBytes();
  (globalThis as { gc?: () => void }).gc?.();
  const modules = Object.keys(require.cache).filter((file) => file !== __filename);
  return { cpu: (user + system) / 1000, peak, heap: process.memoryUsage().heapUsed, modules };
}

/** Preloaded with `node -r`: tells at the end of the process what it took. */
const file = process.env[METER_FILE];
if (file !== undefined) process.on("exit", () => writeFileSync(file, JSON.stringify(reading())));
