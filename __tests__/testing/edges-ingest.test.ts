import type { Construct } from "constructs";
import { example as account } from "../../modules/api/api-gateway-account/example";
import { example as restApi } from "../../modules/api/rest-api/example";
import { example, parquetExample } from "../../modules/event-processing/stream-ingest-api/example";
import { checkEdges, edgeMatchers, synthesize } from "../../testing";
import {
  mutated,
  mutationsOf,
  type PolicyChange,
  statementAt,
} from "../support/permission-mutation/mutations";

expect.extend(edgeMatchers);

const examples: readonly (readonly [string, (scope: Construct) => unknown])[] = [
  ["records as lines", example],
  ["records as Parquet, from known networks", parquetExample],
  ["the account's setting", account],
];
const synthesized = (build: (scope: Construct) => unknown) => synthesize((stack) => void build(stack));

describe.each(examples)("the edges of %s", (_, build) => {
  const stack = synthesized(build);

  /** What no fault tells of, among the changes of each policy. */
  const silentOn = (changes: readonly PolicyChange[]) =>
    changes
      .filter((change) => {
        const { unpermitted, unasked, withoutSource, withoutTls } = checkEdges({
          json: mutated(stack, change),
        });
        return [unpermitted, unasked, withoutSource, withoutTls].every((list) => list.length === 0);
      })
      .map(({ policy: { path }, sid, what }) => `${path}/${sid}: ${what}`);
  const mutations = stack.policies.flatMap(mutationsOf);

  it("are permitted, and nothing more is", () => {
    expect(stack).toPermitItsEdges();
  });

  it("are told when a statement or an action is gone, but for who is shut out, which a probe must show", () => {
    const silent = silentOn(mutations.filter(({ part }) => part !== "condition"));
    expect(silent.filter((each) => !each.endsWith("DenyFromElsewhere: without it"))).toEqual([]);
  });

  it("are told when a condition is gone, but for one that narrows what a role may do", () => {
    const silent = silentOn(mutations.filter(({ part }) => part === "condition"));
    expect(silent.filter((each) => !each.endsWith(": without StringEquals kms:ViaService"))).toEqual([]);
  });

  it("are told when an action or a resource is wider than they need", () => {
    const wider = stack.policies.flatMap((policy) =>
      policy.statements.flatMap(({ Effect, Action, Resource }, index) => {
        const at = statementAt(policy, index);
        const given = [Action].flat();
        const actions = given
          .filter((action) => !action.endsWith("*"))
          .map((action) => `${action.split(":")[0]}:*`)
          .map((all) => at(all, (each) => [{ ...each, Action: [...given, all] }]));
        if (Effect === "Deny") return [];
        const ofRole = policy.address.startsWith("aws_iam_role_policy.") && Resource !== "*";
        const isAccount = policy.address.includes("api-gateway");
        return ofRole && !isAccount ? [...actions, at("*", (each) => [{ ...each, Resource: "*" }])] : actions;
      }),
    );
    expect(wider.length).toBeGreaterThan(0);
    expect(silentOn(wider)).toEqual([]);
  });
});

describe("the edges of an API", () => {
  const kindsOf = (build: (scope: Construct) => unknown) => [
    ...new Set(checkEdges(synthesized(build)).edges.map(({ kind }) => kind)),
  ];

  it("are none to Kinesis where it calls nothing there", () => {
    expect(kindsOf(restApi).filter((kind) => kind.startsWith("API"))).toEqual([]);
  });

  const integration = {
    uri: "arn:aws:apigateway:eu-west-1:kinesis:action/PutRecord",
    request_templates: { "application/json": '{"StreamName": "${aws_kinesis_stream.s.name}"}' },
  };
  const stack = (more: object, stream: object = {}) => ({
    json: {
      provider: { aws: [{ region: "eu-west-1", allowed_account_ids: ["123456789012"] }] },
      resource: {
        aws_kinesis_stream: { s: { name: "s", ...stream } },
        aws_api_gateway_integration: { i: { ...integration, ...more } },
      },
    },
  });

  it("are unresolved where the role is elsewhere, and where the caller's own is used", () => {
    const told = (more: object) =>
      checkEdges(stack(more)).edges.map(({ kind, verdict }) => `${kind}: ${verdict}`);
    expect(told({ credentials: "arn:aws:iam::123456789012:role/elsewhere" })).toEqual([
      "API takes the role of its integration: unresolved",
      "API puts into stream by PutRecord: unresolved",
    ]);
    expect(told({})).toEqual(["API puts into stream by PutRecord: unresolved"]);
  });

  it("lead to no key where Kinesis manages it", () => {
    const kinds = checkEdges(stack({ credentials: "x" }, { kms_key_id: "alias/aws/kinesis" })).edges;
    expect(kinds.map(({ kind }) => kind)).not.toContain("API encrypts for stream by PutRecord");
  });
});

