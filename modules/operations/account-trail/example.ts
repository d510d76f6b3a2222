import type { Construct } from "constructs";
import { AccountTrail } from ".";

/** Who did what in the account, kept for a year. */
export function example(scope: Construct): AccountTrail {
  return new AccountTrail(scope, "account-trail", { retentionDays: 365 });
}
