import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { SynthesisedStack } from "../../scripts/terraform/manifest";
import { Synthesized } from "../../testing";

/** A stack as it was synthesised to disk. */
export function readStack({ folder }: Pick<SynthesisedStack, "folder">): Synthesized {
  return new Synthesized(JSON.parse(readFileSync(join(folder, "cdk.tf.json"), "utf8")));
}
