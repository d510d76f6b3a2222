import { join } from "node:path";
import { operatorEnvironment } from "../../scripts/local-aws/emulators";
import { type Censuses, remainsOf, takeCensuses } from "../../scripts/local-aws/remains";
import { accountEnvironment } from "../../scripts/local-aws/services";
import { type EmulatorName, emulatorNames } from "../../scripts/local-aws/tools";
import type { Workspace } from "../../scripts/local-aws/workspace";
import { waitUntil } from "../../scripts/support/process";
import { terraformBinary } from "../../scripts/terraform/binary";
import { Terraform } from "../../scripts/terraform/driver";
import type { SynthesisedStack } from "../../scripts/terraform/manifest";
import { terraformEnvironment } from "../../scripts/terraform/provider-mirror";
import { type Emulators, startEmulators } from "./emulators";

interface LocalAccountOptions {
  /** Whether PutEvents takes events in the name of AWS's own services, which AWS refuses. @default false */
  readonly asAws?: boolean;
}

/** A local AWS account of a test's own, until `stop`. */
export class LocalAccount {
  private constructor(
    /** What Terraform, the SDKs and the CLI need. */
    readonly env: Readonly<Record<string, string>>,
    private readonly emulators: Emulators,
    private readonly before: Censuses,
  ) {}

  /** @param account the twelve digits that the access key says */
  static async start(
    account = "123456789012",
    { asAws = false }: LocalAccountOptions = {},
  ): Promise<LocalAccount> {
    const patches = asAws ? { ministack: { PYTHONPATH: join(__dirname, "as-aws") } } : {};
    const emulators = await startEmulators(emulatorNames, patches);
    const env = {
      ...accountEnvironment(emulators.started),
      ...terraformEnvironment(emulators.space.local),
      AWS_ACCESS_KEY_ID: account,
    };
    return new LocalAccount(env, emulators, await takeCensuses(emulators.started));
  }

  get space(): Workspace {
    return this.emulators.space;
  }

  /** The file in which an emulator writes what it does. */
  log(name: EmulatorName): string {
    return this.emulators.started.find((emulator) => emulator.name === name)?.log ?? "";
  }

  /** What is there that was not there at the start, and that nothing explains. */
  async remains(): Promise<readonly string[]> {
    return (await remainsOf(this.emulators.started, this.before)).left;
  }

  /** Terraform in a stack's folder, against this account, or as whoever `env` says. */
  async terraform(stack: SynthesisedStack, env: NodeJS.ProcessEnv = {}): Promise<Terraform> {
    const binary = await terraformBinary();
    return new Terraform(stack, { binary, env: { ...operatorEnvironment(), ...this.env, ...env } });
  }

  stop(): Promise<void> {
    return this.emulators.stop();
  }
}

/**
 * Waits for a condition and answers what it found. The cap is for a machine that is stuck, not for one that is slow.
 * @throws Error that says what was waited for
 */
export async function eventually<T>(
  what: string,
  look: () => Promise<T | undefined>,
  seconds = 180,
): Promise<T> {
  let found: T | undefined;
  const came = await waitUntil(
    async () => {
      found = await look();
      return found !== undefined;
    },
    seconds,
    undefined,
    500,
  );
  if (!came) throw new Error(`waited ${seconds} s in vain: ${what}`);
  return found as T;
}
