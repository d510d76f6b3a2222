import type { Checks } from "../../core";

/** How long EventBridge, a rule or a schedule, goes on trying. */
export interface RetryProps {
  /** Tries after the first, 0 to 185, before it is set aside. @default 185 */
  readonly maximumRetryAttempts?: number;
  /** Seconds after which it is tried no more, 60 to 86,400. @default 86,400 */
  readonly maximumEventAgeSeconds?: number;
}

/** Records what AWS would refuse of retries, each name with its `prefix`. */
export function checkRetries(checks: Checks, prefix: string, props: RetryProps): void {
  checks.wholeNumber(`${prefix}maximumRetryAttempts`, props.maximumRetryAttempts, { min: 0, max: 185 });
  checks.wholeNumber(`${prefix}maximumEventAgeSeconds`, props.maximumEventAgeSeconds, {
    min: 60,
    max: 86_400,
  });
}

/** Retries as targets of rules and of schedules take them. */
export function retryPolicyOf({ maximumRetryAttempts = 185, maximumEventAgeSeconds = 86_400 }: RetryProps) {
  return { maximumRetryAttempts, maximumEventAgeInSeconds: maximumEventAgeSeconds };
}
