import { spawnSync } from "node:child_process";
import { join } from "node:path";
import fc from "fast-check";
import { patternFaults } from "../../modules/event-processing/event-pattern";
import { installEmulator } from "../../scripts/local-aws/tools";
import { projectRoot } from "../../scripts/support/paths";
import { matchesPattern } from "../../testing";
import { type PatternCase, patternCases } from "../support/pattern-cases";
import { divergencesOfPattern, patternDivergences, stricter } from "../support/pattern-divergences";

const CASES = 20_000;
/** The same pairs at each run: a difference found is one that can be looked into. */
const SEED = 20_261_126;

type Answer = "matches" | "does not match" | "refused";

interface Judged {
  readonly one: PatternCase;
  readonly faults: readonly string[];
  readonly ours: Answer;
  readonly theirs: Answer;
  readonly known: readonly string[];
}

async function oracle(all: readonly PatternCase[]): Promise<readonly Answer[]> {
  const python = await installEmulator("ministack");
  const { status, stdout, stderr } = spawnSync(
    python,
    [join(projectRoot, "__tests__", "support", "pattern_oracle.py")],
    { input: JSON.stringify(all), encoding: "utf8", maxBuffer: 64 * 1024 * 1024 },
  );
  if (status !== 0) throw new Error(`the oracle ended with ${status}: ${stderr}`);
  return JSON.parse(stdout) as Answer[];
}

function judge(one: PatternCase, theirs: Answer): Judged {
  const faults = patternFaults(one.pattern);
  if (faults.length > 0) return { one, faults, ours: "refused", theirs, known: [] };
  const ours = matchesPattern(one.pattern as object, one.event) ? "matches" : "does not match";
  return { one, faults, ours, theirs, known: divergencesOfPattern(one) };
}

const countBy = (words: readonly string[]): Readonly<Record<string, number>> =>
  words.reduce<Record<string, number>>((counts, word) => {
    counts[word] = (counts[word] ?? 0) + 1;
    return counts;
  }, {});

const listed = (counts: Readonly<Record<string, number>>): string =>
  Object.entries(counts)
    .map(([what, count]) => `  ${String(count).padStart(5)}  ${what}\n`)
    .join("");

describe(`event patterns, over ${CASES} generated pairs of a pattern and an event`, () => {
  let judged: readonly Judged[];
  let sound: readonly Judged[];
  let refused: readonly Judged[];

  beforeAll(async () => {
    const all = fc.sample(patternCases, { numRuns: CASES, seed: SEED });
    const theirs = await oracle(all);
    judged = all.map((one, index) => judge(one, theirs[index] as Answer));
    sound = judged.filter(({ ours }) => ours !== "refused");
    refused = judged.filter(({ ours }) => ours === "refused");
  });

  it("match as TestEventPattern of the local AWS says, wherever that one follows AWS's own matcher", () => {
    const compared = sound.filter(({ known }) => known.length === 0);
    const excluded = sound.filter(({ known }) => known.length > 0);
    process.stdout.write(
      `${compared.length} pairs compared (${JSON.stringify(countBy(compared.map(({ theirs }) => theirs)))}), ` +
        `${excluded.length} not, for a known divergence:\n${listed(countBy(excluded.flatMap(({ known }) => known)))}`,
    );
    expect(compared.filter(({ ours, theirs }) => ours !== theirs).slice(0, 3)).toEqual([]);
    expect(compared.length).toBeGreaterThan(CASES / 2);
  });

  it.each(["matches", "does not match"] as const)(
    "were held against enough where the answer is: %s",
    (answer) => {
      const such = sound.filter(({ known, theirs }) => known.length === 0 && theirs === answer);
      expect(such.length).toBeGreaterThan(CASES / 5);
    },
  );

  it.each(patternDivergences.map(({ what }) => what))("still differ because there %s", (what) => {
    const alone = sound.filter(({ known }) => known.length === 1 && known[0] === what);
    expect(alone.filter(({ ours, theirs }) => ours !== theirs)).not.toEqual([]);
  });

  it("are refused wherever the local AWS refuses them", () => {
    const theirs = judged.filter((each) => each.theirs === "refused");
    expect(theirs.filter(({ ours }) => ours !== "refused").slice(0, 3)).toEqual([]);
    expect(theirs.length).toBeGreaterThan(CASES / 10);
  });

  it("are refused nowhere else, but for what AWS takes and would never match, or match otherwise", () => {
    const oursOnly = refused.filter(({ theirs }) => theirs !== "refused");
    const reasonsOf = ({ faults }: Judged) =>
      faults.map((fault) => stricter.find((each) => each.fault.test(fault))?.what ?? fault);
    process.stdout.write(
      `${refused.length} patterns refused, of which ${oursOnly.length} by us only:\n${listed(countBy(oursOnly.flatMap((each) => [...new Set(reasonsOf(each))])))}`,
    );
    const known = stricter.map(({ what }) => what);
    const unknown = oursOnly.filter((each) => !reasonsOf(each).every((reason) => known.includes(reason)));
    expect(unknown.slice(0, 3)).toEqual([]);
  });

  it.each(stricter.map(({ what }) => what))("are still refused by us only for %s", (what) => {
    const { fault } = stricter.find((each) => each.what === what) as (typeof stricter)[number];
    const alone = refused.filter(
      ({ faults, theirs }) => theirs !== "refused" && faults.every((each) => fault.test(each)),
    );
    expect(alone).not.toEqual([]);
  });
});
