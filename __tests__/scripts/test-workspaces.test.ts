import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { groupRuns, markProcess, type ProcessMark } from "../../scripts/local-aws/process-mark";
import { newSession, writeSession } from "../../scripts/local-aws/session";
import { sweepWorkspaces } from "../../scripts/local-aws/test-workspaces";
import { workspace } from "../../scripts/local-aws/workspace";
import { projectRoot } from "../../scripts/support/paths";

/** A process that stands for an emulator: detached, leader of its group. */
async function sleeper(): Promise<ProcessMark> {
  const child = spawn("sleep", ["600"], { detached: true, stdio: "ignore" });
  await once(child, "spawn");
  const mark = markProcess(child.pid ?? 0);
  if (mark === undefined) throw new Error("sleep did not start");
  return mark;
}

describe("the workspaces of killed tests", () => {
  let home: string;
  const started: number[] = [];
  beforeEach(() => {
    mkdirSync(join(projectRoot, ".e2e"), { recursive: true });
    home = mkdtempSync(join(projectRoot, ".e2e", "sweep-"));
    // The sweep of an e2e run beside this test must not take it for abandoned.
    writeFileSync(join(home, "owner.json"), JSON.stringify(markProcess(process.pid)));
  });
  afterEach(() => {
    rmSync(home, { recursive: true, force: true });
    for (const pid of started.splice(0)) if (groupRuns(pid)) process.kill(-pid, "SIGKILL");
  });

  const leave = async (name: string, owner: ProcessMark | undefined): Promise<ProcessMark> => {
    const space = workspace(join(home, "spaces", name));
    mkdirSync(space.local, { recursive: true });
    const mark = await sleeper();
    started.push(mark.pid);
    if (owner !== undefined) writeFileSync(join(space.root, "owner.json"), JSON.stringify(owner));
    const emulator = { name: "moto", url: "", process: mark, env: {}, log: "" } as const;
    writeSession(space, { ...newSession(), emulators: [emulator] });
    return mark;
  };

  it("are removed, and what runs in them is ended; those of running tests stay", async () => {
    const dead = await leave("dead", { pid: process.pid, started: "long ago" });
    const nameless = await leave("nameless", undefined);
    const alive = await leave("alive", markProcess(process.pid));
    expect(await sweepWorkspaces(join(home, "spaces"))).toBe(2);
    expect(groupRuns(dead.pid)).toBe(false);
    expect(groupRuns(nameless.pid)).toBe(false);
    expect(groupRuns(alive.pid)).toBe(true);
    expect(readdirSync(join(home, "spaces"))).toEqual(["alive"]);
  });

  it("are none where no test ever ran", async () => {
    expect(await sweepWorkspaces(join(home, "nowhere"))).toBe(0);
    expect(existsSync(join(home, "nowhere"))).toBe(false);
  });
});
