import { say, seconds, table } from "../support/print";
import type { SynthesisedStack } from "../terraform/manifest";
import type { Deployed } from "./deployment";
import type { Emulator } from "./emulators";

export function printSummary(deployed: readonly Deployed[]): void {
  const rows = deployed.map(
    ({ stack, emulator, resources, outputs, initMs, applyMs, planMs, artefacts }) => ({
      stack,
      emulator,
      resources,
      outputs: Object.keys(outputs).length,
      init: seconds(initMs),
      apply: seconds(applyMs),
      "second plan": seconds(planMs),
      artefacts,
    }),
  );
  say(`\n${table(rows)}`);
}

/**
 * The lines to paste into a shell so that the cdktf CLI works on the live environment by hand.
 *
 * @param placed emulator → its stacks
 */
export function printEnvironment(
  emulators: readonly Emulator[],
  placed: ReadonlyMap<string, readonly SynthesisedStack[]>,
  terraformEnv: Readonly<Record<string, string>>,
): void {
  for (const { name, env } of emulators) {
    const stacks = placed.get(name) ?? [];
    const ids = stacks.map(({ id }) => id);
    // The CLI gives every stack of a run the same environment, so what lies on the other emulator cannot be in it.
    const elsewhere = stacks.some(({ dependencies }) => dependencies.some((id) => !ids.includes(id)));
    const flags = ["--skip-provider-lock", ...(elsewhere ? ["--ignore-missing-stack-dependencies"] : [])];
    say(`\n# by hand, for the stacks on ${name}: ${ids.join(", ")}`);
    for (const [variable, value] of Object.entries({ ENVIRONMENTS: "local", ...terraformEnv, ...env })) {
      say(`export ${variable}=${quoted(value)}`);
    }
    say(`npx cdktf deploy ${[...ids.map(quoted), ...flags].join(" ")}`);
  }
}

export function printLive(emulators: readonly Emulator[], startedAt: string): void {
  for (const { name, url, log } of emulators) say(`  ${name}  ${url}  log ${log}`);
  say(`  since ${startedAt}; npm run local:destroy ends it`);
}

/** Single quotes only where the shell needs them. */
function quoted(value: string): string {
  return /^[\w@%+=:,./-]+$/.test(value) ? value : `'${value.replaceAll("'", "'\\''")}'`;
}
