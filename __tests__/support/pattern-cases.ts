import fc from "fast-check";
import { fieldsOf } from "../../testing/patterns/fields";
import {
  BROKEN_FIELDS,
  BROKEN_VALUES,
  DETAIL,
  ENVELOPES,
  type Json,
  SCALARS,
  SPELLINGS,
} from "./pattern-world";

/** An event and a pattern, as JSON for both matchers. */
export interface PatternCase {
  readonly pattern: Json;
  readonly event: { readonly [field: string]: Json };
}

type Tree = { [name: string]: Json };
/** A whole number from 0 and below the one given. */
type Draw = (below: number) => number;

const pick = <T>(g: Draw, from: readonly T[]): T => from[g(from.length)] as T;
/** Once in so many times. */
const rarely = (g: Draw, times: number): boolean => g(times) === 0;

/** A detail of the small world; now and then a field is missing, of another kind, or in a list. */
function detailOf(g: Draw, world: Tree = DETAIL as Tree): Tree {
  const entries = Object.entries(world)
    .filter(([name]) => (name.includes(".") ? rarely(g, 8) : !rarely(g, 4)))
    .map(([name, kind]): [string, Json] => [name, fieldOf(g, kind)]);
  return Object.fromEntries(entries);
}

function fieldOf(g: Draw, kind: Json): Json {
  if (rarely(g, 20)) return pick<Json>(g, [[], {}, null, "x", [["a"], "b"], { deeper: "a" }]);
  if (Array.isArray(kind)) {
    if (typeof kind[0] === "object" && kind[0] !== null) {
      const members = Array.from({ length: g(4) }, () => detailOf(g, kind[0] as Tree));
      return rarely(g, 8) ? [...members, pick(g, SCALARS)] : members;
    }
    const value = rarely(g, 8) ? pick(g, SCALARS) : pick(g, kind);
    return rarely(g, 5) ? [value, pick(g, kind)] : value;
  }
  return detailOf(g, kind as Tree);
}

/** A condition that takes a value, mostly; the rest is left to chance. */
function conditionFor(g: Draw, actual: Json): Json {
  const value = rarely(g, 6) ? pick(g, SCALARS) : actual;
  if (rarely(g, 8)) return { exists: !rarely(g, 3) };
  if (rarely(g, 6)) return { "anything-but": excludedFor(g, value) };
  if (typeof value === "number") return rarely(g, 2) ? value : { numeric: rangeFor(g, value) };
  if (typeof value !== "string") return value;
  const cut = g(value.length + 1);
  const [begin, end] = [value.slice(0, cut), value.slice(cut)];
  return pick<() => Json>(g, [
    () => (SPELLINGS.includes(value) ? pick(g, SPELLINGS) : value),
    () => ({ prefix: begin }),
    () => ({ suffix: end }),
    () => ({ prefix: { "equals-ignore-case": otherCase(begin) } }),
    () => ({ suffix: { "equals-ignore-case": otherCase(end) } }),
    () => ({ "equals-ignore-case": otherCase(value) }),
    () => ({ wildcard: wildcardFor(g, value) }),
    () => ({
      cidr: pick(g, ["10.0.0.0/24", "10.0.0.5/8", "10.0.0.6/31", "2001:db8::/32", "0.0.0.0/0", "::/0"]),
    }),
  ])();
}

function otherCase(text: string): string {
  return text === text.toUpperCase() ? text.toLowerCase() : text.toUpperCase();
}

function wildcardFor(g: Draw, value: string): string {
  const literally = (text: string) => text.replace(/[*\\]/g, "\\$&");
  const from = g(value.length + 1);
  const to = from + g(value.length - from + 1);
  const middle = rarely(g, 3) ? "*" : `*${literally(value.slice(from, to))}*`;
  return `${literally(value.slice(0, from))}${middle}${literally(value.slice(to))}`.replace(/\*\*+/g, "*");
}

function rangeFor(g: Draw, value: number): Json {
  const step = pick(g, [0, 0.5, 1, 10]);
  return pick<Json>(g, [
    ["=", value],
    [pick(g, [">", ">="]), value - step],
    [pick(g, ["<", "<="]), value + step],
    [pick(g, [">", ">="]), value - step, pick(g, ["<", "<="]), value + step + 1],
  ]);
}

function excludedFor(g: Draw, value: Json): Json {
  if (typeof value === "number") return pick<Json>(g, [value, value + 1, [value, 7], [7, 8.5]]);
  const text = typeof value === "string" && value !== "" ? value : "x";
  const others = pick<readonly string[]>(g, [["zz"], [text], ["zz", text], ["zz", "yy"]]);
  const excluded = others.length === 1 ? (others[0] as string) : others;
  return pick<Json>(g, [
    excluded,
    { prefix: excluded },
    { suffix: excluded },
    { "equals-ignore-case": excluded },
    { wildcard: pick<Json>(g, ["*a", ["z*", "*g", "in/*.png"], "*"]) },
  ]);
}

