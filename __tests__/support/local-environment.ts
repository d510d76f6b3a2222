import { type SpawnSyncReturns, spawnSync } from "node:child_process";
import { existsSync, rmSync } from "node:fs";
import { join } from "node:path";
import { endOf, operatorEnvironment } from "../../scripts/local-aws/emulators";
import { takesPictures } from "../../scripts/local-aws/example-picture";
import { accountEnvironment } from "../../scripts/local-aws/services";
import { readSession, type Session } from "../../scripts/local-aws/session";
import { newWorkspace } from "../../scripts/local-aws/test-workspaces";
import { emulatorNames } from "../../scripts/local-aws/tools";
import type { Workspace } from "../../scripts/local-aws/workspace";
import { projectRoot } from "../../scripts/support/paths";
import { terraformBinary } from "../../scripts/terraform/binary";
import { Terraform } from "../../scripts/terraform/driver";
import { readManifest, type SynthesisedStack } from "../../scripts/terraform/manifest";
import { terraformEnvironment } from "../../scripts/terraform/provider-mirror";
import { Orders } from "./orders";
import { Thumbnails } from "./thumbnails";

/** What `npm run local` brought up, in a workspace of a test's own. */
export class LocalEnvironment {
  private constructor(
    readonly space: Workspace,
    /** What `npm run local` printed. */
    readonly printed: string,
    readonly session: Session,
    readonly account: Readonly<Record<string, string>>,
    readonly orders: Orders,
  ) {}

  static start(): LocalEnvironment {
    const space = newWorkspace();
    const { status, stdout, stderr } = runIn(space, "local.js");
    const session = readSession(space);
    if (status !== 0 || session === undefined) {
      // The reason first: CI keeps the beginning of a long message.
      const logs = emulatorNames.map((name) => join(space.logs, `${name}.log`)).filter(existsSync);
      const ends = logs.map((log) => endOf(log, 40));
      throw new Error([`npm run local ended with ${status}: ${stderr.trim()}`, ...ends, stdout].join("\n\n"));
    }
    const account = accountEnvironment(session.emulators);
    return new LocalEnvironment(space, stdout, session, account, new Orders(account));
  }

  /** Terraform in the folder of one of its stacks. */
  async terraform(id: string): Promise<Terraform> {
    const stack = this.stacks.find((each) => each.id === id);
    if (stack === undefined) throw new Error(`no stack ${id}`);
    const env = { ...operatorEnvironment(), ...terraformEnvironment(this.space.local), ...this.account };
    return new Terraform(stack, { binary: await terraformBinary(), env });
  }

  /** The pictures system, which its stack's outputs lead to. */
  async pictures(): Promise<Thumbnails> {
    const outputs = await (await this.terraform("local-pictures")).outputs();
    if (!takesPictures(outputs)) throw new Error("the stack has no output pictures");
    return new Thumbnails(this.account, outputs.pictures.bucket);
  }

  get stacks(): readonly SynthesisedStack[] {
    return readManifest(this.space.outdir);
  }

  /** Runs another of our programs on it. */
  run(program: string): SpawnSyncReturns<string> {
    return runIn(this.space, program);
  }

  stop(): void {
    this.run("local-destroy.js");
    rmSync(this.space.root, { recursive: true, force: true });
  }
}

function runIn(space: Workspace, program: string): SpawnSyncReturns<string> {
  return spawnSync(process.execPath, [join(projectRoot, ".build", "scripts", program)], {
    encoding: "utf8",
    env: { ...process.env, LOCAL_WORKSPACE: space.root },
  });
}
