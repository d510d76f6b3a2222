import { rmSync } from "node:fs";
import { makeCertificate } from "../../scripts/local-aws/certificate";
import { type Emulator, startEmulator, stopEmulator } from "../../scripts/local-aws/emulators";
import { newSession, writeSession } from "../../scripts/local-aws/session";
import { newWorkspace } from "../../scripts/local-aws/test-workspaces";
import { type EmulatorName, installEmulator } from "../../scripts/local-aws/tools";
import type { Workspace } from "../../scripts/local-aws/workspace";

/** Emulators of a test's own, in a workspace that is away with them. */
export interface Emulators {
  readonly space: Workspace;
  readonly started: readonly Emulator[];
  /** Ends them and removes the workspace. */
  stop(): Promise<void>;
}

/**
 * Starts emulators. They are recorded, so that the next run finds what a killed one left running.
 * @param env variables of one of them beside those that it needs. @default - none
 */
export async function startEmulators(
  names: readonly EmulatorName[],
  env: Partial<Record<EmulatorName, Readonly<Record<string, string>>>> = {},
): Promise<Emulators> {
  const space = newWorkspace();
  const started: Emulator[] = [];
  const stop = async () => {
    await Promise.all(started.map(stopEmulator));
    rmSync(space.root, { recursive: true, force: true });
  };
  const onSpawn = (emulator: Emulator) => {
    started.push(emulator);
    writeSession(space, { ...newSession(), emulators: started });
  };
  try {
    const certificate = await makeCertificate(space.tls);
    for (const name of names) {
      const python = await installEmulator(name);
      const props = { python, region: "eu-west-1", certificate, workspace: space, onSpawn, env: env[name] };
      await startEmulator(name, props);
    }
  } catch (error) {
    await stop();
    throw error;
  }
  return { space, started, stop };
}
