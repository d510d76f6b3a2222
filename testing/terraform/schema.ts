import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
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

/** By the text of the lock file: it takes seconds to write, and is the same for the same versions of the same providers. */
const known = new Map<string, Promise<ProviderSchema>>();

/**
 * The schema of the providers that a stack's folder was initialised with. An answer serves every later stack of the
 * process that is locked to the same providers; a failure serves none.
 *
 * @throws TerraformError with what Terraform says
 */
export function providerSchema(stack: SynthesisedStack, props: TerraformProps): Promise<ProviderSchema> {
  const key = lockOf(stack);
  const before = known.get(key);
  if (before !== undefined) return before;
  const asked = askSchema(stack, props);
  known.set(key, asked);
  asked.catch(() => known.delete(key));
  return asked;
}

/** The lock file's text; empty for a folder without, which has no provider. */
function lockOf({ folder }: SynthesisedStack): string {
  const file = join(folder, ".terraform.lock.hcl");
  return existsSync(file) ? readFileSync(file, "utf8") : "";
}

async function askSchema(
  { id, folder }: SynthesisedStack,
  { binary, env }: TerraformProps,
): Promise<ProviderSchema> {
  const { code, stdout, stderr } = await run(binary, ["providers", "schema", "-json"], { cwd: folder, env });
  if (code !== 0) throw new TerraformError(id, "providers schema", faultsOfText(stderr));
  const { provider_schemas = {} } = JSON.parse(stdout) as { provider_schemas?: Record<string, Schemas> };
  return new ProviderSchema(Object.values(provider_schemas));
}
