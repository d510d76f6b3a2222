import type { Arguments, ArgumentsOf, BindingClass } from "./arguments";
import { type PolicyDocument, policiesIn } from "./statements";

/** What a stack became, read by the classes of the bindings. */
export class Synthesized {
  constructor(readonly json: Arguments) {}

  /** All resources of a type, by logical id. */
  resources<Type extends BindingClass>({
    tfResourceType,
  }: Type): Readonly<Record<string, ArgumentsOf<Type>>> {
    return this.json.resource?.[tfResourceType] ?? {};
  }

  /** All data sources of a type, by logical id. */
  dataSources<Type extends BindingClass>({
    tfResourceType,
  }: Type): Readonly<Record<string, ArgumentsOf<Type>>> {
    return this.json.data?.[tfResourceType] ?? {};
  }

  /**
   * The resource of a type at a construct path below the stack, `Default` parts left out.
   * @throws Error that says which there are
   */
  at<Type extends BindingClass>(path: string, type: Type): ArgumentsOf<Type> {
    const all = Object.values(this.resources(type));
    const found = all.filter((each) => pathOf(each) === path);
    if (found.length === 1) return found[0] as ArgumentsOf<Type>;
    throw new Error(`no ${type.tfResourceType} at "${path}", only at: ${all.map(pathOf).join(", ")}`);
  }

  /** The Terraform address of the resource at a path, e.g. `aws_sqs_queue.orders_1A2B3C4D`: see {@link at}. */
  addressAt(path: string, type: BindingClass): string {
    return `${type.tfResourceType}.${this.at(path, type)["//"].metadata.uniqueId}`;
  }

  /**
   * The only resource of a type.
   * @throws Error that says which there are
   */
  one<Type extends BindingClass>(type: Type): ArgumentsOf<Type> {
    const all = Object.values(this.resources(type));
    if (all.length === 1) return all[0] as ArgumentsOf<Type>;
    throw new Error(`${all.length} ${type.tfResourceType}, not one: ${all.map(pathOf).join(", ")}`);
  }

  /** The stack's providers of a kind, each with its settings; those but the first have an alias. */
  providers<Type extends BindingClass>({ tfResourceType }: Type): readonly ArgumentsOf<Type>[] {
    return this.json.provider?.[tfResourceType] ?? [];
  }

  /** The value of each output, by name; those that cdktf makes for other stacks too. */
  get outputs(): Readonly<Record<string, unknown>> {
    return Object.fromEntries(
      Object.entries<Arguments>(this.json.output ?? {}).map(([name, { value }]) => [name, value]),
    );
  }

  /**
   * Every policy document that a resource of the stack holds as JSON, whatever its type: of roles, trust, queues,
   * topics, buckets, keys, endpoints. The data source `aws_iam_policy_document` is none: its text is not there yet.
   */
  get policies(): readonly PolicyDocument[] {
    return this.blocks.flatMap(([address, block]) =>
      policiesIn(block).map((found) => ({ address, path: pathOf(block), ...found })),
    );
  }

  /** Every address, sorted: what users' state depends on. */
  get addresses(): readonly string[] {
    return this.blocks.map(([address]) => address).sort();
  }

  private get blocks(): readonly (readonly [string, Arguments])[] {
    return Object.entries<Arguments>(this.json.resource ?? {}).flatMap(([type, resources]) =>
      Object.entries(resources).map(([id, block]) => [`${type}.${id}`, block] as const),
    );
  }
}

function pathOf(block: Arguments): string {
  const [, ...ids] = (block["//"].metadata.path as string).split("/");
  return ids.filter((id) => id !== "Default").join("/");
}
