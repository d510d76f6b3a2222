import type { ApiGatewayRestApi } from "@cdktf/provider-aws/lib/api-gateway-rest-api";
import { ApiGatewayRestApiPolicy } from "@cdktf/provider-aws/lib/api-gateway-rest-api-policy";
import type { KmsKey } from "@cdktf/provider-aws/lib/kms-key";
import { KmsKeyPolicy } from "@cdktf/provider-aws/lib/kms-key-policy";
import type { S3Bucket } from "@cdktf/provider-aws/lib/s3-bucket";
import { S3BucketPolicy } from "@cdktf/provider-aws/lib/s3-bucket-policy";
import type { SnsTopic } from "@cdktf/provider-aws/lib/sns-topic";
import { SnsTopicPolicy } from "@cdktf/provider-aws/lib/sns-topic-policy";
import type { SqsQueue } from "@cdktf/provider-aws/lib/sqs-queue";
import { SqsQueuePolicy } from "@cdktf/provider-aws/lib/sqs-queue-policy";
import { type TerraformResource, TerraformStack } from "cdktf";
import { Construct } from "constructs";
import { arnOf } from "./facts-of";
import { type Whole, watchForSecondOwners } from "./owners";
import { policyDocument } from "./policy-document";
import type { SizeLimit } from "./policy-size";
import { type ResourceStatement, Statements } from "./statements";

/** A policy that AWS keeps as one whole document for one resource. */
interface PolicyKind<R extends TerraformResource> extends Omit<Whole, "remedy"> {
  /** Statements that AWS takes at most. @default - as many as its size allows */
  readonly most?: number;
  /** With the remedy where fewer senders by name is not it. @default - not measured */
  readonly size?: Omit<SizeLimit, "remedy"> & Partial<Pick<SizeLimit, "remedy">>;
  write(scope: Construct, resource: R, policy: string): TerraformResource;
  /** Statements that must be there from the first moment. */
  opening?(resource: R): Readonly<Record<string, ResourceStatement>>;
}

const FEWER_SENDERS =
  "let fewer senders in, such as one topic that others publish to, or rules spread over several EventRules, each with a " +
  "dead-letter queue of its own";

/**
 * The one owner of a resource's policy: patterns add statements, and the document is rendered once, at synthesis.
 *
 * AWS replaces the whole document at each write, so two owners would overwrite each other for ever
 * (terraform-aws-eventbridge#138, terraform-aws-s3-bucket#54). A second owner in the same stack is an error.
 */
export class ResourcePolicy<R extends TerraformResource = TerraformResource> extends Construct {
  /** The Terraform resource that carries the document; depend on it where the permission must be there first. */
  readonly resource: TerraformResource;
  private readonly statements = new Statements<ResourceStatement>();

  private constructor(subject: R, id: string, policyKind: PolicyKind<R>) {
    super(subject, id);
    const { kind, write, opening } = policyKind;
    const { policyInput } = subject as R & { readonly policyInput?: string };
    if (policyInput !== undefined) {
      throw new Error(
        `${kind} "${subject.node.path}": its policy is written inline, and two owners overwrite each other: ` +
          "leave `policy` out and add the statements here",
      );
    }
    for (const [sid, statement] of Object.entries(opening?.(subject) ?? {})) this.add(sid, statement);
    const { statements } = this;
    const limit = policyKind.size && { remedy: FEWER_SENDERS, ...policyKind.size };
    this.resource = write(this, subject, policyDocument(this, { kind: "policy", statements, limit }));
    this.node.addValidation({ validate: () => [...this.excess(policyKind)] });
    watchForSecondOwners(TerraformStack.of(this), {
      ...policyKind,
      remedy: "remove one and add its statements to the other",
    });
  }

  /** The policy of a resource, made at the first call. */
  static of<R extends TerraformResource>(subject: R, kind: PolicyKind<R>): ResourcePolicy<R> {
    const id = "policy";
    return (
      (subject.node.tryFindChild(id) as ResourcePolicy<R> | undefined) ??
      new ResourcePolicy(subject, id, kind)
    );
  }

  /**
   * Adds a statement. An id that stands for two different ones is an error at synthesis.
   * @param sid letters and digits; says what the statement is for
   */
  add(sid: string, statement: ResourceStatement): void {
    this.statements.add(sid, statement);
  }

  /**
   * Lets one more source in, `aws:SourceArn`: what comes under the same id and says the same of everything else is one
   * statement, which lists the sources. A queue's policy has room for twenty statements, whoever they let in.
   */
  addSource(sid: string, statement: ResourceStatement): void {
    this.statements.share(sid, "aws:SourceArn", statement);
  }

