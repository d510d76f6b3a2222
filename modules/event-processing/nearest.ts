/** One letter in so many may be wrong before a word is no misspelling but another word. */
const LETTERS_A_CHANGE = 3;

/**
 * The word that a misspelt one was meant to be, or nothing that is near. Case and signs between letters do not count:
 * `detailType` is `detail-type`. By hand: the packages that measure this are older than what they would save.
 */
export function nearest(given: string, words: readonly string[]): string | undefined {
  const letters = lettersOf(given);
  const [best] = words
    .map((word) => ({ word, changes: changesBetween(letters, lettersOf(word)) }))
    .filter(({ changes }) => changes <= letters.length / LETTERS_A_CHANGE)
    .sort((one, other) => one.changes - other.changes);
  return best?.word;
}

/** A word as readers spell it in many ways. */
export function lettersOf(word: string): string {
  return word.toLowerCase().replace(/[^a-z]/g, "");
}

/** Letters to add, to drop or to replace (Levenshtein), row by row. */
function changesBetween(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, index) => index);
  for (const [done, letter] of [...from].entries()) {
    const next = [done + 1];
    for (const [index, other] of [...to].entries()) {
      const replaced = (row[index] as number) + (letter === other ? 0 : 1);
      next.push(Math.min(replaced, (row[index + 1] as number) + 1, (next[index] as number) + 1));
    }
    row = next;
  }
  return row[to.length] as number;
}
