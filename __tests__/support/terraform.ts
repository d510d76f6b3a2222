import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { AwsProvider } from "@cdktf/provider-aws/lib/provider";
import { type App, LocalBackend, TerraformStack } from "cdktf";
import { provideFacts } from "../../modules/core";
import { projectRoot } from "../../scripts/support/paths";
import { readManifest, type SynthesisedStack, someFacts, synthesizeTo } from "../../testing";

/** A folder for synthesis output, away with the rest of it at the end. */
export class Outputs {
  readonly folder = mkdtempSync(join(tmpdir(), "terraform-"));

  /** Synthesises an app of the test to disk. */
  ofApp(name: string, build: (app: App) => void): readonly SynthesisedStack[] {
    return synthesizeTo(join(this.folder, name), build);
  }

  /** Runs a program of the project as it is compiled, which writes stacks. */
  ofProgram(
    name: string,
    program: string,
    args: readonly string[],
    env: NodeJS.ProcessEnv,
  ): readonly SynthesisedStack[] {
    const outdir = join(this.folder, name);
    mkdirSync(outdir);
    execFileSync(process.execPath, [join(projectRoot, ".build", program), ...args], {
      cwd: projectRoot,
      env: { ...process.env, ...env, CDKTF_OUTDIR: outdir },
      stdio: ["ignore", "ignore", "inherit"],
    });
    return readManifest(outdir);
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** A plain stack as another team writes one, with facts of nowhere in particular. */
export function plainStack(app: App, id: string): TerraformStack {
  const stack = new TerraformStack(app, id);
  new AwsProvider(stack, "aws", { region: "eu-west-1" });
  new LocalBackend(stack, { path: "terraform.tfstate" });
  provideFacts(stack, someFacts);
  return stack;
}
