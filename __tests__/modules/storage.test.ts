import { DynamodbTable } from "@cdktf/provider-aws/lib/dynamodb-table";
import { IamRolePolicy } from "@cdktf/provider-aws/lib/iam-role-policy";
import { KmsKey } from "@cdktf/provider-aws/lib/kms-key";
import { KmsKeyPolicy } from "@cdktf/provider-aws/lib/kms-key-policy";
import { S3Bucket } from "@cdktf/provider-aws/lib/s3-bucket";
import { S3BucketLifecycleConfiguration } from "@cdktf/provider-aws/lib/s3-bucket-lifecycle-configuration";
import { S3BucketNotification } from "@cdktf/provider-aws/lib/s3-bucket-notification";
import { S3BucketOwnershipControls } from "@cdktf/provider-aws/lib/s3-bucket-ownership-controls";
import { S3BucketPolicy } from "@cdktf/provider-aws/lib/s3-bucket-policy";
import { S3BucketPublicAccessBlock } from "@cdktf/provider-aws/lib/s3-bucket-public-access-block";
import { S3BucketServerSideEncryptionConfigurationA } from "@cdktf/provider-aws/lib/s3-bucket-server-side-encryption-configuration";
import { S3BucketVersioningA } from "@cdktf/provider-aws/lib/s3-bucket-versioning";
import { SqsQueue } from "@cdktf/provider-aws/lib/sqs-queue";
import { type TerraformStack, Token } from "cdktf";
import { Construct } from "constructs";
import * as fc from "fast-check";
import { Checks, type Encryption, type Facts, queuePolicy, ServiceRole } from "../../modules/core";
import {
  Bucket,
  type BucketEvent,
  type BucketProps,
  bucketNotification,
  checkWatch,
  type NotificationPart,
  type ObjectAction,
  Table,
  type TableProps,
  type Watch,
} from "../../modules/storage";
import { commonEvents } from "../../modules/storage/bucket";
import { encodedFilter } from "../../modules/storage/bucket/watch";
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

const bucket = (
  props: BucketProps = {},
  facts: Partial<Facts> = {},
  then: (bucket: Bucket, stack: TerraformStack) => void = () => undefined,
) => synthesize((stack) => then(new Bucket(stack, "pictures", props), stack), facts);

