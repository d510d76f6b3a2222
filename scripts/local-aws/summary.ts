import { say, seconds, table } from "../support/print";
import type { Deployed } from "./deployment";
import type { Emulator } from "./emulators";

export function printSummary(deployed: readonly Deployed[]): void {
  const rows = deployed.map(({ stack, resources, outputs, initMs, applyMs, planMs, artefacts }) => ({
    stack,
    emulator: Object.entries(resources)
      .filter(([, count]) => count > 0)
      .map(([name, count]) => `${name} ${count}`)
      .join(" + "),
    resources: Object.values(resources).reduce((sum, count) => sum + count, 0),
    outputs: Object.keys(outputs).length,
    init: seconds(initMs),
    apply: seconds(applyMs),
    "second plan": seconds(planMs),
    artefacts,
  }));
  say(`\n${table(rows)}`);
}

/** The lines to paste into a shell so that the cdktf CLI works on the live environment by hand. */
export function printEnvironment(
  account: Readonly<Record<string, string>>,
  terraformEnv: Readonly<Record<string, string>>,
): void {
  say("\n# by hand:");
  for (const [variable, value] of Object.entries({ ENVIRONMENTS: "local", ...terraformEnv, ...account })) {
    say(`export ${variable}=${quoted(value)}`);
  }
  say("npx cdktf deploy 'local-*' --skip-provider-lock");
  say("# (it asks to approve the artefacts listed above; without a terminal add --auto-approve)");
}

export function printLive(emulators: readonly Emulator[], startedAt: string): void {
  for (const { name, url, log } of emulators) say(`  ${name}  ${url}  log ${log}`);
  say(`  since ${startedAt}; npm run local:destroy ends it`);
}

/** Single quotes only where the shell needs them. */
function quoted(value: string): string {
  return /^[\w@%+=:,./-]+$/.test(value) ? value : `'${value.replaceAll("'", "'\\''")}'`;
}
