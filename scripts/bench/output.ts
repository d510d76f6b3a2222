import { readFileSync } from "node:fs";
import { join } from "node:path";
import { readManifest } from "../terraform/manifest";

/** What the engine notes beside its output. Terraform does not read it. */
interface Comment {
  readonly metadata?: { readonly overrides?: Readonly<Record<string, readonly string[]>> };
}

/** A resource, data source or other block, with the arguments that all of them share. */
export interface Block {
  readonly "//"?: Comment;
  readonly depends_on?: readonly string[];
  readonly lifecycle?: Readonly<Record<string, unknown>>;
  readonly provider?: string;
  readonly [argument: string]: unknown;
}

/** Blocks by name. */
type Blocks = Readonly<Record<string, Block>>;

/** A stack's `cdk.tf.json`. */
interface StackJson {
  readonly "//"?: Comment;
  readonly terraform: { readonly backend: Blocks };
  readonly provider?: Readonly<Record<string, readonly Block[]>>;
  readonly resource?: Readonly<Record<string, Blocks>>;
  readonly data?: Readonly<Record<string, Blocks>>;
  readonly output?: Blocks;
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
