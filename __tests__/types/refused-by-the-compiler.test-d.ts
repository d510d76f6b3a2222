/**
 * What the compiler must refuse, each beside its twin that it must take. Nothing here runs: `npm run check:types` fails on a
 * twin that does not compile, and on a refusal that does not come.
 */
import type { TerraformStack } from "cdktf";
import type { BillingEnv } from "../../functions/billing/env";
import { readEnv } from "../../functions/shared/env";
import { NodeFunction, type NodeFunctionProps, type NoVariables } from "../../modules/compute";
import type { AtLeastTwo, Encryption, Facts, Grantee } from "../../modules/core";
import {
  type EventPattern,
  type EventRuleProps,
  EventRules,
  every,
  FanOut,
  type Filter,
  logGroupTarget,
  match,
  queueTarget,
  type ScheduleProps,
  type StreamIngestApiProps,
  s3ObjectEvents,
} from "../../modules/event-processing";
import type { Bucket, Table, TableProps } from "../../modules/storage";

export const twoZones: Facts["network"]["zones"] = ["eu-west-1a", "eu-west-1b"];
export const threeZones: AtLeastTwo<string> = ["eu-west-1a", "eu-west-1b", "eu-west-1c"];
// @ts-expect-error one zone is no network that outlives a zone
export const oneZone: Facts["network"]["zones"] = ["eu-west-1a"];
// @ts-expect-error nor is none
export const noZone: AtLeastTwo<string> = [];

export const lists: Filter = { attributes: { kind: ["a", 1, true, null] } };
// @ts-expect-error a bare string is no list of conditions
export const bareString: Filter = { attributes: { kind: "a" } };
// @ts-expect-error nor is one below a field of the body
export const bareNested: Filter = { body: { order: { kind: "a" } } };
// @ts-expect-error attributes are flat
export const nestedAttribute: Filter = { attributes: { order: { kind: ["a"] } } };
export const nestedField: Filter = { body: { order: { kind: ["a"] } } };

export const operators: Filter = {
  attributes: {
    kind: [{ prefix: "a" }, { suffix: "b" }, { "equals-ignore-case": "c" }, { exists: false }],
    other: [{ "anything-but": ["a"] }, { "anything-but": 1 }, { "anything-but": { prefix: "a" } }],
    total: [{ numeric: [">=", 0, "<", 9] }, { numeric: ["=", 1] }, { cidr: "10.0.0.0/8" }],
  },
};
// @ts-expect-error prefx is no operator
export const unknownOperator: Filter = { attributes: { kind: [{ prefx: "a" }] } };
// @ts-expect-error a prefix is a string
export const wrongOperand: Filter = { attributes: { kind: [{ prefix: 1 }] } };
// @ts-expect-error SNS knows no suffix in anything-but
export const anythingButSuffix: Filter = { attributes: { kind: [{ "anything-but": { suffix: "a" } }] } };
// @ts-expect-error strings or numbers, not both
export const anythingButMixed: Filter = { attributes: { kind: [{ "anything-but": ["a", 1] }] } };
// @ts-expect-error a range goes from low to high
export const downwards: Filter = { attributes: { kind: [{ numeric: ["<", 9, ">", 0] }] } };
// @ts-expect-error == is no comparison
export const wrongComparison: Filter = { attributes: { kind: [{ numeric: ["==", 9] }] } };

export const alternatives: Filter = {
  attributes: { kind: ["a"], $or: [{ total: [1] }, { region: ["eu"], $or: [{ a: [1] }, { b: [1] }] }] },
};
export const alternativesBelow: Filter = { body: { order: { $or: [{ kind: ["a"] }, { total: [1] }] } } };
// @ts-expect-error one alternative is none
export const oneAlternative: Filter = { attributes: { $or: [{ total: [1] }] } };
// @ts-expect-error an alternative is an object of names
export const alternativeValue: Filter = { attributes: { $or: ["a", "b"] } };
// @ts-expect-error a value in an alternative is a list too
export const alternativeBare: Filter = { attributes: { $or: [{ total: [1] }, { kind: "a" }] } };
// @ts-expect-error there is no $and
export const otherWord: Filter = { attributes: { $and: [{ total: [1] }, { kind: ["a"] }] } };
// @ts-expect-error alternatives stand in $or alone
export const alternativesElsewhere: Filter = { attributes: { kind: [{ total: [1] }, { region: ["eu"] }] } };

