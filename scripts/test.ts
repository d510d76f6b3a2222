import { readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { requireTools } from "./local-aws/tools";
import { command, OperatorError } from "./support/command";
import { projectRoot } from "./support/paths";
import { say, seconds, table } from "./support/print";
import { runShown } from "./support/run-shown";
import { terraformBinary } from "./terraform/binary";

interface Counts {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
}

interface Layer {
  readonly name: string;
  /** What the layer needs on this machine; throws with the remedy. */
  tools?(signal: AbortSignal): Promise<unknown>;
  run(signal: AbortSignal): Promise<Counts>;
}

/** Each is one check: it holds or it does not. */
const CHECKS = ["types", "lint", "architecture", "unused", "docs"];

const layers: readonly Layer[] = [
  ...CHECKS.map((name) => ({
    name: `check:${name}`,
    run: (signal: AbortSignal) => check(`check:${name}`, signal),
  })),
  { name: "unit", run: (signal) => jest("unit", signal) },
  { name: "terraform", tools: terraformBinary, run: (signal) => jest("terraform", signal) },
  { name: "package", tools: terraformBinary, run: (signal) => jest("package", signal) },
  {
    name: "e2e",
    tools: (signal) => Promise.all([terraformBinary(signal), requireTools(signal)]),
    // Two at a time even on one core: what takes their time is the provider waiting.
    run: (signal) => jest("e2e", signal, ["--maxWorkers=2"]),
  },
];

/**
 * `npm test [-- unit terraform]`: every layer of proof, or those named, and one closing line of figures.
 *
 * A layer whose tools are missing is skipped by name and counted; with `REQUIRE_ALL=1` (CI) that is a failure. A test
 * skipped inside a layer that ran is a failure everywhere: its tools are there.
 */
command(async (signal) => {
  const { positionals } = parseArgs({ args: process.argv.slice(2), allowPositionals: true });
  const chosen = layers.filter(
    ({ name }) => positionals.length === 0 || positionals.some((p) => name.startsWith(p)),
  );
  if (chosen.length === 0)
    throw new OperatorError(`the layers are ${layers.map(({ name }) => name).join(", ")}`);
  const rows: (Counts & { readonly layer: string; readonly time: string })[] = [];
  for (const layer of chosen) {
    say(`\n=== ${layer.name} ===`);
    const started = Date.now();
    const counts = await runLayer(layer, signal);
    rows.push({ layer: layer.name, ...counts, time: seconds(Date.now() - started) });
  }
  const sum = (measure: keyof Counts) => rows.reduce((total, row) => total + row[measure], 0);
  say(
    `\n${table(rows.map(({ layer, passed, failed, skipped, time }) => ({ layer, passed, failed, skipped, time })))}\n`,
  );
  say(`${sum("passed")} passed, ${sum("failed")} failed, ${sum("skipped")} skipped`);
  return sum("failed") === 0 ? 0 : 1;
});

async function runLayer(layer: Layer, signal: AbortSignal): Promise<Counts> {
  try {
    await layer.tools?.(signal);
  } catch (error) {
    if (signal.aborted || !(error instanceof OperatorError)) throw error;
    say(`SKIPPED ${layer.name}: ${error.message}`);
    return process.env.REQUIRE_ALL
      ? { passed: 0, failed: 1, skipped: 0 }
      : { passed: 0, failed: 0, skipped: 1 };
  }
  return layer.run(signal);
}

async function check(script: string, signal: AbortSignal): Promise<Counts> {
  const code = await runShown("npm", ["run", "--silent", script], signal);
  return code === 0 ? { passed: 1, failed: 0, skipped: 0 } : { passed: 0, failed: 1, skipped: 0 };
}

async function jest(project: string, signal: AbortSignal, more: readonly string[] = []): Promise<Counts> {
  const report = join(projectRoot, ".build", `jest-${project}.json`);
  rmSync(report, { force: true });
  const options = ["--selectProjects", project, "--json", `--outputFile=${report}`, ...more];
  const code = await runShown("npx", ["--no-install", "jest", ...options], signal);
  const result = JSON.parse(readFileSync(report, "utf8")) as Record<string, number>;
  const count = (name: string) => result[name] ?? 0;
  const idle = count("numPendingTests") + count("numTodoTests");
  if (idle > 0)
    say(`${idle} tests of ${project} were switched off, and their tools are here: that is a failure`);
  const failed = count("numFailedTests") + count("numRuntimeErrorTestSuites") + idle;
  // A run that found nothing, or broke outside its tests, has shown nothing.
  const silent = failed === 0 && (code !== 0 || count("numPassedTests") === 0) ? 1 : 0;
  return { passed: count("numPassedTests"), failed: failed + silent, skipped: 0 };
}
