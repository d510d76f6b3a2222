import { table } from "../support/print";
import type { BundlingTime } from "./bundling-clock";
import { median } from "./race";

/** One run: the whole process, and what of it was bundling. Milliseconds. */
export interface Sample extends BundlingTime {
  readonly whole: number;
}

/** The runs of a contestant, one a round. */
export type Samples = readonly Sample[];

export interface Verdict {
  /** How many times longer ours took than raw bindings: medians, bundling apart. */
  readonly ratio: number;
  /** The least and the greatest ratio within one round: how much the machine disturbed. */
  readonly spread: readonly [number, number];
}

/** What of a run was synthesis. */
function synthesis({ whole, loading, working }: Sample): number {
  return whole - loading - working;
}

/** Holds the medians against each other, because a single round may meet another process's work. */
export function verdictOn(ours: Samples, raw: Samples): Verdict {
  const times = { ours: ours.map(synthesis), raw: raw.map(synthesis) };
  const ratios = times.ours.map((time, round) => time / (times.raw[round] ?? Number.NaN));
  return {
    ratio: median(times.ours) / median(times.raw),
    spread: [Math.min(...ratios), Math.max(...ratios)],
  };
}

/** The runs as a table; times in milliseconds. */
export function timesTable(ours: Samples, raw: Samples, rawTraced: Samples): string {
  const base = median(raw.map(synthesis));
  const row = (what: string, times: readonly number[]) => ({
    "cold synthesis of all environments": what,
    median: Math.round(median(times)),
    fastest: Math.round(Math.min(...times)),
    slowest: Math.round(Math.max(...times)),
    "× raw": (median(times) / base).toFixed(2),
  });
  return table([
    row("raw bindings", raw.map(synthesis)),
    row("raw bindings, token traces left on", rawTraced.map(synthesis)),
    row("ours without bundling", ours.map(synthesis)),
    row(
      "  loading esbuild and fflate",
      ours.map(({ loading }) => loading),
    ),
    row(
      "  bundling and zipping",
      ours.map(({ working }) => working),
    ),
    row(
      "ours, the whole process",
      ours.map(({ whole }) => whole),
    ),
  ]);
}
