import { isDeepStrictEqual } from "node:util";
import { type ConstructPaths, pathOf } from "./diagnostics";
import type { Action } from "./events";

/** One resource (or output) that a plan would change. */
export interface Change {
  /** e.g. `aws_sqs_queue.orders`, `output.queue_url`. */
  readonly address: string;
  /** e.g. `aws_sqs_queue`; `output` for an output. */
  readonly type: string;
  /** The construct's path; the address where there is none. */
  readonly path: string;
  readonly action: Action;
  /** Top-level attributes that differ, for an update or a replacement; empty for creations and deletions. */
  readonly attributes: readonly string[];
}

/** `terraform show -json` of a plan, as far as we read it. */
export interface PlanDocument {
  readonly resource_changes?: readonly {
    readonly address: string;
    readonly type: string;
    readonly mode: "managed" | "data";
    readonly change: DocumentChange;
  }[];
  readonly output_changes?: Readonly<Record<string, DocumentChange>>;
}

interface DocumentChange {
  readonly actions: readonly string[];
  readonly before?: unknown;
  readonly after?: unknown;
  readonly after_unknown?: unknown;
}

/** What a plan would change; reading a data source is no change. */
export function changesOf(document: PlanDocument, paths: ConstructPaths): Change[] {
  const resources = (document.resource_changes ?? [])
    .filter(({ mode }) => mode === "managed")
    .map(({ address, type, change }): Change => {
      const action = actionOf(change.actions);
      const attributes = action === "update" || action === "replace" ? attributesOf(change) : [];
      return { address, type, path: pathOf(paths, address) ?? address, action, attributes };
    });
  const outputs = Object.entries(document.output_changes ?? {}).map(([name, change]): Change => {
    const address = `output.${name}`;
    return { address, type: "output", path: address, action: actionOf(change.actions), attributes: [] };
  });
  return [...resources, ...outputs].filter(({ action }) => action !== "no-op" && action !== "read");
}

/** "3 to create, 1 to update": the counts of resources, or "no changes". */
export function describeChanges(changes: readonly Change[]): string {
  const counts = (["create", "update", "replace", "delete"] as const)
    .map((action) => [
      action,
      changes.filter((change) => change.action === action && change.type !== "output").length,
    ])
    .filter(([, count]) => count !== 0)
    .map(([action, count]) => `${count} to ${action}`);
  if (counts.length > 0) return counts.join(", ");
  return changes.length > 0 ? "outputs only" : "no changes";
}

function actionOf(actions: readonly string[]): Action {
  if (actions.includes("create") && actions.includes("delete")) return "replace";
  const [action = "no-op"] = actions;
  // Terraform ≥ 1.7 says "forget" for a resource that leaves the state and stays in AWS: nothing happens to it.
  return action === "forget" ? "no-op" : (action as Action);
}

function attributesOf({ before, after, after_unknown }: DocumentChange): string[] {
  const [old, next, unknown] = [asRecord(before), asRecord(after), asRecord(after_unknown)];
  const names = new Set([...Object.keys(old), ...Object.keys(next), ...Object.keys(unknown)]);
  return [...names]
    .filter((name) => holdsTrue(unknown[name]) || !isDeepStrictEqual(old[name] ?? null, next[name] ?? null))
    .sort();
}

/** `after_unknown` mirrors the resource's shape: `true` at each leaf that only apply will know. */
function holdsTrue(value: unknown): boolean {
  if (typeof value !== "object" || value === null) return value === true;
  return Object.values(value).some(holdsTrue);
}

function asRecord(value: unknown): Record<string, unknown> {
  return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};
}
