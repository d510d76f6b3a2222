import fc from "fast-check";
import {
  ACTION_PATTERNS,
  ACTIONS,
  FOREIGN,
  KEYS,
  PRINCIPALS,
  RESOURCE_PATTERNS,
  RESOURCES,
  ROLE,
  SESSION,
  USER,
  VARIABLE_PATTERNS,
} from "./iam-world";

/** A request and the policies that bear on it, as JSON for both evaluators. */
export interface Case {
  readonly request: {
    readonly principal: { readonly arn: string } | { readonly service: string };
    readonly action: string;
    readonly resource: string;
    readonly context: Readonly<Record<string, string | readonly string[]>>;
  };
  readonly policies: {
    readonly identity: readonly Document[];
    readonly resource?: Document;
    readonly boundary?: Document;
  };
}

/** A policy document. */
export interface Document {
  readonly Version: string;
  readonly Statement: readonly Statement[];
}

export interface Statement {
  readonly Effect: "Allow" | "Deny";
  readonly Principal?: unknown;
  readonly NotPrincipal?: unknown;
  readonly Action?: readonly string[];
  readonly NotAction?: readonly string[];
  readonly Resource?: readonly string[];
  readonly NotResource?: readonly string[];
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>>;
}

const oneOf = <T>(values: readonly T[]) => fc.constantFrom(...values);
const some = <T>(values: readonly T[], maxLength = 2) =>
  fc.uniqueArray(oneOf(values), { minLength: 1, maxLength });
const rarely = <T>(often: fc.Arbitrary<T>, seldom: fc.Arbitrary<T>) =>
  fc.oneof({ weight: 7, arbitrary: often }, { weight: 1, arbitrary: seldom });

const resources = fc.oneof(
  { weight: 24, arbitrary: some(RESOURCE_PATTERNS, 3) },
  { weight: 12, arbitrary: fc.constant(["*"]) },
  { weight: 1, arbitrary: some(VARIABLE_PATTERNS, 1) },
);
const actions = fc.oneof(
  { weight: 2, arbitrary: some(ACTION_PATTERNS, 3) },
  { weight: 1, arbitrary: fc.constant(["*"]) },
);

const condition = oneOf(KEYS).chain(({ key, operators, expected, several }) =>
  fc.record({
    key: fc.constantFrom(key, key.toUpperCase()),
    operator: fc
      .tuple(
        several
          ? oneOf(["ForAllValues:", "ForAnyValue:"])
          : rarely(fc.constant(""), oneOf(["ForAllValues:", "ForAnyValue:"])),
        oneOf(operators),
        fc.oneof(
          { weight: 3, arbitrary: fc.constant("") },
          { weight: 1, arbitrary: fc.constant("IfExists") },
        ),
      )
      .map((words) => words.join("")),
    values: some(expected),
  }),
);
const nullCondition = fc.record({
  key: oneOf(KEYS.filter(({ always, actual }) => !always && actual.length > 0).map(({ key }) => key)),
  operator: fc.constant("Null"),
  values: oneOf(["true", "false"]).map((value) => [value]),
});

const conditions = fc
  .oneof(
    { weight: 2, arbitrary: fc.constant([]) },
    { weight: 3, arbitrary: fc.array(rarely(condition, nullCondition), { minLength: 1, maxLength: 2 }) },
  )
  .map((all) =>
    all.length === 0
      ? {}
      : {
          Condition: Object.fromEntries(
            all.map(({ operator }) => [
              operator,
              Object.fromEntries(
                all.filter((each) => each.operator === operator).map(({ key, values }) => [key, values]),
              ),
            ]),
          ),
        },
  );

const statement = fc
  .tuple(
    fc.record({
      Effect: fc.oneof(
        { weight: 4, arbitrary: fc.constant("Allow" as const) },
        { weight: 1, arbitrary: fc.constant("Deny" as const) },
      ),
    }),
    rarely<object>(
      actions.map((Action) => ({ Action })),
      actions.map((NotAction) => ({ NotAction })),
    ),
    rarely<object>(
      resources.map((Resource) => ({ Resource })),
      resources.map((NotResource) => ({ NotResource })),
    ),
    conditions,
  )
  .map((parts) => Object.assign({}, ...parts) as Statement);

const resourceStatement = fc
  .tuple(
    statement,
    fc.oneof(
      { weight: 40, arbitrary: oneOf<unknown>(PRINCIPALS).map((Principal) => ({ Principal })) },
      { weight: 1, arbitrary: oneOf<unknown>(PRINCIPALS).map((NotPrincipal) => ({ NotPrincipal })) },
    ),
  )
  .map((parts) => Object.assign({}, ...parts) as Statement);

const documentOf = (of: fc.Arbitrary<Statement>): fc.Arbitrary<Document> =>
  fc.record({
    Version: rarely(fc.constant("2012-10-17"), fc.constant("2008-10-17")),
    Statement: fc.array(of, { minLength: 1, maxLength: 3 }),
  });

const context = fc
  .tuple(
    ...KEYS.filter(({ actual }) => actual.length > 0).map(({ key, actual, always, several }) => {
      const value: fc.Arbitrary<string | string[]> = several ? some(actual, 3) : oneOf(actual);
      const entry = value.map((each) => [key, each] as const);
      return always ? entry : fc.option(entry, { freq: 2 });
    }),
  )
  .map((entries) => Object.fromEntries(entries.filter((entry) => entry !== null)));

/** Requests and policies of a small world, so that they often meet. */
export const cases: fc.Arbitrary<Case> = fc.record({
  request: fc.record({
    principal: oneOf<Case["request"]["principal"]>([
      { arn: ROLE },
      { arn: ROLE },
      { arn: SESSION },
      { arn: USER },
      { arn: FOREIGN },
      { service: "sns.amazonaws.com" },
    ]),
    action: oneOf(ACTIONS),
    resource: oneOf(RESOURCES),
    context,
  }),
  policies: fc.record(
    {
      identity: fc.array(documentOf(statement), { maxLength: 2 }),
      resource: documentOf(resourceStatement),
      boundary: documentOf(statement),
    },
    { requiredKeys: ["identity"] },
  ),
});
