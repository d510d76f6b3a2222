import { CloudwatchEventArchive } from "@cdktf/provider-aws/lib/cloudwatch-event-archive";
import { Construct } from "constructs";
import { Checks, factsOf, nameOf } from "../../core";
import { busRefOf, type EventBus, type EventBusRef, existingBus } from "../event-bus/event-bus";
import { checkEventPattern, type EventPattern, eventPatternJson } from "../event-pattern";

export interface EventArchiveProps {
  /** Whose events are kept. @default - the account's default bus */
  readonly bus?: EventBus | EventBusRef;
  /** Which of them: `{ source: ["shop"] }`. @default - all */
  readonly pattern?: EventPattern;
  /** Days that an event is kept, 1 or more. @default 30 */
  readonly retentionDays?: number;
}

/**
 * Keeps the events of a bus, to be sent through it again: `bus → archive → replay → the same bus`.
 *
 * `npx cdktf-aws-patterns-replay --archive <name> --from … --to …` replays a span of time; rules that exclude replays do not see it.
 * Encrypted by EventBridge with a key that AWS owns. Costs 0.10 USD a GB that comes in, and 0.023 USD a GB and month.
 */
export class EventArchive extends Construct {
  readonly archive: CloudwatchEventArchive;

  constructor(scope: Construct, id: string, props: EventArchiveProps = {}) {
    super(scope, id);
    const { bus, pattern, retentionDays = 30 } = props;
    checkProps(this, props);
    this.archive = new CloudwatchEventArchive(this, "Default", {
      name: nameOf(this, "event-archive"),
      description: this.node.path,
      eventSourceArn: (bus === undefined ? existingBus(this) : busRefOf(bus)).arn,
      eventPattern: pattern && eventPatternJson(pattern),
      retentionDays,
    });
  }
}

function checkProps(scope: Construct, { pattern, retentionDays }: EventArchiveProps): void {
  const checks = new Checks("event-archive", scope);
  checks.wholeNumber("retentionDays", retentionDays, { min: 1, max: 36_500 });
  if (pattern !== undefined) {
    checkEventPattern(checks, "pattern", pattern, factsOf(scope).eventPatternCharacters);
  }
  checks.done();
}
