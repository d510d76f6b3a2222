import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { planStacks } from "../../testing";
import { OperatorError } from "../support/command";
import type { SynthesisedStack } from "../terraform/manifest";
import { readStackFile, STACK_FILE } from "../terraform/stack-file";
import { type CheckResult, runCheckov } from "./checkov";
import { type AddressedResult, blindSpots, type Findings, judge, type StackReport } from "./judge";
import { addressAt, type Format, plantedCopy } from "./stack-copy";
import { withWholePolicies } from "./whole-policies";

/**
 * Scans stacks with checkov, as synthesised and as planned: `copy + planted faults → plan → checkov → less the skips`.
 *
 * @returns one report a stack, in the given order
 * @throws OperatorError where a stack cannot be planned, and where a planted fault was not found: the scanner did not look
 */
export async function scanStacks(
  stacks: readonly SynthesisedStack[],
  signal?: AbortSignal,
): Promise<readonly StackReport[]> {
  const folder = mkdtempSync(join(tmpdir(), "policy-"));
  try {
    const findings = await findingsOf(stacks, folder, signal);
    const ids = stacks.map(({ id }) => id);
    const blind = blindSpots(ids, findings);
    if (blind.length > 0)
      throw new OperatorError(`checkov did not find what was planted:\n  ${blind.join("\n  ")}`);
    return judge(
      stacks.map((stack) => ({ id: stack.id, json: readStackFile(stack.folder) })),
      findings,
    );
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function findingsOf(
  stacks: readonly SynthesisedStack[],
  folder: string,
  signal?: AbortSignal,
): Promise<Findings> {
  const inputs: Readonly<Record<Format, string>> = {
    terraform_json: join(folder, "json"),
    terraform_plan: join(folder, "plan"),
  };
  const copies = stacks.map((stack) => plantedCopy(stack, join(inputs.terraform_json, stack.id)));
  const plans = await planStacks(copies, { producers: stacks, signal });
  for (const copy of copies) {
    const { document, faults = [] } = plans[copy.id] ?? {};
    if (document === undefined) throw new OperatorError(`${copy.id} has no plan:\n  ${faults.join("\n  ")}`);
    mkdirSync(join(inputs.terraform_plan, copy.id), { recursive: true });
    writeFileSync(
      join(inputs.terraform_plan, copy.id, "plan.json"),
      withWholePolicies(document, readStackFile(copy.folder)),
    );
  }
  const [json, planned] = await Promise.all([
    runCheckov(inputs.terraform_json, "terraform_json", signal),
    runCheckov(inputs.terraform_plan, "terraform_plan", signal),
  ]);
  return {
    terraform_json: byStack(json, ({ file, resource, line }) => {
      if (resource.startsWith("provider.")) return resource;
      const address = addressAt(readFileSync(join(inputs.terraform_json, file), "utf8"), line);
      if (address?.endsWith(`.${resource.replace(/^.*?\./, "")}`)) return address;
      throw new OperatorError(
        `checkov names "${resource}" at line ${line} of ${file}, where ${address ?? "no resource"} stands: ` +
          `${STACK_FILE} is laid out in another way than it was`,
      );
    }),
    terraform_plan: byStack(planned, ({ resource }) => resource),
  };
}

function byStack(
  results: readonly CheckResult[],
  addressOf: (result: CheckResult) => string,
): ReadonlyMap<string, readonly AddressedResult[]> {
  const all = new Map<string, AddressedResult[]>();
  for (const result of results) {
    const [, stack = ""] = result.file.split("/");
    const { check, name, passed } = result;
    const list = all.get(stack) ?? [];
    list.push({ address: addressOf(result), check, name, passed });
    all.set(stack, list);
  }
  return all;
}
