import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { load, machineFacts } from "./bench/machine";
import { type Finding, limitRow, missed, performancePage } from "./bench/page";
import { chooseSections, type Report, type Section } from "./bench/section";
import { functionsSection } from "./bench/sections/functions";
import { importsSection } from "./bench/sections/imports";
import { layersSection } from "./bench/sections/layers";
import { stacksSection } from "./bench/sections/stacks";
import { synthesisSection } from "./bench/sections/synthesis";
import { tracesSection } from "./bench/sections/traces";
import { command, OperatorError } from "./support/command";
import { projectRoot } from "./support/paths";
import { say, table } from "./support/print";

const sections: readonly Section[] = [
  synthesisSection,
  stacksSection,
  importsSection,
  functionsSection,
  tracesSection,
  layersSection,
];

/**
 * `npm run bench [-- synthesis stacks …] [--rounds 15] [--write]`: the project's speed as figures, every section or those
 * named. With `--write` a run of all of them becomes docs/performance.md.
 *
 * Exits 1 when a limit is missed, and names it; the page is written all the same, and says so.
 */
command(async (signal) => {
  const { chosen, rounds, write } = options();
  const before = load();
  // Inside the project, so that generated programs find the same packages.
  const build = join(projectRoot, ".build");
  mkdirSync(build, { recursive: true });
  const folder = mkdtempSync(join(build, "bench-"));
  const findings: Finding[] = [];
  try {
    for (const section of chosen) {
      say(`\n=== ${section.name}: ${section.title} ===`);
      const report = await section.measure({ folder, rounds, signal });
      show(report);
      findings.push({ section, report });
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  if (write) {
    const page = join(projectRoot, "docs", "performance.md");
    const date = new Date().toISOString().slice(0, 16).replace("T", " ");
    const circumstances = { date: `${date} UTC`, machine: machineFacts(), load: [before, load()] as const };
    writeFileSync(page, performancePage(findings, circumstances));
    say("\nwrote docs/performance.md");
  }
  return tell(missed(findings), findings);
});

function options() {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { rounds: { type: "string", default: "7" }, write: { type: "boolean", default: false } },
  });
  const rounds = Number(values.rounds);
  if (!Number.isInteger(rounds) || rounds < 1) {
    throw new OperatorError(`--rounds must be a whole number from 1 on, got "${values.rounds}"`);
  }
  const chosen = chooseSections(sections, positionals);
  if (values.write && chosen.length < sections.length) {
    throw new OperatorError("--write makes the whole page of one run: name no section, or leave --write out");
  }
  return { chosen, rounds, write: values.write };
}

function show({ tables, limits, reading }: Report): void {
  for (const rows of tables) say(`\n${table(rows)}`);
  if (limits.length > 0) say(`\n${table(limits.map(limitRow))}`);
  say(`\n${reading}`);
}

function tell(faults: readonly string[], findings: readonly Finding[]): number {
  const limits = findings.reduce((sum, { report }) => sum + report.limits.length, 0);
  say(`\n${limits - faults.length} of ${limits} limits kept`);
  for (const fault of faults) say(`MISSED ${fault}`);
  return faults.length === 0 ? 0 : 1;
}