export const patterns: readonly EventPattern[] = [
  { source: ["shop"], "detail-type": [match.prefix("Order ")], account: [match.exists(true)] },
  {
    detail: {
      total: [match.numeric(">=", 0, "<", 9), 1, null],
      order: { kind: ["a", match.anythingBut("b", "c")] },
    },
  },
  { detail: { kind: ["a"], ...match.anyOf({ total: [1] }, { order: { region: ["eu"] } }) } },
  { $or: [{ source: ["a"] }, { detail: { a: [1] } }] },
  s3ObjectEvents({ bucket: { bucket: "b" }, events: ["Object Deleted"], reason: ["Lifecycle Expiration"] }),
];
// @ts-expect-error the field is detail-type
export const misspeltEnvelope: EventPattern = { detailType: ["a"] };
// @ts-expect-error a bare string is no list of values
export const bareSource: EventPattern = { source: "shop" };
// @ts-expect-error nor is one below detail
export const bareDetail: EventPattern = { detail: { order: { kind: "a" } } };
// @ts-expect-error an account is text
export const accountNumber: EventPattern = { account: [123_456_789_012] };
// @ts-expect-error and is compared as text
export const accountRange: EventPattern = { account: [match.numeric(">", 1)] };
// @ts-expect-error source has no fields
export const sourceFields: EventPattern = { source: { name: ["a"] } };
// @ts-expect-error detail holds fields
export const detailList: EventPattern = { detail: ["a"] };
// @ts-expect-error prefx is no operator
export const misspeltOperator: EventPattern = { detail: { kind: [{ prefx: "a" }] } };
// @ts-expect-error one alternative is none
export const onePattern: EventPattern = { detail: { $or: [{ total: [1] }] } };
// @ts-expect-error there is no $and
export const patternAnd: EventPattern = { detail: { $and: [{ total: [1] }, { kind: ["a"] }] } };
export const makers = (): void => {
  // @ts-expect-error texts or numbers, not both
  match.anythingBut("a", 1);
  // @ts-expect-error anything but nothing
  match.anythingBut();
  // @ts-expect-error nor but no beginning
  match.anythingBut.prefix();
  // @ts-expect-error a range goes from low to high
  match.numeric("<", 9, ">", 0);
  // @ts-expect-error == is no comparison
  match.numeric("==", 9);
  // @ts-expect-error one alternative is none
  match.anyOf({ total: [1] });
  // @ts-expect-error S3 has no such event
  s3ObjectEvents({ bucket: { bucket: "b" }, events: ["ObjectCreated"] });
  // @ts-expect-error its events tell no metadata
  s3ObjectEvents({ bucket: { bucket: "b" }, metadata: ["a"] });
};

export const grants = (table: Table, grantee: Grantee): void => {
  table.grant(grantee, "GetItem", "PutItem");
  // @ts-expect-error a grant of nothing
  table.grant(grantee);
  // @ts-expect-error no call on items
  table.grant(grantee, "DeleteTable");
};

export const environment = readEnv<BillingEnv>("billing", {
  TABLE_NAME: "required",
  IDEMPOTENCY_TABLE_NAME: "required",
});
export const tableName: string = environment.TABLE_NAME;
// @ts-expect-error IDEMPOTENCY_TABLE_NAME is missing
export const unread = readEnv<BillingEnv>("billing", { TABLE_NAME: "required" });
export const unasked = readEnv<BillingEnv>("billing", {
  TABLE_NAME: "required",
  IDEMPOTENCY_TABLE_NAME: "required",
  // @ts-expect-error OTHER is no variable of billing
  OTHER: "required",
});
// @ts-expect-error nobody read it
export const unknownVariable = environment.OTHER;

