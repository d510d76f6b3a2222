import { readFileSync } from "node:fs";
import { arch, cpus, loadavg, platform, totalmem } from "node:os";
import { join } from "node:path";
import { projectRoot } from "../support/paths";
import type { Rows } from "./section";

/** What decides over the figures beside our own code. */
const PACKAGES = ["cdktf", "constructs", "@cdktf/provider-aws", "typescript", "ts-node", "esbuild"] as const;

/** Where a run took place, as a table of facts. */
export function machineFacts(): Rows {
  const processors = cpus();
  const facts: readonly (readonly [string, string])[] = [
    ["processor", `${processors.length} × ${processors[0]?.model.trim() ?? "unknown"}`],
    ["memory", `${Math.round(totalmem() / 1024 ** 3)} GiB`],
    ["system", `${platform()} ${arch()}`],
    ["Node", process.versions.node],
    ...PACKAGES.map((name) => [name, versionOf(name)] as const),
  ];
  return facts.map(([what, value]) => ({ what, value }));
}

/** Programs that wanted to run at once, on average of the last minute: above the number of cores, times are stretched. */
export function load(): string {
  return (loadavg()[0] ?? 0).toFixed(1);
}

function versionOf(name: string): string {
  const file = join(projectRoot, "node_modules", name, "package.json");
  return (JSON.parse(readFileSync(file, "utf8")) as { version: string }).version;
}
