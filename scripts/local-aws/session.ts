import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import type { Census } from "./census";
import { type Emulator, stopEmulator } from "./emulators";
import { isRunning, markProcess, type ProcessMark } from "./process-mark";
import type { Workspace } from "./workspace";

/** The record of a local environment, `.local/session.json`. */
export interface Session {
  /** ISO 8601. */
  readonly startedAt: string;
  /** The `npm run local` that makes it. */
  readonly owner: ProcessMark;
  /** Whether everything was applied and checked. */
  readonly ready: boolean;
  readonly emulators: readonly Emulator[];
  /** Emulator → what existed before we applied anything: its own default VPC and the like. */
  readonly before: Readonly<Record<string, Census>>;
  /** In the order they were applied. */
  readonly stacks: readonly string[];
}

/**
 * - `none`: no record.
 * - `live`: ready, and every emulator still runs.
 * - `starting`: another `npm run local` is at work.
 * - `stale`: the owner died half-way, or an emulator did: what is left is good for nothing.
 */
export type SessionState = "none" | "live" | "starting" | "stale";

/** @returns a new record of this process, not yet written */
export function newSession(): Session {
  const owner = markProcess(process.pid);
  if (!owner) throw new Error("this process cannot see itself");
  return { startedAt: new Date().toISOString(), owner, ready: false, emulators: [], before: {}, stacks: [] };
}

/** @returns undefined where there is no record, or one that cannot be read (it was written by a stranger) */
export function readSession({ sessionFile }: Workspace): Session | undefined {
  if (!existsSync(sessionFile)) return undefined;
  try {
    const record = JSON.parse(readFileSync(sessionFile, "utf8")) as Partial<Session> | null;
    return record?.owner && Array.isArray(record.emulators) ? (record as Session) : undefined;
  } catch {
    return undefined;
  }
}

/** Writes the record whole or not at all. */
export function writeSession({ sessionFile, local }: Workspace, session: Session): Session {
  mkdirSync(local, { recursive: true });
  writeFileSync(`${sessionFile}.new`, `${JSON.stringify(session, null, 2)}\n`, { mode: 0o600 });
  renameSync(`${sessionFile}.new`, sessionFile);
  return session;
}

export function stateOf(session: Session | undefined): SessionState {
  if (!session) return "none";
  if (!session.ready) return isRunning(session.owner) ? "starting" : "stale";
  return session.emulators.length > 0 && session.emulators.every((emulator) => isRunning(emulator.process))
    ? "live"
    : "stale";
}

/**
 * Stops the session's emulators and removes its record, certificate, temporary files and states; the logs stay, they
 * may be wanted after a failure.
 */
export async function endSession(workspace: Workspace, session: Session | undefined): Promise<void> {
  await Promise.all((session?.emulators ?? []).map(stopEmulator));
  const { state, sessionFile, tls, tmp } = workspace;
  for (const path of [state, tls, tmp, sessionFile]) rmSync(path, { recursive: true, force: true });
}
