import { type Fields, isFields } from "../matching";

/** A field by its names from the top, joined with dots as AWS's matcher joins them, and the values that it may have. */
export interface FieldCondition {
  readonly path: string;
  readonly values: readonly unknown[];
}

/** Conditions that must all hold, in the order of their paths. */
export type Alternative = readonly FieldCondition[];

/** What a pattern without faults means: one of these must hold, since each `$or` multiplies them. */
export function alternativesOf(pattern: object): readonly Alternative[] {
  return expand(pattern as Fields, "", [[]]).map((alternative) =>
    [...alternative].sort((a, b) => (a.path < b.path ? -1 : 1)),
  );
}

function expand(fields: Fields, above: string, sofar: readonly Alternative[]): readonly Alternative[] {
  return Object.entries(fields).reduce((alternatives, [key, value]) => {
    if (key === "$or") {
      return (value as readonly Fields[]).flatMap((each) => expand(each, above, alternatives));
    }
    const path = above === "" ? key : `${above}.${key}`;
    if (!Array.isArray(value)) return expand(value as Fields, path, alternatives);
    return alternatives.map((alternative) => [...alternative, { path, values: value }]);
  }, sofar);
}

/** How many alternatives AWS counts: the lengths of all `$or` multiplied, those inside each other too. */
export function combinationsOf(pattern: Fields): number {
  return Object.entries(pattern).reduce((product, [key, value]) => {
    const inside = key === "$or" && Array.isArray(value) ? value : [value];
    return inside
      .filter(isFields)
      .reduce((inner, each) => inner * combinationsOf(each), product * inside.length);
  }, 1);
}

/** The first field of an alternative on which two conditions stand, or one beside and one below it. */
export function clashIn(alternative: Alternative): string | undefined {
  return alternative
    .map(({ path }) => path)
    .find((path, index, paths) =>
      paths.some((other, at) => at > index && (other === path || other.startsWith(`${path}.`))),
    );
}
