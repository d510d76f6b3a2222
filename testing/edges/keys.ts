import type { Context } from "../policies/policy";
import type { Resource } from "./configuration";
import type { Graph } from "./graph";
import type { End } from "./row";

/** The argument that names the key of an encrypted resource, and what KMS is told about the resource. */
const ENCRYPTED: Readonly<Record<string, { readonly argument: string; readonly context: string }>> = {
  aws_cloudtrail: { argument: "kms_key_id", context: "aws:cloudtrail:arn" },
  aws_cloudwatch_log_group: { argument: "kms_key_id", context: "aws:logs:arn" },
  aws_kinesis_stream: { argument: "kms_key_id", context: "aws:kinesis:arn" },
  aws_sns_topic: { argument: "kms_master_key_id", context: "aws:sns:topicArn" },
  aws_sqs_queue: { argument: "kms_master_key_id", context: "aws:sqs:arn" },
};

/** The condition keys of a call on the key of a queue, topic, stream, log group or trail. */
function encryptionContext(encrypted: Resource): Context {
  const { context } = ENCRYPTED[encrypted.type] as { context: string };
  return { [`kms:EncryptionContext:${context}`]: encrypted.arn };
}

/**
 * The edge that an AWS service needs to the key of a queue, topic, stream, log group or trail; none where nothing but the service's own
 * key encrypts it. AWS-managed keys let no service in, and their policy cannot be changed.
 */
export function serviceKeyEnds(graph: Graph, encrypted: Resource, more: Partial<End> = {}): readonly End[] {
  const value = encrypted.arguments[ENCRYPTED[encrypted.type]?.argument ?? ""];
  const key = graph.key(encrypted, value);
  if (key === undefined) return [];
  const named = graph.text(encrypted, value) as string;
  if (key === "aws") {
    const never =
      `${encrypted.path} is encrypted with the AWS-managed key ${named}, whose policy lets no AWS service send and ` +
      "cannot be changed: encrypt it with a customer-managed key";
    return [{ to: named, never, ...more }];
  }
  return [{ to: key === "elsewhere" ? named : key, context: encryptionContext(encrypted), ...more }];
}

/**
 * The edge that a role needs to the key of something that it uses. An AWS-managed key lets in whoever of the account may
 * use the service, so it needs none.
 * @param service whose name the calls come through, such as `sqs`
 */
export function roleKeyEnds(
  graph: Graph,
  encrypted: Resource,
  value: unknown,
  { service, role }: { readonly service: string; readonly role: Resource },
): readonly End[] {
  const key = graph.key(encrypted, value);
  if (key === undefined || key === "aws") return [];
  const via = { "kms:ViaService": `${service}.${encrypted.region}.amazonaws.com` };
  const context = encrypted.type in ENCRYPTED ? { ...via, ...encryptionContext(encrypted) } : via;
  return [{ to: key === "elsewhere" ? (graph.text(encrypted, value) as string) : key, role, context }];
}
