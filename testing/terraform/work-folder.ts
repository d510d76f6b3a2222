import { cpSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { terraformBinary } from "../../scripts/terraform/binary";
import type { TerraformProps } from "../../scripts/terraform/driver";
import type { SynthesisedStack } from "../../scripts/terraform/manifest";
import { terraformEnvironment } from "../../scripts/terraform/provider-mirror";

/** Where nobody listens: a call of AWS is refused, in place of a search for credentials and hosts. */
export const NOWHERE = "127.0.0.1:9";

/** Keys that open nothing: the provider wants some, also where it calls nobody. */
const NO_AWS: NodeJS.ProcessEnv = {
  AWS_ACCESS_KEY_ID: "none",
  AWS_SECRET_ACCESS_KEY: "none",
  AWS_ENDPOINT_URL: `http://${NOWHERE}`,
  AWS_EC2_METADATA_DISABLED: "true",
};

/**
 * Does work with Terraform in a folder of its own, which is removed afterwards.
 * @param aws variables of the AWS to talk to, e.g. of an emulator; the caller's own are kept from Terraform
 * @throws OperatorError with the remedy where there is no Terraform
 */
export async function withTerraform<T>(
  aws: Readonly<Record<string, string>> | undefined,
  work: (folder: string, props: TerraformProps) => Promise<T>,
  signal?: AbortSignal,
): Promise<T> {
  const binary = await terraformBinary(signal);
  const folder = mkdtempSync(join(tmpdir(), "terraform-work-"));
  const inherited = Object.entries(process.env).filter(([name]) => !name.startsWith("AWS_"));
  try {
    const env = { ...Object.fromEntries(inherited), ...terraformEnvironment(folder), ...(aws ?? NO_AWS) };
    return await work(folder, { binary, env, signal });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** A copy of a stack below a folder, with its assets, without what Terraform left there. */
export function copyOf(stack: SynthesisedStack, below: string): SynthesisedStack {
  const folder = join(below, stack.id);
  const left = (path: string) => /^\.terraform|\.tfstate/.test(basename(path));
  cpSync(stack.folder, folder, { recursive: true, filter: (path) => path === stack.folder || !left(path) });
  return { ...stack, folder };
}
