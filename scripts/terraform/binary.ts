import { OperatorError } from "../support/command";
import { run } from "../support/process";

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
    .catch((error: NodeJS.ErrnoException) => {
      if (error.code === "ENOENT" || error.code === "EACCES") return undefined;
      throw error;
    });
  if (version !== undefined && !/ v([2-9]|1\.[1-9]\d)/.test(version)) {
    throw new OperatorError(
      `"${binary}" is ${version.split("\n")[0]}, and the state's lock file needs 1.10: install a newer one, or set TERRAFORM_BINARY_NAME`,
    );
  }
  if (version === undefined) {
    throw new OperatorError(
      `"${binary}" cannot be run: install Terraform ≥ 1.10 (https://developer.hashicorp.com/terraform/install), or set TERRAFORM_BINARY_NAME`,
    );
  }
  return binary;
}
