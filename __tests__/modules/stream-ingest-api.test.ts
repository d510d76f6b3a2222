import { ApiGatewayApiKey } from "@cdktf/provider-aws/lib/api-gateway-api-key";
import { ApiGatewayAuthorizer } from "@cdktf/provider-aws/lib/api-gateway-authorizer";
import { ApiGatewayIntegration } from "@cdktf/provider-aws/lib/api-gateway-integration";
import { ApiGatewayIntegrationResponse } from "@cdktf/provider-aws/lib/api-gateway-integration-response";
import { ApiGatewayMethod } from "@cdktf/provider-aws/lib/api-gateway-method";
import { ApiGatewayMethodSettings } from "@cdktf/provider-aws/lib/api-gateway-method-settings";
import { ApiGatewayModel } from "@cdktf/provider-aws/lib/api-gateway-model";
import { ApiGatewayRestApi } from "@cdktf/provider-aws/lib/api-gateway-rest-api";
import { ApiGatewayRestApiPolicy } from "@cdktf/provider-aws/lib/api-gateway-rest-api-policy";
import { ApiGatewayStage } from "@cdktf/provider-aws/lib/api-gateway-stage";
import { ApiGatewayUsagePlan } from "@cdktf/provider-aws/lib/api-gateway-usage-plan";
import { CloudwatchLogGroup } from "@cdktf/provider-aws/lib/cloudwatch-log-group";
import { CloudwatchLogStream } from "@cdktf/provider-aws/lib/cloudwatch-log-stream";
import { CloudwatchMetricAlarm } from "@cdktf/provider-aws/lib/cloudwatch-metric-alarm";
import { GlueCatalogDatabase } from "@cdktf/provider-aws/lib/glue-catalog-database";
import { GlueCatalogTable } from "@cdktf/provider-aws/lib/glue-catalog-table";
import { IamRole } from "@cdktf/provider-aws/lib/iam-role";
import { IamRolePolicy } from "@cdktf/provider-aws/lib/iam-role-policy";
import { KinesisFirehoseDeliveryStream } from "@cdktf/provider-aws/lib/kinesis-firehose-delivery-stream";
import { KinesisStream } from "@cdktf/provider-aws/lib/kinesis-stream";
import { KmsKey } from "@cdktf/provider-aws/lib/kms-key";
import { LambdaEventSourceMapping } from "@cdktf/provider-aws/lib/lambda-event-source-mapping";
import { S3BucketPolicy } from "@cdktf/provider-aws/lib/s3-bucket-policy";
import Ajv from "ajv-draft-04";
import { type TerraformStack, Token } from "cdktf";
import fc from "fast-check";
import type { JsonSchema } from "../../modules/api";
import { NodeFunction } from "../../modules/compute";
import { type Encryption, type Facts, ServiceRole } from "../../modules/core";
import { StreamConsumer, StreamIngestApi, type StreamIngestApiProps } from "../../modules/event-processing";
import { Bucket } from "../../modules/storage";
import {
  checkEdges,
  decide,
  edgeMatchers,
  readPolicy,
  type Synthesized,
  statementsOf,
  synthesize,
} from "../../testing";
import { type Message, renderTemplate } from "../support/api-gateway/mapping-template";
import { someHandler } from "../support/some-handler";

expect.extend(edgeMatchers);

const UNKNOWN = Token.asString({ resolve: () => "${var.x}" });
const UNKNOWN_NUMBER = Token.asNumber({ resolve: () => "${var.n}" });

type Props = Partial<StreamIngestApiProps>;

const made = (
  props: Props = {},
  also: (ingest: StreamIngestApi, stack: TerraformStack) => void = () => undefined,
  facts: Partial<Facts> = {},
) =>
  synthesize((stack) => {
    const bucket = new Bucket(stack, "lake");
    const given = { authorization: "none", bucket, ...props } as StreamIngestApiProps;
    also(new StreamIngestApi(stack, "clicks", given), stack);
  }, facts);

const methodsOf = (result: Synthesized) =>
  ["record", "records"].map((path) => result.at(`clicks/api/root/${path}/post`, ApiGatewayMethod));

const PARQUET = { format: "parquet", columns: { id: "string" } } as const;

/** The templates of a method, as they stand in the stack, the stream's name filled in. */
function templatesOf(method: "record" | "records", props: Props = {}) {
  const result = made(props);
  const path = `clicks/api/root/${method}/post`;
  const { request_templates } = result.at(`${path}/integration`, ApiGatewayIntegration);
  const request = request_templates["application/json"] ?? "";
  const response = (status: number) =>
    result.at(`${path}/integration-response-${status}`, ApiGatewayIntegrationResponse);
  return {
    put: (message: Message) =>
      JSON.parse(
        renderTemplate(request.replace(/\$\{aws_kinesis_stream\.\w+\.name\}/, "the-stream"), message).text,
      ),
    /** What the caller gets for what Kinesis answered. */
    answer: (status: number, body: unknown, context = { requestId: "r-1" }) => {
      const all = [200, 400, 502].map(response);
      const chosen =
        all.find(
          (each) => each.selection_pattern && new RegExp(`^${each.selection_pattern}$`).test(String(status)),
        ) ?? all[0];
      const template = chosen?.response_templates["application/json"] ?? "";
      const { text, override } = renderTemplate(template, { body: JSON.stringify(body), context });
      const declared = /response-(\d+)$/.exec(chosen?.["//"].metadata.path ?? "")?.[1];
      return { status: override.status ?? Number(declared), body: JSON.parse(text) };
    },
  };
}

const decoded = (data: string) => Buffer.from(data, "base64").toString("utf8");
/** What JSON makes of a value: `-0` is 0. */
const asJson = (value: unknown) => JSON.parse(JSON.stringify(value));