  /** What AWS says only at apply: more statements than one policy can have. */
  private excess({ kind, most = Number.POSITIVE_INFINITY }: PolicyKind<R>): readonly string[] {
    const { size } = this.statements;
    return size <= most
      ? []
      : [
          `${kind} "${this.node.scopes.at(-2)?.node.path}": ${size} statements, and AWS takes ${most}: ${FEWER_SENDERS}`,
        ];
  }
}

/** The policy of a queue. Calls without TLS are denied. */
export function queuePolicy(queue: SqsQueue): ResourcePolicy<SqsQueue> {
  return ResourcePolicy.of(queue, {
    kind: "queue policy",
    type: SqsQueuePolicy.tfResourceType,
    // SQS developer guide, "Amazon SQS policy quotas".
    most: 20,
    size: { most: 8192, unit: "bytes" },
    subject: "queueUrlInput",
    write: (scope, { url }, policy) => new SqsQueuePolicy(scope, "Default", { queueUrl: url, policy }),
    opening: ({ arn }) => ({ DenyWithoutTls: denyWithoutTls(["sqs:*"], [arn]) }),
  });
}

/** The policy of a topic. Publishing without TLS is denied; a topic's policy takes no `sns:*` ("out of service scope"). */
export function topicPolicy(topic: SnsTopic): ResourcePolicy<SnsTopic> {
  return ResourcePolicy.of(topic, {
    kind: "topic policy",
    type: SnsTopicPolicy.tfResourceType,
    subject: "arnInput",
    write: (scope, { arn }, policy) => new SnsTopicPolicy(scope, "Default", { arn, policy }),
    opening: ({ arn }) => ({ DenyWithoutTls: denyWithoutTls(["sns:Publish"], [arn]) }),
  });
}

/** The policy of a bucket. Calls without TLS are denied. */
export function bucketPolicy(bucket: S3Bucket): ResourcePolicy<S3Bucket> {
  return ResourcePolicy.of(bucket, {
    kind: "bucket policy",
    type: S3BucketPolicy.tfResourceType,
    // S3 user guide, "Bucket policies for Amazon S3": 20 KB.
    size: { most: 20_480, unit: "bytes" },
    subject: "bucketInput",
    write: (scope, { bucket: name }, policy) =>
      new S3BucketPolicy(scope, "Default", { bucket: name, policy }),
    opening: ({ arn }) => ({ DenyWithoutTls: denyWithoutTls(["s3:*"], [arn, `${arn}/*`]) }),
  });
}

/**
 * The policy of a REST API. Nothing opens it: API Gateway takes TLS only, and where a policy is there, it must allow
 * whoever does not sign requests. Name methods by whole ARNs: the short form comes back whole, as a change at each plan.
 */
export function restApiPolicy(api: ApiGatewayRestApi): ResourcePolicy<ApiGatewayRestApi> {
  return ResourcePolicy.of(api, {
    kind: "API policy",
    type: ApiGatewayRestApiPolicy.tfResourceType,
    // API Gateway developer guide, "Quotas for configuring and running a REST API".
    size: { most: 8192, unit: "characters" },
    subject: "restApiIdInput",
    write: (scope, { id }, policy) =>
      new ApiGatewayRestApiPolicy(scope, "Default", { restApiId: id, policy }),
  });
}

/**
 * The policy of a key, a resource of its own: inline it would close a circle, because the policy names the topic that
 * the key encrypts. It opens with the account's own right to manage the key and to grant its use through IAM.
 */
export function keyPolicy(key: KmsKey): ResourcePolicy<KmsKey> {
  return ResourcePolicy.of(key, {
    kind: "key policy",
    type: KmsKeyPolicy.tfResourceType,
    // KMS developer guide, "Resource quotas": 32 KB.
    size: { most: 32_768, unit: "bytes" },
    subject: "keyIdInput",
    write: (scope, { keyId }, policy) => new KmsKeyPolicy(scope, "Default", { keyId, policy }),
    opening: () => ({
      AllowAccountThroughIam: {
        principal: { AWS: arnOf(key, { service: "iam", region: "", resource: "root" }) },
        actions: ["kms:*"],
        resources: ["*"],
      },
    }),
  });
}

function denyWithoutTls(actions: readonly string[], resources: readonly string[]): ResourceStatement {
  return {
    effect: "Deny",
    principal: "*",
    actions,
    resources,
    conditions: { Bool: { "aws:SecureTransport": "false" } },
  };
}
