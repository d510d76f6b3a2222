import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Cloudtrail } from "@cdktf/provider-aws/lib/cloudtrail";
import { CloudwatchMetricAlarm } from "@cdktf/provider-aws/lib/cloudwatch-metric-alarm";
import { DynamodbTable } from "@cdktf/provider-aws/lib/dynamodb-table";
import { IamRole } from "@cdktf/provider-aws/lib/iam-role";
import { IamRolePolicy } from "@cdktf/provider-aws/lib/iam-role-policy";
import { LambdaEventSourceMapping } from "@cdktf/provider-aws/lib/lambda-event-source-mapping";
import { LambdaFunction } from "@cdktf/provider-aws/lib/lambda-function";
import { S3Bucket } from "@cdktf/provider-aws/lib/s3-bucket";
import { SnsTopicSubscription } from "@cdktf/provider-aws/lib/sns-topic-subscription";
import { dev } from "../../stacks/environments/dev";
import { local } from "../../stacks/environments/local";
import { prod } from "../../stacks/environments/prod";
import { patternsApp } from "../../stacks/patterns-app";
import { StateBucketStack } from "../../stacks/state-bucket-stack";
import { statementsOf, synthesizeApp } from "../../testing";
import { stackOf } from "../support/environment-stacks";

describe("the operations stack", () => {
  it("writes to the environment's address, where there is one", () => {
    expect(stackOf("operations", prod).one(SnsTopicSubscription).endpoint).toBe(
      "platform-oncall@example.com",
    );
    expect(Object.keys(stackOf("operations", dev).resources(SnsTopicSubscription))).toEqual([]);
  });

  it("makes the account's trail where the environment says so, and only there", () => {
    expect(stackOf("operations", dev).one(Cloudtrail).name).toBe("dev-operations_account-trail");
    expect(Object.keys(stackOf("operations", prod).resources(Cloudtrail))).toEqual([]);
  });
});

describe("the event-processing stack", () => {
  const orders = () => stackOf("event-processing", prod);
  const consumers = { billing: "invoices", audit: "audit-entries", analytics: "daily-totals" };

  it("calls the alarm topic of the operations stack", () => {
    const alarms = Object.values(orders().resources(CloudwatchMetricAlarm));
    expect(alarms).toHaveLength(10);
    for (const { alarm_actions } of alarms) {
      expect(alarm_actions).toEqual([
        expect.stringMatching(/terraform_remote_state.*operations.*aws_sns_topic/),
      ]);
    }
  });

  it("gives analytics the orders of 100 and more, and the others every order", () => {
    const filters = Object.values(orders().resources(SnsTopicSubscription)).map(
      ({ filter_policy }) => filter_policy,
    );
    expect(filters.filter(Boolean)).toEqual([JSON.stringify({ total: [{ numeric: [">=", 100] }] })]);
    expect(filters).toHaveLength(3);
  });

  it.each(Object.entries(consumers))(
    "lets %s write to its own table %s, and remember what it did",
    (name, table) => {
      const result = orders();
      const { environment } = result.at(name, LambdaFunction);
      expect(environment.variables).toMatchObject({
        TABLE_NAME: `\${aws_dynamodb_table.${table}.name}`,
        IDEMPOTENCY_TABLE_NAME: "${aws_dynamodb_table.idempotency.name}",
      });
      const used = statementsOf(result.at(`${name}/role/policy`, IamRolePolicy).policy)
        .filter(({ Action }) => /^dynamodb:/.test([Action].flat().join()))
        .map(({ Action, Resource }) => [Action, Resource]);
      expect(used).toHaveLength(2);
      expect(used).toContainEqual([
        name === "analytics" ? "dynamodb:UpdateItem" : "dynamodb:PutItem",
        `\${aws_dynamodb_table.${table}.arn}`,
      ]);
      expect(used).toContainEqual([
        ["dynamodb:DeleteItem", "dynamodb:PutItem", "dynamodb:UpdateItem"],
        "${aws_dynamodb_table.idempotency.arn}",
      ]);
    },
  );

  it.each(Object.keys(consumers))("feeds %s from its queue, inside the network", (name) => {
    const result = orders();
    expect(result.at(`${name}/from-orders-${name}-queue`, LambdaEventSourceMapping).event_source_arn).toMatch(
      new RegExp(`aws_sqs_queue\\.orders_${name}_queue`),
    );
    expect(result.at(name, LambdaFunction).vpc_config.subnet_ids).toHaveLength(3);
  });

  it("caps audit at five copies, and hands analytics up to a hundred orders after five seconds", () => {
    const result = orders();
    const mapping = (name: string) =>
      result.at(`${name}/from-orders-${name}-queue`, LambdaEventSourceMapping);
    expect(mapping("audit").scaling_config).toEqual({ maximum_concurrency: 5 });
    expect(mapping("analytics")).toMatchObject({ batch_size: 100, maximum_batching_window_in_seconds: 5 });
  });

  it("keeps its tables by the keys that the functions use, with one key for all four", () => {
    const result = orders();
    const keys = {
      invoices: "orderId",
      "audit-entries": "orderId",
      "daily-totals": "day",
      idempotency: "id",
    };
    for (const [table, hash_key] of Object.entries(keys)) {
      expect(result.at(table, DynamodbTable)).toMatchObject({
        hash_key,
        server_side_encryption: { kms_key_arn: expect.stringMatching(/aws_kms_key\.data-key/) },
      });
    }
    expect(result.at("idempotency", DynamodbTable).ttl).toEqual({
      attribute_name: "expiration",
      enabled: true,
    });
  });

  it("bounds its roles in production", () => {
    for (const role of Object.values(orders().resources(IamRole))) {
      expect(role).toMatchObject({ path: "/workloads/", permissions_boundary: prod.rolePermissionsBoundary });
    }
  });

  it("says where orders go in, and which table each consumer writes", () => {
    expect(orders().json.output).toMatchObject({
      orders_topic_arn: { value: "${aws_sns_topic.orders.arn}" },
      tables: {
        value: Object.fromEntries(
          Object.entries(consumers).map(([name, table]) => [name, `\${aws_dynamodb_table.${table}.name}`]),
        ),
      },
    });
  });
});