/** The names of fields of the world, below `detail`. */
function waysOf(world: Tree, above: readonly string[] = ["detail"]): readonly (readonly string[])[] {
  return Object.entries(world).flatMap(([name, kind]) => {
    const inner = Array.isArray(kind) ? kind[0] : kind;
    const way = [...above, ...name.split(".")];
    return typeof inner === "object" && inner !== null ? waysOf(inner as Tree, way) : [way];
  });
}

const WAYS = [
  ...waysOf(DETAIL as Tree),
  ...["source", "detail-type", "account", "region", "resources", "time"].map((name) => [name]),
];

/** Conditions on some fields, most of which the event has and meets; alternatives now and then, at any depth. */
function patternFor(g: Draw, event: PatternCase["event"], ways = WAYS): Tree {
  const fields = fieldsOf(event);
  const chosen = new Set(Array.from({ length: 1 + g(3) }, () => pick(g, ways)));
  const pattern: Tree = {};
  for (const way of chosen) {
    const values = fields.filter(({ path }) => path === way.join(".")).map(({ value }) => value);
    const conditions = Array.from({ length: 1 + g(2) }, () =>
      conditionFor(g, pick(g, [...values, ...(values.length === 0 ? SCALARS : [])])),
    );
    put(
      pattern,
      rarely(g, 25) ? dotted(way) : way,
      values.length === 0 && rarely(g, 2) ? [{ exists: false }] : conditions,
    );
  }
  return rarely(g, 3) ? withAlternatives(g, pattern, event, ways) : pattern;
}

/** `{ detail: { a: { b } } }` as `{ detail: { "a.b" } }`, which AWS reads as the same. */
const dotted = ([top, ...names]: readonly string[]): readonly string[] =>
  names.length === 0 ? [top as string] : [top as string, names.join(".")];

function put(tree: Tree, [name, ...others]: readonly string[], value: Json): void {
  const key = name as string;
  if (others.length === 0) tree[key] = value;
  else {
    const inner = tree[key];
    const next = typeof inner === "object" && inner !== null && !Array.isArray(inner) ? (inner as Tree) : {};
    tree[key] = next;
    put(next, others, value);
  }
}

/** Alternatives beside or below, which leave the fields alone that are spoken for, mostly. */
function withAlternatives(g: Draw, pattern: Tree, event: PatternCase["event"], ways: typeof WAYS): Tree {
  const nested = rarely(g, 2);
  const taken = rarely(g, 8) ? [] : pathsOf(pattern);
  const free = ways.filter(
    (way) => !taken.includes(way.join(".")) && (!nested || (way[0] === "detail" && way.length > 1)),
  );
  if (free.length === 0) return pattern;
  const alternatives = Array.from({ length: 2 + g(2) }, () => patternFor(g, event, free));
  if (!nested) return { ...pattern, $or: alternatives };
  const details = alternatives.map(({ detail }) => detail as Json);
  return { ...pattern, detail: { ...(pattern.detail as Tree | undefined), $or: details } };
}

function pathsOf(pattern: Tree, above = ""): readonly string[] {
  return Object.entries(pattern).flatMap(([name, value]) =>
    Array.isArray(value) ? [`${above}${name}`] : pathsOf(value as Tree, `${above}${name}.`),
  );
}

/** One fault somewhere: a value, a field, or the whole. */
function broken(g: Draw, pattern: Json): Json {
  if (typeof pattern !== "object" || pattern === null || Array.isArray(pattern) || rarely(g, 6)) {
    return pick(g, BROKEN_FIELDS);
  }
  const names = Object.keys(pattern);
  const name = pick(g, names);
  const value = (pattern as Tree)[name] as Json;
  if (rarely(g, 10))
    return { ...pattern, [pick(g, ["detailType", "Source", "other", "$or", "detail"])]: value };
  if (name !== "$or" && Array.isArray(value)) {
    return { ...pattern, [name]: rarely(g, 5) ? pick(g, BROKEN_FIELDS) : [...value, pick(g, BROKEN_VALUES)] };
  }
  if (Array.isArray(value)) {
    const [first, ...others] = value as readonly Json[];
    return {
      ...pattern,
      $or: pick<Json>(g, [
        [first as Json],
        [],
        first as Json,
        [...others, "x"],
        [broken(g, first as Json), ...others],
        [{ prefix: ["a"] }, ...others],
      ]),
    };
  }
  return { ...pattern, [name]: broken(g, value) };
}

/** Pairs of a small world, so that about half of the sound ones match; each fourth pattern has a fault. */
export const patternCases: fc.Arbitrary<PatternCase> = fc
  .infiniteStream(fc.nat({ max: 2 ** 30 }))
  .map((numbers) => {
    const draw: Draw = (below) => (numbers.next().value as number) % below;
    const event = { ...pick(draw, ENVELOPES), detail: detailOf(draw) };
    const pattern = patternFor(draw, event);
    return { event, pattern: rarely(draw, 4) ? broken(draw, pattern) : pattern };
  });
