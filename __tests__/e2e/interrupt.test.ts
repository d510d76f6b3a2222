import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, rmSync } from "node:fs";
import { join } from "node:path";
import { groupRuns } from "../../scripts/local-aws/process-mark";
import { readSession } from "../../scripts/local-aws/session";
import { newWorkspace } from "../../scripts/local-aws/test-workspaces";
import { projectRoot } from "../../scripts/support/paths";
import { signalGroup } from "../../scripts/support/process";
import { eventually } from "../support/local-account";

/** The process groups of everything below a process: each program that we start leads one of its own. */
function groupsBelow(ancestor: number): number[] {
  const processes = execFileSync("ps", ["-A", "-o", "pid=,ppid=,pgid="], { encoding: "utf8" })
    .trim()
    .split("\n")
    .map((line) => line.trim().split(/\s+/).map(Number))
    .map(([pid = 0, parent = 0, group = 0]) => ({ pid, parent, group }));
  const below = (parent: number): number[] =>
    processes.filter((each) => each.parent === parent).flatMap(({ pid, group }) => [group, ...below(pid)]);
  return [...new Set(below(ancestor))];
}

describe("npm run local, interrupted", () => {
  const space = newWorkspace();
  let local: ChildProcess;
  let groups: readonly number[] = [];
  afterEach(() => {
    // What a failed test has found running must not stay.
    local.kill("SIGKILL");
    for (const group of groups) signalGroup(group, "SIGKILL");
    rmSync(space.root, { recursive: true, force: true });
  });

  it.each([
    // Each emulator is recorded as soon as its process exists, long before it answers.
    ["its emulators are starting", /^starting ministack and moto/m, 2],
    ["it applies", /^local-\S+ +\d+\/\d+ {2}created /m, 3],
  ])("while %s leaves no process, no record and no state, and ends with 130", async (_, moment, atWork) => {
    let output = "";
    local = spawn(process.execPath, [join(projectRoot, ".build", "scripts", "local.js")], {
      env: { ...process.env, LOCAL_WORKSPACE: space.root },
      stdio: ["ignore", "pipe", "pipe"],
    });
    for (const stream of [local.stdout, local.stderr]) {
      stream?.setEncoding("utf8").on("data", (text: string) => {
        output += text;
      });
    }
    const ended = once(local, "close") as Promise<[number | null]>;
    groups = await eventually(`both emulators at work, and ${moment}`, async () => {
      if (local.exitCode !== null) throw new Error(output);
      const below = groupsBelow(local.pid ?? 0);
      const started = readSession(space)?.emulators.map((emulator) => emulator.process.pid) ?? [];
      const there = started.length === 2 && started.every((pid) => below.includes(pid));
      return moment.test(output) && there && below.length >= atWork ? below : undefined;
    });

    local.kill("SIGINT");
    const [code] = await ended;
    expect({ code, output: code === 130 ? "" : output }).toEqual({ code: 130, output: "" });
    expect(output).toMatch(/^error: stopped by SIGINT$/m);
    expect(groups.filter(groupRuns)).toEqual([]);
    expect(readSession(space)).toBeUndefined();
    for (const path of [space.sessionFile, space.state, space.tls, space.tmp]) {
      expect(existsSync(path)).toBe(false);
    }
    expect(existsSync(join(space.logs, "ministack.log"))).toBe(true);
  });
});
