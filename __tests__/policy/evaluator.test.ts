import { spawnSync } from "node:child_process";
import { join } from "node:path";
import fc from "fast-check";
import { installEmulator } from "../../scripts/local-aws/tools";
import { projectRoot } from "../../scripts/support/paths";
import { decide, readPolicy } from "../../testing";
import { type Case, cases } from "../support/iam-cases";
import { divergences, divergencesOf } from "../support/iam-divergences";

const CASES = 20_000;
/** The same cases at each run: a difference found is one that can be looked into. */
const SEED = 20_261_124;

type Outcome = ReturnType<typeof decide>["outcome"];

async function oracle(all: readonly Case[]): Promise<readonly Outcome[]> {
  const python = await installEmulator("ministack");
  const { status, stdout, stderr } = spawnSync(
    python,
    [join(projectRoot, "__tests__", "support", "iam_oracle.py")],
    { input: JSON.stringify(all), encoding: "utf8", maxBuffer: 64 * 1024 * 1024 },
  );
  if (status !== 0) throw new Error(`the oracle ended with ${status}: ${stderr}`);
  return JSON.parse(stdout) as Outcome[];
}

const ours = ({ request, policies: { identity, resource, boundary } }: Case): Outcome =>
  decide(request, {
    identity: identity.map(readPolicy),
    resource: resource && readPolicy(resource),
    boundary: boundary && readPolicy(boundary),
  }).outcome;

const countBy = (words: readonly string[]): Readonly<Record<string, number>> =>
  words.reduce<Record<string, number>>((counts, word) => {
    counts[word] = (counts[word] ?? 0) + 1;
    return counts;
  }, {});

describe(`the policy evaluator, over ${CASES} generated cases`, () => {
  let judged: readonly {
    readonly one: Case;
    readonly ours: Outcome;
    readonly theirs: Outcome;
    readonly known: readonly string[];
  }[];

  beforeAll(async () => {
    const all = fc.sample(cases, { numRuns: CASES, seed: SEED });
    const theirs = await oracle(all);
    judged = all.map((one, index) => ({
      one,
      ours: ours(one),
      theirs: theirs[index] as Outcome,
      known: divergencesOf(one),
    }));
  });

  it("answers as the independent one does wherever AWS's documents let both agree", () => {
    const compared = judged.filter(({ known }) => known.length === 0);
    const excluded = judged.filter(({ known }) => known.length > 0);
    const differing = compared.filter((each) => each.ours !== each.theirs);
    const lines = Object.entries(countBy(excluded.flatMap(({ known }) => known))).map(
      ([what, count]) => `  ${String(count).padStart(5)}  ${what}`,
    );
    process.stdout.write(
      `${compared.length} cases compared (${JSON.stringify(countBy(compared.map(({ theirs }) => theirs)))}), ` +
        `${excluded.length} not, for a known divergence:\n${lines.join("\n")}\n`,
    );
    expect(differing.slice(0, 3)).toEqual([]);
    expect(compared.length).toBeGreaterThan(CASES / 3);
  });

  it.each(["allowed", "denied", "not allowed"] as const)("was held against enough that is %s", (outcome) => {
    const such = judged.filter(({ known, theirs }) => known.length === 0 && theirs === outcome);
    expect(such.length).toBeGreaterThan(CASES / 50);
  });

  it.each(divergences.map(({ what }) => what))("still differs because %s", (what) => {
    const alone = judged.filter(({ known }) => known.length === 1 && known[0] === what);
    expect(alone.filter((each) => each.ours !== each.theirs)).not.toEqual([]);
  });
});
