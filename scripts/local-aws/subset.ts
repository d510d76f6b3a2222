import { cpSync, rmSync } from "node:fs";
import type { Arguments } from "../../testing";
import { OperatorError } from "../support/command";
import { say } from "../support/print";
import type { SynthesisedStack } from "../terraform/manifest";
import { outputUses, producerOf } from "../terraform/remote-state";
import { readStackFile, writeStackFile } from "../terraform/stack-file";
import { type LeftOut, leftOut } from "./left-out";

/** Something that goes because it refers to what goes. */
interface Referring {
  readonly address: string;
  /** What it refers to. */
  readonly to: string;
}

/** What of a stack can be applied. */
export interface Subset {
  readonly json: Arguments;
  /** Addresses of the types that are left out. */
  readonly listed: readonly string[];
  /** What refers to them, directly or through others: resources, data sources, modules, locals, outputs. */
  readonly referring: readonly Referring[];
}

/**
 * A stack without some resource types, and without everything that refers to them.
 *
 * Whatever refers to a removed resource goes whole, also where the reference is optional: what is left of a resource
 * without one of its arguments is another resource, whose behaviour would show nothing about ours.
 *
 * @param elsewhere expressions of other stacks' outputs that are gone: `data.terraform_remote_state.a.outputs.b`
 * @throws Error for a type that the stack has none of, and for a provider that refers to what goes
 */
export function subsetOf(
  json: Arguments,
  types: readonly LeftOut[],
  elsewhere: ReadonlySet<string> = new Set(),
): Subset {
  const elements = elementsOf(json);
  const listed = elements
    .map(({ address }) => address)
    .filter((address) => types.some(({ type }) => address.startsWith(`${type}.`)));
  const superfluous = types.filter(({ type }) => !listed.some((address) => address.startsWith(`${type}.`)));
  if (superfluous.length > 0) {
    throw new Error(
      `${superfluous.map(({ type }) => type).join(", ")}: the stack has none, so nothing is left out: remove the entry`,
    );
  }
  const gone = new Set([...listed, ...elsewhere]);
  const referring: Referring[] = [];
  for (let size = -1; size !== gone.size; ) {
    size = gone.size;
    for (const { address, references } of elements) {
      const to = gone.has(address) ? undefined : references.find((each) => gone.has(each));
      if (to === undefined) continue;
      gone.add(address);
      referring.push({ address, to });
    }
  }
  const bound = referencesIn(json.provider).find((each) => gone.has(each));
  if (bound !== undefined)
    throw new Error(`a provider refers to ${bound}, which is left out: without it nothing can be applied`);
  return { json: without(json, gone), listed, referring };
}

interface Element {
  readonly address: string;
  readonly references: readonly string[];
}

/** Kinds of blocks that may refer to resources, with the way from the kind down to one block. */
const KINDS: readonly { readonly kind: string; readonly prefix: string; readonly typed: boolean }[] = [
  { kind: "resource", prefix: "", typed: true },
  { kind: "data", prefix: "data.", typed: true },
  { kind: "module", prefix: "module.", typed: false },
  { kind: "locals", prefix: "local.", typed: false },
  { kind: "output", prefix: "output.", typed: false },
];

function elementsOf(json: Arguments): readonly Element[] {
  return KINDS.flatMap(({ kind, prefix, typed }) =>
    Object.entries<Arguments>(json[kind] ?? {}).flatMap(([name, inner]) => {
      const blocks = typed
        ? Object.entries(inner).map(([id, block]) => [`${name}.${id}`, block] as const)
        : [[name, inner] as const];
      return blocks.map(([address, block]) => ({
        address: `${prefix}${address}`,
        references: referencesIn(block),
      }));
    }),
  );
}

/** Every address that a block's texts name, and every output of another stack; cdktf's own notes aside. */
function referencesIn(block: unknown): readonly string[] {
  const text = JSON.stringify(block, (key, value) => (key === "//" ? undefined : value)) ?? "";
  const addresses = [...text.matchAll(/(?<![\w.-])(?:data\.)?[a-z]\w*\.[\w-]+/g)].map(([found]) => found);
  return [...addresses, ...outputUses(text).map(({ state, output }) => outputOf(state, output))];
}

