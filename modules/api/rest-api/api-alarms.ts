import type { ApiGatewayRestApi } from "@cdktf/provider-aws/lib/api-gateway-rest-api";
import { Token } from "cdktf";
import type { Construct } from "constructs";
import { alarm, type Checks } from "../../core";

/** When the alarms of an API go off. */
export interface ApiAlarmProps {
  /** Share of requests answered with a 5xx in five minutes, above 0 up to 1. @default 0.01 */
  readonly alarmAtServerErrorRate?: number;
  /** Share of requests answered with a 4xx in fifteen minutes, above 0 up to 1. @default 0.5 */
  readonly alarmAtClientErrorRate?: number;
  /** Milliseconds that an answer takes, averaged over fifteen minutes, 1 to 29,000. @default 1,000 */
  readonly alarmAtLatencyMs?: number;
}

/** The average of an error metric is the rate of errors (API Gateway developer guide, "Dimensions and metrics"). */
const RATES = [
  { id: "server-errors-alarm", metric: "5XXError", periods: 1, who: "behind the API something fails" },
  {
    id: "client-errors-alarm",
    metric: "4XXError",
    periods: 3,
    who: "callers are refused: look who, and whether they are throttled",
  },
] as const;

/** Alarms on errors and slowness of one stage. */
export function alarmOnApi(
  scope: Construct,
  api: ApiGatewayRestApi,
  stage: string,
  { alarmAtServerErrorRate = 0.01, alarmAtClientErrorRate = 0.5, alarmAtLatencyMs = 1000 }: ApiAlarmProps,
): void {
  const common = {
    namespace: "AWS/ApiGateway",
    dimensions: { ApiName: api.name, Stage: stage },
    statistic: "Average",
  } as const;
  for (const { id, metric, periods, who } of RATES) {
    alarm(scope, id, {
      ...common,
      description: `${metric} of ${scope.node.path}: ${who}; the access log tells each request`,
      metric,
      threshold: metric === "5XXError" ? alarmAtServerErrorRate : alarmAtClientErrorRate,
      periods,
    });
  }
  alarm(scope, "latency-alarm", {
    ...common,
    description: `Answers of ${scope.node.path} are slow: integrationLatency in the access log tells whether it is what stands behind`,
    metric: "Latency",
    threshold: alarmAtLatencyMs,
    periods: 3,
  });
}

export function checkApiAlarms(checks: Checks, props: ApiAlarmProps): void {
  for (const name of ["alarmAtServerErrorRate", "alarmAtClientErrorRate"] as const) {
    const rate = props[name];
    checks.that(
      rate === undefined || Token.isUnresolved(rate) || (rate > 0 && rate <= 1),
      `${name} must be above 0 and at most 1, got ${rate}`,
    );
  }
  // API Gateway gives up after 29 seconds.
  checks.wholeNumber("alarmAtLatencyMs", props.alarmAtLatencyMs, { min: 1, max: 29_000 });
}
