import { SfnStateMachine } from "@cdktf/provider-aws/lib/sfn-state-machine";
import type { Construct } from "constructs";
import { type Checks, type Grantee, isOfType } from "../../core";
import { checkArn, keyRefOf } from "./owned";
import {
  type RuleBinding,
  type RuleSource,
  type RuleTarget,
  type ScheduleBinding,
  type ScheduleTarget,
  targetRole,
} from "./target";

/** A state machine, made here or elsewhere. */
export interface StateMachineRef {
  readonly arn: string;
}

class StateMachineTarget implements RuleTarget, ScheduleTarget {
  constructor(private readonly machine: StateMachineRef) {}

  checkForRule(checks: Checks, prefix: string, scope: Construct): void {
    checkArn(checks, `${prefix}to`, scope, this.machine, {
      service: "states",
      what: "a state machine by its ARN",
    });
  }

  bindToRule(source: RuleSource): RuleBinding {
    const role = targetRole(source);
    this.allow(role);
    return { arn: this.machine.arn, role, permissions: [role.policy] };
  }

  checkForSchedule(checks: Checks, prefix: string, scope: Construct): void {
    this.checkForRule(checks, prefix, scope);
  }

  bindToSchedule(role: Grantee): ScheduleBinding {
    this.allow(role);
    return { arn: this.machine.arn };
  }

  private allow(role: Grantee): void {
    const { arn } = this.machine;
    role.allow("StartExecution", { actions: ["states:StartExecution"], resources: [arn], caller: "service" });
    const key = this.keyArn;
    if (key === undefined) return;
    role.allow("EncryptForTarget", {
      actions: ["kms:Decrypt", "kms:GenerateDataKey"],
      resources: [key],
      conditions: { StringEquals: { "kms:EncryptionContext:aws:states:stateMachineArn": arn } },
      caller: "service",
    });
  }

  /** Whoever starts an execution uses the key (Step Functions developer guide, "Data at rest encryption"). */
  private get keyArn(): string | undefined {
    const { machine } = this;
    if (!isOfType<SfnStateMachine>(machine, SfnStateMachine.tfResourceType)) return undefined;
    return keyRefOf(machine, machine.encryptionConfigurationInput?.kmsKeyId)?.arn;
  }
}

/**
 * A state machine: each event starts an execution, whose input is the event.
 *
 * Called in a role that may `states:StartExecution` on this one, and use its key where it has one.
 */
export function stateMachineTarget(machine: StateMachineRef): RuleTarget & ScheduleTarget {
  return new StateMachineTarget(machine);
}
