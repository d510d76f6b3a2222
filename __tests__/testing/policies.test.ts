import { decide, type Policies, type Request, readPolicy } from "../../testing";

type Context = NonNullable<Request["context"]>;

/**
 * What AWS's documents say and no second evaluator confirms; all the rest is held against one in
 * `__tests__/policy/evaluator.test.ts`.
 */
const ACCOUNT = "111111111111";
const ROLE = `arn:aws:iam::${ACCOUNT}:role/teams/worker`;
const QUEUE = `arn:aws:sqs:eu-west-1:${ACCOUNT}:orders`;

const allow = (more: object, version = "2012-10-17") =>
  readPolicy({
    Version: version,
    Statement: { Sid: "Allow", Effect: "Allow", Action: "sqs:SendMessage", Resource: "*", ...more },
  });
const outcome = (
  policies: Policies,
  { arn = ROLE, resource = QUEUE, context }: { arn?: string; resource?: string; context?: Context } = {},
) => decide({ principal: { arn }, action: "sqs:SendMessage", resource, context }, policies).outcome;
const underCondition = (condition: object, context: Context, version?: string) =>
  outcome({ identity: [allow({ Condition: condition }, version)] }, { context });

describe("a policy's variables", () => {
  const own = { StringLike: { "s3:prefix": "home/${aws:username}*" } };

  it("take their value from the request, whatever the case of their name", () => {
    expect(underCondition(own, { "s3:prefix": "home/eve/x", "AWS:UserName": "eve" })).toBe("allowed");
    expect(underCondition(own, { "s3:prefix": "home/bob/x", "aws:username": "eve" })).toBe("not allowed");
  });

  it("hold text and no wildcard, also where their value looks like one", () => {
    expect(underCondition(own, { "s3:prefix": "home/bob", "aws:username": "*" })).toBe("not allowed");
    expect(underCondition(own, { "s3:prefix": "home/*/x", "aws:username": "*" })).toBe("allowed");
  });

  it("fall back to their default, and without one meet nothing, not even negated", () => {
    const byDefault = { StringEquals: { "s3:prefix": "${aws:username, 'nobody'}" } };
    expect(underCondition(byDefault, { "s3:prefix": "nobody" })).toBe("allowed");
    const without = { StringNotEquals: { "s3:prefix": "${aws:username}" } };
    expect(underCondition(without, { "s3:prefix": "eve" })).toBe("not allowed");
  });

  it("write a sign that would otherwise be a wildcard", () => {
    const sign = { StringLike: { "s3:prefix": "a${*}b${?}${$}" } };
    expect(underCondition(sign, { "s3:prefix": "a*b?$" })).toBe("allowed");
    expect(underCondition(sign, { "s3:prefix": "axxb?$" })).toBe("not allowed");
  });

  it("are plain text in a policy of the older version, and in a number", () => {
    const text = { StringEquals: { "s3:prefix": "${aws:username}" } };
    expect(
      underCondition(text, { "s3:prefix": "${aws:username}", "aws:username": "eve" }, "2008-10-17"),
    ).toBe("allowed");
    const number = { NumericEquals: { "s3:max-keys": "${aws:username}" } };
    expect(underCondition(number, { "s3:max-keys": "1", "aws:username": "1" })).toBe("not allowed");
  });

  it("stand in a resource too, and a colon in their value begins no new part of it", () => {
    const own = { identity: [allow({ Resource: `arn:aws:sqs:*:${ACCOUNT}:\${aws:username}-*` })] };
    expect(outcome(own, { resource: `${QUEUE}-x`, context: { "aws:username": "orders" } })).toBe("allowed");
    expect(outcome(own, { resource: `${QUEUE}-x`, context: { "aws:username": "*" } })).toBe("not allowed");
  });
});

describe("the parts of an ARN", () => {
  const like = (pattern: string, actual: string) =>
    underCondition({ ArnLike: { "aws:SourceArn": pattern } }, { "aws:SourceArn": actual });

  it("are compared one by one in a condition, the last with all its colons", () => {
    expect(like("arn:aws:sns:*:1:t", "arn:aws:sns:eu-west-1:1:t")).toBe("allowed");
    expect(like("arn:aws:sns:*:t", "arn:aws:sns:eu-west-1:1:t")).toBe("not allowed");
    expect(like("arn:aws:logs:*:1:log-group:a:*", "arn:aws:logs:eu-west-1:1:log-group:a:log-stream:b")).toBe(
      "allowed",
    );
  });

  it("hold a wildcard of a resource unless it ends one of them", () => {
    const at = (Resource: string) => outcome({ identity: [allow({ Resource })] });
    expect(at("arn:aws:sqs:*")).toBe("allowed");
    expect(at(`arn:aws:sqs:eu*1:${ACCOUNT}:orders`)).toBe("allowed");
    expect(at(`arn:aws:s*1:${ACCOUNT}:orders:x`)).toBe("not allowed");
    const stream = `arn:aws:logs:eu-west-1:${ACCOUNT}:log-group:a:b:c`;
    const crossing = allow({ Resource: `arn:aws:l*1:${ACCOUNT}:log-group:a:*` });
    expect(outcome({ identity: [crossing] }, { resource: stream })).toBe("not allowed");
  });
});