/** How an output of another stack is called here, in whichever way it is read. */
const outputOf = (state: string, output: string) => `data.terraform_remote_state.${state}.outputs.${output}`;

function without(json: Arguments, gone: ReadonlySet<string>): Arguments {
  const kept: Record<string, unknown> = { ...json };
  for (const { kind, prefix, typed } of KINDS) {
    if (json[kind] === undefined) continue;
    const keep = (block: Arguments, before: string) =>
      Object.fromEntries(Object.entries(block).filter(([name]) => !gone.has(`${before}${name}`)));
    const left = typed
      ? Object.entries<Arguments>(json[kind]).map(
          ([type, blocks]) => [type, keep(blocks, `${prefix}${type}.`)] as const,
        )
      : Object.entries(keep(json[kind], prefix));
    kept[kind] = Object.fromEntries(left.filter(([, value]) => !typed || Object.keys(value).length > 0));
  }
  for (const kind of ["moved", "import"]) {
    if (json[kind] === undefined) continue;
    kept[kind] = json[kind].filter((block: Arguments) => !referencesIn(block).some((each) => gone.has(each)));
  }
  return kept;
}

/**
 * The stacks as they are applied: those of which nothing stays out are as they were synthesised, of the others a copy
 * lies beside the synthesised folder. What stays out is printed and counted.
 *
 * @param stacks all that there are, each after those it reads
 * @throws OperatorError naming the stack, for an entry of the table that leaves nothing out any more
 */
export function applicable(
  stacks: readonly SynthesisedStack[],
  table: Readonly<Record<string, readonly LeftOut[]>> = leftOut,
): readonly SynthesisedStack[] {
  const unknown = Object.keys(table).filter((id) => !stacks.some((stack) => stack.id === id));
  if (unknown.length > 0) {
    throw new OperatorError(
      `left-out.ts names ${unknown.join(", ")}, and there is no such stack: remove the entry`,
    );
  }
  const lost = new Map<string, readonly string[]>();
  return stacks.map((stack) => {
    const json = readStackFile<Arguments>(stack.folder);
    const elsewhere = new Set(
      Object.keys(json.data?.terraform_remote_state ?? {}).flatMap((state) =>
        (lost.get(producerOf(state)) ?? []).map((output) => outputOf(state, output)),
      ),
    );
    const types = table[stack.id] ?? [];
    const subset = cut(stack, json, types, elsewhere);
    if (subset.listed.length + subset.referring.length === 0) return stack;
    lost.set(
      stack.id,
      subset.referring.flatMap(({ address }) => (address.startsWith("output.") ? [address.slice(7)] : [])),
    );
    print(stack, types, subset);
    return write(stack, subset.json);
  });
}

function cut(
  stack: SynthesisedStack,
  json: Arguments,
  types: readonly LeftOut[],
  elsewhere: ReadonlySet<string>,
): Subset {
  try {
    return subsetOf(json, types, elsewhere);
  } catch (error) {
    throw new OperatorError(`${stack.id}: ${(error as Error).message}`);
  }
}

function print({ id }: SynthesisedStack, types: readonly LeftOut[], { listed, referring }: Subset): void {
  say(`\n${id}: ${listed.length} resources are left out, and ${referring.length} that refer to them`);
  for (const { type, reason } of types) {
    for (const address of listed.filter((each) => each.startsWith(`${type}.`)))
      say(`  - ${address}: ${reason}`);
  }
  for (const { address, to } of referring) say(`  - ${address}: refers to ${to}`);
}

/** Beside the synthesised folder, so that paths relative to it, such as the state's, lead where they did. */
function write(stack: SynthesisedStack, json: Arguments): SynthesisedStack {
  const folder = `${stack.folder}.applied`;
  rmSync(folder, { recursive: true, force: true });
  cpSync(stack.folder, folder, { recursive: true });
  writeStackFile(folder, json);
  return { ...stack, folder };
}
