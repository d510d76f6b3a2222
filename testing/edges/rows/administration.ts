import { namingOf } from "../../policies/principals";
import type { Row } from "../row";

/** A key that nobody of its account may manage is lost for ever. */
export const administration: readonly Row[] = [
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
      const somebody = `arn:aws:iam::${from.account}:role/administrator`;
      const named = (graph.policyOf(from).effective?.statements ?? [])
        .filter(({ effect }) => effect === "Allow")
        .flatMap((statement) => {
          if (namingOf(statement, { arn: somebody }) !== undefined) return [somebody];
          const { principals } = statement;
          return principals === undefined || principals === "*" ? [] : (principals.AWS ?? []);
        });
      return [{ to: from, caller: named[0] ?? somebody }];
    },
  },
];
