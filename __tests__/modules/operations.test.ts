import { Cloudtrail } from "@cdktf/provider-aws/lib/cloudtrail";
import { KmsAlias } from "@cdktf/provider-aws/lib/kms-alias";
import { KmsKeyPolicy } from "@cdktf/provider-aws/lib/kms-key-policy";
import { S3Bucket } from "@cdktf/provider-aws/lib/s3-bucket";
import { S3BucketLifecycleConfiguration } from "@cdktf/provider-aws/lib/s3-bucket-lifecycle-configuration";
import { S3BucketPolicy } from "@cdktf/provider-aws/lib/s3-bucket-policy";
import { S3BucketPublicAccessBlock } from "@cdktf/provider-aws/lib/s3-bucket-public-access-block";
import { S3BucketServerSideEncryptionConfigurationA } from "@cdktf/provider-aws/lib/s3-bucket-server-side-encryption-configuration";
import { S3BucketVersioningA } from "@cdktf/provider-aws/lib/s3-bucket-versioning";
import { SnsTopic } from "@cdktf/provider-aws/lib/sns-topic";
import { SnsTopicPolicy } from "@cdktf/provider-aws/lib/sns-topic-policy";
import { SnsTopicSubscription } from "@cdktf/provider-aws/lib/sns-topic-subscription";
import { Token } from "cdktf";
import type { Facts } from "../../modules/core";
import { AccountTrail, type AccountTrailProps } from "../../modules/operations/account-trail";
import { AlarmTopic, type AlarmTopicProps } from "../../modules/operations/alarm-topic";
import { StateBucket } from "../../modules/operations/state-bucket";
import { statementsOf, synthesize } from "../../testing";

const topic = (props?: AlarmTopicProps) => synthesize((stack) => void new AlarmTopic(stack, "alarms", props));
const fromAlarms = {
  Principal: { Service: "cloudwatch.amazonaws.com" },
  Condition: { ArnLike: { "aws:SourceArn": "arn:aws:cloudwatch:eu-west-1:123456789012:alarm:*" } },
};

