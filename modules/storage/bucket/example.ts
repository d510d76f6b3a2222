import type { Construct } from "constructs";
import { Bucket } from ".";

/** Pictures for a year, and what was overwritten for a month. */
export function example(scope: Construct): Bucket {
  return new Bucket(scope, "pictures", { expireAfterDays: 365 });
}
