import { DynamodbTable } from "@cdktf/provider-aws/lib/dynamodb-table";
import { IamRolePolicy } from "@cdktf/provider-aws/lib/iam-role-policy";
import { KmsKey } from "@cdktf/provider-aws/lib/kms-key";
import { KmsKeyPolicy } from "@cdktf/provider-aws/lib/kms-key-policy";
import { S3Bucket } from "@cdktf/provider-aws/lib/s3-bucket";
import { S3BucketNotification } from "@cdktf/provider-aws/lib/s3-bucket-notification";
import { SqsQueue } from "@cdktf/provider-aws/lib/sqs-queue";
import { type TerraformStack, Token } from "cdktf";
import { Construct } from "constructs";
import { type Encryption, type Facts, queuePolicy, ServiceRole } from "../../modules/core";
import {
  Bucket,
  bucketNotification,
  type NotificationPart,
  Table,
  type TableProps,
} from "../../modules/storage";
import { statementsOf, synthesize } from "../../testing";

const table = (
  props: Partial<TableProps> = {},
  facts: Partial<Facts> = {},
  then: (table: Table) => void = () => undefined,
) => synthesize((stack) => then(new Table(stack, "orders", { partitionKey: "id", ...props })), facts);

describe("a table", () => {
  it("is paid by request and can be restored to any second of the last 35 days", () => {
    expect(table().one(DynamodbTable)).toMatchObject({
      name: "test_orders",
      billing_mode: "PAY_PER_REQUEST",
      hash_key: "id",
      attribute: [{ name: "id", type: "S" }],
      point_in_time_recovery: { enabled: true },
    });
  });

  it("orders items of a partition where asked", () => {
    expect(table({ sortKey: "at" }).one(DynamodbTable)).toMatchObject({
      range_key: "at",
      attribute: [
        { name: "id", type: "S" },
        { name: "at", type: "S" },
      ],
    });
  });

  it("drops items after their time where asked, and only there", () => {
    expect(table({ timeToLiveAttribute: "expiration" }).one(DynamodbTable).ttl).toEqual({
      attribute_name: "expiration",
      enabled: true,
    });
    expect(table().one(DynamodbTable).ttl).toBeUndefined();
  });

  it("is encrypted with a key of its own, or with a service's on request", () => {
    expect(table().one(DynamodbTable).server_side_encryption).toEqual({
      enabled: true,
      kms_key_arn: expect.stringMatching(/^\$\{aws_kms_key\.orders_key/),
    });
    const managed = table({ encryption: "service-managed" });
    expect(managed.one(DynamodbTable).server_side_encryption).toEqual({ enabled: true });
    expect(Object.keys(managed.resources(KmsKey))).toEqual([]);
  });

  it("owns the policy of a key that was handed in", () => {
    const result = synthesize((stack) => {
      new Table(stack, "orders", { partitionKey: "id", encryption: new KmsKey(stack, "shared") });
    });
    expect(result.one(KmsKeyPolicy).key_id).toBe("${aws_kms_key.shared.key_id}");
  });

  it("cannot be deleted, by AWS's own word, where the environment prevents it", () => {
    expect(table({}, { deletion: "prevent" }).one(DynamodbTable).deletion_protection_enabled).toBe(true);
    expect(table().one(DynamodbTable).deletion_protection_enabled).toBe(false);
  });

  const granted = (encryption?: Encryption) =>
    statementsOf(
      synthesize((stack) => {
        const role = new ServiceRole(stack, "role", { service: "lambda.amazonaws.com" });
        new Table(stack, "orders", { partitionKey: "id", encryption }).grant(role, "GetItem", "PutItem");
      }).one(IamRolePolicy).policy,
    );

  it("allows the calls named on itself, and its key through DynamoDB only", () => {
    expect(granted()).toEqual([
      {
        Sid: "DecryptTestOrdersKeyDefaultDynamodb",
        Effect: "Allow",
        Action: "kms:Decrypt",
        Resource: expect.stringMatching(/aws_kms_key\.orders_key/),
        Condition: { StringEquals: { "kms:ViaService": "dynamodb.eu-west-1.amazonaws.com" } },
      },
      {
        Sid: expect.stringMatching(/^UseTestOrdersGetItemPutItemH/),
        Effect: "Allow",
        Action: ["dynamodb:GetItem", "dynamodb:PutItem"],
        Resource: "${aws_dynamodb_table.orders.arn}",
      },
    ]);
  });

  it("may be granted again, for the same calls and for others", () => {
    const result = synthesize((stack) => {
      const role = new ServiceRole(stack, "role", { service: "lambda.amazonaws.com" });
      const made = new Table(stack, "orders", { partitionKey: "id" });
      made.grant(role, "GetItem");
      made.grant(role, "GetItem");
      made.grant(role, "PutItem");
    });
    const sids = statementsOf(result.one(IamRolePolicy).policy).map(({ Sid }) => Sid);
    expect(sids).toEqual([
      "DecryptTestOrdersKeyDefaultDynamodb",
      expect.stringMatching(/^UseTestOrdersGetItemH/),
      expect.stringMatching(/^UseTestOrdersPutItemH/),
    ]);
  });

  it("allows the key once, however many tables it encrypts", () => {
    const result = synthesize((stack) => {
      const role = new ServiceRole(stack, "role", { service: "lambda.amazonaws.com" });
      const encryption = new KmsKey(stack, "shared");
      for (const id of ["orders", "invoices"])
        new Table(stack, id, { partitionKey: "id", encryption }).grant(role, "GetItem");
    });
    const sids = statementsOf(result.one(IamRolePolicy).policy).map(({ Sid }) => Sid);
    expect(sids.filter((sid) => sid.startsWith("Decrypt"))).toEqual(["DecryptTestSharedDynamodb"]);
  });

  it("allows no key where the service manages it", () => {
    expect(granted("service-managed").map(({ Action }) => Action)).toEqual([
      ["dynamodb:GetItem", "dynamodb:PutItem"],
    ]);
  });

  it("is granted beside another one whose path differs in a hyphen only", () => {
    const result = synthesize((stack) => {
      const role = new ServiceRole(stack, "role", { service: "lambda.amazonaws.com" });
      const tables = [new Table(stack, "a-b", { partitionKey: "id" })];
      tables.push(new Table(new Construct(stack, "a"), "b", { partitionKey: "id" }));
      for (const table of tables) table.grant(role, "GetItem");
    });
    expect(statementsOf(result.one(IamRolePolicy).policy)).toHaveLength(4);
  });

  it.each<[string, Partial<TableProps>, RegExp]>([
    [
      "an empty key",
      { partitionKey: "" },
      /table "test\/orders": partitionKey must be 1 to 255 characters, got ""/,
    ],
    ["a partition key that is too long", { partitionKey: "x".repeat(256) }, /partitionKey must be 1 to 255/],
    ["an empty sort key", { sortKey: "" }, /sortKey must be 1 to 255 characters, got ""/],
    ["a sort key that is too long", { sortKey: "x".repeat(256) }, /sortKey must be 1 to 255/],
    [
      "one attribute for both keys",
      { sortKey: "id" },
      /sortKey must differ from partitionKey, got "id" for both/,
    ],
    ["an AWS-managed key by name", { encryption: "alias/aws/dynamodb" as Encryption }, /AWS-managed key/],
  ])("rejects %s", (_, props, message) => {
    expect(() => table(props)).toThrow(message);
  });

  it("takes keys of 1 to 255 characters, and names known at apply only", () => {
    const unknown = Token.asString({ resolve: () => "${var.x}" });
    for (const partitionKey of ["x", "x".repeat(255), unknown])
      expect(() => table({ partitionKey })).not.toThrow();
    expect(() => table({ sortKey: "x".repeat(255) })).not.toThrow();
    expect(table({ sortKey: unknown }).one(DynamodbTable).range_key).toBe("${var.x}");
  });

  it("rejects several faults at once", () => {
    expect(() => table({ partitionKey: "", sortKey: "" })).toThrow(/table "test\/orders": 3 faults/);
  });
});

describe("a bucket's notification", () => {
  const part = (arn: string, more: Partial<NotificationPart> = {}): NotificationPart => ({
    to: { queueArn: arn },
    events: ["s3:ObjectCreated:*"],
    after: [],
    ...more,
  });
  const [A, B, C] = ["a", "b", "c"].map((name) => `arn:aws:sqs:eu-west-1:123456789012:${name}`) as [
    string,
    string,
    string,
  ];
  const notified = (then: (bucket: Bucket, stack: TerraformStack) => void) =>
    synthesize((stack) => then(new Bucket(stack, "pictures", { encryption: "service-managed" }), stack));

  it("is there only where somebody asks for it, and the policy scanner is told so where nobody does", () => {
    const silent = notified(() => undefined);
    expect(Object.keys(silent.resources(S3BucketNotification))).toEqual([]);
    expect(silent.at("pictures", S3Bucket)["//"].skip_checks).toHaveProperty("CKV2_AWS_62");
    const asked = notified((bucket) => void bucket.sendToEventBridge());
    expect(asked.at("pictures", S3Bucket)["//"].skip_checks).not.toHaveProperty("CKV2_AWS_62");
  });

  it("tells EventBridge on request, and once however often it is asked to", () => {
    const result = notified((bucket) => {
      bucket.sendToEventBridge();
      bucket.sendToEventBridge();
    });
    expect(result.at("pictures/notification", S3BucketNotification)).toMatchObject({
      bucket: "${aws_s3_bucket.pictures.bucket}",
      eventbridge: true,
    });
  });

  it("tells EventBridge nothing unless asked to", () => {
    const result = notified(({ bucket }) => bucketNotification(bucket).add("a", part(A)));
    expect(result.one(S3BucketNotification).eventbridge).toBeUndefined();
  });

  it("holds the parts of everybody in one resource, each of its kind", () => {
    const result = notified(({ bucket }) => {
      bucketNotification(bucket).add("jpg", part(A, { prefix: "up/", suffix: ".jpg" }));
      bucketNotification(bucket).add("png", part(B, { to: { topicArn: B }, suffix: ".png" }));
      bucketNotification(bucket).add("gone", {
        to: { lambdaFunctionArn: C },
        events: ["s3:ObjectRemoved:*"],
        after: [],
      });
    });
    const { queue, topic, lambda_function: functions } = result.one(S3BucketNotification);
    expect(queue).toEqual([
      {
        id: "jpg",
        queue_arn: A,
        events: ["s3:ObjectCreated:*"],
        filter_prefix: "up/",
        filter_suffix: ".jpg",
      },
    ]);
    expect(topic).toEqual([
      { id: "png", topic_arn: B, events: ["s3:ObjectCreated:*"], filter_suffix: ".png" },
    ]);
    expect(functions).toEqual([{ id: "gone", lambda_function_arn: C, events: ["s3:ObjectRemoved:*"] }]);
  });

  it("is written the same whatever the order in which its parts came", () => {
    const parts = {
      a: part(A, { suffix: ".a" }),
      b: part(B, { suffix: ".b" }),
      c: part(C, { suffix: ".c" }),
    };
    const inOrder = (names: readonly (keyof typeof parts)[]) =>
      notified(({ bucket }) => {
        for (const name of names) bucketNotification(bucket).add(name, parts[name]);
      }).one(S3BucketNotification);
    expect(inOrder(["a", "b", "c"])).toEqual(inOrder(["c", "a", "b"]));
  });

  it("waits for what lets S3 in, named once", () => {
    const result = notified(({ bucket }, stack) => {
      const { resource } = queuePolicy(new SqsQueue(stack, "queue"));
      bucketNotification(bucket).add("a", part(A, { suffix: ".a", after: [resource] }));
      bucketNotification(bucket).add("b", part(A, { suffix: ".b", after: [resource] }));
    });
    expect(result.one(S3BucketNotification).depends_on).toEqual([
      expect.stringMatching(/^aws_sqs_queue_policy\.queue_policy/),
    ]);
  });

  it("rejects a second part of the same name", () => {
    expect(() =>
      notified(({ bucket }) => {
        bucketNotification(bucket).add("a", part(A));
        bucketNotification(bucket).add("a", part(B));
      }),
    ).toThrow(/bucket notification "test\/pictures\/Default": "a" is there already/);
  });

  it.each<[string, (bucket: S3Bucket) => string]>([
    ["its name", ({ bucket }) => bucket],
    ["its id", ({ id }) => id],
  ])("rejects a second owner who names the bucket by %s", (_, name) => {
    expect(() =>
      notified(({ bucket }, stack) => {
        bucketNotification(bucket);
        new S3BucketNotification(stack, "second", { bucket: name(bucket) });
      }),
    ).toThrow(
      /bucket notification of aws_s3_bucket\.pictures: "test\/pictures\/Default\/notification\/Default" and "test\/second" both write it.*add its targets/s,
    );
  });

  it("lets another bucket have one of its own", () => {
    const result = notified((bucket, stack) => {
      bucket.sendToEventBridge();
      new Bucket(stack, "others", { encryption: "service-managed" }).sendToEventBridge();
    });
    expect(Object.keys(result.resources(S3BucketNotification))).toHaveLength(2);
  });
});