describe("a bucket", () => {
  it("is named by its path, account and region: names are unique in the world", () => {
    const name = (facts: Partial<Facts>) => bucket({}, facts).at("pictures", S3Bucket).bucket;
    expect(name({})).toMatch(/^test-pictures-123456789012-eu-west-1-[0-9a-f]{8}$/);
    expect(name({ account: "210987654321" })).not.toBe(name({}));
  });

  it("lets nobody from outside in, and takes no access lists", () => {
    expect(bucket().one(S3BucketPublicAccessBlock)).toMatchObject({
      bucket: "${aws_s3_bucket.pictures.bucket}",
      block_public_acls: true,
      block_public_policy: true,
      ignore_public_acls: true,
      restrict_public_buckets: true,
    });
    expect(bucket().one(S3BucketOwnershipControls).rule).toEqual({ object_ownership: "BucketOwnerEnforced" });
  });

  it("denies calls without TLS", () => {
    expect(statementsOf(bucket().at("pictures/policy", S3BucketPolicy).policy)).toMatchObject([
      { Sid: "DenyWithoutTls", Effect: "Deny", Action: "s3:*" },
    ]);
  });

  const encryptionOf = (encryption?: Encryption | ((stack: TerraformStack) => Encryption)) =>
    synthesize((stack) => {
      const given = typeof encryption === "function" ? encryption(stack) : encryption;
      new Bucket(stack, "pictures", { encryption: given });
    });
  const rule = (key: string) => [
    {
      apply_server_side_encryption_by_default: {
        sse_algorithm: "aws:kms",
        kms_master_key_id: expect.stringMatching(new RegExp(`^\\$\\{aws_kms_key\\.${key}`)),
      },
      bucket_key_enabled: true,
    },
  ];

  it("is encrypted with a key of its own, and asks KMS once for many objects", () => {
    expect(encryptionOf().one(S3BucketServerSideEncryptionConfigurationA).rule).toEqual(rule("pictures_key"));
  });

  it("is encrypted with a key that was handed in, whose policy it then owns", () => {
    const shared = encryptionOf((stack) => new KmsKey(stack, "shared"));
    expect(shared.one(S3BucketServerSideEncryptionConfigurationA).rule).toEqual(rule("shared"));
    expect(Object.keys(shared.resources(KmsKey))).toHaveLength(1);
    expect(shared.one(KmsKeyPolicy).key_id).toBe("${aws_kms_key.shared.key_id}");
  });

  it("is encrypted by S3 itself on request", () => {
    const managed = encryptionOf("service-managed");
    expect(managed.one(S3BucketServerSideEncryptionConfigurationA).rule).toEqual([
      { apply_server_side_encryption_by_default: { sse_algorithm: "AES256" }, bucket_key_enabled: false },
    ]);
    expect(Object.keys(managed.resources(KmsKey))).toEqual([]);
  });

  const lifecycle = (props: BucketProps) => bucket(props).one(S3BucketLifecycleConfiguration);

  it("keeps what was overwritten for 30 days, or as long as is said", () => {
    expect(bucket().one(S3BucketVersioningA).versioning_configuration).toEqual({ status: "Enabled" });
    expect(lifecycle({}).rule).toMatchObject([{ noncurrent_version_expiration: [{ noncurrent_days: 30 }] }]);
    expect(lifecycle({ oldVersionsDays: 7 }).rule).toMatchObject([
      { noncurrent_version_expiration: [{ noncurrent_days: 7 }] },
    ]);
  });

  it("keeps objects until somebody deletes them, or as long as is said", () => {
    expect(lifecycle({}).rule[0]).not.toHaveProperty("expiration");
    expect(lifecycle({ expireAfterDays: 365 }).rule).toMatchObject([{ expiration: [{ days: 365 }] }]);
  });

  it("forgets uploads that were begun and not ended", () => {
    expect(lifecycle({}).rule).toMatchObject([
      { abort_incomplete_multipart_upload: [{ days_after_initiation: 7 }] },
    ]);
  });

  it("sets its lifecycle once it keeps versions: the rule is about them", () => {
    const result = bucket();
    expect(result.one(S3BucketLifecycleConfiguration).depends_on).toEqual([
      result.addressAt("pictures/versioning", S3BucketVersioningA),
    ]);
  });

  it("is destroyed with what it holds only where the environment lets data be deleted", () => {
    expect(bucket().at("pictures", S3Bucket).force_destroy).toBe(true);
    const kept = bucket({}, { deletion: "prevent" }).at("pictures", S3Bucket);
    expect(kept.force_destroy).toBe(false);
    expect(kept.lifecycle.prevent_destroy).toBe(true);
  });

  const granted = (grant: (bucket: Bucket, role: ServiceRole) => void, props: BucketProps = {}) =>
    statementsOf(
      bucket(props, {}, (made, stack) =>
        grant(made, new ServiceRole(stack, "role", { service: "lambda.amazonaws.com" })),
      ).one(IamRolePolicy).policy,
    );
  const throughS3 = { StringEquals: { "kms:ViaService": "s3.eu-west-1.amazonaws.com" } };
  const key = expect.stringMatching(/aws_kms_key\.pictures_key/);

  it("allows the calls named below a prefix, and what they need of its key through S3 only", () => {
    const sids = (actions: readonly [ObjectAction, ...ObjectAction[]]) =>
      granted((made, role) => made.grant(role, "up/", ...actions)).map(({ Sid, ...rest }) => rest);
    const use = (...actions: readonly string[]) => ({
      Effect: "Allow",
      Action: actions.length === 1 ? actions[0] : actions,
      Resource: "${aws_s3_bucket.pictures.arn}/up/*",
    });
    const on = (Action: string) => ({ Effect: "Allow", Action, Resource: key, Condition: throughS3 });
    expect(sids(["GetObject"])).toEqual([on("kms:Decrypt"), use("s3:GetObject")]);
    expect(sids(["GetObjectVersion"])).toEqual([on("kms:Decrypt"), use("s3:GetObjectVersion")]);
    expect(sids(["GetObject", "PutObject"])).toEqual([
      on("kms:Decrypt"),
      on("kms:GenerateDataKey"),
      use("s3:GetObject", "s3:PutObject"),
    ]);
    expect(sids(["PutObject"])).toEqual([on("kms:Decrypt"), on("kms:GenerateDataKey"), use("s3:PutObject")]);
    for (const action of [
      "AbortMultipartUpload",
      "DeleteObject",
      "GetObjectTagging",
      "PutObjectTagging",
    ] as const)
      expect(sids([action])).toEqual([use(`s3:${action}`)]);
  });

  it("allows every object where the prefix is empty, and no key where S3 manages it", () => {
    const statements = granted((made, role) => made.grant(role, "", "GetObject"), {
      encryption: "service-managed",
    });
    expect(statements).toEqual([
      {
        Sid: expect.stringMatching(/^UseTestPictures/),
        Effect: "Allow",
        Action: "s3:GetObject",
        Resource: "${aws_s3_bucket.pictures.arn}/*",
      },
    ]);
  });

  it("may be granted again for other prefixes, and says each call on the key once", () => {
    const statements = granted((made, role) => {
      made.grant(role, "a/", "GetObject");
      made.grant(role, "a/", "GetObject");
      made.grant(role, "b/", "PutObject");
    });
    expect(statements.map(({ Action }) => Action)).toEqual([
      "kms:Decrypt",
      "kms:GenerateDataKey",
      "s3:GetObject",
      "s3:PutObject",
    ]);
  });

  it("allows listing below a prefix, or everything", () => {
    expect(granted((made, role) => made.grantList(role, "up/"))).toEqual([
      {
        Sid: expect.stringMatching(/^ListTestPictures/),
        Effect: "Allow",
        Action: "s3:ListBucket",
        Resource: "${aws_s3_bucket.pictures.arn}",
        Condition: { StringLike: { "s3:prefix": "up/*" } },
      },
    ]);
    expect(granted((made, role) => made.grantList(role, ""))[0]).not.toHaveProperty("Condition");
  });

  it.each<[string, BucketProps, RegExp]>([
    [
      "no day for objects",
      { expireAfterDays: 0 },
      /bucket "test\/pictures": expireAfterDays must be between 1 and 36500, got 0/,
    ],
    [
      "half a day",
      { expireAfterDays: 0.5 },
      /expireAfterDays must be a whole number between 1 and 36500, got 0.5/,
    ],
    ["more days than there are", { expireAfterDays: 36_501 }, /expireAfterDays must be between 1 and 36500/],
    ["no day for old versions", { oldVersionsDays: 0 }, /oldVersionsDays must be between 1 and 36500, got 0/],
    ["an AWS-managed key by name", { encryption: "alias/aws/s3" as Encryption }, /AWS-managed key/],
    ["a key by its ARN", { encryption: "arn:aws:kms:…" as Encryption }, /encryption must be "customer-key"/],
    [
      "several faults at once",
      { expireAfterDays: 0, oldVersionsDays: 0 },
      /bucket "test\/pictures": 2 faults/,
    ],
  ])("rejects %s", (_, props, message) => {
    expect(() => bucket(props)).toThrow(message);
  });

  it("takes the first and the last day, and days known at apply only", () => {
    const unknown = Token.asNumber({ resolve: () => "${var.days}" });
    for (const expireAfterDays of [1, 36_500, unknown]) {
      expect(() => bucket({ expireAfterDays, oldVersionsDays: expireAfterDays })).not.toThrow();
    }
  });
});

