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
