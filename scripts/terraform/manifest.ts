import { existsSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { OperatorError } from "../support/command";

/** One synthesised stack. */
export interface SynthesisedStack {
  /** `<environment>-<stack>`. */
  readonly id: string;
  /** The absolute folder that Terraform runs in. */
  readonly folder: string;
  /** Ids of the stacks whose outputs it reads, direct ones only. */
  readonly dependencies: readonly string[];
}

interface Manifest {
  readonly stacks: Readonly<
    Record<string, { name: string; workingDirectory: string; dependencies?: string[] }>
  >;
}

/**
 * Reads `manifest.json` of a synthesis.
 *
 * @param outdir `cdktf.out`
 * @returns every stack, each after those it depends on
 * @throws OperatorError when nothing was synthesised there or the stacks depend on each other in a circle
 */
export function readManifest(outdir: string): SynthesisedStack[] {
  const file = join(outdir, "manifest.json");
  if (!existsSync(file)) throw new OperatorError(`${file} does not exist: synthesise first (npm run synth)`);
  const manifest = JSON.parse(readFileSync(file, "utf8")) as Manifest;
  return inOrder(
    Object.values(manifest.stacks).map(({ name, workingDirectory, dependencies = [] }) => ({
      id: name,
      folder: resolve(outdir, workingDirectory),
      dependencies,
    })),
  );
}

/**
 * The stacks that the patterns name, in the given order; `*` stands for any characters, `?` for one.
 *
 * @throws OperatorError for a pattern that names no stack, listing those that exist
 */
export function selectStacks(
  stacks: readonly SynthesisedStack[],
  patterns: readonly string[],
): SynthesisedStack[] {
  const known = stacks.map(({ id }) => `\n  ${id}`).join("");
  if (patterns.length === 0) throw new OperatorError(`name the stacks, e.g. 'dev-*'; there are:${known}`);
  const unknown = patterns.filter((pattern) => !stacks.some(({ id }) => matches(pattern, id)));
  if (unknown.length > 0) {
    throw new OperatorError(
      `no stack is called ${unknown.map((name) => `"${name}"`).join(", ")}; there are:${known}`,
    );
  }
  return stacks.filter(({ id }) => patterns.some((pattern) => matches(pattern, id)));
}

/**
 * Each stack after those it depends on; independent ones keep the order in which the app made them.
 *
 * A dependency that is not in the list (not selected, or another app's) is taken as already applied.
 *
 * @throws OperatorError naming the circle
 */
export function inOrder(stacks: readonly SynthesisedStack[]): SynthesisedStack[] {
  const byId = new Map(stacks.map((stack) => [stack.id, stack]));
  const ordered = new Set<SynthesisedStack>();
  const visit = (stack: SynthesisedStack, trail: readonly string[]): void => {
    if (trail.includes(stack.id)) {
      throw new OperatorError(`stacks depend on each other in a circle: ${[...trail, stack.id].join(" → ")}`);
    }
    if (ordered.has(stack)) return;
    for (const id of stack.dependencies) {
      const dependency = byId.get(id);
      if (dependency) visit(dependency, [...trail, stack.id]);
    }
    ordered.add(stack);
  };
  for (const stack of stacks) visit(stack, []);
  return [...ordered];
}

function matches(pattern: string, id: string): boolean {
  const expression = pattern
    .replace(/[.+^${}()|[\]\\]/g, "\\$&")
    .replaceAll("*", ".*")
    .replaceAll("?", ".");
  return new RegExp(`^${expression}$`).test(id);
}
