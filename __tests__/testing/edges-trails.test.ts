import { Cloudtrail } from "@cdktf/provider-aws/lib/cloudtrail";
import { KmsKey } from "@cdktf/provider-aws/lib/kms-key";
import { S3Bucket } from "@cdktf/provider-aws/lib/s3-bucket";
import { S3BucketPolicy } from "@cdktf/provider-aws/lib/s3-bucket-policy";
import type { Facts } from "../../modules/core";
import { AccountTrail } from "../../modules/operations/account-trail";
import { checkEdges, synthesize } from "../../testing";

const ARN = "arn:aws:cloudtrail:eu-west-1:123456789012:trail/audit";
const BUCKET = "arn:aws:s3:::audit-logs";
const Service = "cloudtrail.amazonaws.com";

interface Wrong {
  /** The trail's own prefix. */
  readonly prefix?: string;
  readonly check?: object;
  readonly write?: object;
  readonly key?: object;
}

/** A trail in raw bindings, with what AWS's pages ask for, and one thing wrong. */
const raw = ({ prefix, check, write, key }: Wrong = {}) =>
  checkEdges(
    synthesize((stack) => {
      const Condition = { StringEquals: { "aws:SourceArn": ARN } };
      const mine = { Effect: "Allow", Principal: { Service }, Condition };
      const acl = { "s3:x-amz-acl": "bucket-owner-full-control" };
      const bucket = new S3Bucket(stack, "logs", { bucket: "audit-logs" });
      new S3BucketPolicy(stack, "logs-policy", {
        bucket: bucket.bucket,
        policy: JSON.stringify({
          Version: "2012-10-17",
          Statement: [
            { Sid: "Check", ...mine, Action: "s3:GetBucketAcl", Resource: BUCKET, ...check },
            {
              Sid: "Write",
              ...mine,
              Action: "s3:PutObject",
              Resource: `${BUCKET}/AWSLogs/123456789012/*`,
              Condition: { StringEquals: { ...Condition.StringEquals, ...acl } },
              ...write,
            },
          ],
        }),
      });
      const kmsKey = new KmsKey(stack, "key", {
        policy: JSON.stringify({
          Version: "2012-10-17",
          Statement: [
            {
              Sid: "Account",
              Effect: "Allow",
              Principal: { AWS: "arn:aws:iam::123456789012:root" },
              Action: "kms:*",
              Resource: "*",
            },
            {
              Sid: "Trail",
              ...mine,
              Action: ["kms:Decrypt", "kms:DescribeKey", "kms:GenerateDataKey*"],
              Resource: "*",
              ...key,
            },
          ],
        }),
      });
      new Cloudtrail(stack, "trail", {
        name: "audit",
        s3BucketName: bucket.bucket,
        s3KeyPrefix: prefix,
        kmsKeyId: kmsKey.arn,
      });
    }),
  );
const unpermitted = (wrong: Wrong) => raw(wrong).unpermitted.map(({ kind, why }) => `${kind}: ${why}`);