describe("the state bucket stack", () => {
  it("makes the bucket of the environment, with a state of its own in a file", () => {
    const { "dev-state-bucket": made } = synthesizeApp((app) => void new StateBucketStack(app, dev));
    expect(made?.one(S3Bucket).bucket).toBe(dev.state.bucket);
    expect(made?.json.terraform.backend).toEqual({
      local: { path: "../../../.state/dev/state-bucket.tfstate" },
    });
  });

  it("rejects an environment that keeps its state in a file", () => {
    expect(() => synthesizeApp((app) => void new StateBucketStack(app, local))).toThrow(
      /environment "local" keeps its state in a file: it needs no bucket/,
    );
  });
});

describe("patternsApp", () => {
  let outdir: string;
  beforeEach(() => {
    outdir = mkdtempSync(join(tmpdir(), "patterns-app-"));
  });
  afterEach(() => rmSync(outdir, { recursive: true }));

  it("empties its folder of what an earlier synthesis left, and of nothing else", () => {
    mkdirSync(join(outdir, "stacks", "gone"), { recursive: true });
    for (const file of ["stacks/gone/cdk.tf.json", "manifest.json", "mine"])
      writeFileSync(join(outdir, file), "{}");
    const app = patternsApp({ outdir });
    new StateBucketStack(app, dev);
    expect(existsSync(join(outdir, "manifest.json"))).toBe(false);
    app.synth();
    expect(existsSync(join(outdir, "stacks", "gone"))).toBe(false);
    expect(existsSync(join(outdir, "stacks", "dev-state-bucket", "cdk.tf.json"))).toBe(true);
    expect(readFileSync(join(outdir, "mine"), "utf8")).toBe("{}");
  });

  it("stops token stack traces, and keeps them on request", () => {
    const original = Error.captureStackTrace;
    try {
      patternsApp({ outdir, debug: true });
      expect(Error.captureStackTrace).toBe(original);
      patternsApp({ outdir });
      expect(Error.captureStackTrace).not.toBe(original);
    } finally {
      Error.captureStackTrace = original;
    }
  });
});
