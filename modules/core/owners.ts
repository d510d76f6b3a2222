import { TerraformResource, type TerraformStack } from "cdktf";
import { byAddress, resolveIn } from "./tokens";

/** A type of resource that writes what AWS keeps as one whole, or a part of it. */
interface Writer {
  /** Such as `aws_sqs_queue_policy`. */
  readonly type: string;
  /** The argument of that type which names the resource that it belongs to. */
  readonly subject: string;
  /** What is meant where that argument is left out, such as the bus `default`. @default - it must be given */
  readonly otherwise?: string;
  /**
   * Whether the argument is a name that every region and account may have one of, such as a function's: by another provider it
   * is another resource. An ARN, a URL or a bucket's name is one resource everywhere. @default false
   */
  readonly regional?: boolean;
  /** The argument that tells several such wholes of one resource apart, such as a function's qualifier. @default - it has one */
  readonly which?: string;
  /** What to do about one that writes beside the owner. */
  readonly remedy: string;
}

/** What AWS keeps as one whole, such as a queue's policy or a bucket's notification. */
export interface Whole extends Writer {
  /** Such as `queue policy`. */
  readonly kind: string;
  /** Other types that write into it, a part each: any number of them, unless something writes the whole. @default - none */
  readonly parts?: readonly Writer[];
}

/** What is watched in each stack, by type: one look at its resources for all of it keeps synthesis linear. */
const watched = new WeakMap<TerraformStack, Map<string, Whole>>();

/**
 * Reports, at synthesis, every subject in the stack that two resources write, where AWS keeps what is written as one whole:
 * two that write all of it, or one that writes a part beside one that writes all.
 */
export function watchForSecondOwners(stack: TerraformStack, whole: Whole): void {
  const wholes = watched.get(stack) ?? watch(stack);
  wholes.set(whole.type, whole);
}

function watch(stack: TerraformStack): Map<string, Whole> {
  const wholes = new Map<string, Whole>();
  watched.set(stack, wholes);
  stack.node.addValidation({
    validate: () => {
      const resources = resourcesIn(stack);
      return [...wholes.values()].flatMap((each) => secondOwners(resources, each));
    },
  });
  return wholes;
}

/** The resources of a stack by their type. */
type Resources = ReadonlyMap<string, readonly TerraformResource[]>;

function resourcesIn(stack: TerraformStack): Resources {
  const byType = new Map<string, TerraformResource[]>();
  for (const node of stack.node.findAll()) {
    if (!TerraformResource.isTerraformResource(node)) continue;
    const same = byType.get(node.terraformResourceType);
    if (same === undefined) byType.set(node.terraformResourceType, [node]);
    else same.push(node);
  }
  return byType;
}

function secondOwners(resources: Resources, whole: Whole): readonly string[] {
  const { kind, parts = [] } = whole;
  const owners = new Map<string, string>();
  return subjectsOf(resources, [whole, ...parts]).flatMap(([{ writer, resource }, subject]) => {
    const { path } = resource.node;
    const first = owners.get(subject);
    if (writer === whole) owners.set(subject, path);
    if (first === undefined) return [];
    const both = `"${first}" and "${path}" both write it, and each apply of one undoes the other`;
    return [`${kind} of ${subject}: ${both}: ${writer.remedy}`];
  });
}

interface Writing {
  readonly writer: Writer;
  readonly resource: TerraformResource;
  /** What the writer's subject reads as. */
  readonly named: string;
}

/** Who writes what, in the order of the writers; but not what is another one in each instance of a resource. */
function writingsIn(resources: Resources, writers: readonly Writer[]): readonly Writing[] {
  return writers
    .flatMap((writer) =>
      (resources.get(writer.type) ?? []).map((resource) => ({
        writer,
        resource,
        named: String(argumentOf(resource, writer.subject) ?? writer.otherwise),
      })),
    )
    .filter(({ named }) => !/\$\{.*\b(each|count)\./.test(named));
}

/** What reads as one attribute of a resource. */
const REFERENCE = /^\$\{(aws_\w+\.[\w-]+)\.(\w+)\}$/;

/**
 * What each writes. A resource is known by its address, whichever attribute names it: a bucket is its `id` and its `bucket`. So
 * is one whose name is written out, where another writer refers to that name.
 */
function subjectsOf(
  resources: Resources,
  writers: readonly Writer[],
): readonly (readonly [Writing, string])[] {
  const writings = writingsIn(resources, writers);
  const isWrittenOut = writings.some(({ named }) => !REFERENCE.test(named));
  // Only then: an address is a hash, and a synthesis has hundreds of resources.
  const addresses = isWrittenOut ? addressesByName(resources, writings) : new Map<string, string>();
  return writings.map((writing) => {
    const { writer, resource, named } = writing;
    const [, address] = REFERENCE.exec(named) ?? [];
    const name = writtenOut(writer, resource, named);
    const which = writer.which === undefined ? undefined : argumentOf(resource, writer.which);
    const subject = address ?? addresses.get(name) ?? name;
    return [writing, which === undefined ? subject : `${subject}, ${which}`] as const;
  });
}

/** The addresses of the resources to whose names writers refer. */
function addressesByName(resources: Resources, writings: readonly Writing[]): ReadonlyMap<string, string> {
  const at = byAddress([...resources.values()].flat());
  const addresses = new Map<string, string>();
  for (const { writer, named } of writings) {
    const [, address = "", attribute = ""] = REFERENCE.exec(named) ?? [];
    const referred = at.get(address);
    const argument = `${attribute.replace(/_(\w)/g, (_, letter: string) => letter.toUpperCase())}Input`;
    const name = referred && argumentOf(referred, argument);
    if (referred && name !== undefined) addresses.set(writtenOut(writer, referred, String(name)), address);
  }
  return addresses;
}

function argumentOf(resource: TerraformResource, argument: string): unknown {
  return resolveIn(resource, (resource as unknown as Record<string, unknown>)[argument]);
}

function writtenOut({ regional }: Writer, { provider }: TerraformResource, name: string): string {
  return regional !== true || provider?.alias === undefined
    ? name
    : `${name} by the provider ${provider.alias}`;
}
