import { cpSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { run } from "../support/process";
import { faultsOfText, TerraformError } from "../terraform/diagnostics";
import { Terraform } from "../terraform/driver";
import type { SynthesisedStack } from "../terraform/manifest";

/** A block of a synthesised stack; the arguments differ by type. */
// biome-ignore lint/suspicious/noExplicitAny: Terraform's JSON is edited here, not computed with.
type Json = Record<string, any>;

export interface OfflinePlanProps {
  /** See `terraformBinary`. */
  readonly binary: string;
  /** See `terraformEnvironment`. */
  readonly env: NodeJS.ProcessEnv;
  /** Where the copy of the stack is made; the stack itself stays untouched. */
  readonly folder: string;
  readonly signal?: AbortSignal;
}

/** The end of the last `init`: the registry's provider cache does not stand concurrent writers. */
let lastInit: Promise<unknown> = Promise.resolve();

/** What the copy of a stack reads the outputs of other stacks from. */
const STUB_STATE = "stub.tfstate";

/**
 * Plans a copy of a stack as if nothing of it were there yet, without AWS: a local backend, no account guard, made-up
 * credentials, and made-up outputs of the stacks that it reads from.
 *
 * @returns the plan as `terraform show -json` tells it
 * @throws TerraformError, and where a data source would have to ask AWS
 */
export async function offlinePlan(
  stack: SynthesisedStack,
  { binary, env, folder, signal }: OfflinePlanProps,
): Promise<string> {
  cpSync(stack.folder, folder, { recursive: true });
  const file = join(folder, "cdk.tf.json");
  const json = JSON.parse(readFileSync(file, "utf8")) as Json;
  writeFileSync(join(folder, STUB_STATE), JSON.stringify(stubState(json)));
  writeFileSync(file, JSON.stringify(takenOffline(json)));
  const init = lastInit.then(() => new Terraform({ ...stack, folder }, { binary, env, signal }).init());
  lastInit = init.catch(() => undefined);
  await init;
  const terraform = async (args: readonly string[]) => {
    const { code, stdout, stderr } = await run(binary, args, { cwd: folder, env, signal });
    if (code !== 0) throw new TerraformError(stack.id, args[0] as string, faultsOfText(stderr || stdout));
    return stdout;
  };
  const plan = "offline.tfplan";
  await terraform(["plan", "-input=false", "-no-color", "-refresh=false", "-lock=false", `-out=${plan}`]);
  return terraform(["show", "-json", plan]);
}

function takenOffline(json: Json): Json {
  const copy = structuredClone(json);
  copy.terraform = { ...copy.terraform, backend: { local: { path: "terraform.tfstate" } } };
  copy.provider = {
    ...copy.provider,
    aws: [copy.provider.aws].flat().map(({ assume_role: _, ...provider }: Json) => ({
      ...provider,
      // Without an account to ask for, a list of the allowed ones would refuse every plan.
      allowed_account_ids: [],
      access_key: "offline",
      secret_key: "offline",
      skip_credentials_validation: true,
      skip_requesting_account_id: true,
      skip_metadata_api_check: "true",
      skip_region_validation: true,
    })),
  };
  const states = copy.data?.terraform_remote_state ?? {};
  for (const id of Object.keys(states)) states[id] = { backend: "local", config: { path: STUB_STATE } };
  return copy;
}

/** A state that holds every output which the stack reads, ARNs where the provider looks at their form. */
function stubState(json: Json): Json {
  const names = [
    ...JSON.stringify(json).matchAll(/\$\{data\.terraform_remote_state\.[\w-]+\.outputs\.([\w-]+)/g),
  ].map(([, name]) => name as string);
  const madeUp = (name: string) =>
    name.endsWith("arn") ? "arn:aws:sns:eu-west-1:123456789012:elsewhere" : "elsewhere";
  const outputs = Object.fromEntries(names.map((name) => [name, { value: madeUp(name), type: "string" }]));
  return { version: 4, terraform_version: "1.10.0", serial: 1, lineage: "stub", outputs, resources: [] };
}
