/** Values of a condition key in a request: one, or several for a multivalued key such as `aws:TagKeys`. */
export type ContextValue = string | readonly string[];

/** What a request says of itself, by condition key. Names of keys ignore case. */
export type Context = Readonly<Record<string, ContextValue>>;

/** Condition operator → key → values, normalised. */
type Conditions = readonly { readonly operator: string; readonly key: string; readonly values: string[] }[];

/** The principals of a statement by kind (`AWS`, `Service`, …); `"*"` is everybody. */
export type Principals = "*" | Readonly<Record<string, readonly string[]>>;

/** A statement of a policy, its lists made whole. */
export interface PolicyStatement {
  /** @default - the statement's position: `#0` */
  readonly sid: string;
  readonly effect: "Allow" | "Deny";
  readonly principals?: Principals;
  readonly notPrincipals?: Principals;
  readonly actions?: readonly string[];
  readonly notActions?: readonly string[];
  readonly resources?: readonly string[];
  readonly notResources?: readonly string[];
  readonly conditions: Conditions;
}

/** A policy document as read. */
export interface Policy {
  /** Policy variables are read in `2012-10-17` only. */
  readonly version: string;
  readonly statements: readonly PolicyStatement[];
}

type Json = Readonly<Record<string, unknown>>;

/**
 * Reads a policy document.
 * @param document its JSON text, or the object
 * @throws Error when it is no JSON, or a statement has neither `Allow` nor `Deny`
 */
export function readPolicy(document: string | object): Policy {
  const { Version = "2008-10-17", Statement } = (
    typeof document === "string" ? JSON.parse(document) : document
  ) as Json;
  return {
    version: String(Version),
    statements: list(Statement).map((statement, index) => readStatement(statement as Json, index)),
  };
}

function readStatement(statement: Json, index: number): PolicyStatement {
  const { Sid, Effect, Condition = {} } = statement;
  if (Effect !== "Allow" && Effect !== "Deny") {
    throw new Error(
      `statement #${index}${Sid === undefined ? "" : ` "${Sid}"`}: Effect must be Allow or Deny, got ${JSON.stringify(Effect)}`,
    );
  }
  return {
    sid: typeof Sid === "string" && Sid !== "" ? Sid : `#${index}`,
    effect: Effect,
    principals: principals(statement.Principal),
    notPrincipals: principals(statement.NotPrincipal),
    actions: strings(statement.Action),
    notActions: strings(statement.NotAction),
    resources: strings(statement.Resource),
    notResources: strings(statement.NotResource),
    conditions: Object.entries(Condition as Json).flatMap(([operator, keys]) =>
      Object.entries(keys as Json).map(([key, values]) => ({
        operator,
        key,
        values: list(values).map(String),
      })),
    ),
  };
}

function principals(value: unknown): Principals | undefined {
  if (value === undefined) return undefined;
  if (typeof value === "string") return value === "*" ? "*" : { AWS: [value] };
  return Object.fromEntries(
    Object.entries(value as Json).map(([kind, each]) => [kind, list(each).map(String)]),
  );
}

function strings(value: unknown): readonly string[] | undefined {
  return value === undefined ? undefined : list(value).map(String);
}

function list(value: unknown): readonly unknown[] {
  if (value === undefined) return [];
  return Array.isArray(value) ? value : [value];
}
