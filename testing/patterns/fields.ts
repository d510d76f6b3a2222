/** Which member of which list a value lies in: list by number, member by index. Of two values in the same list, one may bind it. */
export type Membership = ReadonlyMap<number, number>;

/** A value of an event with the names that lead to it, joined with dots. */
export interface Field {
  readonly path: string;
  readonly value: string | number | boolean | null;
  readonly membership: Membership;
}

/**
 * The values of an event as AWS's matcher sees them: objects and lists are ways to values and none themselves, so an
 * empty one is as if it were not there; lists within lists are one. (aws/event-ruler, `Event`.)
 */
export function fieldsOf(event: object): readonly Field[] {
  return new Walk().ofValue(event, "", new Map());
}

/**
 * What two places have in common, or nothing where they lie in different members of one list: fields of the objects in a
 * list must hold in the same object. (aws/event-ruler, `ArrayMembership`.)
 */
export function together(one: Membership, other: Membership): Membership | undefined {
  for (const [list, index] of other) if ((one.get(list) ?? index) !== index) return undefined;
  return new Map([...one, ...other]);
}

class Walk {
  private lists = 0;

  ofValue(value: unknown, path: string, membership: Membership): readonly Field[] {
    if (Array.isArray(value)) return this.ofList(value, path, membership);
    if (typeof value === "object" && value !== null) {
      return Object.entries(value).flatMap(([name, inner]) =>
        this.ofValue(inner, path === "" ? name : `${path}.${name}`, membership),
      );
    }
    return [{ path, value: value as Field["value"], membership }];
  }

  private ofList(members: readonly unknown[], path: string, membership: Membership): readonly Field[] {
    this.lists += 1;
    const list = this.lists;
    return members.flatMap((member, index) =>
      this.ofValue(member, path, new Map([...membership, [list, index]])),
    );
  }
}
