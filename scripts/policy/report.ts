import { table } from "../support/print";
import type { StackReport } from "./judge";

/** Everything in a report that is a fault, one line each with the remedy. */
export function faultsOf({ stack, failed, unmet, overlooked }: StackReport): readonly string[] {
  return [
    ...failed.map(
      ({ address, check, name }) =>
        `${stack}: ${address} fails ${check} (${name}): mend it, or say beside it why the check is wrong: ` +
        `skipCheck(resource, "${check}", "…")`,
    ),
    ...unmet.map(
      ({ address, check, reason }) =>
        `${stack}: ${address} skips ${check} ("${reason}"), which finds nothing there: remove the skip`,
    ),
    ...overlooked.map(
      (each) => `${stack}: checkov overlooked ${each}, though it looked at others of the type: find out why`,
    ),
  ];
}

/** How many checks passed, failed and were skipped, a line for each stack and one for all. */
export function describeReports(reports: readonly StackReport[]): string {
  const rows = reports.map(({ stack, passed, failed, skipped }) => ({
    stack,
    passed,
    failed: failed.length,
    skipped: skipped.length,
  }));
  const sum = (column: "passed" | "failed" | "skipped") => rows.reduce((all, row) => all + row[column], 0);
  const total = { stack: "all", passed: sum("passed"), failed: sum("failed"), skipped: sum("skipped") };
  return table([...rows, total]);
}
