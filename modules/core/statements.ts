import { SHORT_HASH_LENGTH, shortHash } from "./short-hash";

/** Condition operator → key → values, as in an IAM policy. */
export type Conditions = Readonly<Record<string, Readonly<Record<string, string | readonly string[]>>>>;

/** What a policy attached to a role says. */
export interface Statement {
  readonly actions: readonly string[];
  readonly resources: readonly string[];
  readonly conditions?: Conditions;
  /**
   * Who makes these calls: the code that holds the role, or an AWS service on its behalf (a queue's poller, the
   * network interfaces of a function). Only the code's own calls leave through the VPC it is placed in.
   * @default "code"
   */
  readonly caller?: "code" | "service";
}

/** What a policy attached to a resource says. */
export interface ResourceStatement extends Omit<Statement, "caller"> {
  /** @default "Allow" */
  readonly effect?: "Allow" | "Deny";
  /** `"*"` or principals by kind, such as `{ Service: "sns.amazonaws.com" }`. */
  readonly principal:
    | "*"
    | { readonly Service: string | readonly string[] }
    | { readonly AWS: string | readonly string[] };
}

/**
 * The one list in which statements that share an id may differ. One, never two: where both resources and sources were
 * lists, each source would be let in to every other's resource too.
 */
export type SharedBy = "resources" | "aws:SourceArn";

/** A function that spells references out. Each reading of an attribute is a token of its own, so equal ones look different. */
export type Resolve = (value: unknown) => unknown;

/** What a policy collects under each statement id (Sid). The id says what the statement is for. */
export class Statements<S extends Statement | ResourceStatement> {
  private readonly byId = new Map<string, S[]>();
  private readonly sharedBy = new Map<string, SharedBy>();

  /** Adds a statement. The same one twice is one: two patterns, or two calls, may ask for it independently. */
  add(sid: string, statement: S): void {
    this.byId.set(sid, [...(this.byId.get(sid) ?? []), statement]);
  }

  /** Adds to the one statement of an id, which lists what every other that shares it has there. */
  share(sid: string, by: SharedBy, statement: S): void {
    this.sharedBy.set(sid, by);
    this.add(sid, statement);
  }

  /** How many statements the document has. */
  get size(): number {
    return this.byId.size;
  }

  /** The ids of statements with more actions, and how many each has. */
  withMoreActionsThan(most: number): readonly (readonly [sid: string, count: number])[] {
    return [...this.byId]
      .map(([sid, same]) => [sid, Math.max(...same.map(({ actions }) => actions.length))] as const)
      .filter(([, count]) => count > most);
  }

  /** Every statement, repeats included. */
  get all(): readonly S[] {
    return [...this.byId.values()].flat();
  }

  /**
   * The policy document as JSON, the same text for the same statements whatever the order in which they came.
   * `Version` is always there: without it SQS keeps the provider waiting (terraform-provider-aws#24046).
   */
  json(resolve: Resolve): string {
    const sorted = [...this.byId].sort(([a], [b]) => (a < b ? -1 : 1));
    return JSON.stringify({
      Version: "2012-10-17",
      Statement: sorted.map(([sid, same]) => statementJson(sid, this.oneOf(sid, same, resolve))),
    });
  }

  private oneOf(sid: string, same: readonly S[], resolve: Resolve): S {
    const [first] = same as [S];
    const by = this.sharedBy.get(sid);
    if (by === undefined) return first;
    const all = same
      .flatMap((each) => listOf(each, by))
      .map((value) => [String(resolve(value)), value] as const);
    const distinct = [...new Map(all)].sort(([a], [b]) => (a < b ? -1 : 1));
    return withList(
      first,
      by,
      distinct.map(([, value]) => value),
    );
  }

  /**
   * The ids that stand for two different statements. Known once references can be compared: each reading of an
   * attribute is a token of its own, so two equal statements look different until they are resolved.
   */
  contradictions(resolve: Resolve): readonly string[] {
    return [...this.byId]
      .filter(([sid, same]) => {
        if (same.length === 1) return false;
        const by = this.sharedBy.get(sid);
        const compared = by === undefined ? same : same.map((each) => withList(each, by, []));
        return new Set(compared.map((each) => JSON.stringify(resolve(each)))).size > 1;
      })
      .map(([sid]) => sid);
  }
}

function listOf(
  { resources, conditions = {} }: Statement | ResourceStatement,
  by: SharedBy,
): readonly string[] {
  return by === "resources"
    ? resources
    : Object.values(conditions).flatMap(({ [by]: values = [] }) => values);
}

/** The statement with another list in the one place where it may differ. */
function withList<S extends Statement | ResourceStatement>(
  statement: S,
  by: SharedBy,
  list: readonly string[],
): S {
  if (by === "resources") return { ...statement, resources: list };
  const conditions = Object.entries(statement.conditions ?? {}).map(([operator, keys]) => [
    operator,
    by in keys ? { ...keys, [by]: oneOrMany(list) } : keys,
  ]);
  return { ...statement, conditions: Object.fromEntries(conditions) };
}

function statementJson(sid: string, statement: Statement | ResourceStatement): object {
  const resourceSide = "principal" in statement ? statement : undefined;
  return {
    Sid: sid,
    Effect: resourceSide?.effect ?? "Allow",
    Principal: resourceSide?.principal,
    Action: oneOrMany(statement.actions),
    Resource: oneOrMany(statement.resources),
    Condition: statement.conditions,
  };
}

/** AWS answers a list of one as a plain string; written that way from the start, a second plan stays empty. */
function oneOrMany(values: readonly string[]): string | readonly string[] {
  return values.length === 1 ? (values[0] as string) : values;
}

/** SQS API reference, AddPermission: the label of a statement has 80 characters at most. */
const SID_LIMIT = 80;
/** Parts of an address whose capital alone shows where they begin. `default` would read like the id `Default`. */
const SPELLED_IN_FULL = /^(?!default$)([a-z][a-z0-9]*|Default)$/;
/** The end of an id that carries a hash. */
const HASHED = /H[0-9a-f]{8}$/;

/**
 * A statement id made of words, a construct path among them: letters and digits only, which every service accepts, and
 * at most 80 of them. `sidOf("use", "test/orders")` is `UseTestOrders`.
 *
 * The words and the parts of a path are one address, `use/test/orders`. Where letters and digits cannot spell it in full,
 * such as the hyphen of `dev-orders`, the id ends in `H` and a short hash of the address: `a-b` and `a/b` stay apart.
 */
export function sidOf(...words: readonly string[]): string {
  const address = words.join("/");
  const spelled = address
    .split(/[^A-Za-z0-9]+/)
    .map((part) => part.charAt(0).toUpperCase() + part.slice(1))
    .join("");
  const inFull = address.split("/").every((part) => SPELLED_IN_FULL.test(part)) && !HASHED.test(spelled);
  if (inFull && spelled.length <= SID_LIMIT) return spelled;
  return `${spelled.slice(0, SID_LIMIT - SHORT_HASH_LENGTH - 1)}H${shortHash(address)}`;
}
