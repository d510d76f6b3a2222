import { join } from "node:path";
import { OperatorError } from "../support/command";
import { projectRoot } from "../support/paths";
import { cannotBeRun, run } from "../support/process";
import { installVirtualEnvironment } from "../support/virtual-environment";
import { terraformBinary } from "../terraform/binary";

export const emulatorNames = ["ministack", "moto"] as const;
export type EmulatorName = (typeof emulatorNames)[number];

const remedies = {
  python3: "install Python ≥ 3.10 (Debian: apt-get install python3; macOS: brew install python)",
  venv: "Python's venv module is missing (Debian: apt-get install python3-venv)",
  openssl: "install openssl (Debian: apt-get install openssl; macOS: brew install openssl)",
} as const;

/**
 * Installs an emulator into its own virtual environment: their dependencies conflict.
 *
 * @returns the environment's Python
 * @throws OperatorError when a tool is missing or pip fails
 */
export function installEmulator(name: EmulatorName, signal?: AbortSignal): Promise<string> {
  const requirements = join(projectRoot, "scripts", "local-aws", `requirements-${name}.txt`);
  return installVirtualEnvironment(name, requirements, signal);
}

/**
 * Looks for everything that the local AWS needs.
 *
 * @returns the Terraform program: see `terraformBinary`
 * @throws OperatorError with one line for each missing tool
 */
export async function requireTools(signal?: AbortSignal): Promise<string> {
  const [terraform, python, venv, openssl] = await Promise.all([
    terraformBinary(signal).catch((error: unknown) => {
      if (error instanceof OperatorError && !signal?.aborted) return error;
      throw error;
    }),
    works("python3", ["-c", "import sys; sys.exit(sys.version_info < (3, 10))"], signal),
    works("python3", ["-c", "import venv, ensurepip"], signal),
    works("openssl", ["version"], signal),
  ]);
  const missing = [
    ...(terraform instanceof OperatorError ? [terraform.message] : []),
    ...(python ? [] : [remedies.python3]),
    ...(python && !venv ? [remedies.venv] : []),
    ...(openssl ? [] : [remedies.openssl]),
  ];
  if (terraform instanceof OperatorError || missing.length > 0)
    throw new OperatorError(`the local AWS needs more tools:\n  ${missing.join("\n  ")}`);
  return terraform;
}

async function works(program: string, args: readonly string[], signal?: AbortSignal): Promise<boolean> {
  try {
    return (await run(program, args, { signal })).code === 0;
  } catch (error) {
    if (cannotBeRun(error)) return false;
    throw error;
  }
}
