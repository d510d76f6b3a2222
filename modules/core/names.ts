import type { IConstruct } from "constructs";
import { SHORT_HASH_LENGTH, shortHash } from "./short-hash";

interface NameRule {
  /** Most characters that AWS takes. */
  readonly limit: number;
  /** Every character that AWS refuses. */
  readonly refused: RegExp;
  /** Stands between the parts of the path. Kebab-case ids do not contain it, so two paths cannot meet. */
  readonly separator: "_" | "/" | "-";
  readonly prefix?: string;
  readonly suffix?: string;
  /** Stands for what is refused, and before a hash. @default "-" */
  readonly filler?: "-" | "_";
  /** Whether AWS refuses capitals. */
  readonly lowerCase?: true;
}

/** What AWS allows, from the `Create…` page of each service's API reference. */
const RULES = {
  alarm: { limit: 255, refused: /[^A-Za-z0-9_-]/g, separator: "/" },
  // Dots are allowed too, and break TLS. A hyphen is all that is left to join a path: such names end in a hash.
  bucket: { limit: 63, refused: /[^a-z0-9-]/g, separator: "-", lowerCase: true },
  "delivery-stream": { limit: 64, refused: /[^A-Za-z0-9_-]/g, separator: "_" },
  "event-archive": { limit: 48, refused: /[^A-Za-z0-9_-]/g, separator: "_" },
  "event-bus": { limit: 256, refused: /[^A-Za-z0-9_-]/g, separator: "_" },
  "event-log-group": { limit: 512, refused: /[^A-Za-z0-9_-]/g, separator: "/", prefix: "/aws/events/" },
  "event-rule": { limit: 64, refused: /[^A-Za-z0-9_-]/g, separator: "_" },
  "fifo-queue": { limit: 80, refused: /[^A-Za-z0-9_-]/g, separator: "_", suffix: ".fifo" },
  "fifo-topic": { limit: 256, refused: /[^A-Za-z0-9_-]/g, separator: "_", suffix: ".fifo" },
  function: { limit: 64, refused: /[^A-Za-z0-9_-]/g, separator: "_" },
  "function-log-group": { limit: 512, refused: /[^A-Za-z0-9_-]/g, separator: "_", prefix: "/aws/lambda/" },
  "glue-catalog": { limit: 255, refused: /[^a-z0-9_]/g, separator: "_", filler: "_", lowerCase: true },
  "key-alias": { limit: 256, refused: /[^A-Za-z0-9_-]/g, separator: "/", prefix: "alias/" },
  "log-group": { limit: 512, refused: /[^A-Za-z0-9_-]/g, separator: "/" },
  "log-policy": { limit: 255, refused: /[^A-Za-z0-9_-]/g, separator: "_" },
  queue: { limit: 80, refused: /[^A-Za-z0-9_-]/g, separator: "_" },
  role: { limit: 64, refused: /[^A-Za-z0-9_-]/g, separator: "_" },
  "rest-api": { limit: 255, refused: /[^A-Za-z0-9_-]/g, separator: "_" },
  schedule: { limit: 64, refused: /[^A-Za-z0-9_-]/g, separator: "_" },
  "security-group": { limit: 255, refused: /[^A-Za-z0-9_-]/g, separator: "_" },
  "state-machine": { limit: 80, refused: /[^A-Za-z0-9_-]/g, separator: "_" },
  stream: { limit: 128, refused: /[^A-Za-z0-9_-]/g, separator: "_" },
  table: { limit: 255, refused: /[^A-Za-z0-9_-]/g, separator: "_" },
  topic: { limit: 256, refused: /[^A-Za-z0-9_-]/g, separator: "_" },
  trail: { limit: 128, refused: /[^A-Za-z0-9_-]/g, separator: "_" },
} as const satisfies Record<string, NameRule>;

/** The kinds of thing that can be named. */
export type NamedKind = keyof typeof RULES;

/** Every kind, for tests over all of them. */
export const namedKinds = Object.keys(RULES) as NamedKind[];

/**
 * The physical name of what a construct makes: its path from the stack on, `dev-orders_fan-out_billing`.
 * Give `child` where the thing is named before its own construct exists.
 *
 * The stack id opens the name, so a name is unique in its account and region as long as stack ids are. A path that is
 * too long or holds characters that AWS refuses is cut or cleaned, and then ends in a hash of the whole path: two
 * different paths never share a name.
 */
export function nameOf(construct: IConstruct, kind: NamedKind, child?: string): string {
  const ids = [
    ...construct.node.scopes.map((scope) => scope.node.id),
    ...(child === undefined ? [] : [child]),
  ];
  return nameFromPath(
    ids.filter((id) => id !== "" && id !== "Default"),
    kind,
  );
}

/** The pure part of {@link nameOf}: the ids from the stack down. */
export function nameFromPath(ids: readonly string[], kind: NamedKind): string {
  const {
    limit,
    refused,
    separator,
    prefix = "",
    suffix = "",
    filler = "-",
    lowerCase,
  }: NameRule = RULES[kind];
  const cleaned = ids.map((id) => (lowerCase ? id.toLowerCase() : id).replace(refused, filler));
  const clean = cleaned.join(separator);
  const ambiguous = ids.some((id, index) => id.includes(separator) || cleaned[index] !== id);
  const room = limit - prefix.length - suffix.length;
  if (clean.length <= room && !ambiguous) return prefix + clean + suffix;
  return `${prefix}${clean.slice(0, room - SHORT_HASH_LENGTH - 1)}${filler}${shortHash(JSON.stringify(ids))}${suffix}`;
}
