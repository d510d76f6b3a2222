import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { sweepWorkspaces } from "./local-aws/test-workspaces";
import { requireTools } from "./local-aws/tools";
import { command } from "./support/command";
import { isOn } from "./support/is-on";
import { chooseLayers, countJest, type Layer, runLayers, type Shown, summary, total } from "./support/layers";
import { projectRoot } from "./support/paths";
import { say } from "./support/print";
import { runShown } from "./support/run-shown";
import { terraformBinary } from "./terraform/binary";

/** Each is one check: it holds or it does not. */
const CHECKS = ["types", "lint", "architecture", "unused", "docs"];

const layers: readonly Layer[] = [
  ...CHECKS.map((name) => ({
    name: `check:${name}`,
    run: (signal: AbortSignal) => check(`check:${name}`, signal),
  })),
  { name: "unit", run: jest },
  { name: "terraform", tools: terraformBinary, run: jest },
  { name: "policy", tools: requireTools, run: jest },
  { name: "package", tools: terraformBinary, run: jest },
  onEmulators("e2e"),
  onEmulators("e2e:rest", { long: true }),
  onEmulators("permissions"),
  onEmulators("permissions:rest", { long: true }),
];

/**
 * `npm test [-- unit terraform]`: every layer of proof but the long ones, or those named, and one closing line of figures,
 * whatever happened before.
 *
 * A layer whose tools are missing is skipped by name and counted; with `REQUIRE_ALL=1` (CI) that is a failure, and the
 * long ones run too.
 */
command(async (signal) => {
  const { positionals } = parseArgs({ args: process.argv.slice(2), allowPositionals: true });
  const requireAll = isOn(process.env.REQUIRE_ALL);
  const chosen = chooseLayers(layers, positionals, { requireAll });
  const rows = await runLayers(chosen, { requireAll, signal });
  // For the bench, which reports what each layer took.
  const record = { at: new Date().toISOString(), rows };
  writeFileSync(join(projectRoot, ".build", "layers.json"), JSON.stringify(record));
  for (const { name } of layers.filter(({ long }) => long)) {
    if (!chosen.some((layer) => layer.name === name)) say(`\nleft to .ci/run: ${name} (npm test -- ${name})`);
  }
  say(summary(rows));
  return total(rows).failed === 0 ? 0 : 1;
});

async function check(script: string, signal: AbortSignal): Promise<Shown> {
  const code = await runShown("npm", ["run", "--silent", script], signal);
  return code === 0 ? { passed: 1, failed: 0, skipped: 0 } : { passed: 0, failed: 1, skipped: 0 };
}

/** Four files at a time even on two cores: what takes their time is the provider waiting. Each takes up to 1.5 GiB. */
function onEmulators(name: string, { long = false } = {}): Layer {
  const run: Layer["run"] = async (signal, names) => {
    try {
      return await jest(signal, names, ["--maxWorkers=4"]);
    } finally {
      // Emulators outlive their test where it was killed, as by Ctrl-C.
      await sweepWorkspaces();
    }
  };
  return { name, long, together: "emulators", tools: requireTools, run };
}

/** @param names of jest's projects */
async function jest(
  signal: AbortSignal,
  names: readonly string[],
  more: readonly string[] = [],
): Promise<Shown> {
  const report = join(projectRoot, ".build", `jest-${names[0]}.json`);
  rmSync(report, { force: true });
  const options = ["--json", `--outputFile=${report}`, ...more, "--selectProjects", ...names];
  const code = await runShown("npx", ["--no-install", "jest", ...options], signal);
  const { counts, why } = countJest(code, existsSync(report) ? readFileSync(report, "utf8") : undefined);
  if (why !== undefined) say(`FAILED ${names.join(", ")}: ${why}`);
  return counts;
}
