import type { Context } from "../../policies/policy";
import type { Resource } from "../configuration";
import { blocks, type Graph } from "../graph";
import { roleKeyEnds } from "../keys";
import type { End, Row } from "../row";

/** Who calls targets in a role: a rule's target, or a schedule. */
export interface Caller {
  /** Such as `rule`. */
  readonly word: string;
  /** Type of the resource that names target and role. */
  readonly from: string;
  /** The target's ARN and the role's, as that resource says them. */
  called(from: Resource): { readonly arn: unknown; readonly role: unknown };
}

/** A kind of target that is called in a role. */
export interface RoleTarget {
  /** Such as `starts state machine`. */
  readonly verb: string;
  readonly type: string;
  /** The third part of its ARNs. */
  readonly service: string;
  readonly actions: readonly string[];
  readonly document: string;
  readonly documented?: readonly string[];
  readonly unproven?: string;
  /** What a call says of itself, which a target's own policy may ask for. */
  readonly says?: (from: Resource, graph: Graph) => Context;
  /** What calls on its key need, and the argument that names it. */
  readonly key?: {
    readonly of: (target: Resource) => unknown;
    readonly actions: readonly string[];
    readonly documented?: readonly string[];
    readonly document: string;
    /** What KMS is told of the target beside its ARN's usual context. */
    readonly context?: string;
  };
}

const masterKey = ({ arguments: { kms_master_key_id: key } }: Resource) => key;
const encrypting = { actions: ["kms:Decrypt", "kms:GenerateDataKey"], documented: ["kms:GenerateDataKey*"] };
const SQS = "https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide";
const SNS = "https://docs.aws.amazon.com/sns/latest/dg";

/** Keys by what they encrypt, for whoever sends in a role. */
export const keysOf = {
  queue: {
    ...encrypting,
    of: masterKey,
    document: `${SQS}/sqs-key-management.html#send-receive-permissions`,
  },
  topic: {
    ...encrypting,
    of: masterKey,
    document: `${SNS}/sns-key-management.html#sns-what-permissions-for-sse`,
  },
  stream: {
    actions: ["kms:GenerateDataKey"],
    of: ({ arguments: { kms_key_id: key } }: Resource) => key,
    document: "https://docs.aws.amazon.com/streams/latest/dev/permissions-user-key-KMS.html",
  },
  machine: {
    ...encrypting,
    of: ({ arguments: { encryption_configuration: encryption } }: Resource) =>
      blocks(encryption)[0]?.kms_key_id,
    document: "https://docs.aws.amazon.com/step-functions/latest/dg/encryption-at-rest.html",
    context: "aws:states:stateMachineArn",
  },
} satisfies Record<string, RoleTarget["key"]>;

/** Role and target as a caller names them: resources of these stacks, or the texts of those elsewhere. */
function calledBy(caller: Caller, from: Resource, graph: Graph) {
  const { arn, role } = caller.called(from);
  const roleText = graph.text(from, role);
  return {
    target: graph.text(from, arn) ?? "",
    role: graph.role(from, role) ?? roleText ?? `the role of ${from.path}, which is not said`,
  };
}

/**
 * The rows of one kind of target: the call itself, on a resource of these stacks or on one elsewhere, whose own policy, if
 * it is in another account, is its owner's to write; and the use of its key.
 */
export function roleTargetRows(caller: Caller, target: RoleTarget): readonly Row[] {
  const { verb, type, service, key, says, ...row } = target;
  const { word, from } = caller;
  const call = { ...row, from, principal: "role" as const };
  return [
    {
      ...call,
      kind: `${word} ${verb}`,
      to: type,
      ends: (resource, graph) => {
        const { target: arn, role } = calledBy(caller, resource, graph);
        const to = graph.find(arn, type);
        return to === undefined ? [] : [{ to, role, context: says?.(resource, graph) }];
      },
    },
    {
      ...call,
      kind: `${word} ${verb} elsewhere`,
      to: "*",
      ends: (resource, graph) => {
        const { target: arn, role } = calledBy(caller, resource, graph);
        const theirs = arn.split(":")[2] === service && graph.find(arn, type) === undefined;
        return theirs ? [{ to: arn, role, resource: arn }] : [];
      },
    },
    ...(key === undefined ? [] : [keyRow(caller, target, key)]),
  ];
}

function keyRow(caller: Caller, { type, service }: RoleTarget, key: NonNullable<RoleTarget["key"]>): Row {
  return {
    kind: `${caller.word} encrypts in its role for ${service}`,
    from: caller.from,
    to: "aws_kms_key",
    principal: "role",
    actions: key.actions,
    documented: key.documented,
    document: key.document,
    unproven: "no emulator asks for a role's use of a target's key",
    ends: (from, graph): readonly End[] => {
      const { target: arn, role } = calledBy(caller, from, graph);
      const target = graph.find(arn, type);
      if (target === undefined || typeof role === "string") return [];
      const more = key.context === undefined ? {} : { [`kms:EncryptionContext:${key.context}`]: target.arn };
      return roleKeyEnds(graph, target, key.of(target), { service, role }).map((end) => ({
        ...end,
        context: { ...end.context, ...more },
      }));
    },
  };
}
