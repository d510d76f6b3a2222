import { join } from "node:path";
import { OperatorError } from "../support/command";
import { projectRoot } from "../support/paths";
import { run } from "../support/process";
import { installVirtualEnvironment } from "../support/virtual-environment";
import type { Format } from "./stack-copy";

/** What one check says of one resource. */
export interface CheckResult {
  readonly check: string;
  readonly name: string;
  readonly passed: boolean;
  /** Below the scanned folder, with a slash in front. */
  readonly file: string;
  /** As checkov names it: with its type in plans, often without in JSON. */
  readonly resource: string;
  /** First line of the resource in its file, counted from 1. */
  readonly line: number;
}

/** checkov's report, as far as we read it. */
interface Report {
  readonly results?: Readonly<
    Record<"passed_checks" | "failed_checks" | "skipped_checks", readonly Finding[]>
  > & { readonly parsing_errors: readonly string[] };
}

interface Finding {
  readonly check_id: string;
  readonly check_name: string;
  readonly file_path: string;
  readonly file_line_range: readonly [number, number];
  readonly resource: string;
}

/** Installs checkov into its own virtual environment, once; returns its Python. */
export function installCheckov(signal?: AbortSignal): Promise<string> {
  const requirements = join(projectRoot, "scripts", "policy", "requirements-checkov.txt");
  return installVirtualEnvironment("checkov", requirements, signal);
}

/**
 * Runs checkov over every file of one format below a folder: one process, since loading its checks takes longer than
 * running them. Offline, and with no settings but these: neither the caller's home nor variables can switch a check off.
 *
 * @throws OperatorError where it broke, did not understand a file, found nothing to check or skipped something by itself
 */
export async function runCheckov(
  folder: string,
  format: Format,
  signal?: AbortSignal,
): Promise<readonly CheckResult[]> {
  const python = await installCheckov(signal);
  const options = ["--skip-download", "--compact", "--soft-fail", "--output", "json"];
  const { code, stdout, stderr } = await run(
    python,
    ["-m", "checkov.main", "--directory", folder, "--framework", format, ...options],
    { cwd: folder, env: { PATH: process.env.PATH, HOME: folder, LANG: "C.UTF-8" }, signal },
  );
  const broken = (why: string) => new OperatorError(`checkov (${format}) ${why}`);
  // Soft: a finding is no error, so whatever is not 0 is a crash.
  if (code !== 0) throw broken(`ended with ${code}: ${stderr.trim().split("\n").slice(-5).join("\n  ")}`);
  const { results } = JSON.parse(stdout) as Report;
  if (results === undefined) throw broken(`found nothing to check in ${folder}`);
  const { passed_checks, failed_checks, skipped_checks, parsing_errors } = results;
  if (parsing_errors.length > 0) throw broken(`does not understand ${parsing_errors.join(", ")}`);
  if (skipped_checks.length > 0) {
    const skipped = skipped_checks.map(({ check_id, resource }) => `${check_id} of ${resource}`).join(", ");
    throw broken(`skipped by itself ${skipped}: say so with skipCheck, beside the resource`);
  }
  return [
    ...passed_checks.map((each) => resultOf(each, true)),
    ...failed_checks.map((each) => resultOf(each, false)),
  ];
}

function resultOf(finding: Finding, passed: boolean): CheckResult {
  return {
    check: finding.check_id,
    name: finding.check_name,
    passed,
    file: finding.file_path,
    resource: finding.resource,
    line: finding.file_line_range[0],
  };
}
