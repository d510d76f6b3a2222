import type { LeftOut } from "../../scripts/local-aws/left-out";

/** What ministack cannot hold of a REST API; each stack is validated, planned and judged with it all the same. */
export const USAGE_PLANS: readonly LeftOut[] = [
  { type: "aws_api_gateway_usage_plan", reason: "ministack invents a throttle for a plan that has none" },
  { type: "aws_api_gateway_api_key", reason: "ministack wants to be told the key's value" },
];
