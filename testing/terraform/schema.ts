import { run } from "../../scripts/support/process";
import { faultsOfText, TerraformError } from "../../scripts/terraform/diagnostics";
import type { TerraformProps } from "../../scripts/terraform/driver";
import type { SynthesisedStack } from "../../scripts/terraform/manifest";

/** A type as Terraform writes it in JSON. */
export type Type =
  | "string"
  | "number"
  | "bool"
  | "dynamic"
  | readonly ["list" | "set" | "map", Type]
  | readonly ["object", Readonly<Record<string, Type>>];

interface Attribute {
  readonly type: Type;
  readonly computed?: boolean;
}

interface Block {
  readonly attributes?: Readonly<Record<string, Attribute>>;
  readonly block_types?: Readonly<Record<string, { readonly nesting_mode: string; readonly block: Block }>>;
}

interface Schemas {
  readonly resource_schemas?: Readonly<Record<string, { readonly block: Block }>>;
  readonly data_source_schemas?: Readonly<Record<string, { readonly block: Block }>>;
}

/** What the providers of a stack say of their resources. */
export class ProviderSchema {
  constructor(private readonly providers: readonly Schemas[]) {}

  /** @param steps below the resource: `["ebs_block_device", "0", "volume_id"]`; undefined for what there is not */
  typeOf(address: string, steps: readonly string[]): Type | undefined {
    const type = this.block(address) && typeOfBlock(this.block(address) as Block);
    return steps.reduce<Type | undefined>(below, type);
  }

  /** Names of the attributes that AWS gives to a resource itself. */
  computed(type: string): readonly string[] {
    const attributes = Object.entries(this.block(`${type}.`)?.attributes ?? {});
    return attributes.filter(([, { computed }]) => computed).map(([name]) => name);
  }

  private block(address: string): Block | undefined {
    const [, data, type = ""] = /^(data\.)?(\w+)\./.exec(address) ?? [];
    const kind = data === undefined ? "resource_schemas" : "data_source_schemas";
    return this.providers.map(({ [kind]: schemas }) => schemas?.[type]?.block).find(Boolean);
  }
}

function typeOfBlock({ attributes = {}, block_types = {} }: Block): Type {
  const own = Object.entries(attributes).map(([name, { type }]) => [name, type] as const);
  const nested = Object.entries(block_types).map(([name, { nesting_mode, block }]) => {
    const one = typeOfBlock(block);
    return [name, nesting_mode === "single" ? one : (["list", one] as const)] as const;
  });
  return ["object", Object.fromEntries([...own, ...nested])];
}

function below(type: Type | undefined, step: string): Type | undefined {
  if (!Array.isArray(type)) return undefined;
  const [kind, of] = type as Exclude<Type, string>;
  if (kind === "object") return of[step];
  return kind === "map" || /^\d+$/.test(step) ? of : undefined;
}

/** One a process and folder of providers: it takes seconds to write and is the same for every stack. */
let known: Promise<ProviderSchema> | undefined;

/**
 * The schema of the providers that a stack's folder was initialised with. The first answer serves every later stack of
 * the process, which are all bound to one version of the provider by the bindings.
 */
export function providerSchema(
  stack: SynthesisedStack,
  { binary, env }: TerraformProps,
): Promise<ProviderSchema> {
  known ??= run(binary, ["providers", "schema", "-json"], { cwd: stack.folder, env }).then(
    ({ code, stdout, stderr }) => {
      if (code !== 0) throw new TerraformError(stack.id, "providers schema", faultsOfText(stderr));
      const { provider_schemas = {} } = JSON.parse(stdout) as { provider_schemas?: Record<string, Schemas> };
      return new ProviderSchema(Object.values(provider_schemas));
    },
  );
  return known;
}