type Given = NodeFunctionProps<BillingEnv>["environment"];
export const given: Given = { TABLE_NAME: "t", IDEMPOTENCY_TABLE_NAME: "i" };
// @ts-expect-error IDEMPOTENCY_TABLE_NAME is missing
export const missing: Given = { TABLE_NAME: "t" };
// @ts-expect-error OTHER is no variable of billing
export const superfluous: Given = { TABLE_NAME: "t", IDEMPOTENCY_TABLE_NAME: "i", OTHER: "x" };
// @ts-expect-error a number is no value of an environment variable
export const wrong: Given = { TABLE_NAME: "t", IDEMPOTENCY_TABLE_NAME: 1 };
export const functions = (stack: TerraformStack): void => {
  new NodeFunction<BillingEnv>(stack, "billing", { source: "billing", environment: given });
  new NodeFunction<NoVariables>(stack, "none", { source: "billing", environment: {} });
  // @ts-expect-error whose variables are these?
  new NodeFunction(stack, "nameless", { source: "billing", environment: given });
  // @ts-expect-error none at all must be said too
  new NodeFunction(stack, "silent", { source: "billing", environment: {} });
};

export const encryptions: readonly Encryption[] = ["customer-key", "service-managed"];
// @ts-expect-error kms is none of the words
export const wrongWord: Encryption = "kms";
// @ts-expect-error an alias is no key
export const alias: TableProps["encryption"] = "alias/aws/dynamodb";

export const subscribers = (stack: TerraformStack): void => {
  const orders = new FanOut(stack, "orders", { subscribers: { billing: {}, audit: {} } });
  orders.subscribers.billing.consumeWith;
  // @ts-expect-error nobody subscribed under this name
  orders.subscribers.unknown;
};

const queue = { arn: "arn:aws:sqs:eu-west-1:123456789012:q", url: "https://q" };
const targets = { inbox: { to: queueTarget(queue) } };
export const nightly: ScheduleProps = { when: every(1, "day"), to: queueTarget(queue) };
// @ts-expect-error a schedule cannot call a log group
export const logged: ScheduleProps = { when: every(1, "day"), to: logGroupTarget() };
// @ts-expect-error a schedule knows no weeks
export const weekly = every(1, "week");
export const waiting: EventRuleProps = { pattern: { source: ["shop"] }, targets, replays: "exclude" };
// @ts-expect-error a rule waits for events or for the time, not for both
export const both: EventRuleProps = { pattern: { source: ["shop"] }, schedule: every(1, "day"), targets };
// @ts-expect-error the state of patterns is refused on a schedule
export const clocked: EventRuleProps = {
  schedule: every(1, "day"),
  targets,
  state: "enabled-with-all-management-events",
};
export const rules = (stack: TerraformStack): void => {
  const orders = new EventRules(stack, "rules", { rules: { paid: waiting } });
  orders.rules.paid.rule;
  // @ts-expect-error there is no rule of this name
  orders.rules.unknown;
};

export const open = (bucket: Bucket): StreamIngestApiProps => ({ bucket, authorization: "none" });
// @ts-expect-error who may put records is said, also where everybody may
export const silent = (bucket: Bucket): StreamIngestApiProps => ({ bucket });
// @ts-expect-error nor is nothing a way to say it
export const nobody = (bucket: Bucket): StreamIngestApiProps => ({ bucket, authorization: undefined });
// @ts-expect-error and there are no others than iam, none and a user pool
export const jwt = (bucket: Bucket): StreamIngestApiProps => ({ bucket, authorization: "jwt" });
