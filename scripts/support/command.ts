import { killRunning } from "./process";

/** A fault that the operator can mend: shown as its message alone, without a stack trace. */
export class OperatorError extends Error {}

/** The operator (or the supervisor) asked to stop. */
class Interrupted extends OperatorError {
  constructor(readonly signal: NodeJS.Signals) {
    super(`stopped by ${signal}`);
  }
}

const exitCodes: Partial<Record<NodeJS.Signals, number>> = { SIGHUP: 129, SIGINT: 130, SIGTERM: 143 };

/**
 * Runs a script's body: its number is the exit code, an error is told in one piece, a first signal aborts (the body
 * tidies up and ends), a second one kills the children at once.
 *
 * Exit codes: 1 for an error, 128 + signal number when stopped.
 */
export function command(body: (signal: AbortSignal) => Promise<number>): void {
  const controller = new AbortController();
  for (const name of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
    process.on(name, () => {
      if (controller.signal.aborted) {
        killRunning();
        return;
      }
      process.stderr.write(`\n${name}: stopping (again: at once, without saving) …\n`);
      controller.abort(new Interrupted(name));
    });
  }
  body(controller.signal)
    .catch((error: unknown) => {
      process.stderr.write(`\nerror: ${describe(error)}\n`);
      const { aborted, reason } = controller.signal;
      return aborted && reason instanceof Interrupted ? (exitCodes[reason.signal] ?? 1) : 1;
    })
    .then((code) => {
      process.exitCode = code;
      // A timer or a kept-alive connection must not hold the prompt back once the work is over.
      setTimeout(() => process.exit(code), 500).unref();
    });
}

function describe(error: unknown): string {
  if (error instanceof OperatorError || isUsageError(error)) return error.message;
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}

/** An option that the script does not have: Node's own message says which. */
function isUsageError(error: unknown): error is Error {
  return error instanceof Error && /^ERR_PARSE_ARGS_/.test((error as NodeJS.ErrnoException).code ?? "");
}