describe("what a request becomes on its way to the stream", () => {
  const { put } = templatesOf("record");
  const many = templatesOf("records").put;
  const context = { requestId: "r-1" };

  it("is a call to Kinesis, whose decoded record equals the request's data, whatever that holds", () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string({ unit: "grapheme" }), fc.jsonValue()), (data) => {
        const call = put({ body: JSON.stringify({ data }), context });
        expect(Object.keys(call)).toEqual(["StreamName", "Data", "PartitionKey"]);
        expect(call).toMatchObject({ StreamName: "the-stream", PartitionKey: "r-1" });
        expect(JSON.parse(decoded(call.Data))).toEqual(asJson(data));
      }),
    );
  });

  it.each([
    ["quotes of both kinds", `it's "so"`],
    ["backslashes", "a\\b\\\\c\\"],
    ["line ends and control characters", "a\r\nb\u0000\u001f\u007f\u2028\u2029"],
    ["letters beyond the first plane", "🧀 𝔘𝔫𝔦 é e\u0301"],
    ["half a letter", "\ud83e"],
    ["bytes in a text", Buffer.from([0, 255, 128, 10, 39, 34]).toString("latin1")],
    ["words of the template language", "$input.json('$') #set($x = 1) #end ${x} $$ ##"],
    ["words of Terraform", "%{ if true } ${aws_s3_bucket.x.arn}"],
    ["numbers", [0, -1.5, 1e21, 1e-7, Number.MAX_SAFE_INTEGER]],
    ["what is not there", { a: null, b: false, c: [], d: {}, "": "" }],
  ])("keeps %s as they are", (_, value) => {
    const data = { value, deep: [[{ [String(value).slice(0, 9)]: value }]] };
    expect(JSON.parse(decoded(put({ body: JSON.stringify({ data }), context }).Data))).toEqual(asJson(data));
    const call = many({
      body: JSON.stringify({ records: [{ data }, { data: { other: 1 } }, { data }] }),
      context,
    });
    expect(call.Records.map(({ Data }: { Data: string }) => JSON.parse(decoded(Data)))).toEqual(
      asJson([data, { other: 1 }, data]),
    );
  });

  it("keeps the number and the order of many records, and spreads them by their index", () => {
    const records = [...Array(500).keys()].map((index) => ({ data: { index } }));
    const call = many({ body: JSON.stringify({ records }), context });
    expect(call.StreamName).toBe("the-stream");
    expect(call.Records.map(({ Data }: { Data: string }) => JSON.parse(decoded(Data)).index)).toEqual([
      ...Array(500).keys(),
    ]);
    const keys = call.Records.map(({ PartitionKey }: { PartitionKey: string }) => PartitionKey);
    expect(new Set(keys).size).toBe(500);
    expect(keys[1]).toBe("r-1:1");
  });

  it("takes the place among the shards from a field, however deep, whatever it holds", () => {
    const one = templatesOf("record", { partitionKey: { field: "order.id" } }).put;
    const several = templatesOf("records", { partitionKey: { field: "order.id" } }).put;
    fc.assert(
      fc.property(fc.string({ unit: "grapheme", minLength: 1 }), (id) => {
        const record = { data: { order: { id } } };
        expect(one({ body: JSON.stringify(record), context }).PartitionKey).toBe(id);
        const call = several({
          body: JSON.stringify({ records: [{ data: { order: { id: "x" } } }, record] }),
          context,
        });
        expect(call.Records.map(({ PartitionKey }: { PartitionKey: string }) => PartitionKey)).toEqual([
          "x",
          id,
        ]);
      }),
      { numRuns: 50 },
    );
  });

  it("is the text itself where a record is a text", () => {
    const record = { type: "string" } as const;
    const [one, several] = [templatesOf("record", { record }).put, templatesOf("records", { record }).put];
    fc.assert(
      fc.property(fc.string({ unit: "grapheme" }), (data) => {
        expect(decoded(one({ body: JSON.stringify({ data }), context }).Data)).toBe(data);
        const call = several({ body: JSON.stringify({ records: [{ data: "first" }, { data }] }), context });
        expect(call.Records.map(({ Data }: { Data: string }) => decoded(Data))).toEqual(["first", data]);
      }),
      { numRuns: 50 },
    );
  });
});

describe("what the caller gets for the answer of Kinesis", () => {
  const { answer } = templatesOf("record");
  const several = templatesOf("records").answer;
  const put = { ShardId: "shardId-000000000001", SequenceNumber: "495" };

  it("is where the record is", () => {
    expect(answer(200, put)).toEqual({
      status: 200,
      body: { shardId: "shardId-000000000001", sequenceNumber: "495" },
    });
  });

  it("is where each of many records is", () => {
    expect(several(200, { FailedRecordCount: 0, Records: [put, { ...put, ErrorCode: null }] })).toEqual({
      status: 200,
      body: {
        failed: 0,
        records: [put, put].map(() => ({ shardId: "shardId-000000000001", sequenceNumber: "495" })),
      },
    });
  });

  it("is 207 where some were not taken, each in its place, without what tells of the account", () => {
    const refused = {
      ErrorCode: "ProvisionedThroughputExceededException",
      ErrorMessage: `Rate exceeded for shard "0" in stream it's under account 123456789012.`,
    };
    const { status, body } = several(200, { FailedRecordCount: 2, Records: [refused, put, refused] });
    expect(status).toBe(207);
    expect(body).toEqual({
      failed: 2,
      records: [
        { error: "ProvisionedThroughputExceededException" },
        { shardId: "shardId-000000000001", sequenceNumber: "495" },
        { error: "ProvisionedThroughputExceededException" },
      ],
    });
  });

  it.each([
    ["ProvisionedThroughputExceededException", 429],
    ["KMSThrottlingException", 429],
    ["ThrottlingException", 429],
    ["LimitExceededException", 429],
    ["InvalidArgumentException", 400],
    ["ValidationException", 400],
    ["SerializationException", 400],
    ["ResourceNotFoundException", 500],
    ["AccessDeniedException", 500],
    ["KMSAccessDeniedException", 500],
    ["KMSDisabledException", 500],
  ])("is, for 400 %s, %i and never 200", (__type, status) => {
    for (const each of [answer, several]) {
      const given = each(400, { __type, message: `it's of "account" 123456789012` });
      expect(given.status).toBe(status);
      expect(given.body).toEqual({ message: expect.any(String), requestId: "r-1" });
      expect(JSON.stringify(given.body)).not.toMatch(/account|\d{12}/);
    }
  });

  it("is 500 where Kinesis does not say what is wrong", () => {
    expect(answer(400, {}).status).toBe(500);
    expect(answer(403, { message: "Forbidden" }).status).toBe(500);
  });

  it.each([500, 503])("is 502 where Kinesis answers %i", (status) => {
    expect(answer(status, { __type: "InternalFailure" })).toEqual({
      status: 502,
      body: { message: expect.any(String), requestId: "r-1" },
    });
  });
});

