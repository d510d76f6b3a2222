import type { CloudwatchEventRule } from "@cdktf/provider-aws/lib/cloudwatch-event-rule";
import type { KmsKey } from "@cdktf/provider-aws/lib/kms-key";
import type { SqsQueue } from "@cdktf/provider-aws/lib/sqs-queue";
import { Construct } from "constructs";
import { Checks, checkEncryption, type Encryption, keyFor } from "../../core";
import { DEFAULT_BUS } from "../event-bus/bus-policy";
import { busRefOf, type EventBus, type EventBusRef } from "../event-bus/event-bus";
import { allowRuleToSend } from "../event-targets/sending-rules";
import { alarmOnDepth } from "../queue-alarms";
import { deadLetterQueue } from "../queues";
import { checkRule } from "./check-rule";
import { EventRule, type EventRuleProps } from "./event-rule";

export interface EventRulesProps<Name extends string> {
  /** One rule per entry. The key is part of the construct id: renaming it replaces the rule. */
  readonly rules: Readonly<Record<Name, EventRuleProps>>;
  /** Where the events are. What AWS's own services send is on the default bus only. @default - the default bus */
  readonly bus?: EventBus | EventBusRef;
  /** Of the dead-letter queue: a key of its own, that of SQS, or a key of this stack without inline policy.
   * @default "customer-key" */
  readonly encryption?: Encryption;
}

/**
 * Rules on one bus: `bus → rule (pattern) → targets`, and what does not reach a target `→ dead-letter queue → alarm`.
 *
 * The dead-letter queue is shared: each message in it says the rule, the target and the error. Makes a key (about 1 USD a
 * month), a queue and an alarm, and per rule two alarms (0.10 USD a month each); events that AWS's services send are free.
 */
export class EventRules<Name extends string> extends Construct {
  readonly rules: Readonly<Record<Name, EventRule>>;
  /** Events that reached a target in no try, kept for 14 days. */
  readonly deadLetters: SqsQueue;
  /** The key that encrypts the dead-letter queue; none where SQS manages it. */
  readonly key?: KmsKey;

  constructor(scope: Construct, id: string, props: EventRulesProps<Name>) {
    super(scope, id);
    const { encryption = "customer-key" } = props;
    const bus = customBus(props.bus);
    checkProps(this, props, bus, encryption);
    this.key = keyFor(this, encryption, `Events that rules of ${this.node.path} could not deliver`);
    this.deadLetters = deadLetterQueue(this, "dead-letters", { ordering: "standard", key: this.key });
    alarmOnDepth(
      this,
      "dead-letters-alarm",
      this.deadLetters,
      `Events of ${this.node.path} reached no target`,
    );
    const home = {
      bus,
      deadLetters: this.deadLetters,
      // EventBridge user guide, "Using dead-letter queues".
      allow: (rule: CloudwatchEventRule) => allowRuleToSend(rule, this.deadLetters, this.key),
    };
    this.rules = Object.fromEntries(
      Object.entries<EventRuleProps>(props.rules).map(([name, each]) => [
        name,
        new EventRule(this, name, home, each),
      ]),
    ) as Record<Name, EventRule>;
  }
}

/** The bus to name in arguments and dimensions; none for the default one, which AWS leaves out too. */
function customBus(bus: EventBus | EventBusRef | undefined): EventBusRef | undefined {
  const ref = bus && busRefOf(bus);
  return ref?.name === DEFAULT_BUS ? undefined : ref;
}

/** Ids of the construct's own children. */
const RESERVED_NAMES = ["dead-letters", "dead-letters-alarm", "key"];

function checkProps<Name extends string>(
  scope: Construct,
  { rules }: EventRulesProps<Name>,
  bus: EventBusRef | undefined,
  encryption: Encryption,
): void {
  const checks = new Checks("event-rules", scope);
  checks.that(Object.keys(rules).length > 0, "rules must name at least one rule");
  for (const [name, each] of Object.entries<EventRuleProps>(rules)) {
    checkRuleName(checks, `rules.${name}`, name);
    checkRule(checks, scope, `rules.${name}.`, each, bus);
  }
  checkEncryption(checks, scope, encryption);
  checks.done();
}

/** Records that a rule's name is no construct id; `place` is what the reader calls it. */
export function checkRuleName(checks: Checks, place: string, name: string): void {
  checks.that(
    /^[a-z][a-z0-9-]*$/.test(name) && !RESERVED_NAMES.includes(name),
    `${place}: a name is kebab-case and none of ${RESERVED_NAMES.join(", ")}, because it becomes a construct id`,
  );
}
