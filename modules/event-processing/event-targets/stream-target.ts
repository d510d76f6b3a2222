import { KinesisStream } from "@cdktf/provider-aws/lib/kinesis-stream";
import type { Construct } from "constructs";
import { type Checks, type Grantee, isOfType } from "../../core";
import { allowKeyOf, checkArn } from "./owned";
import {
  type RuleBinding,
  type RuleSource,
  type RuleTarget,
  type ScheduleBinding,
  type ScheduleTarget,
  targetRole,
} from "./target";

/** A Kinesis data stream, made here or elsewhere. */
export interface StreamRef {
  readonly arn: string;
}

export interface StreamTargetProps {
  /** The part of a rule's event whose value chooses the shard, such as `$.detail.customerId`. @default - the event's id */
  readonly partitionKeyPath?: string;
  /** The value that chooses the shard of what a schedule sends, 1 to 256 characters. @default "schedule" */
  readonly partitionKey?: string;
}

class StreamTarget implements RuleTarget, ScheduleTarget {
  constructor(
    private readonly stream: StreamRef,
    private readonly props: StreamTargetProps,
  ) {}

  checkForRule(checks: Checks, prefix: string, scope: Construct): void {
    const { partitionKeyPath, partitionKey } = this.props;
    this.checkStream(checks, prefix, scope);
    checks.matches(
      `${prefix}to.partitionKeyPath`,
      partitionKeyPath,
      /^\$(\.[\w-]+)+$/,
      "a path from the top of the event, such as $.detail.customerId",
    );
    checks.that(
      partitionKey === undefined,
      `${prefix}to.partitionKey is for schedules: give a rule's target the partitionKeyPath`,
    );
  }

  bindToRule(source: RuleSource): RuleBinding {
    const { partitionKeyPath } = this.props;
    const role = targetRole(source);
    this.allow(role);
    return {
      arn: this.stream.arn,
      role,
      permissions: [role.policy],
      settings: { kinesisTarget: partitionKeyPath === undefined ? undefined : { partitionKeyPath } },
    };
  }

  checkForSchedule(checks: Checks, prefix: string, scope: Construct): void {
    const { partitionKeyPath, partitionKey } = this.props;
    this.checkStream(checks, prefix, scope);
    checks.matches(`${prefix}to.partitionKey`, partitionKey, /^.{1,256}$/, "1 to 256 characters");
    checks.that(
      partitionKeyPath === undefined,
      `${prefix}to.partitionKeyPath is for rules, whose events have parts: give a schedule's target the partitionKey`,
    );
  }

  bindToSchedule(role: Grantee): ScheduleBinding {
    this.allow(role);
    return {
      arn: this.stream.arn,
      settings: { kinesisParameters: { partitionKey: this.props.partitionKey ?? "schedule" } },
    };
  }

  private checkStream(checks: Checks, prefix: string, scope: Construct): void {
    checkArn(checks, `${prefix}to`, scope, this.stream, {
      service: "kinesis",
      what: "a Kinesis data stream by its ARN",
    });
  }

  private allow(role: Grantee): void {
    const { stream } = this;
    role.allow("PutRecord", { actions: ["kinesis:PutRecord"], resources: [stream.arn], caller: "service" });
    if (!isOfType<KinesisStream>(stream, KinesisStream.tfResourceType)) return;
    // Whoever puts a record uses the key (Kinesis developer guide, "Permissions to use user-generated KMS keys").
    const held = { target: stream, named: stream.kmsKeyIdInput, service: "kinesis" } as const;
    allowKeyOf(role, held, "kms:GenerateDataKey");
  }
}

/**
 * A Kinesis data stream.
 *
 * Called in a role that may `kinesis:PutRecord` on this one, and `kms:GenerateDataKey` on its key, through Kinesis, where it has one.
 */
export function streamTarget(stream: StreamRef, props: StreamTargetProps = {}): RuleTarget & ScheduleTarget {
  return new StreamTarget(stream, props);
}