describe("what a request may hold", () => {
  const schemaOf = (method: "record" | "records", props: Props = {}) =>
    JSON.parse(made(props).at(`clicks/api/root/${method}/post/model`, ApiGatewayModel).schema);
  const validator = (method: "record" | "records", props?: Props) => {
    const { $schema, ...schema } = schemaOf(method, props);
    expect($schema).toBe("http://json-schema.org/draft-04/schema#");
    return new Ajv({ allowUnionTypes: true }).compile(schema);
  };

  it("is an object as data, and nothing beside", () => {
    const valid = validator("record");
    expect(valid({ data: {} })).toBe(true);
    for (const body of [{}, { data: 1 }, { data: "x" }, { data: [] }, { data: {}, more: 1 }, [], null]) {
      expect([body, valid(body)]).toEqual([body, false]);
    }
  });

  it("is 1 to 500 records, as many as Kinesis takes at once", () => {
    const valid = validator("records");
    const of = (count: number) => ({ records: Array(count).fill({ data: {} }) });
    expect([0, 1, 500, 501].map((count) => valid(of(count)))).toEqual([false, true, true, false]);
    expect(valid({ records: [{ data: {} }, { data: 1 }] })).toBe(false);
  });

  it("is what the schema of a record says", () => {
    const record = { type: "object", required: ["id"], properties: { id: { type: "integer" } } } as const;
    const valid = validator("record", { record });
    expect([{ id: 1 }, { id: "1" }, {}].map((data) => valid({ data }))).toEqual([true, false, false]);
  });

  it("has the field that decides on the shard, a text of 1 to 256 characters", () => {
    const valid = validator("record", { partitionKey: { field: "order.id" } });
    const of = (id: unknown) => valid({ data: { order: { id } } });
    expect(["x", "x".repeat(256), "", "x".repeat(257), 1, undefined].map(of)).toEqual([
      true,
      true,
      false,
      false,
      false,
      false,
    ]);
    expect(valid({ data: {} })).toBe(false);
  });

  it("has the fields of the partitions, none of which leads into another prefix", () => {
    const valid = validator("record", {
      partitionBy: { site: "site.name" },
      partitionKey: { field: "device" },
    });
    const of = (name: unknown) => valid({ data: { device: "d", site: { name } } });
    expect(["north", 7, "a.b_c-d", "a/b", "", "ä", 1.5, null].map(of)).toEqual([
      true,
      true,
      true,
      false,
      false,
      false,
      false,
      false,
    ]);
    expect(valid({ data: { device: "d" } })).toBe(false);
  });

  it("is a text of at most 1 MiB where records are texts", () => {
    const valid = validator("record", { record: { type: "string" } });
    expect(valid({ data: "x".repeat(1_048_576) })).toBe(true);
    expect(valid({ data: "x".repeat(1_048_577) })).toBe(false);
    expect(schemaOf("record", { record: { type: "string", maxLength: 10 } }).properties.data.maxLength).toBe(
      10,
    );
  });

  it("is checked by the API before anything else", () => {
    const result = made();
    for (const method of ["record", "records"]) {
      const { request_models, request_validator_id } = result.at(
        `clicks/api/root/${method}/post`,
        ApiGatewayMethod,
      );
      expect(Object.keys(request_models)).toEqual(["application/json"]);
      expect(request_validator_id).toMatch(/body-validator_\w+\.id}$/);
    }
  });
});

