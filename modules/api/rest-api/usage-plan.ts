import { ApiGatewayApiKey } from "@cdktf/provider-aws/lib/api-gateway-api-key";
import type { ApiGatewayStage } from "@cdktf/provider-aws/lib/api-gateway-stage";
import { ApiGatewayUsagePlan } from "@cdktf/provider-aws/lib/api-gateway-usage-plan";
import { ApiGatewayUsagePlanKey } from "@cdktf/provider-aws/lib/api-gateway-usage-plan-key";
import { Construct } from "constructs";
import { type Checks, nameOf } from "../../core";

/** How many requests are let through; more are answered with 429. */
export interface Throttle {
  /** Requests a second in the long run, 1 to 10,000. */
  readonly ratePerSecond: number;
  /** Requests at once, 1 to 5,000. */
  readonly burst: number;
}

export interface UsagePlanProps {
  /** An API key for each of these callers; a request without one is answered with 403. Keys tell callers apart and are no authorisation. */
  readonly keys: readonly string[];
  /** Of each key by itself. @default - that of the stage */
  readonly throttle?: Throttle;
  /** Requests of each key in a day, week or month. @default - any number */
  readonly quota?: { readonly limit: number; readonly period: "day" | "week" | "month" };
}

/** What callers with an API key may use: `key → plan (throttle, quota) → stage`. The keys' values are in Terraform's state. */
export class UsagePlan extends Construct {
  readonly plan: ApiGatewayUsagePlan;
  readonly keys: Readonly<Record<string, ApiGatewayApiKey>>;

  constructor(
    scope: Construct,
    id: string,
    stage: ApiGatewayStage,
    { keys, throttle, quota }: UsagePlanProps,
  ) {
    super(scope, id);
    this.plan = new ApiGatewayUsagePlan(this, "Default", {
      name: nameOf(this, "rest-api"),
      apiStages: [{ apiId: stage.restApiId, stage: stage.stageName }],
      throttleSettings: throttle && { rateLimit: throttle.ratePerSecond, burstLimit: throttle.burst },
      quotaSettings: quota && { limit: quota.limit, period: quota.period.toUpperCase() },
    });
    this.keys = Object.fromEntries(keys.map((name) => [name, this.key(name)]));
  }

  private key(name: string): ApiGatewayApiKey {
    const key = new ApiGatewayApiKey(this, name, { name: nameOf(this, "rest-api", name) });
    new ApiGatewayUsagePlanKey(this, `${name}-in-plan`, {
      usagePlanId: this.plan.id,
      keyId: key.id,
      keyType: "API_KEY",
    });
    return key;
  }
}

/** The account's own limits (API Gateway developer guide, "Quotas"); above them a setting means nothing. */
const ACCOUNT = { rate: 10_000, burst: 5000 };

export function checkThrottle(checks: Checks, name: string, throttle: Throttle | undefined): void {
  if (throttle === undefined) return;
  const remedy = "more is a matter of the account's quota";
  checks.wholeNumber(`${name}.ratePerSecond`, throttle.ratePerSecond, { min: 1, max: ACCOUNT.rate }, remedy);
  checks.wholeNumber(`${name}.burst`, throttle.burst, { min: 1, max: ACCOUNT.burst }, remedy);
}

export function checkUsagePlan(checks: Checks, plan: UsagePlanProps | undefined): void {
  if (plan === undefined) return;
  const { keys, throttle, quota } = plan;
  checks.that(keys.length > 0, "usagePlan.keys must name at least one caller: without a key nobody gets in");
  checks.that(new Set(keys).size === keys.length, `usagePlan.keys must differ, got ${keys.join(", ")}`);
  for (const key of keys) {
    checks.matches(
      `usagePlan.keys "${key}"`,
      key,
      /^[a-z][a-z0-9-]*(?<!-in-plan)$/,
      "kebab-case: it becomes a construct id",
    );
  }
  checkThrottle(checks, "usagePlan.throttle", throttle);
  checks.wholeNumber("usagePlan.quota.limit", quota?.limit, { min: 1, max: 2_147_483_647 });
  checks.oneOf("usagePlan.quota.period", quota?.period, ["day", "week", "month"]);
}
