import type { Resource } from "../../../testing/edges/configuration";
import { topicKeyCases } from "./alerts";
import { callsOf, notThrough, sourceTrustCases, through } from "./calls";
import { ruleSender, senderCases } from "./senders";
import { type Case, elsewhere, pathOf, type World } from "./world";

/** What a role of EventBridge may call, and what beside it must be refused. */
export interface Calls {
  readonly actions: readonly string[];
  readonly on: string;
  /** Calls that would be a mistake. */
  readonly mistakes: readonly string[];
  /** What each call says of itself. */
  readonly context?: Readonly<Record<string, string>>;
  /** What the same calls may not say of themselves. */
  readonly otherContexts?: readonly Readonly<Record<string, string>>[];
  /** Resources that are there too, and not for these calls. */
  readonly others?: readonly Other[];
}

interface Other {
  readonly actions: readonly string[];
  readonly on: string;
}

const KEY_USE = ["kms:Decrypt", "kms:GenerateDataKey"];
const KEY_MISTAKES = ["kms:CreateGrant", "kms:Encrypt", "kms:PutKeyPolicy", "kms:ScheduleKeyDeletion"];

/** A kind of target of `__tests__/fixtures/event-targets.ts`, by its construct id there. */
interface Kind {
  readonly type: string;
  readonly actions: readonly string[];
  /** Where a rule calls differently: its events come in batches. */
  readonly byRule?: readonly string[];
  readonly mistakes: readonly string[];
  /** What whoever calls needs of the target's key; none where the target has none, or uses it by itself. */
  readonly key?: KeyUse;
}

interface KeyUse {
  readonly actions: readonly string[];
  /** What each call says of itself, and what it may not say instead. */
  readonly says: (target: Resource) => Required<Pick<Calls, "context" | "otherContexts">>;
}

/** A key that is used through the target's service. */
const throughService = (service: string, actions: readonly string[] = KEY_USE): KeyUse => ({
  actions,
  says: (target) => ({ context: through(service, target), otherContexts: notThrough(service, target) }),
});

/** A key in whose encryption context the target stands. */
const forTarget = (name: string): KeyUse => ({
  actions: KEY_USE,
  says: ({ arn }) => ({
    context: { [name]: arn },
    otherContexts: [{}, { [name]: `${arn}-2` }, { [name]: elsewhere(arn) }],
  }),
});

const KINDS: Readonly<Record<string, Kind>> = {
  work: {
    type: "aws_lambda_function",
    actions: ["lambda:InvokeFunction"],
    mistakes: ["lambda:GetFunction", "lambda:UpdateFunctionCode", "lambda:AddPermission"],
  },
  queue: {
    type: "aws_sqs_queue",
    actions: ["sqs:SendMessage"],
    mistakes: ["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:SetQueueAttributes"],
    key: throughService("sqs"),
  },
  topic: {
    type: "aws_sns_topic",
    actions: ["sns:Publish"],
    mistakes: ["sns:Subscribe", "sns:DeleteTopic"],
    key: throughService("sns"),
  },
  machine: {
    type: "aws_sfn_state_machine",
    actions: ["states:StartExecution"],
    mistakes: ["states:StartSyncExecution", "states:StopExecution", "states:DeleteStateMachine"],
    key: forTarget("kms:EncryptionContext:aws:states:stateMachineArn"),
  },
  stream: {
    type: "aws_kinesis_stream",
    actions: ["kinesis:PutRecord"],
    mistakes: ["kinesis:PutRecords", "kinesis:GetRecords", "kinesis:DeleteStream"],
    key: throughService("kinesis", ["kms:GenerateDataKey"]),
  },
  delivery: {
    type: "aws_kinesis_firehose_delivery_stream",
    actions: ["firehose:PutRecord"],
    byRule: ["firehose:PutRecord", "firehose:PutRecordBatch"],
    mistakes: ["firehose:PutRecordBatch", "firehose:DeleteDeliveryStream", "firehose:UpdateDestination"],
  },
  near: {
    type: "aws_cloudwatch_event_bus",
    actions: ["events:PutEvents"],
    mistakes: ["events:PutRule", "events:DeleteEventBus"],
  },
};

/**
 * What the role of a target of the fixture is for: to call it, and to use its key; none for a role of anything else.
 * @param id of the target, which is the construct's own
 */
