import { speaksOf } from "../../policies/decide";
import { accountOf } from "../../policies/principals";
import type { Resource } from "../configuration";
import type { Graph } from "../graph";
import type { Row } from "../row";

/**
 * A deny without condition that hits everybody, such as a TLS-only statement that lost its condition. One of deletions
 * alone locks nobody out: it keeps what is there.
 */
function lockout(from: Resource, graph: Graph): string | undefined {
  const deny = graph
    .policyOf(from)
    .effective?.statements.find(
      ({ effect, principals, conditions, actions }) =>
        effect === "Deny" &&
        conditions.length === 0 &&
        (principals === "*" || principals?.AWS?.includes("*")) &&
        actions !== undefined &&
        !actions.every((action) => /^s3:DeleteObject(Version)?$/.test(action)),
    );
  return (
    deny && `"${deny.sid}" denies ${deny.actions?.join(", ")} to everybody: give it a condition or remove it`
  );
}

/** Whether a key's policy lets somebody write it anew, or leaves it to IAM. */
function mayManage(graph: Graph, key: Resource, arn: string): boolean {
  const request = { principal: { arn }, action: "kms:PutKeyPolicy", resource: key.arn };
  const { effective } = graph.policyOf(key);
  return (effective?.statements ?? []).some(
    (statement) => statement.effect === "Allow" && speaksOf(statement, "", request, "resource"),
  );
}

/** What an account keeps a hand on: its keys, lost for ever otherwise, and what it reads and sets right by hand. */
export const administration: readonly Row[] = [
  ...["aws_api_gateway_rest_api", "aws_s3_bucket", "aws_sns_topic", "aws_sqs_queue"].map((type) => ({
    kind: "account uses what it owns",
    from: type,
    to: type,
    principal: "role" as const,
    actions: [],
    document: "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html",
    ends: (from: Resource, graph: Graph) => [{ to: from, never: lockout(from, graph) }],
  })),
  {
    kind: "account manages its key",
    from: "aws_kms_key",
    to: "aws_kms_key",
    principal: "role",
    actions: ["kms:PutKeyPolicy"],
    documented: ["kms:*"],
    document:
      "https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-default.html#key-policy-default-allow-root-enable-iam",
    ends: (from, graph) => {
      const somebody = `arn:${from.partition}:iam::${from.account}:role/administrator`;
      const named = (graph.policyOf(from).effective?.statements ?? []).flatMap(({ principals }) =>
        principals === undefined || principals === "*" ? [] : (principals.AWS ?? []),
      );
      const candidates = [somebody, ...named.filter((arn) => accountOf(arn) === from.account)];
      const manager = candidates.find((arn) => mayManage(graph, from, arn));
      return [{ to: from, caller: manager ?? somebody }];
    },
  },
];
