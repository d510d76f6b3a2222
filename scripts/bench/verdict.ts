import { table } from "../support/print";
import type { BundlingTime } from "./bundling-clock";
import { median } from "./race";

/** One run: the whole process, and what of it was bundling. Milliseconds. */
export interface Sample extends BundlingTime {
  readonly whole: number;
}

/** The runs of a contestant, one a round. */
export type Samples = readonly Sample[];

/** How many times longer ours took than raw bindings, bundling apart. */
export interface Verdict {
  /** The median over the rounds: two runs of a round meet the same machine, two medians may not. */
  readonly ratio: number;
  /** Where the true median lies with 95 % confidence. */
  readonly between: readonly [number, number];
}

export function verdictOn(ours: Samples, raw: Samples): Verdict {
  const ratios = ratiosOf(ours.map(synthesis), raw).sort((a, b) => a - b);
  // The interval of a median by ranks (Conover, Practical Nonparametric Statistics, 3.2) assumes no form of the noise.
  const rank = Math.max(0, Math.floor((ratios.length - 1.96 * Math.sqrt(ratios.length)) / 2));
  return {
    ratio: median(ratios),
    between: [ratios.at(rank) as number, ratios.at(-1 - rank) as number],
  };
}

/** Whether chance alone is unlikely to have put the verdict on its side of the limit. */
export function isClear({ between: [least, greatest] }: Verdict, limit: number): boolean {
  return greatest <= limit || least > limit;
}

/** What of a run was synthesis. */
function synthesis({ whole, loading, working }: Sample): number {
  return whole - loading - working;
}

/** Each time against the raw bindings' of the same round. */
function ratiosOf(times: readonly number[], raw: Samples): number[] {
  return times.map((time, round) => {
    const other = raw[round];
    if (other === undefined) throw new Error(`round ${round} has no run to hold against`);
    return time / synthesis(other);
  });
}

/** The runs as a table; times in milliseconds, ratios within a round. */
export function timesTable(ours: Samples, raw: Samples, rawTraced: Samples): string {
  const row = (what: string, samples: Samples, part: (sample: Sample) => number) => {
    const times = samples.map(part);
    return {
      "cold synthesis of all environments": what,
      median: Math.round(median(times)),
      fastest: Math.round(Math.min(...times)),
      slowest: Math.round(Math.max(...times)),
      "× raw": median(ratiosOf(times, raw)).toFixed(2),
    };
  };
  return table([
    row("raw bindings", raw, synthesis),
    row("raw bindings, token traces left on", rawTraced, synthesis),
    row("ours without bundling", ours, synthesis),
    row("  loading esbuild and fflate", ours, ({ loading }) => loading),
    row("  bundling and zipping", ours, ({ working }) => working),
    row("ours, the whole process", ours, ({ whole }) => whole),
  ]);
}
