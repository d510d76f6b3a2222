import { KmsAlias } from "@cdktf/provider-aws/lib/kms-alias";
import { KmsKey } from "@cdktf/provider-aws/lib/kms-key";
import { type TerraformResource, TerraformStack } from "cdktf";
import { Construct, type IConstruct } from "constructs";
import type { Checks } from "./checks";
import { factsOf } from "./facts-of";
import { nameOf } from "./names";
import { isOfType } from "./of-type";
import type { KeyRef } from "./refs";
import { regionOf } from "./region-of";
import { keyPolicy } from "./resource-policy";
import type { Grantee } from "./roles";
import { type Statement, sidOf } from "./statements";
import { resolveIn } from "./tokens";

/**
 * How data at rest is encrypted.
 *
 * - `"customer-key"`: a key of its own, rotated yearly, about 1 USD a month;
 * - `"service-managed"`: the service's own key, free, which no other AWS service can use as a sender;
 * - a key made in the same stack with no inline `policy`: its statements are added to.
 */
export type Encryption = "customer-key" | "service-managed" | KmsKey;

/** Days in which a key marked for deletion can be had back, by what the environment says of data. */
const DELETION_WINDOW_DAYS = { allow: 7, prevent: 30 } as const;

/**
 * A customer-managed key with an alias, rotated every year, its policy owned by `keyPolicy`.
 * Costs about 1 USD a month.
 */
export class CustomerKey extends Construct {
  readonly key: KmsKey;
  readonly alias: KmsAlias;

  constructor(scope: Construct, id: string, props: { readonly description: string }) {
    super(scope, id);
    this.key = new KmsKey(this, "Default", {
      description: props.description,
      enableKeyRotation: true,
      deletionWindowInDays: DELETION_WINDOW_DAYS[factsOf(this).deletion],
    });
    this.alias = new KmsAlias(this, "alias", {
      name: nameOf(this, "key-alias"),
      targetKeyId: this.key.keyId,
    });
    keyPolicy(this.key);
  }
}

/**
 * The key that an encryption asks for, made where it asks for a new one; `undefined` is the service's own key.
 * Check the choice with {@link checkEncryption} first.
 */
export function keyFor(scope: Construct, encryption: Encryption, description: string): KmsKey | undefined {
  if (encryption === "service-managed") return undefined;
  if (encryption === "customer-key") return new CustomerKey(scope, "key", { description }).key;
  keyPolicy(encryption);
  return encryption;
}

/** Refuses what TypeScript cannot: a key whose policy is not ours to extend, and an AWS-managed key. */
export function checkEncryption(checks: Checks, scope: Construct, encryption: unknown): void {
  if (encryption === "customer-key" || encryption === "service-managed") return;
  if (typeof encryption === "string") {
    checks.that(
      !encryption.startsWith("alias/aws/"),
      `encryption ${JSON.stringify(encryption)} is an AWS-managed key, whose policy lets no AWS service send: ` +
        'use "customer-key", or "service-managed"',
    );
    checks.that(
      encryption.startsWith("alias/aws/"),
      `encryption must be "customer-key", "service-managed" or a KmsKey, got ${JSON.stringify(encryption)}`,
    );
    return;
  }
  const { terraformResourceType, policyInput } = encryption as Partial<KmsKey>;
  checks.that(
    terraformResourceType === KmsKey.tfResourceType,
    "encryption is a key made elsewhere, whose policy we do not own, so the senders could not be let in: " +
      "hand in a KmsKey of this stack, or let its owner grant the senders and encrypt with a key made here",
  );
  if (terraformResourceType !== KmsKey.tfResourceType) return;
  const home = TerraformStack.of(encryption as KmsKey);
  const [theirs, here] = [regionOf(encryption as KmsKey), factsOf(scope).region];
  checks.that(
    home === TerraformStack.of(scope),
    `encryption is a key of stack "${home.node.id}": its policy would name what it encrypts here, and the two stacks ` +
      "each other: make the key in this stack",
  );
  checks.that(
    theirs === here,
    `encryption is a key in ${theirs}, and what it shall encrypt is made in ${here}, where no key of another region can be used: ` +
      "make a key there",
  );
  checks.that(
    policyInput === undefined,
    "encryption is a KmsKey with an inline policy, which we cannot extend: leave `policy` out and add its statements " +
      "with keyPolicy(key).add(…)",
  );
}