export function targetCalls(
  world: World,
  { account }: Resource,
  id: string,
  by: "rule" | "schedule",
): readonly Calls[] | undefined {
  if (!isFixture(world)) return undefined;
  // The default bus of another region, which no stack makes.
  if (id === "far") {
    const on = `arn:aws:events:us-east-1:${account}:event-bus/default`;
    const others = [{ actions: ["events:PutEvents"], on: on.replace("us-east-1", "eu-west-1") }];
    return [
      { actions: ["events:PutEvents"], on, mistakes: ["events:PutRule", "events:PutPermission"], others },
    ];
  }
  const kind = KINDS[id];
  if (kind === undefined) return undefined;
  const target = world.at(`test/${id}`, kind.type);
  const actions = (by === "rule" && kind.byRule) || kind.actions;
  const call = {
    actions,
    on: target.arn,
    mistakes: kind.mistakes.filter((each) => !actions.includes(each)),
    others: Object.entries(KINDS)
      .filter(([other]) => other !== id)
      .map(([other, each]) => ({ actions: each.actions, on: world.at(`test/${other}`, each.type).arn })),
  };
  return [call, keyCalls(world, kind, target)];
}

function keyCalls(world: World, { key: use }: Kind, target: Resource): Calls {
  const key = world.at("test/k", "aws_kms_key").arn;
  const others = ["test/orders/key", "test/logs-key"].map((path) => ({
    actions: KEY_USE,
    on: world.at(path, "aws_kms_key").arn,
  }));
  const mistakes = [...KEY_USE, ...KEY_MISTAKES];
  if (use === undefined) return { actions: [], on: key, mistakes, others };
  const { actions, says } = use;
  return {
    actions,
    on: key,
    mistakes: mistakes.filter((each) => !actions.includes(each)),
    ...says(target),
    others,
  };
}

const isFixture = (world: World) => world.find("test/machine", "aws_sfn_state_machine") !== undefined;

/** The cases of a state machine's role, whose one step sends to one queue; none for any other role. */
export function stateMachineRoleCases(world: World, role: Resource): readonly Case[] | undefined {
  const machine = world
    .ofType("aws_sfn_state_machine")
    .find((each) => world.text(each, each.arguments.role_arn) === role.arn);
  if (machine === undefined) return undefined;
  return [
    ...sourceTrustCases(role, "states.amazonaws.com", machine.arn),
    ...sendingCases(role, "its step", world.at("test/done", "aws_sqs_queue")),
  ];
}

function sendingCases(role: Resource, why: string, { arn }: Resource): readonly Case[] {
  const send = ["sqs:SendMessage"];
  return callsOf(role, why, {
    may: [{ actions: send, on: arn }],
    mayNot: [
      { actions: ["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:PurgeQueue"], on: arn },
      { actions: send, on: `${arn}-2` },
      { actions: send, on: elsewhere(arn) },
    ],
  });
}

/** What rules may do to those of the fixture's resources that let them in by their own policies. */
const MAY: Readonly<
  Record<string, { readonly rules: readonly string[]; readonly kind: Pick<Kind, "actions" | "mistakes"> }>
> = {
  "test/work": { rules: ["paid"], kind: KINDS.work as Kind },
  "test/queue": { rules: ["paid"], kind: KINDS.queue as Kind },
  "test/topic": { rules: ["paid"], kind: KINDS.topic as Kind },
  "test/k": { rules: ["paid"], kind: { actions: KEY_USE, mistakes: KEY_MISTAKES } },
  "test/orders/dead-letters": { rules: ["paid", "sent"], kind: KINDS.queue as Kind },
  "test/orders/key": { rules: ["paid", "sent"], kind: { actions: KEY_USE, mistakes: KEY_MISTAKES } },
};

/** What happens in the fixture beside what every role, queue, topic and key there must allow and refuse. */
export function eventTargetCases(world: World, owner: Resource): readonly Case[] {
  const path = pathOf(owner);
  const { rules = [], kind } = MAY[path] ?? {};
  return [
    ...rules.flatMap((rule) =>
      senderCases(owner.arn, ruleSender(world.at(`test/orders/${rule}`, "aws_cloudwatch_event_rule")), {
        may: kind?.actions ?? [],
        mayNot: kind?.mistakes ?? [],
      }),
    ),
    ...(path === "test/k" ? topicKeyCases(owner, world.at("test/topic", "aws_sns_topic")) : []),
    ...(path === "test/work/role"
      ? sendingCases(owner, "what it failed", world.at("test/work/failures", "aws_sqs_queue"))
      : []),
  ];
}
