/** One state address under another name. */
export interface Move {
  readonly from: string;
  readonly to: string;
}

/** How the addresses of a construct differ from what its users' states hold. */
export interface AddressChanges {
  /** Gone, with the address that most likely took its place: resources that Terraform would destroy and make anew. */
  readonly moved: readonly Move[];
  /** Gone for good: resources that Terraform would destroy. */
  readonly removed: readonly string[];
  /** New: resources that Terraform would make. */
  readonly added: readonly string[];
  /** Gone from here, and a `moved` block of the stack says where to. */
  readonly shipped: readonly Move[];
}

/**
 * Compares the addresses of a construct with those that it had.
 *
 * Which new address took the place of which old one nobody says: within a type those that are most alike are paired
 * first. So read what is proposed.
 * @param shipped the `moved` blocks that the stack has: what they cover is no fault
 */
export function compareAddresses(
  before: readonly string[],
  after: readonly string[],
  shipped: readonly Move[] = [],
): AddressChanges {
  const gone = before.filter((address) => !after.includes(address));
  const covered = shipped.filter(({ from, to }) => gone.includes(from) && after.includes(to));
  const lost = gone.filter((address) => !covered.some(({ from }) => from === address));
  const fresh = after.filter(
    (address) => !before.includes(address) && !covered.some(({ to }) => to === address),
  );
  const moved = pairs(lost, fresh);
  return {
    moved,
    removed: lost.filter((address) => !moved.some(({ from }) => from === address)),
    added: fresh.filter((address) => !moved.some(({ to }) => to === address)),
    shipped: covered,
  };
}

/** Pairs of one type, the most alike first, each address once. */
function pairs(lost: readonly string[], fresh: readonly string[]): readonly Move[] {
  const candidates = lost
    .flatMap((from) => fresh.filter((to) => typeOf(to) === typeOf(from)).map((to) => ({ from, to })))
    .map((move) => ({ ...move, likeness: likeness(nameOf(move.from), nameOf(move.to)) }))
    .sort((a, b) => b.likeness - a.likeness);
  const found: Move[] = [];
  for (const { from, to } of candidates) {
    if (!found.some((move) => move.from === from || move.to === to)) found.push({ from, to });
  }
  return found.sort((a, b) => a.from.localeCompare(b.from));
}

const typeOf = (address: string) => address.split(".", 1)[0];

/** The ids on the construct's path, without the hash that cdktf puts behind them. */
const nameOf = (address: string) => address.slice(address.indexOf(".") + 1).replace(/_[0-9A-F]{8}$/, "");

/** How many pairs of neighbouring letters two names share (Dice): 0 none, 1 all. */
function likeness(one: string, other: string): number {
  const left = pairsOfLetters(one);
  const right = pairsOfLetters(other);
  const total = left.length + right.length;
  let shared = 0;
  for (const pair of left) {
    const index = right.indexOf(pair);
    if (index === -1) continue;
    right.splice(index, 1);
    shared += 1;
  }
  return (2 * shared) / total;
}

function pairsOfLetters(name: string): string[] {
  const padded = ` ${name} `;
  return Array.from({ length: padded.length - 1 }, (_, index) => padded.slice(index, index + 2));
}

/**
 * The changes in words, with the move that each needs; empty where there are none.
 * @param name of what changed, e.g. `event-processing/fan-out, example`
 */
export function describeAddressChanges(
  name: string,
  { moved, removed, added, shipped }: AddressChanges,
): string {
  const lines = [
    ...moved.flatMap(({ from, to }) => [
      `  changed: ${from} → ${to}: users lose the resource unless it is moved.`,
      `    moved { from = ${from}, to = ${to} }`,
      `    in cdktf: renamed.moveFromId("${from}")`,
      `    or, while both are in the code: renamed.addMoveTarget("it"), old.moveTo("it")`,
    ]),
    ...removed.map((address) => `  removed: ${address}: users lose the resource (a major version).`),
    ...shipped.map(({ from, to }) => `  moved by a block that is shipped: ${from} → ${to}.`),
    ...added.map((address) => `  added: ${address} (a minor version).`),
  ];
  return lines.length === 0 ? "" : [`addresses of ${name}:`, ...lines].join("\n");
}
