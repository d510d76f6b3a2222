import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { compareAddresses, describeAddressChanges } from "./addresses";
import type { Synthesized } from "./synthesized";

/** The variable that makes {@link holdAddresses} write what it would refuse. */
const ACCEPT = "ACCEPT_ADDRESSES";

/**
 * Holds the addresses of stacks against those in a committed file: they are public contract, because a user's state
 * knows a resource by its address only. With the variable `ACCEPT_ADDRESSES` set the file is written instead.
 *
 * @param file JSON: the sorted addresses of each stack by its name
 * @param stacks what stands in the file now, by name: usually the examples of one module
 * @throws Error naming each changed, removed and added address, and the move that a changed one needs
 */
export function holdAddresses(file: string, stacks: Readonly<Record<string, Synthesized>>): void {
  const current = Object.fromEntries(Object.entries(stacks).map(([name, stack]) => [name, stack.addresses]));
  if (process.env[ACCEPT] !== undefined) {
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, `${JSON.stringify(current, null, 2)}\n`);
    return;
  }
  const remedy = `look at each, then set ${ACCEPT}=1 to write them to ${file}`;
  if (!existsSync(file)) throw new Error(`no addresses were accepted yet: ${remedy}`);
  const accepted = JSON.parse(readFileSync(file, "utf8")) as Record<string, readonly string[]>;
  const names = [...new Set([...Object.keys(accepted), ...Object.keys(current)])];
  const changes = names
    .map((name) => {
      const moved = stacks[name]?.json.moved ?? [];
      const { [name]: before = [] } = accepted;
      const { [name]: after = [] } = current;
      return describeAddressChanges(name, compareAddresses(before, after, moved));
    })
    .filter((text) => text !== "");
  if (changes.length > 0) throw new Error([...changes, remedy].join("\n"));
}
