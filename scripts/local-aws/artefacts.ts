import type { Change } from "../terraform/plan";
import type { Census } from "./census";
import type { EmulatorName } from "./tools";

/** A change that a second plan shows on an emulator and would not show on AWS. */
export interface Artefact {
  readonly type: string;
  /** All that may differ. */
  readonly attributes: readonly string[];
  /** @default "update" */
  readonly action?: "update" | "replace";
  readonly reason: string;
}

export const artefacts: readonly Artefact[] = [
  {
    type: "aws_api_gateway_integration",
    // The method, and what any replacement of an integration that calls nothing shows: empty before and absent after, or not known.
    attributes: [
      "cache_key_parameters",
      "cache_namespace",
      "connection_id",
      "content_handling",
      "credentials",
      "id",
      "integration_http_method",
      "passthrough_behavior",
      "request_parameters",
      "uri",
    ],
    action: "replace",
    reason: "ministack says POST of an integration that calls nothing (MOCK)",
  },
  {
    type: "aws_cloudwatch_event_bus_policy",
    attributes: ["policy"],
    reason: "ministack keeps of a bus's policy that somebody may put events, and not who",
  },
  {
    type: "aws_kinesis_firehose_delivery_stream",
    attributes: ["extended_s3_configuration"],
    reason: "ministack forgets the time zone and the file extension of a delivery to a bucket",
  },
  {
    type: "aws_kinesis_stream",
    attributes: ["tags_all"],
    reason: "ministack forgets the tags that a stream is created with",
  },
  {
    type: "aws_cloudtrail",
    attributes: ["tags_all"],
    reason: "ministack forgets the tags that a trail is created with",
  },
  {
    type: "aws_vpc_security_group_egress_rule",
    attributes: ["description"],
    reason: "moto forgets the description of a rule whose peer is a group or a prefix list",
  },
];

export interface ClassifiedPlan {
  readonly explained: readonly { readonly change: Change; readonly artefact: Artefact }[];
  /** Findings: AWS would most likely show them too. */
  readonly unexplained: readonly Change[];
}

/**
 * Sorts the changes of a second plan, which should be empty, into emulator artefacts and findings.
 *
 * A change is explained only where the table names it and each attribute that differs: an emulator may forget some, but what
 * would be made or deleted is never its artefact.
 */
export function classify(changes: readonly Change[], known: readonly Artefact[] = artefacts): ClassifiedPlan {
  const explained: { change: Change; artefact: Artefact }[] = [];
  const unexplained: Change[] = [];
  for (const change of changes) {
    const artefact = known.find((entry) => covers(entry, change));
    if (artefact !== undefined) explained.push({ change, artefact });
    else unexplained.push(change);
  }
  return { explained, unexplained };
}

function covers({ type, action = "update", attributes }: Artefact, change: Change): boolean {
  return (
    change.type === type &&
    change.action === action &&
    change.attributes.every((name) => attributes.includes(name))
  );
}

/** Something that an emulator keeps after a destroy and AWS would not. */
export interface Residue {
  readonly emulator: EmulatorName;
  readonly kind: string;
  /** Whether this one is the emulator's own doing, judged by what else is left. */
  readonly explains: (id: string, after: Census) => boolean;
  readonly reason: string;
}

const residues: readonly Residue[] = [
  {
    emulator: "moto",
    kind: "network interface",
    explains: (id, after) => !after.subnet?.some((subnet) => id.endsWith(` in ${subnet}`)),
    reason: "moto keeps a NAT gateway's interface even when its subnet is gone",
  },
];

/** @returns the residue that explains a leftover; undefined makes it a finding */
export function residueOf(
  emulator: EmulatorName,
  kind: string,
  id: string,
  after: Census,
  known: readonly Residue[] = residues,
): Residue | undefined {
  return known.find(
    (entry) => entry.emulator === emulator && entry.kind === kind && entry.explains(id, after),
  );
}
