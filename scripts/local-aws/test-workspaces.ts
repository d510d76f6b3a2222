import { randomUUID } from "node:crypto";
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { projectRoot } from "../support/paths";
import { isRunning, markProcess, type ProcessMark } from "./process-mark";
import { endSession, readSession } from "./session";
import { type Workspace, workspace } from "./workspace";

/** Inside the project: deployed functions look for the SDK in the folders above. */
const HOME = join(projectRoot, ".e2e");

/** A workspace of a test's own. */
export function newWorkspace(): Workspace {
  const space = workspace(join(HOME, randomUUID()));
  mkdirSync(space.local, { recursive: true });
  writeFileSync(ownerFile(space.root), JSON.stringify(markProcess(process.pid)));
  return space;
}

/**
 * Ends whatever tests left that were killed: emulators are detached, and a killed test stops none.
 * @returns how many workspaces it removed
 */
export async function sweepWorkspaces(home: string = HOME): Promise<number> {
  const abandoned = foldersIn(home).filter((folder) => !ownerRuns(folder));
  for (const folder of abandoned) {
    const space = workspace(folder);
    await endSession(space, readSession(space));
    rmSync(folder, { recursive: true, force: true });
  }
  return abandoned.length;
}

const ownerFile = (folder: string) => join(folder, "owner.json");

function foldersIn(home: string): string[] {
  try {
    return readdirSync(home).map((name) => join(home, name));
  } catch {
    // No test ever ran here.
    return [];
  }
}

function ownerRuns(folder: string): boolean {
  try {
    return isRunning(JSON.parse(readFileSync(ownerFile(folder), "utf8")) as ProcessMark);
  } catch {
    // No owner, or one that was killed while it wrote its name.
    return false;
  }
}
