import { spawn } from "node:child_process";
import { createInterface } from "node:readline";

export interface RunOptions {
  readonly cwd?: string;
  /** The whole environment of the child. @default this process's own */
  readonly env?: NodeJS.ProcessEnv;
  /** Aborting interrupts the child's process group, and kills it when the grace is over. */
  readonly signal?: AbortSignal;
  /** Called for each line of standard output as it comes. */
  readonly onLine?: (line: string) => void;
  /** How long an interrupted child may tidy up (Terraform writes its state) before it is killed. @default 20 */
  readonly graceSeconds?: number;
}

export interface RunResult {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

const running = new Set<number>();

/**
 * Runs a program in a process group of its own and waits for its end.
 *
 * Its own group, so that Ctrl-C reaches Terraform once and through us (the terminal would signal it a second time,
 * which Terraform takes for "stop without saving"), and so that a kill also takes the providers it started.
 *
 * @returns exit code and output, whatever the code was
 * @throws the signal's reason when aborted; see `cannotBeRun` when there is no such program
 */
export function run(command: string, args: readonly string[], options: RunOptions = {}): Promise<RunResult> {
  const { signal, graceSeconds = 20 } = options;
  signal?.throwIfAborted();
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      cwd: options.cwd,
      env: options.env ?? process.env,
      detached: true,
      stdio: ["ignore", "pipe", "pipe"],
    });
    const stdout: string[] = [];
    let stderr = "";
    let lastResort: NodeJS.Timeout | undefined;
    const interrupt = () => {
      signalGroup(child.pid, "SIGINT");
      lastResort = setTimeout(() => signalGroup(child.pid, "SIGKILL"), graceSeconds * 1000);
    };
    createInterface({ input: child.stdout }).on("line", (line) => {
      stdout.push(line);
      options.onLine?.(line);
    });
    child.stderr.setEncoding("utf8").on("data", (text: string) => {
      stderr += text;
    });
    if (child.pid !== undefined) running.add(child.pid);
    signal?.addEventListener("abort", interrupt, { once: true });
    const settle = () => {
      clearTimeout(lastResort);
      signal?.removeEventListener("abort", interrupt);
      if (child.pid !== undefined) running.delete(child.pid);
    };
    child.on("error", (error) => {
      settle();
      reject(error);
    });
    child.on("close", (code) => {
      settle();
      if (signal?.aborted) reject(signal.reason);
      else resolve({ code: code ?? 1, stdout: stdout.join("\n"), stderr });
    });
  });
}

/** Whether an error of `run` says that there is no such program here: absent, or a file that nobody may execute. */
export function cannotBeRun(error: unknown): boolean {
  return ["ENOENT", "EACCES", "ENOTDIR"].includes((error as NodeJS.ErrnoException).code ?? "");
}

/** Kills every child at once: the operator's second Ctrl-C. */
export function killRunning(): void {
  for (const pid of running) signalGroup(pid, "SIGKILL");
}

/** Signals a process group; a group that is already gone is fine. */
export function signalGroup(pid: number | undefined, signal: NodeJS.Signals): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
  }
}

/**
 * Polls until the condition holds.
 *
 * @param seconds the cap
 * @returns whether it came to hold within the cap
 * @throws the signal's reason when aborted, and whatever the condition throws
 */
export async function waitUntil(
  condition: () => boolean | Promise<boolean>,
  seconds: number,
  signal?: AbortSignal,
  everyMs = 200,
): Promise<boolean> {
  const end = Date.now() + seconds * 1000;
  for (;;) {
    signal?.throwIfAborted();
    if (await condition()) return true;
    if (Date.now() >= end) return false;
    await new Promise((resolve) => setTimeout(resolve, everyMs));
  }
}
