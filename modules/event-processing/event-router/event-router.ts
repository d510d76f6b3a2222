import { Construct } from "constructs";
import type { Encryption } from "../../core";
import { Bucket } from "../../storage";
import { type S3ObjectEventsProps, s3ObjectEvents } from "../event-pattern";
import { EventRules, type TargetProps } from "../event-rules";
import { checkRoutes, type RuleOfObjects } from "./check-routes";

/** Which objects go where: one rule. */
export interface RouteProps extends Omit<S3ObjectEventsProps, "bucket"> {
  /** One target per entry, five at most, such as `{ process: { to: stateMachineTarget(machine) } }`. */
  readonly targets: Readonly<Record<string, TargetProps>>;
  /** Whether events that an archive replays match too. @default "include" */
  readonly replays?: "include" | "exclude";
}

export interface EventRouterProps<Name extends string> {
  /** One rule per entry. The key is part of the construct id: renaming it replaces the rule. */
  readonly routes: Readonly<Record<Name, RouteProps>>;
  /** A bucket of this stack, whose notification is extended. @default - one of its own */
  readonly bucket?: Bucket;
  /** Of the dead-letter queue: a key of its own, that of SQS, or a key of this stack without inline policy.
   * @default "customer-key" */
  readonly encryption?: Encryption;
}

/**
 * Objects to whoever works on them: `bucket → default bus → rule (key, size, reason) → state machine, stream, Firehose …`.
 *
 * Other than a bucket's own notification it filters by size and reason, reaches what a notification does not, and lets any
 * number of rules overlap. Makes a bucket unless given one, and `EventRules` with their costs; S3's events may be billed as
 * opt-in events, 1 USD a million.
 */
export class EventRouter<Name extends string> extends Construct {
  readonly bucket: Bucket;
  /** The rules, and the queue of what they could not deliver. */
  readonly rules: EventRules<Name>;

  constructor(scope: Construct, id: string, props: EventRouterProps<Name>) {
    super(scope, id);
    this.bucket = props.bucket ?? new Bucket(this, "bucket");
    this.bucket.sendToEventBridge();
    const rules = Object.fromEntries(
      Object.entries<RouteProps>(props.routes).map(([name, each]) => [name, this.ruleOf(each)]),
    ) as Record<Name, RuleOfObjects>;
    checkRoutes(this, rules);
    this.rules = new EventRules(this, "rules", { rules, encryption: props.encryption });
  }

  private ruleOf({ targets, replays, ...objects }: RouteProps): RuleOfObjects {
    return { pattern: s3ObjectEvents({ ...objects, bucket: this.bucket.bucket }), targets, replays };
  }
}