/**
 * The key that encrypts a queue, a topic or a stream, by what the resource says of it.
 * @returns the key where it is made in the same stack, so that senders can be let in; else whose it is
 */
export function keyNamedBy(
  encrypted: TerraformResource,
  value: string | undefined,
): KmsKey | "aws" | "elsewhere" | undefined {
  const named = resolveIn(encrypted, value);
  if (named === undefined || named === "") return undefined;
  if (typeof named === "string" && /(^|:)alias\/aws\//.test(named)) return "aws";
  const keys = TerraformStack.of(encrypted).node.findAll().filter(isKmsKey);
  return keys.find((key) => namesOf(key).includes(named)) ?? "elsewhere";
}

function isKmsKey(node: IConstruct): node is KmsKey {
  return isOfType<KmsKey>(node, KmsKey.tfResourceType);
}

function namesOf(key: KmsKey): readonly unknown[] {
  return [key.arn, key.id, key.keyId].map((each) => resolveIn(key, each));
}

/** What somebody needs of a key who sends into a queue or a topic that it encrypts. */
export const SEND_KEY_ACTIONS = ["kms:Decrypt", "kms:GenerateDataKey"] as const;

/** A service that encrypts, and the resource in whose name it does. */
interface Sender {
  /** Such as `sns.amazonaws.com`. */
  readonly service: string;
  /** ARN, with wildcards where the resource is not known by name. */
  readonly sourceArn: string;
  /** Twelve digits. Needed where the ARN holds no account, as a bucket's. @default - the ARN says it */
  readonly sourceAccount?: string;
}

/**
 * Lets an AWS service send into something that the key encrypts, in the name of one resource only. The resource's ARN
 * holds its account, so `aws:SourceArn` alone says both; a sender whose ARN does not (S3) needs `aws:SourceAccount` too.
 * Actions: `kms:Decrypt`, `kms:GenerateDataKey` (SQS developer guide, "Configure KMS permissions for AWS services"; that the
 * calls of SNS, S3 and EventBridge carry `aws:SourceArn`: same page, "… with confused deputy protection").
 * @param purpose words of the statement's id, such as `["sns", "orders"]`; senders that share them are one statement
 */
export function allowSender(
  key: KmsKey,
  purpose: readonly string[],
  { service, sourceArn, sourceAccount }: Sender,
): void {
  keyPolicy(key).addSource(sidOf("allow", ...purpose), {
    principal: { Service: service },
    actions: SEND_KEY_ACTIONS,
    resources: ["*"],
    conditions: {
      ArnLike: { "aws:SourceArn": sourceArn },
      ...(sourceAccount === undefined ? {} : { StringEquals: { "aws:SourceAccount": sourceAccount } }),
    },
  });
}

/** The service that holds what a key encrypts, and where it does. */
export interface KeyUse {
  readonly service: "dynamodb" | "kinesis" | "s3" | "sns" | "sqs";
  readonly region: string;
}

/**
 * Holds for calls of KMS that a service makes in its caller's name, and not for the caller's own (KMS developer guide,
 * "kms:ViaService"; the keys that AWS manages for these services let their account in by it).
 */
export function throughService({ service, region }: KeyUse): Readonly<Record<"kms:ViaService", string>> {
  return { "kms:ViaService": `${service}.${region}.amazonaws.com` };
}

/** A call of KMS that a service makes in its caller's name. */
export type KeyAction = "kms:Decrypt" | "kms:GenerateDataKey";

/**
 * What somebody needs of a key who uses what it encrypts. Through the service only: who may call KMS too reads whatever the key
 * encrypts, wherever it is found.
 */
export function keyStatement(key: KeyRef, use: KeyUse, ...actions: readonly KeyAction[]): Statement {
  return {
    actions,
    resources: [key.arn],
    conditions: { StringEquals: throughService(use) },
    caller: "service",
  };
}

/** Allows the use of a key. Once by key and service: all who use it through that one ask for the same statement. */
export function allowKeyUse(
  grantee: Grantee,
  key: KmsKey,
  use: KeyUse,
  ...actions: readonly KeyAction[]
): void {
  const word = actions.includes("kms:GenerateDataKey") ? "encrypt" : "decrypt";
  grantee.allow(sidOf(word, key.node.path, use.service), keyStatement(key, use, ...actions));
}
