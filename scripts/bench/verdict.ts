/** How many times more one program took than another. */
export interface Verdict {
  /** The median over the rounds: two runs of a round meet the same machine, two medians may not. */
  readonly ratio: number;
  /** Where the true median lies with 95 % confidence. */
  readonly between: readonly [number, number];
  readonly rounds: number;
}

/**
 * Holds each figure against the other program's of the same round.
 * @throws Error when there is no round, or one has only one of the two
 */
export function verdictOn(figures: readonly number[], others: readonly number[]): Verdict {
  const ratios = ratiosOf(figures, others).sort((a, b) => a - b);
  // The interval of a median by ranks (Conover, Practical Nonparametric Statistics, 3.2) assumes no form of the noise.
  const rank = Math.max(0, Math.floor((ratios.length - 1.96 * Math.sqrt(ratios.length)) / 2));
  return {
    ratio: median(ratios),
    between: [ratios.at(rank) as number, ratios.at(-1 - rank) as number],
    rounds: ratios.length,
  };
}

/** Whether chance alone is unlikely to have put the verdict on its side of the limit. */
export function isClear({ between: [least, greatest] }: Verdict, limit: number): boolean {
  return greatest <= limit || least > limit;
}

function ratiosOf(figures: readonly number[], others: readonly number[]): number[] {
  return figures.map((figure, round) => {
    const other = others[round];
    if (other === undefined) throw new Error(`round ${round} has no run to hold against`);
    return figure / other;
  });
}

/** The middle of the values, or the mean of the two in the middle. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const upper = sorted[middle];
  const lower = sorted[sorted.length % 2 === 0 ? middle - 1 : middle];
  if (upper === undefined || lower === undefined) throw new Error("no values have no median");
  return (lower + upper) / 2;
}
