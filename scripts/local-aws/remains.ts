import { residueOf } from "./artefacts";
import { type Census, leftovers, takeCensus } from "./census";
import type { Emulator } from "./emulators";
import { installEmulator } from "./tools";

/** What a destroy left behind, a line each. */
export interface Remains {
  /** Explained: an emulator's doing. */
  readonly artefacts: readonly string[];
  /** Findings. */
  readonly left: readonly string[];
}

/** Emulator → what existed in it. */
export type Censuses = Readonly<Record<string, Census>>;

/** What exists in each emulator. */
export async function takeCensuses(emulators: readonly Emulator[], signal?: AbortSignal): Promise<Censuses> {
  const taken = emulators.map(async (emulator) => {
    const python = await installEmulator(emulator.name, signal);
    return [emulator.name, await takeCensus(emulator, python, signal)] as const;
  });
  return Object.fromEntries(await Promise.all(taken));
}

/** @param before what existed before we applied anything: an emulator has a default VPC of its own */
export async function remainsOf(
  emulators: readonly Emulator[],
  before: Censuses,
  signal?: AbortSignal,
): Promise<Remains> {
  const after = await takeCensuses(emulators, signal);
  const artefacts: string[] = [];
  const left: string[] = [];
  for (const { name } of emulators) {
    const census = after[name] ?? {};
    for (const [kind, ids] of Object.entries(leftovers(before[name] ?? {}, census))) {
      for (const id of ids) {
        const residue = residueOf(name, kind, id, census);
        if (residue) artefacts.push(`${kind} ${id} (${residue.reason})`);
        else left.push(`${kind} ${id} in ${name}`);
      }
    }
  }
  return { artefacts, left };
}
