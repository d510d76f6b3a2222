/** How long a race goes on. */
export interface Length<Result> {
  readonly least: number;
  readonly most: number;
  /** Whether the rounds so far are enough; asked from the least on. */
  readonly settled: (results: readonly (readonly Result[])[]) => boolean;
}

/**
 * Measures programs in turn, round after round, each second round backwards: neighbours in the list are neighbours in
 * time, and whatever else the machine does meets both.
 * @returns for each program its results, one a round
 */
export async function race<P, Result>(
  programs: readonly P[],
  { least, most, settled }: Length<Result>,
  measure: (program: P) => Promise<Result>,
): Promise<Result[][]> {
  const results = programs.map((): Result[] => []);
  const turns = [...programs.entries()];
  for (let round = 0; round < most && (round < least || !settled(results)); round++) {
    for (const [index, program] of round % 2 === 0 ? turns : turns.toReversed()) {
      results[index]?.push(await measure(program));
    }
  }
  return results;
}