describe("an alarm topic", () => {
  it("is encrypted with a customer key, since alarms cannot use the AWS-managed one", () => {
    expect(topic().one(SnsTopic).name).toBe("test_alarms");
    expect(topic().one(SnsTopic).kms_master_key_id).toMatch(/^\$\{aws_kms_key\.alarms_key/);
  });

  it("lets the alarms of this account and region publish, and nobody else", () => {
    const allowed = statementsOf(topic().one(SnsTopicPolicy).policy).filter(
      ({ Effect }) => Effect === "Allow",
    );
    expect(allowed).toEqual([
      {
        Sid: "AllowAlarms",
        Effect: "Allow",
        Action: "sns:Publish",
        Resource: "${aws_sns_topic.alarms.arn}",
        ...fromAlarms,
      },
    ]);
  });

  it("lets the same alarms use its key", () => {
    const services = statementsOf(topic().one(KmsKeyPolicy).policy).filter(
      ({ Principal }) => "Service" in Principal,
    );
    expect(services).toEqual([
      {
        Sid: "AllowAlarms",
        Effect: "Allow",
        Action: ["kms:Decrypt", "kms:GenerateDataKey"],
        Resource: "*",
        ...fromAlarms,
      },
    ]);
  });

  it("writes to an address where there is one", () => {
    expect(topic({ email: "a@b.example" }).one(SnsTopicSubscription)).toMatchObject({
      protocol: "email",
      endpoint: "a@b.example",
      topic_arn: "${aws_sns_topic.alarms.arn}",
    });
  });

  it("rejects an address that is none", () => {
    expect(() => topic({ email: "oncall" })).toThrow(
      /alarm topic "test\/alarms": email must be a mail address/,
    );
  });

  it("has no subscription where there is no address", () => {
    expect(Object.keys(topic().resources(SnsTopicSubscription))).toEqual([]);
  });
});

describe("a state bucket", () => {
  const made = (facts = {}) =>
    synthesize((stack) => void new StateBucket(stack, "state", { bucket: "acme-state" }), facts);

  it("has the name it was given, and goes with its contents never", () => {
    expect(made().one(S3Bucket)).toMatchObject({ bucket: "acme-state", force_destroy: false });
    expect(made({ deletion: "prevent" }).one(S3Bucket).lifecycle).toEqual({ prevent_destroy: true });
  });

  it("is closed to the public", () => {
    expect(made().one(S3BucketPublicAccessBlock)).toMatchObject({
      bucket: "${aws_s3_bucket.state.bucket}",
      block_public_acls: true,
      block_public_policy: true,
      ignore_public_acls: true,
      restrict_public_buckets: true,
    });
  });

  it("takes TLS only", () => {
    expect(statementsOf(made().one(S3BucketPolicy).policy).map(({ Sid }) => Sid)).toEqual(["DenyWithoutTls"]);
    expect(made().one(S3BucketPolicy).bucket).toBe("${aws_s3_bucket.state.bucket}");
  });

  it("encrypts with its own key, under the alias that the environments name", () => {
    const result = made();
    expect(result.one(S3BucketServerSideEncryptionConfigurationA)).toMatchObject({
      bucket: "${aws_s3_bucket.state.bucket}",
      rule: [
        {
          bucket_key_enabled: true,
          apply_server_side_encryption_by_default: {
            sse_algorithm: "aws:kms",
            kms_master_key_id: expect.stringMatching(/^\$\{aws_kms_key\.state_key_\w+\.arn\}$/),
          },
        },
      ],
    });
    expect(result.one(KmsAlias)).toMatchObject({
      name: "alias/test/state/key",
      target_key_id: expect.stringMatching(/^\$\{aws_kms_key\.state_key_\w+\.key_id\}$/),
    });
  });

  it("keeps older versions for 90 days, after versioning is on", () => {
    const result = made();
    expect(result.one(S3BucketVersioningA)).toMatchObject({
      bucket: "${aws_s3_bucket.state.bucket}",
      versioning_configuration: { status: "Enabled" },
    });
    const lifecycle = result.one(S3BucketLifecycleConfiguration);
    expect(lifecycle.bucket).toBe("${aws_s3_bucket.state.bucket}");
    expect(lifecycle.depends_on).toEqual([expect.stringMatching(/^aws_s3_bucket_versioning\./)]);
    expect(lifecycle.rule).toEqual([
      {
        id: "old-versions",
        status: "Enabled",
        filter: [{ prefix: "" }],
        noncurrent_version_expiration: [{ noncurrent_days: 90 }],
        abort_incomplete_multipart_upload: [{ days_after_initiation: 7 }],
      },
    ]);
  });
});

describe("an account's trail", () => {
  const made = (props: AccountTrailProps = {}, facts: Partial<Facts> = {}) =>
    synthesize((stack) => void new AccountTrail(stack, "account-trail", props), facts);
  const TRAIL = "arn:aws:cloudtrail:eu-west-1:123456789012:trail/test_account-trail";
  const ofTrail = {
    Principal: { Service: "cloudtrail.amazonaws.com" },
    Condition: { StringEquals: { "aws:SourceArn": TRAIL } },
  };
  const bucketStatements = (facts: Partial<Facts> = {}) =>
    statementsOf(made({}, facts).one(S3BucketPolicy).policy);

  it("records what is called in every region, global services too, and signs its files", () => {
    expect(made().one(Cloudtrail)).toMatchObject({
      name: "test_account-trail",
      is_multi_region_trail: true,
      include_global_service_events: true,
      enable_log_file_validation: true,
    });
  });

  it("records every management event: it selects none", () => {
    expect(made().one(Cloudtrail)).not.toHaveProperty("event_selector");
    expect(made().one(Cloudtrail)).not.toHaveProperty("advanced_event_selector");
  });

  it("writes into a bucket of its own, encrypted with a key of its own", () => {
    const result = made();
    const key = expect.stringMatching(/^\$\{aws_kms_key\.account-trail_key_\w+\.arn\}$/);
    expect(result.one(Cloudtrail)).toMatchObject({
      s3_bucket_name: expect.stringMatching(/^\$\{aws_s3_bucket\.account-trail_logs_\w+\.bucket\}$/),
      kms_key_id: key,
    });
    const [rule] = result.one(S3BucketServerSideEncryptionConfigurationA).rule;
    expect(rule?.apply_server_side_encryption_by_default.kms_master_key_id).toEqual(key);
  });

  it("waits for both policies, which CloudTrail tries at once", () => {
    expect([...made().one(Cloudtrail).depends_on].sort()).toEqual([
      expect.stringMatching(/^aws_kms_key_policy\./),
      expect.stringMatching(/^aws_s3_bucket_policy\./),
    ]);
  });

  it("lets CloudTrail put log files of this account, in the name of this trail only", () => {
    const bucket = "${aws_s3_bucket.account-trail_logs_";
    expect(bucketStatements().filter(({ Effect }) => Effect === "Allow")).toEqual([
      {
        Sid: "AllowTrailCheck",
        Effect: "Allow",
        Action: "s3:GetBucketAcl",
        Resource: expect.stringContaining(bucket),
        ...ofTrail,
      },
      {
        Sid: "AllowTrailWrite",
        Effect: "Allow",
        Action: "s3:PutObject",
        Resource: expect.stringMatching(/\.arn\}\/AWSLogs\/123456789012\/\*$/),
        ...ofTrail,
      },
    ]);
  });

  it("lets CloudTrail use its key for this trail only, to encrypt only where it says for which", () => {
    const services = statementsOf(made().one(KmsKeyPolicy).policy).filter(
      ({ Principal }) => "Service" in Principal,
    );
    expect(services).toEqual([
      {
        Sid: "AllowTrailToCheck",
        Effect: "Allow",
        Action: ["kms:Decrypt", "kms:DescribeKey"],
        Resource: "*",
        ...ofTrail,
      },
      {
        Sid: "AllowTrailToEncrypt",
        Effect: "Allow",
        Action: "kms:GenerateDataKey",
        Resource: "*",
        ...ofTrail,
        Condition: {
          ...ofTrail.Condition,
          StringLike: {
            "kms:EncryptionContext:aws:cloudtrail:arn": TRAIL.replace("eu-west-1", "*"),
          },
        },
      },
    ]);
  });

  it("names itself in the partition of its region", () => {
    const network = {
      cidr: "10.0.0.0/16",
      zones: ["us-gov-west-1a", "us-gov-west-1b"],
      nat: "none",
    } as const;
    const [check] = bucketStatements({ region: "us-gov-west-1", network }).filter(
      ({ Sid }) => Sid === "AllowTrailCheck",
    );
    expect(check?.Condition.StringEquals["aws:SourceArn"]).toBe(
      "arn:aws-us-gov:cloudtrail:us-gov-west-1:123456789012:trail/test_account-trail",
    );
  });

  it.each(["allow", "prevent"] as const)(
    "lets nobody delete a log file where the environment's deletion is %s",
    (deletion) => {
      const denied = (facts: Partial<Facts>) =>
        bucketStatements(facts).filter(({ Sid, Effect }) => Effect === "Deny" && Sid !== "DenyWithoutTls");
      expect(denied({ deletion })).toEqual([
        {
          Sid: "DenyDeletion",
          Effect: "Deny",
          Principal: "*",
          Action: ["s3:DeleteObject", "s3:DeleteObjectVersion"],
          Resource: expect.stringMatching(/\.arn\}\/\*$/),
        },
      ]);
    },
  );

  const expiry = (props: AccountTrailProps, facts: Partial<Facts> = {}) =>
    made(props, facts).one(S3BucketLifecycleConfiguration).rule[0]?.expiration;

  it("keeps log files as long as the environment keeps logs, or as long as asked", () => {
    for (const days of [60, 90]) expect(expiry({}, { logRetentionDays: days })).toEqual([{ days }]);
    expect(expiry({ retentionDays: 3650 })).toEqual([{ days: 3650 }]);
    const days = Token.asNumber({ resolve: () => "${var.days}" });
    expect(expiry({ retentionDays: days })).toEqual([{ days: "${var.days}" }]);
  });

  it.each([0, 36_501, 1.5])("rejects a retention of %s days", (retentionDays) => {
    expect(() => made({ retentionDays })).toThrow(
      `account trail "test/account-trail": retentionDays must be ${retentionDays === 1.5 ? "a whole number " : ""}between 1 and 36500, got ${retentionDays}`,
    );
  });

  it.each([
    ["exists", '"exists"'],
    [undefined, "nothing"],
  ] as const)("rejects an environment that does not make the trail: %s", (accountTrail, given) => {
    expect(() => made({}, { accountTrail })).toThrow(
      `account trail "test/account-trail": accountTrail must be "make" among the environment's facts, got ${given}: say so`,
    );
  });
});
