import { OperatorError } from "../support/command";
import type { Length } from "./race";
import { isClear, type Verdict } from "./verdict";

/** What a section measures with. */
export interface Bench {
  /** Scratch, inside the project, so that the programs in it find the same packages. */
  readonly folder: string;
  /** Least rounds of a race. */
  readonly rounds: number;
  readonly signal: AbortSignal;
}

/** Something that must hold; one that does not fails the bench. */
export interface Limit {
  readonly what: string;
  readonly found: string;
  readonly allowed: string;
  readonly kept: boolean;
  /** Chance alone may have put it on its side: the interval still holds the limit. @default false */
  readonly open?: boolean;
}

/** Records with the same keys; the keys are the headings. */
export type Rows = readonly Readonly<Record<string, string | number>>[];

/** What a section found. */
export interface Report {
  readonly tables: readonly Rows[];
  readonly limits: readonly Limit[];
  /** What the figures say, in a sentence or two. */
  readonly reading: string;
}

export interface Section {
  /** What the operator calls it. */
  readonly name: string;
  readonly title: string;
  /** What is measured, and how. */
  readonly method: string;
  measure(bench: Bench): Promise<Report>;
}

/**
 * The sections that the operator names, in their own order; all of them without a name.
 * @throws OperatorError for a name that is none
 */
export function chooseSections(all: readonly Section[], names: readonly string[]): readonly Section[] {
  const unknown = names.filter((given) => !all.some(({ name }) => name === given));
  if (unknown.length > 0) {
    throw new OperatorError(
      `the bench has no section ${unknown.map((name) => `"${name}"`).join(", ")}: ` +
        `the sections are ${all.map(({ name }) => name).join(", ")}`,
    );
  }
  return names.length === 0 ? all : all.filter(({ name }) => names.includes(name));
}

/** More rounds, up to so many times those asked for, as long as chance alone may have decided. */
const PATIENCE = 4;

/** A race that goes on while a verdict is open; `questions` answers with each verdict and the limit it is held to. */
export function untilClear<Result>(
  { rounds }: Bench,
  questions: (results: readonly (readonly Result[])[]) => readonly (readonly [Verdict, number])[],
): Length<Result> {
  return {
    least: rounds,
    most: PATIENCE * rounds,
    settled: (results) => questions(results).every(([verdict, limit]) => isClear(verdict, limit)),
  };
}

/** A race over the rounds asked for, where no limit is at stake. */
export function justRounds<Result>({ rounds }: Bench): Length<Result> {
  return { least: rounds, most: rounds, settled: () => true };
}

/** The limit that a ratio must not exceed. */
export function atMost(what: string, verdict: Verdict, limit: number): Limit {
  return limitOf(what, verdict, `at most ${limit} ×`, verdict.ratio <= limit, limit);
}

/** The limit that a ratio must reach. */
export function atLeast(what: string, verdict: Verdict, limit: number): Limit {
  return limitOf(what, verdict, `at least ${limit} ×`, verdict.ratio >= limit, limit);
}

function limitOf(what: string, verdict: Verdict, allowed: string, kept: boolean, limit: number): Limit {
  return { what, found: toldOf(verdict), allowed, kept, open: !isClear(verdict, limit) };
}

function toldOf({ ratio, between, rounds }: Verdict): string {
  const [from, to] = between.map((each) => each.toFixed(2));
  return `${ratio.toFixed(2)} × (median of ${rounds} rounds, 95 % interval ${from} to ${to})`;
}

/** 1.234 → "1.23". */
export function ratio(value: number): string {
  return value.toFixed(2);
}

/** 52 428 800 → "50.0": mebibytes, the unit of the tables. */
export function mebibytes(bytes: number): string {
  return (bytes / 1024 ** 2).toFixed(1);
}
