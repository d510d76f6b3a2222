/** Writes one line to the operator. */
export function say(line = ""): void {
  process.stdout.write(`${line}\n`);
}

/** 850 → "0.9 s", 62 000 → "62 s": seconds are what an operator thinks in. */
export function seconds(milliseconds: number): string {
  const value = milliseconds / 1000;
  return value < 10 ? `${value.toFixed(1)} s` : `${Math.round(value)} s`;
}

/**
 * Lines up rows under their headings; numbers and durations to the right.
 *
 * @param rows records with the same keys; the keys are the headings
 */
export function table(rows: readonly Readonly<Record<string, string | number>>[]): string {
  const headings = Object.keys(rows[0] ?? {});
  const lines = [headings, ...rows.map((row) => headings.map((heading) => String(row[heading] ?? "")))];
  const widths = headings.map((_, column) => Math.max(...lines.map((line) => (line[column] ?? "").length)));
  const rightwards = headings.map((heading) =>
    rows.every((row) => /^(-|[\d.]+( s)?)$/.test(String(row[heading] ?? ""))),
  );
  return lines
    .map((line) =>
      line
        .map((cell, column) => {
          const width = widths[column] ?? 0;
          return rightwards[column] ? cell.padStart(width) : cell.padEnd(width);
        })
        .join("   ")
        .trimEnd(),
    )
    .join("\n");
}
