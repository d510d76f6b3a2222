import { CloudwatchLogGroup } from "@cdktf/provider-aws/lib/cloudwatch-log-group";
import type { KmsKey } from "@cdktf/provider-aws/lib/kms-key";
import type { Construct, IConstruct } from "constructs";
import { arnOf, factsOf, factsScopeOf } from "./facts-of";
import { CustomerKey } from "./keys";
import { nameFromPath, nameOf } from "./names";
import { keyPolicy } from "./resource-policy";
import { skipCheck } from "./skip-check";
import { type ResourceStatement, sidOf } from "./statements";

/** What the policy scanner wants logs to be kept for at least. */
const YEAR_DAYS = 365;

const LOG_GROUP_KINDS = ["function-log-group", "log-group"] as const;

/**
 * A log group with the environment's retention, encrypted with the one key that all log groups of a stack share
 * (about 1 USD a month a stack). It waits for the key's policy: CloudWatch Logs tries the key at creation.
 */
export function logGroup(
  scope: Construct,
  id: string,
  kind: (typeof LOG_GROUP_KINDS)[number],
): CloudwatchLogGroup {
  allowNames(scope);
  return encryptedGroup(scope, id, nameOf(scope, kind, kind === "log-group" ? id : undefined));
}

/**
 * The same where a service writes to a name of its own choice, which the key then lets in by itself: made here first, so
 * that it is neither kept for ever nor left out of the state.
 */
export function namedLogGroup(scope: Construct, id: string, name: string): CloudwatchLogGroup {
  keyPolicy(logsKey(scope)).add(
    sidOf("allow", "log", scope.node.path, id),
    forLogs(scope, [arnOf(scope, { service: "logs", resource: `log-group:${name}` })]),
  );
  return encryptedGroup(scope, id, name);
}

function encryptedGroup(scope: Construct, id: string, name: string): CloudwatchLogGroup {
  const key = logsKey(scope);
  const { logRetentionDays } = factsOf(scope);
  const group = new CloudwatchLogGroup(scope, id, {
    name,
    retentionInDays: logRetentionDays,
    kmsKeyId: key.arn,
    dependsOn: [keyPolicy(key).resource],
  });
  if (logRetentionDays < YEAR_DAYS) {
    skipCheck(
      group,
      "CKV_AWS_338",
      "How long logs are kept is a fact of the environment, logRetentionDays, and here it is less than a year",
    );
  }
  return group;
}

function logsKey(scope: Construct): KmsKey {
  const home = factsScopeOf(scope);
  const id = "logs-key";
  const made = home.node.tryFindChild(id) as CustomerKey | undefined;
  if (made !== undefined) return made.key;
  return new CustomerKey(home as Construct, id, { description: `Log groups of ${home.node.path}` }).key;
}

/** Lets the key in for every log group that is named after its path in the stack: one statement for all. */
function allowNames(scope: Construct): void {
  const home = factsScopeOf(scope);
  const ids = home.node.scopes.map(({ node }) => node.id).filter((part) => part !== "");
  keyPolicy(logsKey(scope)).add(
    "AllowLogs",
    forLogs(
      home,
      LOG_GROUP_KINDS.map((kind) =>
        arnOf(home, { service: "logs", resource: `log-group:${nameFromPath(ids, kind)}*` }),
      ),
    ),
  );
}

/** CloudWatch Logs user guide, "Encrypt log data using KMS", without its wildcards. */
function forLogs(scope: IConstruct, groups: readonly string[]): ResourceStatement {
  return {
    principal: { Service: `logs.${factsOf(scope).region}.amazonaws.com` },
    actions: [
      "kms:Decrypt",
      "kms:DescribeKey",
      "kms:Encrypt",
      "kms:GenerateDataKey",
      "kms:ReEncryptFrom",
      "kms:ReEncryptTo",
    ],
    resources: ["*"],
    conditions: { ArnLike: { "kms:EncryptionContext:aws:logs:arn": groups } },
  };
}
