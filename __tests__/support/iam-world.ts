/** The small world of generated requests and policies: few principals, resources, actions and keys, so that they often meet. */

const HERE = "111111111111";
const THERE = "222222222222";
export const ROLE = `arn:aws:iam::${HERE}:role/teams/orders/worker`;
export const SESSION = `arn:aws:sts::${HERE}:assumed-role/worker/now`;
export const USER = `arn:aws:iam::${HERE}:user/eve`;
export const FOREIGN = `arn:aws:iam::${THERE}:role/worker`;

export const RESOURCES = [
  `arn:aws:sqs:eu-west-1:${HERE}:orders`,
  `arn:aws:sqs:eu-west-1:${THERE}:orders`,
  `arn:aws:logs:eu-west-1:${HERE}:log-group:orders:log-stream:a`,
  "arn:aws:s3:::bucket/Key",
  `arn:aws:kms:eu-west-1:${HERE}:key/1`,
];
export const RESOURCE_PATTERNS = [
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
export const VARIABLE_PATTERNS = [
  "arn:aws:s3:::bucket/${aws:PrincipalAccount}",
  "arn:aws:s3:::bucket/${aws:nobody, 'Key'}",
];
export const ACTIONS = [
  "sqs:SendMessage",
  "SQS:sendmessage",
  "sqs:ReceiveMessage",
  "s3:GetObject",
  "kms:Decrypt",
];
export const ACTION_PATTERNS = [...ACTIONS, "*", "sqs:*", "*:*", "sqs:Send*", "s3:Get?bject", "k*:Decrypt"];

/** Keys that a request may have, with values for the request and for conditions: the right kind for the operators. */
export const KEYS: readonly {
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

export const PRINCIPALS = [
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