describe("the edges of a function to the API that its environment names", () => {
  const KIND = "function calls the API that its environment names";
  const arn = "${aws_api_gateway_rest_api.a.execution_arn}";
  const stack = (authorizations: readonly string[], on?: string, role = "${aws_iam_role.r.arn}") => ({
    json: {
      provider: { aws: [{ region: "eu-west-1", allowed_account_ids: ["123456789012"] }] },
      resource: {
        aws_api_gateway_rest_api: { a: { name: "a" }, "a-2": { name: "a-2" } },
        aws_api_gateway_method: Object.fromEntries(
          authorizations.map((authorization, index) => [
            `m${index}`,
            {
              rest_api_id: "${aws_api_gateway_rest_api.a.id}",
              resource_id: "${aws_api_gateway_rest_api.a.root_resource_id}",
              http_method: "GET",
              authorization,
            },
          ]),
        ),
        aws_lambda_function: {
          f: { function_name: "f", role, environment: { variables: { API: arn } } },
        },
        aws_iam_role: { r: { name: "r" } },
        ...(on === undefined
          ? {}
          : {
              aws_iam_role_policy: {
                p: {
                  role: "${aws_iam_role.r.id}",
                  policy: JSON.stringify({
                    Version: "2012-10-17",
                    Statement: { Sid: "Call", Effect: "Allow", Action: "execute-api:Invoke", Resource: on },
                  }),
                },
              },
            }),
      },
    },
  });
  const verdicts = (...given: Parameters<typeof stack>) =>
    checkEdges(stack(...given))
      .edges.filter(({ kind }) => kind === KIND)
      .map(({ verdict }) => verdict);
  const unasked = (...given: Parameters<typeof stack>) =>
    checkEdges(stack(...given)).unasked.map(({ sid, action }) => `${sid} ${action}`);

  it("want its role to call one method at least where all are signed", () => {
    expect(verdicts(["AWS_IAM", "AWS_IAM"])).toEqual(["unpermitted"]);
    expect(verdicts(["AWS_IAM"], `${arn}/live/GET/`)).toEqual(["permitted"]);
    expect(unasked(["AWS_IAM"], `${arn}/*`)).toEqual([]);
  });

  it("ask for what its role says where others need no signature, and for nothing where none does", () => {
    expect(verdicts(["AWS_IAM", "NONE"])).toEqual([]);
    expect(verdicts(["AWS_IAM", "NONE"], `${arn}/live/GET/`)).toEqual(["permitted"]);
    expect(verdicts(["NONE", "COGNITO_USER_POOLS"])).toEqual([]);
  });

  it("ask for no API whose id only begins like it", () => {
    const other = "${aws_api_gateway_rest_api.a-2.execution_arn}/live/GET/";
    expect(verdicts(["AWS_IAM"], other)).toEqual(["unpermitted"]);
    expect(unasked(["AWS_IAM"], other)).toEqual(["Call execute-api:Invoke"]);
  });

  it("are unresolved where the role is elsewhere", () => {
    expect(verdicts(["AWS_IAM"], undefined, "arn:aws:iam::123456789012:role/elsewhere")).toEqual([
      "unresolved",
    ]);
  });
});

describe("the edges of a delivery stream", () => {
  const stack = (extended: object) => ({
    json: {
      provider: { aws: [{ region: "eu-west-1", allowed_account_ids: ["123456789012"] }] },
      resource: {
        aws_kinesis_firehose_delivery_stream: { d: { name: "d", extended_s3_configuration: extended } },
        aws_s3_bucket: { b: { bucket: "b" } },
        aws_iam_role: {
          r: {
            name: "r",
            assume_role_policy: JSON.stringify({
              Version: "2012-10-17",
              Statement: {
                Effect: "Allow",
                Principal: { Service: "firehose.amazonaws.com" },
                Action: "sts:AssumeRole",
              },
            }),
          },
        },
      },
    },
  });
  const extended = { bucket_arn: "${aws_s3_bucket.b.arn}", role_arn: "${aws_iam_role.r.arn}" };

  it("say what its role lacks for its bucket, and that its trust lets anybody's delivery stream in", () => {
    const { unpermitted, withoutSource } = checkEdges(
      stack({ ...extended, prefix: "a/b=!{timestamp:yyyy}/" }),
    );
    expect(unpermitted.map(({ kind }) => kind)).toEqual([
      "delivery stream writes objects",
      "delivery stream writes what failed",
      "delivery stream looks at bucket",
    ]);
    expect(unpermitted[0]?.statement).toMatchObject({ Resource: "arn:aws:s3:::b/*" });
    expect(withoutSource).toEqual([
      { policy: "aws_iam_role.r", sid: expect.any(String), service: "firehose.amazonaws.com" },
    ]);
  });

  it("are unresolved where bucket, log group and table are elsewhere", () => {
    const { edges } = checkEdges(
      stack({
        ...extended,
        bucket_arn: "arn:aws:s3:::elsewhere",
        cloudwatch_logging_options: { enabled: true, log_group_name: "g", log_stream_name: "s" },
        data_format_conversion_configuration: {
          schema_configuration: { role_arn: extended.role_arn, database_name: "d", table_name: "t" },
        },
      }),
    );
    const unresolved = edges.filter(({ verdict }) => verdict === "unresolved").map(({ to }) => to);
    expect(new Set(unresolved)).toEqual(
      new Set(["arn:aws:s3:::elsewhere", "g", "a table of another stack", "a database of another stack"]),
    );
  });
});
