import type { StackOutput } from "./output";

/** How two outputs differ. Comparing unlike things would be a lie. */
export interface Comparison {
  readonly resources: number;
  readonly types: number;
  /** One line each; none when both say the same to Terraform. */
  readonly differences: readonly string[];
}

/**
 * Compares everything that Terraform reads: backends, providers, resources with every argument, outputs, and the order
 * of stacks. Both programs use the same ids, so that references are compared as they are written.
 */
export function compareOutputs(ours: readonly StackOutput[], raw: readonly StackOutput[]): Comparison {
  const rawById = new Map(raw.map((stack) => [stack.id, stack]));
  const ids = new Set([...ours, ...raw].map(({ id }) => id));
  const oursById = new Map(ours.map((stack) => [stack.id, stack]));
  const differences = [...ids].flatMap((id) => compareStacks(id, oursById.get(id), rawById.get(id)));
  const counts = ours.map(countsOf);
  return {
    resources: counts.flatMap((types) => [...types.values()]).reduce((sum, count) => sum + count, 0),
    types: new Set(counts.flatMap((types) => [...types.keys()])).size,
    differences,
  };
}

function compareStacks(id: string, ours: StackOutput | undefined, raw: StackOutput | undefined): string[] {
  if (ours === undefined || raw === undefined) return [`${id}: only ${ours ? "ours" : "raw"} has this stack`];
  const oursCounts = countsOf(ours);
  const rawCounts = countsOf(raw);
  const counts = [...new Set([...oursCounts.keys(), ...rawCounts.keys()])]
    .map((type) => ({ type, ours: oursCounts.get(type) ?? 0, raw: rawCounts.get(type) ?? 0 }))
    .filter((count) => count.ours !== count.raw)
    .map((count) => `${id}: ours has ${count.ours} ${count.type}, raw ${count.raw}`);
  const order = differencesOf(
    [...ours.dependencies].sort(),
    [...raw.dependencies].sort(),
    `${id} dependencies`,
  );
  return [...counts, ...order, ...differencesOf(ours.json, raw.json, id)];
}

function countsOf({ json }: StackOutput): ReadonlyMap<string, number> {
  return new Map(
    Object.entries(json.resource ?? {}).map(([type, blocks]) => [type, Object.keys(blocks).length]),
  );
}

/** The engine's notes, which Terraform does not read. */
const COMMENT = "//";

/** The places where two values differ, in the order of the first. */
export function differencesOf(ours: unknown, raw: unknown, path: string): string[] {
  if (isTree(ours) && isTree(raw) && Array.isArray(ours) === Array.isArray(raw)) {
    return [...new Set([...Object.keys(ours), ...Object.keys(raw)])]
      .filter((key) => key !== COMMENT)
      .flatMap((key) => differencesOf(ours[key], raw[key], `${path}.${key}`));
  }
  return Object.is(ours, raw) ? [] : [`${path}: ours ${shown(ours)}, raw ${shown(raw)}`];
}

function isTree(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null;
}

function shown(value: unknown): string {
  return value === undefined ? "nothing" : JSON.stringify(value);
}