describe("the edges of a trail", () => {
  it("are permitted by what AWS's pages ask for, no more and no less", () => {
    const { edges, unpermitted, unasked, withoutSource, unresolved } = raw();
    expect({ unpermitted, unasked, withoutSource, unresolved }).toEqual({
      unpermitted: [],
      unasked: [],
      withoutSource: [],
      unresolved: [],
    });
    expect(edges.filter(({ from }) => from === "test/trail").map(({ kind }) => kind)).toEqual([
      "trail checks its bucket",
      "trail writes to its bucket",
      "trail encrypts",
    ]);
  });

  it.each<[string, Wrong, string]>([
    [
      "may not read the bucket's ACL",
      { check: { Action: "s3:ListBucket" } },
      "trail checks its bucket: nothing allows s3:GetBucketAcl",
    ],
    [
      "may write for another account only",
      { write: { Resource: `${BUCKET}/AWSLogs/999999999999/*` } },
      "trail writes to its bucket: nothing allows s3:PutObject",
    ],
    [
      "has a prefix that the policy does not know",
      { prefix: "audit" },
      "trail writes to its bucket: nothing allows s3:PutObject",
    ],
    [
      "may not decrypt",
      { key: { Action: ["kms:DescribeKey", "kms:GenerateDataKey*"] } },
      "trail encrypts: nothing allows kms:Decrypt",
    ],
    [
      "is another trail than the key's policy names",
      { key: { Condition: { StringEquals: { "aws:SourceArn": `${ARN}-2` } } } },
      "trail encrypts: nothing allows kms:Decrypt, kms:DescribeKey, kms:GenerateDataKey",
    ],
  ])("are found where it %s", (_, wrong, message) => {
    expect(unpermitted(wrong)).toEqual([message]);
  });

  it("takes a prefix into account", () => {
    expect(
      unpermitted({ prefix: "audit", write: { Resource: `${BUCKET}/audit/AWSLogs/123456789012/*` } }),
    ).toEqual([]);
  });

  it("tells of CloudTrail that may act for anybody's trail", () => {
    const anybody = { Condition: undefined };
    const told = ({ withoutSource }: ReturnType<typeof raw>) => withoutSource.map(({ sid }) => sid);
    expect(told(raw({ check: anybody }))).toEqual(["Check"]);
    expect(told(raw({ write: anybody }))).toEqual(["Write"]);
    expect(told(raw({ key: anybody }))).toEqual(["Trail"]);
  });

  it("tells of more than it needs", () => {
    expect(raw({ write: { Action: "s3:*" } }).unasked.map(({ action }) => action)).toEqual(["s3:*"]);
  });

  it("takes a bucket and a key elsewhere for what they are", () => {
    const { unresolved } = checkEdges(
      synthesize((stack) => {
        new Cloudtrail(stack, "trail", {
          name: "audit",
          s3BucketName: "elsewhere",
          kmsKeyId: "arn:aws:kms:eu-west-1:123456789012:key/1",
        });
      }),
    );
    expect(unresolved.map(({ where }) => where)).toEqual([
      "trail checks its bucket: test/trail",
      "trail writes to its bucket: test/trail",
      "trail encrypts: test/trail",
    ]);
  });
});

describe("the module AccountTrail", () => {
  const faultsOf = (facts: Partial<Facts>) => {
    const stack = synthesize((scope) => void new AccountTrail(scope, "account-trail"), facts);
    const { unpermitted, unasked, withoutSource, unresolved, withoutTls } = checkEdges(stack);
    return { unpermitted, unasked, withoutSource, unresolved, withoutTls };
  };

  it.each(["allow", "prevent"] as const)("permits its edges and no more where deletion is %s", (deletion) => {
    expect(Object.values(faultsOf({ deletion }))).toEqual([[], [], [], [], []]);
  });
});

describe("a deny that hits everybody", () => {
  const denying = (Action: string | readonly string[]) =>
    checkEdges(
      synthesize((stack) => {
        const bucket = new S3Bucket(stack, "logs", { bucket: "logs" });
        const Statement = {
          Sid: "Deny",
          Effect: "Deny",
          Principal: "*",
          Action,
          Resource: "arn:aws:s3:::logs/*",
        };
        new S3BucketPolicy(stack, "policy", {
          bucket: bucket.bucket,
          policy: JSON.stringify({ Version: "2012-10-17", Statement }),
        });
      }),
    ).unpermitted.map(({ kind }) => kind);

  it("locks nobody out where it keeps what is there, and does where it denies more", () => {
    expect(denying(["s3:DeleteObject", "s3:DeleteObjectVersion"])).toEqual([]);
    expect(denying(["s3:DeleteObject", "s3:GetObject"])).toEqual(["account uses what it owns"]);
    expect(denying("s3:*")).toEqual(["account uses what it owns"]);
  });
});
