import type { Context, ContextValue } from "./policy";

/** A policy's text once its variables are filled in: what came out of a variable is taken as it is. */
type Piece = { readonly text: string; readonly literal: boolean };

/** Text of a policy, with the request and the policy's version that its variables are read in. */
export interface Reading {
  readonly context: Context;
  readonly version: string;
}

/** `${aws:username}`, `${aws:username, 'nobody'}`, and the three ways to write a sign: `${*}`, `${?}`, `${$}`. */
const VARIABLE = /\$\{([^}]*)\}/g;

/** The value of a condition key; names of keys ignore case (IAM user guide, "Condition"). */
export function contextValue(context: Context, key: string): ContextValue | undefined {
  const wanted = key.toLowerCase();
  return Object.entries(context).find(([name]) => name.toLowerCase() === wanted)?.[1];
}

/**
 * Fills in the variables of a policy's text (IAM user guide, "IAM policy elements: Variables and tags").
 * @returns undefined where the request has no single value for a variable without default
 */
export function fill(text: string, { context, version }: Reading): readonly Piece[] | undefined {
  if (version !== "2012-10-17") return [{ text, literal: false }];
  const pieces: Piece[] = [];
  let end = 0;
  for (const match of text.matchAll(VARIABLE)) {
    pieces.push({ text: text.slice(end, match.index), literal: false });
    end = match.index + match[0].length;
    const value = variable(match[1] as string, context);
    if (value === undefined) return undefined;
    pieces.push({ text: value, literal: true });
  }
  return [...pieces, { text: text.slice(end), literal: false }];
}

function variable(words: string, context: Context): string | undefined {
  if (["*", "?", "$"].includes(words)) return words;
  const [, key = words, byDefault] = /^\s*([^,]*?)\s*(?:,\s*'(.*)'\s*)?$/.exec(words) ?? [];
  const value = contextValue(context, key);
  return typeof value === "string" ? value : byDefault;
}

/** The filled text with no sign of its own meaning. */
export function plain(pieces: readonly Piece[]): string {
  return pieces.map(({ text }) => text).join("");
}

/** Whether a value is like a pattern: `*` stands for any characters, `?` for one. */
export function isLike(value: string, pieces: readonly Piece[], ignoreCase = false): boolean {
  return expression(pieces, (sign) => (sign === "*" ? ".*" : "."), ignoreCase).test(value);
}

/**
 * Whether an ARN is like a pattern, each of the six parts by itself: ArnLike and ArnEquals (IAM user guide, "Amazon
 * Resource Name (ARN) condition operators").
 */
export function isArnLike(arn: string, pieces: readonly Piece[]): boolean {
  const parts = partsOf(arn);
  const patterns = partsOfPattern(pieces);
  return (
    parts.length === 6 &&
    patterns.length === 6 &&
    patterns.every((pattern, index) => isLike(parts[index] as string, pattern))
  );
}

/**
 * Whether a resource is like a pattern of the Resource element: a sign stays within its part of the ARN, but a `*` that
 * ends a part may reach beyond (IAM user guide, "IAM JSON policy elements: Resource").
 */
export function isResourceLike(resource: string, pieces: readonly Piece[]): boolean {
  const parts = partsOfPattern(pieces);
  if (parts.length < 6) return isLike(resource, pieces);
  const within = parts.slice(0, 5).map((part) => {
    const last = part.at(-1);
    const reachesOn = last !== undefined && !last.literal && last.text.endsWith("*");
    const source = sourceOf(part, (sign) => (sign === "*" ? "[^:]*" : "[^:]"));
    return reachesOn ? `${source}.*` : source;
  });
  const rest = sourceOf(parts[5] as readonly Piece[], (sign) => (sign === "*" ? ".*" : "."));
  return new RegExp(`^${[...within, rest].join(":")}$`, "s").test(resource);
}

/** The six parts of an ARN; the last may hold colons. */
function partsOf(arn: string): readonly string[] {
  const parts = arn.split(":");
  return parts.length <= 6 ? parts : [...parts.slice(0, 5), parts.slice(5).join(":")];
}

/** A pattern cut at the colons of its own text and of what its variables held. */
function partsOfPattern(pieces: readonly Piece[]): readonly (readonly Piece[])[] {
  const parts: Piece[][] = [[]];
  for (const { text, literal } of pieces) {
    const [first = "", ...others] = text.split(":");
    parts.at(-1)?.push({ text: first, literal });
    for (const other of others) {
      if (parts.length < 6) parts.push([{ text: other, literal }]);
      else parts.at(-1)?.push({ text: `:${other}`, literal });
    }
  }
  return parts.map((part) => part.filter(({ text }) => text !== ""));
}

function expression(pieces: readonly Piece[], sign: (sign: string) => string, ignoreCase: boolean): RegExp {
  return new RegExp(`^${sourceOf(pieces, sign)}$`, ignoreCase ? "is" : "s");
}

function sourceOf(pieces: readonly Piece[], sign: (sign: string) => string): string {
  return pieces
    .map(({ text, literal }) =>
      text.replace(/[.*+?^${}()|[\]\\/-]/g, (each) =>
        !literal && (each === "*" || each === "?") ? sign(each) : `\\${each}`,
      ),
    )
    .join("");
}