describe("what a bucket's notification can tell of", () => {
  const faults = (watch: Partial<Watch>) => {
    const checks = new Checks("watch", "w");
    checkWatch(checks, "to.", { events: ["s3:ObjectCreated:*"], ...watch });
    return checks.messages();
  };

  it.each<[string, Partial<Watch>, RegExp]>([
    ["no event", { events: [] }, /to\.events must name at least one event of S3: s3:IntelligentTiering, /],
    [
      "an unknown event",
      { events: ["s3:ObjectMoved:*" as BucketEvent] },
      /to\.events must be one of .*got "s3:ObjectMoved:\*"/,
    ],
    [
      "an event that another one holds",
      { events: ["s3:ObjectCreated:Put", "s3:ObjectCreated:*"] },
      /to\.events names s3:ObjectCreated:Put, which s3:ObjectCreated:\* holds already/,
    ],
    [
      "an event twice",
      { events: ["s3:ObjectAcl:Put", "s3:ObjectAcl:Put"] },
      /to\.events names s3:ObjectAcl:Put, which s3:ObjectAcl:Put holds already/,
    ],
    ["an empty prefix", { prefix: "" }, /to\.prefix is empty: leave it out to have every key/],
    ["an empty suffix", { suffix: "" }, /to\.suffix is empty/],
    [
      "a prefix that is too long",
      { prefix: "x".repeat(1025) },
      /to\.prefix must have at most 1024 characters .*, got 1025/,
    ],
    [
      "a suffix that is too long once it is encoded",
      { suffix: "=".repeat(342) },
      /to\.suffix must have at most 1024 characters as S3 wants them encoded, got 1026/,
    ],
    [
      "an encoded prefix, which would be encoded twice",
      { prefix: "day%3D2026" },
      /to\.prefix has a %, got "day%3D2026": write it as the keys are/,
    ],
    ["a wildcard", { suffix: "*.jpg" }, /to\.suffix has a \*, .*S3 knows no wildcards.*EventBridge/],
    ["half a character", { prefix: "a\ud83d" }, /to\.prefix has half a character/],
  ])("rejects %s", (_, watch, message) => {
    expect(faults(watch)).toEqual([expect.stringMatching(message)]);
  });

  it("takes every event, filters of 1 to 1,024 characters, and those known at apply only", () => {
    const unknown = Token.asString({ resolve: () => "${var.prefix}" });
    for (const prefix of [
      "x",
      "x".repeat(1024),
      "a/B9!-_.'()",
      "day=2026/größe 1?&@:,;$~",
      "=".repeat(341),
      unknown,
    ]) {
      expect(faults({ prefix, suffix: prefix })).toEqual([]);
    }
    const all: BucketEvent[] = [
      "s3:ObjectCreated:*",
      "s3:ObjectRemoved:*",
      "s3:ObjectRestore:*",
      "s3:Replication:*",
    ];
    expect(faults({ events: [...all, "s3:LifecycleTransition", "s3:ObjectAcl:Put"] })).toEqual([]);
  });

  const created = (filter: Omit<Watch, "events"> = {}): Watch => ({
    events: ["s3:ObjectCreated:*"],
    ...filter,
  });

  it.each<[string, Watch, Watch]>([
    ["no filters", created(), created()],
    ["one without a filter", created(), created({ prefix: "a/", suffix: ".jpg" })],
    ["a prefix within the other", created({ prefix: "a/" }), created({ prefix: "a/b/" })],
    [
      "prefixes and suffixes that overlap",
      created({ prefix: "a/", suffix: "jpg" }),
      created({ prefix: "a/", suffix: ".jpg" }),
    ],
    ["a prefix here, a suffix there", created({ prefix: "a/" }), created({ suffix: ".jpg" })],
    [
      "characters that are encoded for S3",
      created({ prefix: "day=2026/" }),
      created({ prefix: "day=2026/größe 1/" }),
    ],
  ])("is both's where there are %s", (_, one, other) => {
    expect(commonEvents(one, other)).toEqual(one.events);
    expect(commonEvents(other, one)).toEqual(other.events);
  });

  it("share the members that one names of the other's family", () => {
    const puts: Watch = {
      events: ["s3:ObjectRemoved:Delete", "s3:ObjectCreated:Put", "s3:ObjectCreated:Copy"],
    };
    const shared = ["s3:ObjectCreated:Put", "s3:ObjectCreated:Copy"];
    expect(commonEvents(created(), puts)).toEqual(shared);
    expect(commonEvents(puts, created())).toEqual(shared);
  });

  it.each<[string, Watch, Watch]>([
    ["prefixes that exclude each other", created({ prefix: "a/" }), created({ prefix: "b/" })],
    ["suffixes that exclude each other", created({ suffix: ".jpg" }), created({ suffix: ".png" })],
    [
      "the same prefix and other suffixes",
      created({ prefix: "a/", suffix: ".jpg" }),
      created({ prefix: "a/", suffix: ".png" }),
    ],
    ["suffixes that only their encoded forms share", created({ suffix: "=" }), created({ suffix: "D" })],
    ["other events", created(), { events: ["s3:ObjectRemoved:*"] }],
    ["members of one family", { events: ["s3:ObjectCreated:Put"] }, { events: ["s3:ObjectCreated:Copy"] }],
    ["a filter known at apply only", created({ prefix: Token.asString({ resolve: () => "x" }) }), created()],
  ])("is let be where there are %s", (_, one, other) => {
    expect([...commonEvents(one, other), ...commonEvents(other, one)]).toEqual([]);
  });

  it("reaches S3 as S3 wants it: a space as +, and what is special in % of UTF-8", () => {
    expect(encodedFilter("day=2026/")).toBe("day%3D2026/");
    expect(encodedFilter("a b+c")).toBe("a+b%2Bc");
    expect(encodedFilter("größe~?&@:,;$")).toBe("gr%C3%B6%C3%9Fe%7E%3F%26%40%3A%2C%3B%24");
    expect(encodedFilter("a/B9!-_.'()")).toBe("a/B9!-_.'()");
    expect(encodedFilter(undefined)).toBeUndefined();
    const unknown = Token.asString({ resolve: () => "day=${var.day}" });
    expect(encodedFilter(unknown)).toBe(unknown);
  });

  it("means the keys that it is written like, whatever their characters", () => {
    fc.assert(
      fc.property(
        fc.string({ unit: "grapheme" }).map((each) => each.replaceAll("*", "")),
        (text) => {
          const encoded = encodedFilter(text) ?? "";
          return (
            /^[\w/!\-.'()+%]*$/.test(encoded) && decodeURIComponent(encoded.replaceAll("+", " ")) === text
          );
        },
      ),
    );
  });

  it("overlaps wherever some key is both's, whatever the filters", () => {
    const text = fc.stringMatching(/^[ab]{0,3}$/);
    const filter = fc.record({ prefix: text, suffix: text });
    const matches = ({ prefix, suffix }: { prefix: string; suffix: string }, key: string) =>
      key.startsWith(prefix) && key.endsWith(suffix);
    fc.assert(
      fc.property(filter, filter, fc.stringMatching(/^[ab]{0,6}$/), (one, other, key) => {
        const both = matches(one, key) && matches(other, key);
        return !both || commonEvents(created(one), created(other)).length > 0;
      }),
      { numRuns: 2000 },
    );
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
      bucketNotification(bucket).add("jpg", part(A, { prefix: "day=2026/", suffix: " 1.jpg" }));
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
        filter_prefix: "day%3D2026/",
        filter_suffix: "+1.jpg",
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

  it("rejects more than the hundred parts that S3 holds", () => {
    const parts = (count: number) =>
      notified(({ bucket }) => {
        for (let index = 0; index < count; index += 1)
          bucketNotification(bucket).add(`${index}`, part(A, { prefix: `${index}/` }));
      });
    expect(() => parts(100)).not.toThrow();
    expect(() => parts(101)).toThrow(/101 parts, and S3 holds 100: send to EventBridge/);
  });

  it("rejects parts that S3 would find ambiguous, and names both", () => {
    expect(() =>
      notified(({ bucket }) => {
        bucketNotification(bucket).add("b", part(A, { prefix: "up/" }));
        bucketNotification(bucket).add("a", part(B, { suffix: ".jpg", events: ["s3:ObjectCreated:Copy"] }));
      }),
    ).toThrow(
      /"a" \(s3:ObjectCreated:Copy of \*\.jpg\) and "b" \(s3:ObjectCreated:\* of up\/\*\) both want s3:ObjectCreated:Copy of the same keys/,
    );
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
