/**
 * Does work on each once every earlier one that shares something with it is done; those that share nothing are worked on
 * beside each other. After a failure nothing new begins, and what is at work is waited for.
 * @param shares what only one at a time may touch, compared by identity
 * @returns what came of each, in the order of `all`
 * @throws what failed first
 */
export async function eachInTurn<T, R>(
  all: readonly T[],
  shares: (one: T) => readonly unknown[],
  work: (one: T) => Promise<R>,
): Promise<readonly R[]> {
  const last = new Map<unknown, Promise<unknown>>();
  const failures: unknown[] = [];
  const results: R[] = [];
  const turns = all.map((one, index) => {
    const shared = shares(one);
    const turn = Promise.all(shared.map((each) => last.get(each))).then(async () => {
      if (failures.length > 0) return;
      try {
        results[index] = await work(one);
      } catch (error) {
        failures.push(error);
      }
    });
    for (const each of shared) last.set(each, turn);
    return turn;
  });
  await Promise.all(turns);
  if (failures.length > 0) throw failures[0];
  return results;
}
