import type { Construct } from "constructs";
import type { Checks, Grantee } from "../../core";
import { checkArn } from "./owned";
import {
  type RuleBinding,
  type RuleSource,
  type RuleTarget,
  type ScheduleBinding,
  type ScheduleTarget,
  targetRole,
} from "./target";

/** A Firehose delivery stream, made here or elsewhere. */
export interface DeliveryStreamRef {
  readonly arn: string;
}

class DeliveryStreamTarget implements RuleTarget, ScheduleTarget {
  constructor(private readonly stream: DeliveryStreamRef) {}

  checkForRule(checks: Checks, prefix: string, scope: Construct): void {
    checkArn(checks, `${prefix}to`, scope, this.stream, {
      service: "firehose",
      what: "a Firehose delivery stream by its ARN",
    });
  }

  bindToRule(source: RuleSource): RuleBinding {
    const role = targetRole(source);
    this.allow(role, "firehose:PutRecord", "firehose:PutRecordBatch");
    return { arn: this.stream.arn, role, permissions: [role.policy] };
  }

  checkForSchedule(checks: Checks, prefix: string, scope: Construct): void {
    this.checkForRule(checks, prefix, scope);
  }

  bindToSchedule(role: Grantee): ScheduleBinding {
    this.allow(role, "firehose:PutRecord");
    return { arn: this.stream.arn };
  }

  private allow(role: Grantee, ...actions: readonly string[]): void {
    role.allow("PutRecords", { actions, resources: [this.stream.arn], caller: "service" });
  }
}

/**
 * A Firehose delivery stream. Its own key needs nothing here: Firehose uses it by a grant of its own.
 *
 * Called in a role that may `firehose:PutRecord` on this one, and for a rule, whose events come in batches,
 * `firehose:PutRecordBatch`.
 */
export function deliveryStreamTarget(stream: DeliveryStreamRef): RuleTarget & ScheduleTarget {
  return new DeliveryStreamTarget(stream);
}