describe("the API in front of a stream", () => {
  it("calls Kinesis with its role, and passes nothing through", () => {
    const result = made();
    for (const [method, action] of [
      ["record", "PutRecord"],
      ["records", "PutRecords"],
    ] as const) {
      expect(result.at(`clicks/api/root/${method}/post/integration`, ApiGatewayIntegration)).toMatchObject({
        uri: `arn:aws:apigateway:eu-west-1:kinesis:action/${action}`,
        passthrough_behavior: "NEVER",
        credentials: `\${${result.addressAt("clicks/role", IamRole)}.arn}`,
        depends_on: [result.addressAt("clicks/role/policy", IamRolePolicy)],
      });
    }
  });

  it("hands the API's own props on", () => {
    const result = made({ authorization: "iam", stage: "v2", throttle: { ratePerSecond: 3, burst: 4 } });
    expect(methodsOf(result).map(({ authorization }) => authorization)).toEqual(["AWS_IAM", "AWS_IAM"]);
    expect(result.one(ApiGatewayStage)).toMatchObject({ stage_name: "v2", xray_tracing_enabled: true });
    expect(result.one(ApiGatewayMethodSettings).settings).toMatchObject({
      throttling_rate_limit: 3,
      throttling_burst_limit: 4,
    });
  });

  it("takes the tokens of a user pool at both methods, with the scopes that it is told", () => {
    const cognito = { arn: "arn:aws:cognito-idp:eu-west-1:123456789012:userpool/eu-west-1_users" };
    const result = made({ authorization: { cognito, scopes: ["clicks/write"] } });
    expect(result.one(ApiGatewayAuthorizer)).toMatchObject({
      type: "COGNITO_USER_POOLS",
      provider_arns: [cognito.arn],
    });
    const asked = {
      authorization: "COGNITO_USER_POOLS",
      authorizer_id: `\${${result.addressAt("clicks/api/authorizer", ApiGatewayAuthorizer)}.id}`,
      authorization_scopes: ["clicks/write"],
    };
    expect(methodsOf(result)).toMatchObject([asked, asked]);
  });

  it("asks for a key at both methods, and counts the requests of each", () => {
    const result = made({
      usagePlan: {
        keys: ["north", "south"],
        throttle: { ratePerSecond: 2, burst: 4 },
        quota: { limit: 1000, period: "day" },
      },
    });
    expect(methodsOf(result).map(({ api_key_required }) => api_key_required)).toEqual([true, true]);
    expect(Object.values(result.resources(ApiGatewayApiKey))).toHaveLength(2);
    expect(result.one(ApiGatewayUsagePlan)).toMatchObject({
      throttle_settings: { rate_limit: 2, burst_limit: 4 },
      quota_settings: { limit: 1000, period: "DAY" },
      api_stages: [{ stage: `\${${result.addressAt("clicks/api/stage", ApiGatewayStage)}.stage_name}` }],
    });
    expect(methodsOf(made()).map(({ api_key_required }) => api_key_required)).toEqual([false, false]);
  });

  it("lets requests for both methods in from the ranges that it is told, and has no policy without", () => {
    const result = made({ allowedSourceRanges: ["192.0.2.0/24"] });
    const home = "arn:aws:execute-api:eu-west-1:123456789012:abc";
    const api = result.addressAt("clicks/api", ApiGatewayRestApi);
    const policy = result.one(ApiGatewayRestApiPolicy).policy.replaceAll(`\${${api}.execution_arn}`, home);
    const outcome = (path: string, ip: string) =>
      decide(
        {
          principal: { arn: "arn:aws:iam::123456789012:user/visitor" },
          action: "execute-api:Invoke",
          resource: `${home}/live/POST/${path}`,
          context: { "aws:SourceIp": ip },
        },
        { identity: [], resource: readPolicy(policy), resourceAccount: "123456789012" },
      ).outcome;
    expect(["record", "records", "other"].map((path) => outcome(path, "192.0.2.9"))).toEqual([
      "allowed",
      "allowed",
      "not allowed",
    ]);
    expect(["record", "records"].map((path) => outcome(path, "198.51.100.1"))).toEqual(["denied", "denied"]);
    expect(Object.keys(made().resources(ApiGatewayRestApiPolicy))).toEqual([]);
  });

  it("lets its role put records and encrypt them through Kinesis, and nothing else", () => {
    expect(statementsOf(made().at("clicks/role/policy", IamRolePolicy).policy)).toEqual([
      {
        Sid: "EncryptTestClicksStreamKeyDefaultKinesis",
        Effect: "Allow",
        Action: "kms:GenerateDataKey",
        Resource: expect.stringMatching(/^\$\{aws_kms_key\.clicks_stream_key/),
        Condition: { StringEquals: { "kms:ViaService": "kinesis.eu-west-1.amazonaws.com" } },
      },
      {
        Sid: "PutTestClicksStream",
        Effect: "Allow",
        Action: ["kinesis:PutRecord", "kinesis:PutRecords"],
        Resource: expect.stringMatching(/^\$\{aws_kinesis_stream\.clicks_stream/),
      },
    ]);
  });

  it("grants putting over HTTP, and reading the stream", () => {
    const result = made({ authorization: "iam" }, (ingest, stack) => {
      const role = new ServiceRole(stack, "consumer", { service: "lambda.amazonaws.com" });
      ingest.grantPut(role);
      ingest.grantRead(role);
      expect([ingest.stream, ingest.key?.node.path]).toEqual([
        ingest.source.stream,
        ingest.source.key?.node.path,
      ]);
    });
    const actions = statementsOf(result.at("consumer/policy", IamRolePolicy).policy).map(
      ({ Action }) => Action,
    );
    expect(actions.flat().sort()).toEqual([
      "execute-api:Invoke",
      "execute-api:Invoke",
      "kinesis:DescribeStream",
      "kinesis:GetRecords",
      "kinesis:GetShardIterator",
      "kinesis:ListShards",
      "kms:Decrypt",
    ]);
  });

  it.each([
    ["its URL", (ingest: StreamIngestApi) => `${ingest.url}/record`],
    ["its stage", ({ api }: StreamIngestApi) => api.stage.invokeUrl],
    ["the API itself", ({ api }: StreamIngestApi) => api.api.executionArn],
  ])("is put into by a function that its environment tells %s, and that may", (_, told) => {
    const checkout = (
      also: (ingest: StreamIngestApi, fn: NodeFunction<{ readonly CLICKS: string }>) => void,
    ) =>
      made({ authorization: "iam", allowedSourceRanges: ["192.0.2.0/24"] }, (ingest, stack) =>
        also(
          ingest,
          new NodeFunction<{ readonly CLICKS: string }>(stack, "checkout", {
            source: "billing",
            environment: { CLICKS: told(ingest) },
          }),
        ),
      );
    expect(checkout((ingest, fn) => ingest.grantPut(fn))).toPermitItsEdges();
    expect(checkEdges(checkout(() => undefined)).unpermitted).toEqual([
      {
        kind: "function calls the API that its environment names",
        from: "test/checkout/Default",
        to: "test/clicks/api/Default",
        policy: "test/checkout/role/policy",
        why: "nothing allows execute-api:*",
        statement: {
          Effect: "Allow",
          Action: ["execute-api:*"],
          Resource: expect.stringMatching(/^arn:aws:execute-api:eu-west-1:123456789012:[\w-]+\/\*$/),
        },
      },
    ]);
  });

  it("is read by a consumer beside the delivery, which may use the stream's key", () => {
    const result = made({}, ({ source }, stack) => {
      new StreamConsumer(stack, "report", {
        source,
        handler: someHandler(stack),
        startingPosition: "LATEST",
      });
    });
    expect(result.one(LambdaEventSourceMapping).event_source_arn).toMatch(
      /^\$\{aws_kinesis_stream\.clicks_stream/,
    );
    const reading = checkEdges(result).edges.filter(({ kind }) => kind.startsWith("event source mapping"));
    expect(reading.map(({ kind, verdict }) => `${kind}: ${verdict}`).sort()).toEqual([
      "event source mapping decrypts Kinesis stream: permitted",
      "event source mapping reads Kinesis stream: permitted",
    ]);
  });

  it("says where it is called", () => {
    made({}, (ingest) => expect(ingest.url).toMatch(/^\$\{TfToken/));
  });
});

describe("the stream", () => {
  const stream = (props: Props = {}) => made(props).one(KinesisStream);

  it("grows by itself, keeps a day, and is encrypted with a key of its own", () => {
    expect(stream()).toMatchObject({
      name: "test_clicks_stream",
      stream_mode_details: { stream_mode: "ON_DEMAND" },
      retention_period: 24,
      encryption_type: "KMS",
      kms_key_id: expect.stringMatching(/^\$\{aws_kms_key\.clicks_stream_key_\w+\.arn}$/),
    });
    expect(stream().shard_count).toBeUndefined();
  });

  it("has as many shards as said, also where that is known at apply only", () => {
    expect(stream({ capacity: { shards: 3 } })).toMatchObject({
      stream_mode_details: { stream_mode: "PROVISIONED" },
      shard_count: 3,
    });
    expect(stream({ capacity: { shards: UNKNOWN_NUMBER } }).shard_count).toBe("${var.n}");
  });

  it("keeps records as long as said", () => {
    expect(stream({ retentionHours: 168 }).retention_period).toBe(168);
    expect(stream({ retentionHours: UNKNOWN_NUMBER }).retention_period).toBe("${var.n}");
  });

  it("is encrypted with Kinesis's key, or a shared one, on request", () => {
    const managed = made({ encryption: "service-managed" });
    expect(managed.one(KinesisStream).kms_key_id).toBe("alias/aws/kinesis");
    const actions = statementsOf(managed.at("clicks/role/policy", IamRolePolicy).policy).map(
      ({ Action }) => Action,
    );
    expect(actions).toEqual([["kinesis:PutRecord", "kinesis:PutRecords"]]);
    const shared = synthesize((stack) => {
      const encryption = new KmsKey(stack, "shared");
      const bucket = new Bucket(stack, "lake", { encryption });
      new StreamIngestApi(stack, "clicks", { authorization: "none", bucket, encryption });
    });
    expect(shared.one(KinesisStream).kms_key_id).toBe("${aws_kms_key.shared.arn}");
  });

  it("calls when writers are throttled, and when a reader is half the retention behind", () => {
    const alarms = (props: Props = {}) =>
      Object.values(made(props).resources(CloudwatchMetricAlarm))
        .filter(({ namespace }) => namespace === "AWS/Kinesis")
        .map(({ metric_name, statistic, threshold, dimensions }) => [
          metric_name,
          statistic,
          threshold,
          Object.keys(dimensions),
        ]);
    expect(alarms()).toEqual([
      ["GetRecords.IteratorAgeMilliseconds", "Maximum", 12 * 3_600_000, ["StreamName"]],
      ["WriteProvisionedThroughputExceeded", "Sum", 1, ["StreamName"]],
    ]);
    expect(alarms({ retentionHours: 48 })[0]?.[2]).toBe(24 * 3_600_000);
    expect(alarms({ retentionHours: UNKNOWN_NUMBER })[0]?.[2]).toBe(12 * 3_600_000);
  });
});

describe("the delivery to the bucket", () => {
  const deliver = (props: Props = {}) => made(props).one(KinesisFirehoseDeliveryStream);
  const destination = (props: Props = {}) => deliver(props).extended_s3_configuration;

  it("reads the stream, with the stream's encryption and none of its own", () => {
    const { kinesis_source_configuration, server_side_encryption, name } = deliver();
    expect(name).toBe("test_clicks_delivery");
    expect(kinesis_source_configuration.kinesis_stream_arn).toMatch(/^\$\{aws_kinesis_stream\./);
    expect(server_side_encryption).toBeUndefined();
  });

  it("waits for its role's policy, which Firehose tries at creation", () => {
    const result = made();
    expect(result.one(KinesisFirehoseDeliveryStream).depends_on).toEqual([
      result.addressAt("clicks/delivery/role/policy", IamRolePolicy),
    ]);
  });

  it("writes lines of JSON, compressed, by day, encrypted with the bucket's key", () => {
    expect(destination()).toMatchObject({
      compression_format: "GZIP",
      file_extension: ".json.gz",
      prefix: "records/day=!{timestamp:yyyy-MM-dd}/",
      error_output_prefix: "errors/!{firehose:error-output-type}/day=!{timestamp:yyyy-MM-dd}/",
      buffering_size: 5,
      buffering_interval: 300,
      kms_key_arn: expect.stringMatching(/^\$\{aws_kms_key\.lake_key/),
      processing_configuration: {
        enabled: true,
        processors: [
          {
            type: "AppendDelimiterToRecord",
            // Two characters, which Firehose reads as a line end.
            parameters: [{ parameter_name: "Delimiter", parameter_value: "\\n" }],
          },
        ],
      },
    });
    expect(destination().dynamic_partitioning_configuration).toBeUndefined();
    expect(destination().data_format_conversion_configuration).toBeUndefined();
  });

  it("writes below other prefixes and with other buffers where asked, also ones known at apply only", () => {
    expect(destination({ prefix: "a/b/", errorPrefix: "c/", bufferMb: 1, bufferSeconds: 0 })).toMatchObject({
      prefix: "a/b/day=!{timestamp:yyyy-MM-dd}/",
      error_output_prefix: "c/!{firehose:error-output-type}/day=!{timestamp:yyyy-MM-dd}/",
      buffering_size: 1,
      buffering_interval: 0,
    });
    const unknown = destination({ prefix: UNKNOWN, bufferMb: UNKNOWN_NUMBER, bufferSeconds: UNKNOWN_NUMBER });
    expect([unknown.prefix, unknown.buffering_size, unknown.buffering_interval]).toEqual([
      "${var.x}day=!{timestamp:yyyy-MM-dd}/",
      "${var.n}",
      "${var.n}",
    ]);
  });

  it("writes Parquet in the columns of a table, which S3 does not compress again", () => {
    const result = made({ format: "parquet", columns: { id: "string", total: "decimal(10,2)" } });
    const { extended_s3_configuration: to } = result.one(KinesisFirehoseDeliveryStream);
    expect(to.compression_format).toBe("UNCOMPRESSED");
    expect(to.file_extension).toBeUndefined();
    expect(to.processing_configuration).toBeUndefined();
    expect(to.buffering_size).toBe(128);
    expect(to.data_format_conversion_configuration.schema_configuration).toMatchObject({
      database_name: expect.stringMatching(/^\$\{aws_glue_catalog_database\./),
      table_name: expect.stringMatching(/^\$\{aws_glue_catalog_table\./),
    });
    expect(result.one(GlueCatalogDatabase).name).toBe("test_clicks_delivery_table");
    expect(result.one(GlueCatalogTable)).toMatchObject({
      name: "test_clicks_delivery_table_records",
      partition_keys: [{ name: "day", type: "string" }],
      storage_descriptor: {
        location: "s3://${aws_s3_bucket.lake.bucket}/records/",
        columns: [
          { name: "id", type: "string" },
          { name: "total", type: "decimal(10,2)" },
        ],
      },
    });
  });

  it("parts records by fields of theirs, below prefixes that a table can name", () => {
    const props = { partitionBy: { site: "site.name", kind: "kind" } };
    expect(destination(props)).toMatchObject({
      prefix:
        "records/site=!{partitionKeyFromQuery:site}/kind=!{partitionKeyFromQuery:kind}/day=!{timestamp:yyyy-MM-dd}/",
      dynamic_partitioning_configuration: { enabled: true },
      buffering_size: 128,
      processing_configuration: {
        enabled: true,
        processors: [
          {
            type: "MetadataExtraction",
            parameters: [
              {
                parameter_name: "MetadataExtractionQuery",
                parameter_value: "{site: .site.name, kind: .kind}",
              },
              { parameter_name: "JsonParsingEngine", parameter_value: "JQ-1.6" },
            ],
          },
          { type: "AppendDelimiterToRecord" },
        ],
      },
    });
    const keys = made({ ...PARQUET, ...props }).one(GlueCatalogTable).partition_keys;
    expect(keys.map(({ name }: { name: string }) => name)).toEqual(["site", "kind", "day"]);
  });

  it("is another delivery stream once records are parted, made before the old one goes", () => {
    const parted = deliver({ partitionBy: { kind: "kind" } });
    expect(parted.name).toBe("test_clicks_delivery_partitioned");
    expect(parted.name).not.toBe(deliver().name);
    expect(parted.lifecycle).toEqual({ create_before_destroy: true });
    const address = (props: Props = {}) =>
      made(props).addressAt("clicks/delivery", KinesisFirehoseDeliveryStream);
    // One address, so that Terraform sees a replacement and keeps that order.
    expect(address({ partitionBy: { kind: "kind" } })).toBe(address());
  });

  it("has a role that Firehose takes in the name of this account only", () => {
    expect(statementsOf(made().at("clicks/delivery/role", IamRole).assume_role_policy)).toEqual([
      {
        Effect: "Allow",
        Principal: { Service: "firehose.amazonaws.com" },
        Action: "sts:AssumeRole",
        Condition: { StringEquals: { "sts:ExternalId": "123456789012" } },
      },
    ]);
  });

  it("may read the stream, write below its prefixes and its log, and nothing else", () => {
    const statements = statementsOf(made().at("clicks/delivery/role/policy", IamRolePolicy).policy);
    const allowed = statements.flatMap(({ Action, Resource }) =>
      [Action].flat().map(
        (action) =>
          `${action} ${[Resource]
            .flat()
            .join(" ")
            .replaceAll(/\$\{(aws_\w+)\.[\w-]+\.(\w+)\}/g, "$1.$2")}`,
      ),
    );
    expect(allowed.sort()).toEqual([
      "kinesis:DescribeStream aws_kinesis_stream.arn",
      "kinesis:GetRecords aws_kinesis_stream.arn",
      "kinesis:GetShardIterator aws_kinesis_stream.arn",
      "kinesis:ListShards aws_kinesis_stream.arn",
      "kms:Decrypt aws_kms_key.arn",
      "kms:Decrypt aws_kms_key.arn",
      "kms:GenerateDataKey aws_kms_key.arn",
      "logs:PutLogEvents aws_cloudwatch_log_stream.arn",
      "s3:AbortMultipartUpload aws_s3_bucket.arn/errors/*",
      "s3:AbortMultipartUpload aws_s3_bucket.arn/records/*",
      "s3:GetBucketLocation aws_s3_bucket.arn",
      "s3:GetObject aws_s3_bucket.arn/errors/*",
      "s3:GetObject aws_s3_bucket.arn/records/*",
      "s3:ListBucket aws_s3_bucket.arn",
      "s3:ListBucketMultipartUploads aws_s3_bucket.arn",
      "s3:PutObject aws_s3_bucket.arn/errors/*",
      "s3:PutObject aws_s3_bucket.arn/records/*",
    ]);
  });

  it("may read the table where there is one", () => {
    const statements = statementsOf(made(PARQUET).at("clicks/delivery/role/policy", IamRolePolicy).policy);
    expect(statements).toContainEqual(
      expect.objectContaining({
        Action: ["glue:GetTable", "glue:GetTableVersion", "glue:GetTableVersions"],
        Resource: [
          "arn:aws:glue:eu-west-1:123456789012:catalog",
          expect.stringMatching(/^\$\{aws_glue_catalog_database\..*\.arn}$/),
          expect.stringMatching(/^\$\{aws_glue_catalog_table\..*\.arn}$/),
        ],
      }),
    );
  });

  it("writes what went wrong to a log of its own, kept as long as the environment says", () => {
    const result = made({}, undefined, { logRetentionDays: 400 });
    expect(result.at("clicks/delivery/log", CloudwatchLogGroup).retention_in_days).toBe(400);
    expect(result.one(CloudwatchLogStream).name).toBe("delivery");
    expect(
      result.one(KinesisFirehoseDeliveryStream).extended_s3_configuration.cloudwatch_logging_options,
    ).toEqual({
      enabled: true,
      log_group_name: `\${${result.addressAt("clicks/delivery/log", CloudwatchLogGroup)}.name}`,
      log_stream_name: `\${${result.addressAt("clicks/delivery/log-stream", CloudwatchLogStream)}.name}`,
    });
  });

  const alarms = (props: Props = {}) =>
    Object.fromEntries(
      Object.values(made(props).resources(CloudwatchMetricAlarm))
        .filter(({ namespace }) => namespace === "AWS/Firehose")
        .map((each) => [each.metric_name, each]),
    );

  it("calls when records are late, fail or wait for the stream, each by the delivery stream's name", () => {
    const all = alarms();
    expect(Object.keys(all).sort()).toEqual([
      "DeliveryToS3.DataFreshness",
      "DeliveryToS3.Success",
      "ThrottledGetRecords",
    ]);
    for (const { dimensions } of Object.values(all))
      expect(Object.keys(dimensions)).toEqual(["DeliveryStreamName"]);
    expect(all["DeliveryToS3.Success"]).toMatchObject({
      comparison_operator: "LessThanThreshold",
      threshold: 1,
      statistic: "Average",
    });
    expect(all["DeliveryToS3.DataFreshness"]).toMatchObject({ threshold: 900, statistic: "Maximum" });
  });

  it("waits for three buffers before it calls a record late", () => {
    const late = (bufferSeconds: number) =>
      alarms({ bufferSeconds })["DeliveryToS3.DataFreshness"]?.threshold;
    expect([60, 900, UNKNOWN_NUMBER].map(late)).toEqual([900, 2700, 900]);
  });

  it("calls when records do not fit the table, or have too many partitions, where there are such", () => {
    const all = Object.keys(alarms({ ...PARQUET, partitionBy: { kind: "kind" } }));
    expect(all).toEqual(expect.arrayContaining(["FailedConversion.Records", "PartitionCountExceeded"]));
  });
});

describe("a stream ingest API", () => {
  it.each<[string, Props, RegExp]>([
    [
      "one that does not say who may call it",
      { authorization: undefined },
      /authorization must be "iam", "none"/,
    ],
    [
      "a capacity of another word",
      { capacity: "serverless" as "on-demand" },
      /stream ingest api "test\/clicks": capacity must be one of on-demand, got "serverless": or \{ shards: 2 \}/,
    ],
    ["no shards", { capacity: { shards: 0 } }, /capacity.shards must be between 1 and 20000, got 0/],
    ["less than a day", { retentionHours: 23 }, /retentionHours must be between 24 and 8760, got 23/],
    ["more than a year", { retentionHours: 8761 }, /retentionHours must be between 24 and 8760/],
    ["an AWS-managed key by name", { encryption: "alias/aws/kinesis" as Encryption }, /AWS-managed key/],
    ["a record's schema of draft 6", { record: { const: 1 } as object }, /record.const is no keyword/],
    [
      "a text above what Kinesis takes",
      { record: { type: "string", maxLength: 1_048_577 } },
      /record.maxLength must be between 0 and 1048576/,
    ],
    [
      "a field of a text",
      { record: { type: "string" }, partitionKey: { field: "id" } },
      /record is a text, which has no fields for partitionKey.field/,
    ],
    [
      "partitions of a text",
      { record: { type: "string" }, partitionBy: { id: "id" } },
      /no fields for partitionBy/,
    ],
    ["columns of a text", { record: { type: "string" }, ...PARQUET }, /no fields for format "parquet"/],
    [
      "a field that is none",
      { partitionKey: { field: "$.id" } },
      /partitionKey.field must be a field of the record, such as "order.id"/,
    ],
    [
      "another word for a key",
      { partitionKey: "random" as "request-id" },
      /partitionKey must be one of request-id, got "random"/,
    ],
    [
      "another format",
      { format: "orc" as "json-gzip" },
      /format must be one of json-gzip, parquet, got "orc"/,
    ],
    ["Parquet without columns", { format: "parquet" }, /columns must be given for parquet/],
    ["columns without Parquet", { columns: { id: "string" } } as Props, /columns belong to format "parquet"/],
    ["no column", { format: "parquet", columns: {} }, /columns must name at least one column/],
    [
      "a column in capitals",
      { format: "parquet", columns: { Id: "string" } },
      /columns must be named in lower case/,
    ],
    [
      "a type of another database",
      { format: "parquet", columns: { id: "varchar2" } },
      /columns.id must be a type of Hive/,
    ],
    [
      "a column that is a partition too",
      { ...PARQUET, partitionBy: { id: "id" } },
      /columns has id, which is a partition too/,
    ],
    [
      "a column that is the day",
      { format: "parquet", columns: { day: "date" } },
      /columns has day, which is a partition too/,
    ],
    ["a partition by the day", { partitionBy: { day: "day" } }, /partitionBy must not name day/],
    ["a partition in capitals", { partitionBy: { Kind: "kind" } }, /partitionBy must be named in lower case/],
    [
      "a partition by an expression",
      { partitionBy: { kind: ".kind | ascii" } },
      /partitionBy.kind must be a field of the record/,
    ],
    [
      "a prefix without an end",
      { prefix: "records" },
      /prefix must be letters, digits, _, . and - with a slash at the end/,
    ],
    ["a prefix with an expression", { errorPrefix: "!{timestamp:yyyy}/" }, /errorPrefix must be letters/],
    ["errors among the records", { prefix: "a/", errorPrefix: "a/errors/" }, /lie in one another/],
    ["records among the errors", { prefix: "a/records/", errorPrefix: "a/" }, /lie in one another/],
    ["a buffer of nothing", { bufferMb: 0 }, /bufferMb must be between 1 and 128, got 0/],
    ["a buffer above Firehose's", { bufferMb: 129 }, /bufferMb must be between 1 and 128/],
    [
      "a small buffer for partitions",
      { partitionBy: { kind: "kind" }, bufferMb: 63 },
      /bufferMb must be between 64 and 128, got 63: Firehose takes no less than 64 with partitionBy/,
    ],
    [
      "a small buffer for Parquet",
      { ...PARQUET, bufferMb: 63 },
      /bufferMb must be between 64 and 128, got 63: Firehose takes no less than 64 with parquet/,
    ],
    ["a wait above Firehose's", { bufferSeconds: 901 }, /bufferSeconds must be between 0 and 900/],
    [
      "a short wait with partitions",
      { partitionBy: { kind: "kind" }, bufferSeconds: 59 },
      /bufferSeconds must be between 60 and 900, got 59/,
    ],
  ])("rejects %s", (_, props, message) => {
    expect(() => made(props)).toThrow(message);
  });

  it("rejects several faults at once", () => {
    expect(() => made({ bufferMb: 0, retentionHours: 1 })).toThrow(
      /stream ingest api "test\/clicks": 2 faults/,
    );
  });

  describe("with a schema of its records", () => {
    const order: JsonSchema = {
      type: "object",
      additionalProperties: false,
      properties: {
        id: { type: "string" },
        total: { type: "number" },
        paid: { type: "boolean" },
        kind: { enum: ["a", 1] },
        flag: { enum: [true, null] },
        shop: { type: ["object", "null"], additionalProperties: false, properties: { name: {} } },
        more: { additionalProperties: true, properties: { a: {} } },
        any: { allOf: [{ required: ["x"] }], properties: { b: {} } },
      },
    };

    it.each<[string, Props, RegExp]>([
      [
        "a key that the schema does not name",
        { partitionKey: { field: "customer" } },
        /partitionKey\.field is customer, and record names no customer, but id, total, .*and no other, by additionalProperties: false: name it/,
      ],
      [
        "a key that the schema forbids",
        { partitionKey: { field: "shop.id" } },
        /partitionKey\.field is shop\.id, and record\.properties\.shop names no id, but name/,
      ],
      [
        "a key that is no text",
        { partitionKey: { field: "total" } },
        /partitionKey\.field is total, which the record has as number, and it must be string: change the schema/,
      ],
      [
        "a key below what has no fields",
        { partitionKey: { field: "id.a" } },
        /partitionKey\.field is id\.a, and record\.properties\.id is string, which has no fields/,
      ],
      [
        "a partition that is neither a text nor a number",
        { partitionBy: { paid: "paid" } },
        /partitionBy\.paid is paid, which the record has as boolean, and it must be string or integer/,
      ],
      [
        "a partition of other words",
        { partitionBy: { flag: "flag" } },
        /partitionBy\.flag is flag, which the record has as one of \[true,null\]/,
      ],
      [
        "a record that is a list",
        { record: { type: "array" }, partitionKey: { field: "id" } },
        /and record is array, which has no fields/,
      ],
    ])("rejects %s", (_, props, message) => {
      expect(() => made({ record: order, ...props })).toThrow(message);
    });

    const reading: JsonSchema = {
      type: "object",
      additionalProperties: false,
      properties: {
        device: { type: "string" },
        celsius: { type: ["string", "null"] },
        measuredAt: { type: "string" },
        sound: { type: "boolean" },
        at: { type: "object" },
        tags: { type: "array" },
        any: {},
      },
    };
    const inColumns = (columns: Record<string, string>, record: JsonSchema = reading): Props => ({
      format: "parquet",
      columns,
      record,
    });

    it.each<[string, Record<string, string>, RegExp]>([
      [
        "a column that no field of the record becomes",
        { measured_at: "timestamp" },
        /columns has measured_at, and record names no such field, but device, celsius, measuredAt, .* by additionalProperties: false, .*in lower case, as measuredAt in measuredat/,
      ],
      [
        "a column of numbers for what is yes or no",
        { sound: "double" },
        /columns\.sound is double, and the record has sound as boolean: .*a number or a text of one/,
      ],
      ["a column of moments for an object", { at: "timestamp" }, /columns\.at is timestamp, .* as object: /],
      [
        "a column of decimals for a list",
        { tags: "decimal(10,2)" },
        /columns\.tags is decimal\(10,2\), .* as array/,
      ],
      [
        "a column of fields for a text",
        { measuredat: "struct<a:string>" },
        /columns\.measuredat is struct<a:string>, and the record has measuredAt as string: such a column takes an object/,
      ],
      ["a column of pairs for a list", { tags: "map<string,string>" }, /columns\.tags is map<string,string>/],
      [
        "a column of yes and no for an object",
        { at: "boolean" },
        /columns\.at is boolean, .*takes true, false/,
      ],
    ])("rejects %s", (_, columns, message) => {
      expect(() => made(inColumns(columns))).toThrow(message);
    });

    it("takes columns that its fields become, and those that it leaves open", () => {
      const read = {
        device: "string",
        celsius: "double",
        measuredat: "timestamp",
        sound: "string",
        at: "struct<lat:double>",
        tags: "array<string>",
        any: "bigint",
      };
      expect(() => made(inColumns(read))).not.toThrow();
      expect(() =>
        made(inColumns({ at: "map<string,double>", tags: "struct<a:int>", device: "array<string>" })),
      ).not.toThrow();
      const others = [{ ...reading, additionalProperties: true }, { type: "object" }] as JsonSchema[];
      for (const record of others) expect(() => made(inColumns({ more: "int" }, record))).not.toThrow();
      expect(() => made({ format: "parquet", columns: { more: "int" } })).not.toThrow();
      const later = Token.asString({ resolve: () => "${var.type}" });
      expect(() => made(inColumns({ sound: later }))).not.toThrow();
    });

    it("takes fields that it has, and those that it leaves open", () => {
      const partitionBy = { total: "total", kind: "kind", shop: "shop.name", x: "any.x", y: "more.y" };
      expect(() => made({ record: order, partitionKey: { field: "id" }, partitionBy })).not.toThrow();
      for (const record of [{ type: "object" }, { patternProperties: { "^i": {} } }, {}] as JsonSchema[])
        expect(() => made({ record, partitionKey: { field: "id.x" } })).not.toThrow();
    });
  });

  const two = (one: Props, other: Props) =>
    synthesize((stack) => {
      const bucket = new Bucket(stack, "lake", { encryption: "service-managed" });
      for (const [id, props] of Object.entries({ one, other }))
        new StreamIngestApi(stack, id, { authorization: "iam", bucket, ...props } as StreamIngestApiProps);
    });

  it.each<[string, Props, Props]>([
    ["the same place by default", {}, {}],
    ["a place within another's", { prefix: "a/" }, { prefix: "a/b/" }],
    ["where another's errors lie", {}, { prefix: "errors/other/", errorPrefix: "failed/" }],
    ["errors where another's records lie", {}, { prefix: "other/", errorPrefix: "records/" }],
  ])("rejects a second of one bucket that writes to %s", (_, one, other) => {
    expect(() => two(one, other)).toThrow(
      /stream ingest api "test\/other": prefix ".*" of "test\/one", which writes to the same bucket: .*prefix of its own/,
    );
  });

  it("writes beside another into one bucket, with a place of its own, what failed together", () => {
    const unknown = Token.asString({ resolve: () => "${var.prefix}" });
    expect(() => two({ prefix: "a/" }, { prefix: "b/" })).not.toThrow();
    expect(() => two({}, { prefix: unknown, errorPrefix: unknown })).not.toThrow();
  });

  it("shares a bucket and a key with another, in either order, whose policies stay one", () => {
    const both = (ids: readonly string[]) =>
      synthesize((stack) => {
        const encryption = new KmsKey(stack, "shared");
        const bucket = new Bucket(stack, "lake", { encryption });
        for (const id of ids)
          new StreamIngestApi(stack, id, { authorization: "iam", bucket, encryption, prefix: `${id}/` });
      });
    const [one, other] = [both(["a", "b"]), both(["b", "a"])];
    expect(Object.keys(one.resources(S3BucketPolicy))).toHaveLength(1);
    expect(one.addresses).toEqual(other.addresses);
    for (const id of ["a", "b"]) {
      expect(one.at(`${id}/delivery/role/policy`, IamRolePolicy).policy).toBe(
        other.at(`${id}/delivery/role/policy`, IamRolePolicy).policy,
      );
    }
  });
});
