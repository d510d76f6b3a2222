import { TerraformResource, type TerraformStack } from "cdktf";
import { resolveIn } from "./tokens";

/** A type of resource that writes what AWS keeps as one whole, or a part of it. */
interface Writer {
  /** Such as `aws_sqs_queue_policy`. */
  readonly type: string;
  /** The argument of that type which names the resource that it belongs to. */
  readonly subject: string;
  /** What is meant where that argument is left out, such as the bus `default`. @default - it must be given */
  readonly otherwise?: string;
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

/** Stacks that are watched already, by type: once a stack keeps synthesis linear. */
const watched = new WeakMap<TerraformStack, Set<string>>();

/**
 * Reports, at synthesis, every subject in the stack that two resources write, where AWS keeps what is written as one whole:
 * two that write all of it, or one that writes a part beside one that writes all.
 */
export function watchForSecondOwners(stack: TerraformStack, whole: Whole): void {
  const { kind, type, parts = [] } = whole;
  const types = watched.get(stack) ?? new Set();
  if (types.has(type)) return;
  watched.set(stack, types.add(type));
  stack.node.addValidation({
    validate: () => {
      const owners = new Map<unknown, string>();
      return writingsIn(stack, [whole, ...parts]).flatMap(({ writer, path, subject }) => {
        const first = owners.get(subject);
        if (writer === whole) owners.set(subject, path);
        return first === undefined
          ? []
          : [
              `${kind} of ${subject}: "${first}" and "${path}" both write it, and each apply of one undoes the other: ` +
                writer.remedy,
            ];
      });
    },
  });
}

interface Writing {
  readonly writer: Writer;
  readonly path: string;
  /** The same for the same resource, whichever way it is named. */
  readonly subject: unknown;
}

/** What reads as one attribute of a resource. */
const REFERENCE = /^\$\{(\w+\.[\w-]+)\.(\w+)\}$/;

/**
 * Who writes what, in the order of the writers. A resource is known by its address, whichever attribute names it: a bucket is
 * its `id` and its `bucket`. So is one whose name is written out, where another writer refers to that name.
 */
function writingsIn(stack: TerraformStack, writers: readonly Writer[]): readonly Writing[] {
  const resources = stack.node.findAll().filter(TerraformResource.isTerraformResource);
  const at = new Map(
    resources.map((each) => [`${each.terraformResourceType}.${each.friendlyUniqueId}`, each]),
  );
  const addresses = new Map<unknown, string>();
  const written = (writer: Writer, resource: TerraformResource): Writing => {
    const { path } = resource.node;
    const named = argumentOf(stack, resource, writer.subject) ?? writer.otherwise;
    const [, address, attribute] = REFERENCE.exec(String(named)) ?? [];
    if (address === undefined) return { writer, path, subject: spelled(resource, named) };
    const referred = at.get(address);
    const name = referred && argumentOf(stack, referred, `${attribute}Input`);
    if (referred && name !== undefined) addresses.set(spelled(referred, name), address);
    return { writer, path, subject: address };
  };
  return writers
    .flatMap((writer) =>
      resources
        .filter(({ terraformResourceType }) => terraformResourceType === writer.type)
        .map((resource) => written(writer, resource)),
    )
    .map((writing) => ({ ...writing, subject: addresses.get(writing.subject) ?? writing.subject }));
}

function argumentOf(stack: TerraformStack, resource: TerraformResource, argument: string): unknown {
  return resolveIn(stack, (resource as unknown as Record<string, unknown>)[argument]);
}

/** A name that is written out: another provider, of another region or account, means another resource by it. */
function spelled({ provider }: TerraformResource, name: unknown): unknown {
  return provider?.alias === undefined ? name : `${name} by the provider ${provider.alias}`;
}
