import type { Construct } from "constructs";
import { allowInvocation, type Handler } from "../../compute";
import type { Checks, Grantee } from "../../core";
import { AsyncFailures } from "../async-failures";
import { checkHome } from "./owned";
import type { RuleBinding, RuleSource, RuleTarget, ScheduleBinding, ScheduleTarget } from "./target";

class FunctionTarget implements RuleTarget, ScheduleTarget {
  constructor(private readonly handler: Handler) {}

  checkForRule(checks: Checks, prefix: string, scope: Construct): void {
    checkHome(checks, `${prefix}to`, scope, this.handler.lambda);
  }

  bindToRule({ rule }: RuleSource): RuleBinding {
    const { handler } = this;
    const permission = allowInvocation(handler, { service: "events.amazonaws.com", source: rule });
    const failures = AsyncFailures.of(handler);
    return { arn: handler.lambda.arn, permissions: [permission, failures.config] };
  }

  checkForSchedule(): void {
    // A role reaches a function of any stack.
  }

  bindToSchedule(role: Grantee): ScheduleBinding {
    const { lambda } = this.handler;
    AsyncFailures.of(this.handler);
    role.allow("InvokeTarget", {
      actions: ["lambda:InvokeFunction"],
      resources: [lambda.arn],
      caller: "service",
    });
    return { arn: lambda.arn };
  }
}

/**
 * A function, called asynchronously: what it fails three times is set aside by the function (`AsyncFailures`), what does not
 * reach it by the rule or the schedule.
 *
 * A rule is let in by the function's policy (`lambda:InvokeFunction` for the rule's ARN), a schedule by its role.
 */
export function functionTarget(handler: Handler): RuleTarget & ScheduleTarget {
  return new FunctionTarget(handler);
}
