import { OperatorError } from "../support/command";
import { cannotBeRun, run } from "../support/process";

/**
 * The Terraform program to run: `TERRAFORM_BINARY_NAME` (the variable that the cdktf CLI reads too), else `terraform`.
 *
 * @returns its name or path
 * @throws OperatorError, one line with the remedy, when it cannot be run
 */
export async function terraformBinary(signal?: AbortSignal): Promise<string> {
  const binary = process.env.TERRAFORM_BINARY_NAME || "terraform";
  const version = await run(binary, ["version"], { signal, env: { ...process.env, CHECKPOINT_DISABLE: "1" } })
    .then(({ code, stdout }) => (code === 0 ? stdout : undefined))
    .catch((error: unknown) => {
      if (cannotBeRun(error)) return undefined;
      throw error;
    });
  if (version === undefined) {
    throw new OperatorError(
      `"${binary}" cannot be run: install Terraform ≥ 1.10 (https://developer.hashicorp.com/terraform/install), or set TERRAFORM_BINARY_NAME`,
    );
  }
  if (!isNewEnough(version)) {
    throw new OperatorError(
      `"${binary}" is ${version.split("\n")[0] || "silent about its version"}, and the state's lock file needs 1.10: install a newer one, or set TERRAFORM_BINARY_NAME`,
    );
  }
  return binary;
}

/** @param text of `terraform version`, which in an initialised folder goes on with the versions of the providers */
function isNewEnough(text: string): boolean {
  const [, major = 0, minor = 0] = (/^\w+ v(\d+)\.(\d+)/.exec(text) ?? []).map(Number);
  return major > 1 || (major === 1 && minor >= 10);
}