describe("a resource's policy", () => {
  const named = (Principal: unknown) => allow({ Principal });

  it("names a principal whole", () => {
    expect(outcome({ resource: named({ AWS: ROLE }) })).toBe("allowed");
    expect(outcome({ resource: named({ AWS: `arn:aws:iam::${ACCOUNT}:role/teams/*` }) })).toBe("not allowed");
    expect(outcome({ resource: named(ROLE) })).toBe("allowed");
  });

  it("names a role's sessions by the role, whose path they do not show", () => {
    const session = `arn:aws:sts::${ACCOUNT}:assumed-role/worker/now`;
    expect(outcome({ resource: named({ AWS: ROLE }) }, { arn: session })).toBe("allowed");
    const byArn = allow({
      Principal: "*",
      Condition: { ArnLike: { "aws:PrincipalArn": ROLE.replace("teams/", "") } },
    });
    expect(outcome({ resource: byArn }, { arn: session })).toBe("allowed");
  });

  it("spares those whom NotPrincipal names, and no other", () => {
    const denied = readPolicy({
      Statement: { Effect: "Deny", NotPrincipal: { AWS: ROLE }, Action: "*", Resource: "*" },
    });
    const identity = [allow({})];
    expect(outcome({ identity, resource: denied })).toBe("allowed");
    expect(outcome({ identity, resource: denied }, { arn: `${ROLE}2` })).toBe("denied");
  });

  it("judges a service alone, whom everybody includes", () => {
    const request = {
      principal: { service: "sns.amazonaws.com" },
      action: "sqs:SendMessage",
      resource: QUEUE,
    };
    expect(decide(request, { resource: named("*") }).outcome).toBe("allowed");
    expect(decide(request, { resource: named({ Service: "s3.amazonaws.com" }) }).outcome).toBe("not allowed");
    const denial = readPolicy({ Statement: { Effect: "Deny", Action: "*", Resource: "*" } });
    expect(
      decide(request, {
        identity: [denial],
        boundary: denial,
        resource: named({ Service: "sns.amazonaws.com" }),
      }).outcome,
    ).toBe("allowed");
  });

  it("is asked across accounts beside the identity's, and owns what has no account in its ARN", () => {
    const foreign = "arn:aws:iam::222222222222:role/worker";
    expect(outcome({ identity: [allow({})] }, { arn: foreign })).toBe("not allowed");
    expect(
      outcome({ identity: [allow({})], resource: named({ AWS: "222222222222" }) }, { arn: foreign }),
    ).toBe("allowed");
    const bucket = "arn:aws:s3:::bucket";
    expect(outcome({ identity: [allow({})], resourceAccount: "222222222222" }, { resource: bucket })).toBe(
      "not allowed",
    );
  });

  it("of a role, its trust, must agree, and says nothing of a resource", () => {
    const assume = { principal: { arn: ROLE }, action: "sts:AssumeRole", resource: `${ROLE}2` };
    const identity = [allow({ Action: "sts:AssumeRole" })];
    const trust = readPolicy({
      Statement: { Effect: "Allow", Principal: { AWS: ACCOUNT }, Action: "sts:AssumeRole" },
    });
    expect(decide(assume, { identity }).outcome).toBe("not allowed");
    expect(decide(assume, { identity, resource: trust }).outcome).toBe("allowed");
  });
});

describe("a decision", () => {
  it("says which statement denied, or on which side one is missing", () => {
    const request = {
      principal: { arn: ROLE },
      action: "kms:Decrypt",
      resource: "arn:aws:kms:eu-west-1:111111111111:key/1",
    };
    const policy = (Effect: string, more: object = {}) =>
      readPolicy({ Statement: { Sid: Effect, Effect, Action: "kms:*", Resource: "*", ...more } });
    const identity = [policy("Allow")];
    expect(decide(request, {})).toEqual({ outcome: "not allowed", missing: "identity" });
    expect(decide(request, { identity })).toEqual({ outcome: "not allowed", missing: "resource" });
    const resource = policy("Allow", { Principal: { AWS: ACCOUNT } });
    expect(decide(request, { identity, resource })).toEqual({
      outcome: "allowed",
      by: [
        { side: "identity", sid: "Allow" },
        { side: "resource", sid: "Allow" },
      ],
    });
    const boundary = readPolicy({ Statement: [] });
    expect(decide(request, { identity, resource, boundary })).toEqual({
      outcome: "not allowed",
      missing: "boundary",
    });
    expect(decide(request, { identity: [...identity, policy("Deny")], resource })).toEqual({
      outcome: "denied",
      by: { side: "identity", sid: "Deny" },
    });
  });

  it("rejects a document that is none, saying which statement", () => {
    expect(() => readPolicy("{")).toThrow(SyntaxError);
    expect(() => readPolicy({ Statement: [{ Sid: "A", Effect: "allow" }] })).toThrow(
      'statement #0 "A": Effect must be Allow or Deny, got "allow"',
    );
  });

  it("is met by no unknown operator, and by a plain one on one value only", () => {
    expect(underCondition({ StringAlmost: { a: "b" } }, { a: "b" })).toBe("not allowed");
    expect(underCondition({ StringEquals: { a: "b" } }, { a: ["b", "c"] })).toBe("not allowed");
    expect(underCondition({ NumericEquals: { a: "b" } }, { a: "b" })).toBe("not allowed");
    expect(underCondition({ NumericNotEquals: { a: "b" } }, { a: "b" })).toBe("not allowed");
    expect(underCondition({ IpAddress: { a: "::/0" } }, { a: "10.0.0.1" })).toBe("not allowed");
    expect(underCondition({ NotIpAddress: { a: "::/0" } }, { a: "10.0.0.1" })).toBe("allowed");
  });
});
