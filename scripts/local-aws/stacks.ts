import { existsSync, mkdirSync, rmSync } from "node:fs";
import { join, resolve } from "node:path";
import { OperatorError } from "../support/command";
import { projectRoot } from "../support/paths";
import { run } from "../support/process";
import { readManifest, type SynthesisedStack, selectStacks } from "../terraform/manifest";
import { readStackFile } from "../terraform/stack-file";
import type { Workspace } from "./workspace";

/**
 * Synthesises the environment `local` with plain `node`: the app must be built before (the npm script does).
 *
 * @returns its stacks in dependency order
 * @throws OperatorError with the app's own message, e.g. its refusals
 */
export async function synthesise(workspace: Workspace, signal?: AbortSignal): Promise<SynthesisedStack[]> {
  // LOCAL_APP: tests put an app of their own here.
  const app = resolve(projectRoot, process.env.LOCAL_APP ?? join(".build", "main.js"));
  if (!existsSync(app)) throw new OperatorError(`${app} does not exist: compile first (npm run compile)`);
  // Whatever an earlier synthesis left there would be taken for a stack of this one.
  rmSync(workspace.outdir, { recursive: true, force: true });
  mkdirSync(workspace.outdir, { recursive: true });
  const env = {
    ...process.env,
    ENVIRONMENTS: "local",
    CDKTF_OUTDIR: workspace.outdir,
    CHECKPOINT_DISABLE: "1",
  };
  const { code, stderr } = await run(process.execPath, [app], {
    cwd: projectRoot,
    env,
    signal,
    graceSeconds: 3,
  });
  if (code !== 0) throw new OperatorError(`synthesis failed:\n${stderr.trim()}`);
  return selectStacks(readManifest(workspace.outdir), ["local-*"]);
}

/** The region of a stack's default provider. @throws OperatorError when there is no stack, or it names none */
export function regionOf(stack: SynthesisedStack | undefined): string {
  if (stack === undefined) throw new OperatorError("the environment local has no stack");
  const { provider } = readStackFile<{
    provider?: { aws?: readonly { region?: string; alias?: string }[] };
  }>(stack.folder);
  const region = provider?.aws?.find(({ alias }) => alias === undefined)?.region;
  if (!region) throw new OperatorError(`${stack.id} names no region in its default provider`);
  return region;
}
