import { readFileSync } from "node:fs";
import { join } from "node:path";
import { readManifest } from "../terraform/manifest";

/** Blocks by name, of one type. */
export type Named = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

/** A stack's `cdk.tf.json`, as far as it is read here. */
export interface StackJson {
  readonly terraform: { readonly backend: Readonly<Record<string, Readonly<Record<string, unknown>>>> };
  readonly provider?: Readonly<Record<string, readonly Readonly<Record<string, unknown>>[]>>;
  readonly resource?: Readonly<Record<string, Named>>;
  readonly data?: Readonly<Record<string, Named>>;
  readonly output?: Named;
}

/** What one synthesis wrote for one stack. */
export interface StackOutput {
  readonly id: string;
  readonly folder: string;
  readonly dependencies: readonly string[];
  readonly json: StackJson;
}

/** Every stack in an output folder, each after those it depends on. */
export function readOutput(outdir: string): StackOutput[] {
  return readManifest(outdir).map((stack) => ({
    ...stack,
    json: JSON.parse(readFileSync(join(stack.folder, "cdk.tf.json"), "utf8")) as StackJson,
  }));
}
