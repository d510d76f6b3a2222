import { readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { App, Manifest } from "cdktf";
import { silenceTokenTraces } from "../modules/core";

export interface PatternsAppProps {
  /** Keeps the stack traces of tokens, which tell where one was made. @default false */
  readonly debug?: boolean;
  /** Folder that the stacks are written to. @default - `CDKTF_OUTDIR`, or `cdktf.out` */
  readonly outdir?: string;
}

/**
 * The app of a synthesis: token stack traces off, and its output folder emptied first, because a stack that left the
 * code would otherwise stay on disk, and Terraform with it.
 */
export function patternsApp({ debug = false, outdir }: PatternsAppProps = {}): App {
  if (!debug) silenceTokenTraces();
  const app = new App({ outdir });
  rmSync(join(app.outdir, Manifest.fileName), { force: true });
  const stacks = join(app.outdir, Manifest.stacksFolder);
  for (const left of readdirSync(stacks)) rmSync(join(stacks, left), { recursive: true });
  return app;
}
