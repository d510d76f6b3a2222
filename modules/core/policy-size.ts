import { TerraformResource, TerraformStack } from "cdktf";
import type { IConstruct } from "constructs";
import { arnOf } from "./facts-of";
import { regionOf } from "./region-of";
import { byAddress, resolveIn } from "./tokens";

/** How much text AWS takes. */
export interface SizeLimit {
  readonly most: number;
  readonly unit: "bytes" | "characters";
  /** What to do about more. */
  readonly remedy: string;
}

/** More than any name or ARN has. */
const LONGEST_REFERENCE = 512;
/** `${type.id.attribute}`; with a second `$` before it, it is text that AWS shall see. */
const REFERENCE = /\$?\$\{([^}]*)\}/g;

/**
 * Says of a policy that AWS would refuse it for its length, where that is known before there is anything: name and ARN of what
 * is named in the program are measured in full, any other reference not at all, so that nothing is refused that AWS would take.
 * @param subject what the policy is and whose, as its faults begin
 */
export function overlong(
  owner: IConstruct,
  subject: string,
  { text, limit }: { readonly text: string; readonly limit: SizeLimit },
): readonly string[] {
  const resolved = resolveIn(owner, text) as string;
  const { most, unit, remedy } = limit;
  const references = resolved.match(REFERENCE)?.length ?? 0;
  // Most are short by far: nothing need be looked up then.
  if (Buffer.byteLength(resolved) + references * LONGEST_REFERENCE <= most) return [];
  const whole = spelledOut(owner, resolved);
  const size = unit === "bytes" ? Buffer.byteLength(whole) : whole.length;
  return size <= most ? [] : [`${subject}: ${size} ${unit} at least, and AWS takes ${most}: ${remedy}`];
}

function spelledOut(owner: IConstruct, text: string): string {
  const stack = TerraformStack.of(owner);
  const resources = byAddress(stack.node.findAll().filter(TerraformResource.isTerraformResource));
  const spell = (value: string | undefined): string =>
    (resolveIn(stack, value ?? "") as string).replace(REFERENCE, (reference, expression: string) => {
      if (reference.startsWith("$$")) return reference.slice(1);
      const [, address = "", attribute = ""] = /^(\w+\.[\w-]+)\.(\w+)$/.exec(expression) ?? [];
      const resource: Named | undefined = resources.get(address);
      if (resource === undefined) return "";
      if (attribute === "arn") return arnBy(resource, spell);
      return NAMES.has(attribute) ? spell(nameIn(resource)) : "";
    });
  return spell(text);
}

/** Attributes that say nothing but the name; any other, such as an id, AWS makes up. */
const NAMES = new Set(["name", "bucket"]);

/** The arguments that names are made of, where a resource has them. */
type Named = TerraformResource & {
  readonly nameInput?: string;
  readonly bucketInput?: string;
  readonly eventBusNameInput?: string;
};

const nameIn = ({ nameInput, bucketInput }: Named) => nameInput ?? bucketInput;

/** What policies name most, by how its ARN ends. */
const ENDINGS: Readonly<Record<string, readonly [service: string, before: string]>> = {
  aws_cloudwatch_event_bus: ["events", "event-bus/"],
  aws_cloudwatch_event_rule: ["events", "rule/"],
  aws_cloudwatch_log_group: ["logs", "log-group:"],
  aws_sns_topic: ["sns", ""],
  aws_sqs_queue: ["sqs", ""],
};

function arnBy(resource: Named, spell: (value: string | undefined) => string): string {
  const ending = ENDINGS[resource.terraformResourceType];
  if (ending === undefined) return "";
  const [service, before] = ending;
  const bus = resource.eventBusNameInput === undefined ? "" : `${spell(resource.eventBusNameInput)}/`;
  return arnOf(resource, {
    service,
    region: regionOf(resource),
    resource: `${before}${bus}${spell(nameIn(resource))}`,
  });
}
