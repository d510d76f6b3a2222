import fc from "fast-check";

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

const HERE = "111111111111";
const THERE = "222222222222";
const ROLE = `arn:aws:iam::${HERE}:role/teams/orders/worker`;
const SESSION = `arn:aws:sts::${HERE}:assumed-role/worker/now`;
const USER = `arn:aws:iam::${HERE}:user/eve`;
const FOREIGN = `arn:aws:iam::${THERE}:role/worker`;

const RESOURCES = [
  `arn:aws:sqs:eu-west-1:${HERE}:orders`,
  `arn:aws:sqs:eu-west-1:${THERE}:orders`,
  `arn:aws:logs:eu-west-1:${HERE}:log-group:orders:log-stream:a`,
  "arn:aws:s3:::bucket/Key",
  `arn:aws:kms:eu-west-1:${HERE}:key/1`,
];
const RESOURCE_PATTERNS = [
  ...RESOURCES,
  "*",
  `arn:aws:sqs:eu-west-?:${HERE}:*`,
  "arn:aws:sqs:*",
  "arn:aws:*:orders",
  `arn:aws:l*1:${HERE}:log-group:orders:*`,
  `arn:aws:logs:eu-west-1:${HERE}:log-group:*`,
  `arn:aws:logs:eu-west-1:${HERE}:*:log-stream:?`,
  "arn:aws:s3:::bucket/*",
  "arn:aws:s3:::bucket/key",
];
const VARIABLE_PATTERNS = [
  "arn:aws:s3:::bucket/${aws:PrincipalAccount}",
  "arn:aws:s3:::bucket/${aws:nobody, 'Key'}",
];
const ACTIONS = ["sqs:SendMessage", "SQS:sendmessage", "sqs:ReceiveMessage", "s3:GetObject", "kms:Decrypt"];
const ACTION_PATTERNS = [...ACTIONS, "*", "sqs:*", "*:*", "sqs:Send*", "s3:Get?bject", "k*:Decrypt"];

/** Keys that a request may have, with values for the request and for conditions: the right kind for the operators. */
const KEYS: readonly {
  readonly key: string;
  readonly operators: readonly string[];
  readonly actual: readonly string[];
  readonly expected: readonly string[];
  /** In every request: the oracle always has one. */
  readonly always?: boolean;
  readonly several?: boolean;
}[] = [
  {
    key: "aws:SourceArn",
    operators: [
      "ArnEquals",
      "ArnLike",
      "ArnNotEquals",
      "ArnNotLike",
      "StringEquals",
      "StringLike",
      "StringNotLike",
    ],
    actual: [
      `arn:aws:sns:eu-west-1:${HERE}:orders`,
      `arn:aws:sns:eu-west-1:${THERE}:orders`,
      "arn:aws:s3:::bucket",
    ],
    expected: [
      `arn:aws:sns:eu-west-1:${HERE}:orders`,
      `arn:aws:sns:*:${HERE}:*`,
      "arn:aws:sns:*:orders",
      "arn:aws:s3:::b?cket",
      "arn:*:sns:*:*:*",
    ],
  },
  {
    key: "aws:SourceAccount",
    operators: [
      "StringEquals",
      "StringNotEquals",
      "StringLike",
      "StringEqualsIgnoreCase",
      "NumericEquals",
      "NumericNotEquals",
    ],
    actual: [HERE, THERE],
    expected: [HERE, THERE, "333333333333"],
  },
  {
    key: "kms:ViaService",
    operators: [
      "StringEquals",
      "StringNotEquals",
      "StringEqualsIgnoreCase",
      "StringNotEqualsIgnoreCase",
      "StringLike",
      "StringNotLike",
      "BinaryEquals",
    ],
    actual: ["sqs.eu-west-1.amazonaws.com", "SQS.eu-west-1.amazonaws.com", ""],
    expected: [
      "sqs.eu-west-1.amazonaws.com",
      "sqs.*.amazonaws.com",
      "s?s*",
      "SQS.eu-west-1.amazonaws.com",
      "*",
    ],
  },
  {
    key: "aws:SecureTransport",
    operators: ["Bool"],
    actual: ["true", "false"],
    expected: ["true", "false", "True"],
    always: true,
  },
  {
    key: "aws:SourceIp",
    operators: ["IpAddress", "NotIpAddress"],
    actual: ["10.1.2.3", "192.0.2.7", "2001:db8::1"],
    expected: ["10.0.0.0/8", "10.1.2.3", "192.0.2.0/24", "2001:db8::/32", "0.0.0.0/0"],
    always: true,
  },
  {
    key: "s3:max-keys",
    operators: [
      "NumericEquals",
      "NumericNotEquals",
      "NumericLessThan",
      "NumericLessThanEquals",
      "NumericGreaterThan",
      "NumericGreaterThanEquals",
    ],
    actual: ["9", "10", "10.0", "-1"],
    expected: ["10", "9.5", "-1"],
  },
  {
    key: "aws:TokenIssueTime",
    operators: [
      "DateEquals",
      "DateNotEquals",
      "DateLessThan",
      "DateLessThanEquals",
      "DateGreaterThan",
      "DateGreaterThanEquals",
    ],
    actual: ["2020-01-01T00:00:00Z", "2024-05-06T07:08:09Z"],
    expected: ["2020-01-01T00:00:00Z", "2020-01-01T01:00:00+01:00", "1577836800", "2022-02-02T02:02:02Z"],
  },
  {
    key: "aws:TagKeys",
    operators: ["StringEquals", "StringNotEquals", "StringLike", "StringNotLike", "StringEqualsIgnoreCase"],
    actual: ["team", "Team", "cost", ""],
    expected: ["team", "cost", "te*"],
    several: true,
  },
  {
    key: "aws:PrincipalArn",
    operators: ["ArnLike", "ArnNotEquals", "StringEquals"],
    actual: [],
    expected: [ROLE, `arn:aws:iam::${HERE}:*`, USER],
  },
];

const PRINCIPALS = [
  "*",
  { AWS: "*" },
  { AWS: HERE },
  { AWS: `arn:aws:iam::${HERE}:root` },
  { AWS: `arn:aws:iam::${THERE}:root` },
  { AWS: ROLE },
  { AWS: [USER, FOREIGN] },
  { AWS: SESSION },
  { AWS: `arn:aws:iam::${HERE}:role/teams/orders/*` },
  { Service: "sns.amazonaws.com" },
  { Service: ["events.amazonaws.com", "sns.amazonaws.com"], AWS: ROLE },
  { Federated: "accounts.example.com" },
];

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
