import { type ConstructPaths, type Diagnostic, pathOf } from "./diagnostics";

export type Action = "create" | "read" | "update" | "delete" | "replace" | "no-op";

/** One step of an apply or destroy. */
export interface Progress {
  /** e.g. `aws_sqs_queue.orders`. */
  readonly address: string;
  /** e.g. `aws_sqs_queue`. */
  readonly type: string;
  /** The construct's path; the address where the resource is in the state only. */
  readonly path: string;
  readonly action: Action;
  /** `waiting` comes every ten seconds of one resource. */
  readonly phase: "started" | "waiting" | "done" | "failed";
  readonly done: number;
  readonly total: number;
  /** Since this resource's start. */
  readonly seconds: number;
}

/** A line of `terraform apply -json`, as far as we read it. */
interface Event {
  readonly type: string;
  readonly change?: { readonly action: string };
  readonly hook?: {
    readonly resource: { readonly addr: string; readonly resource_type: string };
    readonly action: Action;
    readonly elapsed_seconds?: number;
  };
  readonly diagnostic?: Diagnostic;
}

const phases: Readonly<Record<string, Progress["phase"]>> = {
  apply_start: "started",
  apply_progress: "waiting",
  apply_complete: "done",
  apply_errored: "failed",
};

/** Follows the lines of `-json`: counts, tells progress, keeps the diagnostics. */
export class EventReader {
  readonly diagnostics: Diagnostic[] = [];
  private total: number;
  private done = 0;

  /**
   * @param total of changes where it is known; a saved plan's apply does not announce them
   */
  constructor(
    private readonly paths: ConstructPaths,
    private readonly onProgress: (progress: Progress) => void = () => {},
    total?: number,
  ) {
    this.total = total ?? 0;
    this.announced = total !== undefined;
  }
  private readonly announced: boolean;

  /** @param line anything: what is not an event of Terraform's is passed over */
  read(line: string): void {
    const event = parse(line);
    if (event?.diagnostic) this.diagnostics.push(event.diagnostic);
    if (event?.type === "planned_change" && !this.announced) this.total += steps(event.change?.action);
    const phase = event && phases[event.type];
    if (!phase || !event.hook || event.hook.action === "read") return;
    if (phase === "done") this.done += 1;
    const { addr, resource_type: type } = event.hook.resource;
    this.onProgress({
      address: addr,
      type,
      path: pathOf(this.paths, addr) ?? addr,
      action: event.hook.action,
      phase,
      done: this.done,
      total: this.total,
      seconds: event.hook.elapsed_seconds ?? 0,
    });
  }
}

/** Steps of work in a planned change: a replacement is told as a deletion and a creation. */
export function steps(action: string | undefined): number {
  if (action === undefined || action === "no-op" || action === "read" || action === "noop") return 0;
  return action === "replace" ? 2 : 1;
}

function parse(line: string): Event | undefined {
  if (!line.startsWith("{")) return undefined;
  try {
    return JSON.parse(line) as Event;
  } catch {
    return undefined;
  }
}
