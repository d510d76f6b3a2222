import { App } from "cdktf";
import { readManifest, type SynthesisedStack } from "../../scripts/terraform/manifest";
import { readStackFile } from "../../scripts/terraform/stack-file";
import { withoutTokenTraces } from "../synthesize";
import { Synthesized } from "../synthesized";

export { readManifest, type SynthesisedStack };

/**
 * Synthesises all stacks of an app to disk, where Terraform finds them; whoever gives the folder removes it.
 * @returns the stacks, each after those it depends on
 * @throws Error with the messages of every validation
 */
export function synthesizeTo(outdir: string, build: (app: App) => void): readonly SynthesisedStack[] {
  withoutTokenTraces(() => {
    const app = new App({ outdir });
    build(app);
    app.synth();
  });
  return readManifest(outdir);
}

/** Reads a stack that was synthesised to disk. */
export function readStack({ folder }: Pick<SynthesisedStack, "folder">): Synthesized {
  return new Synthesized(readStackFile(folder));
}
