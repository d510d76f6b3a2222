import { spawn } from "node:child_process";
import { signalGroup } from "./process";

/**
 * Runs a program whose output the operator reads as it comes, and waits for its end. Aborting interrupts its group.
 * @returns the exit code
 */
export function runShown(program: string, args: readonly string[], signal: AbortSignal): Promise<number> {
  signal.throwIfAborted();
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { stdio: ["ignore", "inherit", "inherit"], detached: true });
    const interrupt = () => signalGroup(child.pid, "SIGINT");
    signal.addEventListener("abort", interrupt, { once: true });
    child.on("error", reject);
    child.on("close", (code) => {
      signal.removeEventListener("abort", interrupt);
      if (signal.aborted) reject(signal.reason);
      else resolve(code ?? 1);
    });
  });
}
