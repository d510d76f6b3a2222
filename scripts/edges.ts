import { resolve } from "node:path";
import { checkEdges, type EdgeReport } from "../testing/edges";
import { command } from "./support/command";
import { outputFolder } from "./support/paths";
import { say, table } from "./support/print";
import { readManifest } from "./terraform/manifest";
import { readStackFile } from "./terraform/stack-file";

/**
 * `npm run edges [-- <cdktf.out>]`: what the synthesised stacks need of each other and whether their policies permit it.
 *
 * Any output folder of cdktf will do, of a project that uses nothing of ours too. Exits 1 when an edge is not permitted,
 * a permission is asked for by nothing, or a service may act for anybody.
 */
command(async () => {
  const [folder] = process.argv.slice(2);
  const stacks = readManifest(folder === undefined ? outputFolder() : resolve(folder));
  const report = checkEdges(
    stacks.map(({ folder: stack }) => ({
      json: readStackFile(stack),
    })),
  );
  show(report);
  const faults = report.unpermitted.length + report.unasked.length + report.withoutSource.length;
  say(
    `\n${stacks.length} stacks, ${report.edges.length} edges: ${report.unpermitted.length} unpermitted, ` +
      `${report.unasked.length} permissions unasked for, ${report.withoutSource.length} services without source, ` +
      `${report.unresolved.length} unresolved`,
  );
  return faults === 0 ? 0 : 1;
});

function show({ edges, unpermitted, unasked, withoutSource, unresolved, withoutTls }: EdgeReport): void {
  section(
    "edges",
    edges.map(({ verdict, kind, from, to }) => ({ verdict, kind, from, to })),
  );
  section(
    "unpermitted",
    unpermitted.map(({ kind, from, policy, why, statement }) => ({
      kind,
      from,
      policy,
      why,
      statement: statement === undefined ? "" : JSON.stringify(statement),
    })),
  );
  section(
    "asked for by nothing",
    unasked.map((each) => ({ ...each })),
  );
  section(
    "services that may act for anybody",
    withoutSource.map((each) => ({ ...each })),
  );
  section(
    "unresolved",
    unresolved.map((each) => ({ ...each })),
  );
  section(
    "reached without TLS",
    withoutTls.map((path) => ({ path })),
  );
  const unproven = new Map(
    edges.flatMap(({ kind, unproven: why }) => (why === undefined ? [] : [[kind, why]])),
  );
  section(
    "wants a real account",
    [...unproven].map(([kind, why]) => ({ kind, why })),
  );
}

function section(title: string, rows: Parameters<typeof table>[0]): void {
  if (rows.length > 0) say(`\n${title}\n\n${table(rows)}`);
}
