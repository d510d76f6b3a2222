import { TerraformResource, type TerraformStack } from "cdktf";
import { resolveIn } from "./tokens";

/** What AWS keeps as one whole, such as a queue's policy or a bucket's notification. */
export interface Whole {
  /** Such as `queue policy`. */
  readonly kind: string;
  /** The type of the resource that writes it. */
  readonly type: string;
  /** The argument of that type which names the resource that it belongs to. */
  readonly subject: string;
  /** What to do about a second owner. */
  readonly remedy: string;
}

/** Stacks that are watched already, by type: once a stack keeps synthesis linear. */
const watched = new WeakMap<TerraformStack, Set<string>>();

/** Reports, at synthesis, every subject in the stack that two resources write, where AWS keeps what is written as one whole. */
export function watchForSecondOwners(stack: TerraformStack, { kind, type, subject, remedy }: Whole): void {
  const types = watched.get(stack) ?? new Set();
  if (types.has(type)) return;
  watched.set(stack, types.add(type));
  stack.node.addValidation({
    validate: () => {
      const owners = new Map<unknown, string>();
      return stack.node.findAll().flatMap((node) => {
        if (!TerraformResource.isTerraformResource(node) || node.terraformResourceType !== type) return [];
        const owned = ownedBy(resolveIn(stack, (node as unknown as Record<string, unknown>)[subject]));
        const first = owners.get(owned);
        owners.set(owned, node.node.path);
        return first === undefined
          ? []
          : [
              `${kind} of ${owned}: "${first}" and "${node.node.path}" both write it, and each apply of one undoes the ` +
                `other: ${remedy}`,
            ];
      });
    },
  });
}

/** A resource by its address, whichever attribute names it: a bucket is its `id` and its `bucket`. */
function ownedBy(subject: unknown): unknown {
  return typeof subject === "string" ? subject.replace(/^\$\{(\w+\.[\w-]+)\.\w+\}$/, "$1") : subject;
}
