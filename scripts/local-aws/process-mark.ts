import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";

/** A process that cannot be mistaken for another one which got its number later. */
export interface ProcessMark {
  readonly pid: number;
  /** The moment of its start, in the words of the operating system. */
  readonly started: string;
}

/**
 * Marks a running process.
 *
 * @returns undefined when there is no such process, or only its remains (a zombie)
 */
export function markProcess(pid: number): ProcessMark | undefined {
  const started = process.platform === "linux" ? startOnLinux(pid) : startByPs(pid);
  return started === undefined ? undefined : { pid, started };
}

/** Whether the marked process itself still runs: a recycled number does not count. */
export function isRunning(mark: ProcessMark): boolean {
  return markProcess(mark.pid)?.started === mark.started;
}

/** Whether anything of a process group still runs; zombies, which a container without an init never reaps, do not. */
export function groupRuns(group: number): boolean {
  const states = process.platform === "linux" ? statesOnLinux(group) : statesByPs(group);
  return states.some((state) => !isDead(state));
}

const isDead = (state: string) => state.startsWith("Z") || state.startsWith("X");

/** Boot id and ticks since boot: exact, and different after a reboot. */
function startOnLinux(pid: number): string | undefined {
  const stat = statOnLinux(pid);
  if (!stat || isDead(stat.state)) return undefined;
  return `${readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim()}/${stat.startTicks}`;
}

function statesOnLinux(group: number): string[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .flatMap((pid) => statOnLinux(Number(pid)) ?? [])
    .filter((stat) => stat.group === group)
    .map(({ state }) => state);
}

function statOnLinux(pid: number): { state: string; group: number; startTicks: string } | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    // The second field is the program's name in brackets and may hold blanks and brackets: count from its end.
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    return { state: fields[0] ?? "X", group: Number(fields[2]), startTicks: fields[19] ?? "" };
  } catch (error) {
    if (["ENOENT", "ESRCH"].includes((error as NodeJS.ErrnoException).code ?? "")) return undefined;
    throw error;
  }
}

function startByPs(pid: number): string | undefined {
  const [state = "", ...start] = ps(["-o", "state=,lstart=", "-p", String(pid)])
    .trim()
    .split(/\s+/);
  return state === "" || isDead(state) ? undefined : start.join(" ");
}

function statesByPs(group: number): string[] {
  return ps(["-A", "-o", "pgid=,state="])
    .split("\n")
    .map((line) => line.trim().split(/\s+/))
    .filter(([pgid]) => Number(pgid) === group)
    .map(([, state = ""]) => state);
}

function ps(args: readonly string[]): string {
  try {
    return execFileSync("ps", args, { encoding: "utf8" });
  } catch {
    // ps exits 1 when nothing matches.
    return "";
  }
}
