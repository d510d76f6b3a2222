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
  readonly principal: "*" | { readonly Service: string } | { readonly AWS: string | readonly string[] };
}

/** What a policy collects under each statement id (Sid). The id says what the statement is for. */
export class Statements<S extends Statement | ResourceStatement> {
  private readonly byId = new Map<string, S[]>();

  /** Adds a statement. The same one twice is one: two patterns, or two calls, may ask for it independently. */
  add(sid: string, statement: S): void {
    this.byId.set(sid, [...(this.byId.get(sid) ?? []), statement]);
  }

  /** Every statement, repeats included. */
  get all(): readonly S[] {
    return [...this.byId.values()].flat();
  }

  /**
   * The policy document as JSON, the same text for the same statements whatever the order in which they came.
   * `Version` is always there: without it SQS keeps the provider waiting (terraform-provider-aws#24046).
   */
  get json(): string {
    const sorted = [...this.byId].sort(([a], [b]) => (a < b ? -1 : 1));
    return JSON.stringify({
      Version: "2012-10-17",
      Statement: sorted.map(([sid, [statement]]) => statementJson(sid, statement as S)),
    });
  }

  /**
   * The ids that stand for two different statements. Known once references can be compared: each reading of an
   * attribute is a token of its own, so two equal statements look different until they are resolved.
   */
  contradictions(resolve: (value: unknown) => unknown): readonly string[] {
    return [...this.byId]
      .filter(([, same]) => new Set(same.map((each) => JSON.stringify(resolve(each)))).size > 1)
      .map(([sid]) => sid);
  }
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

/** A statement id made of words: letters and digits only, which every service accepts. */
export function sidOf(...words: readonly string[]): string {
  return words
    .flatMap((word) => word.split(/[^A-Za-z0-9]+/))
    .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
    .join("");
}
