import { existsSync } from "node:fs";
import { join } from "node:path";
import { destroy } from "./local-aws/deployment";
import { remainsOf } from "./local-aws/remains";
import { accountEnvironment } from "./local-aws/services";
import { endSession, readSession, type Session, stateOf } from "./local-aws/session";
import { synthesise } from "./local-aws/stacks";
import { applicable } from "./local-aws/subset";
import { type Workspace, workspace } from "./local-aws/workspace";
import { command, OperatorError } from "./support/command";
import { say, seconds } from "./support/print";
import { terraformBinary } from "./terraform/binary";
import { readManifest, type SynthesisedStack } from "./terraform/manifest";
import { terraformEnvironment } from "./terraform/provider-mirror";
import { reversed, twoAtATimeInOrder } from "./terraform/two-at-a-time";

/**
 * `npm run local:destroy`: destroys the local stacks in reverse order, looks for what they left behind, and ends the
 * session, whatever was found: emulators hold everything in memory.
 *
 * Exits 1 when a stack could not be destroyed or something is left.
 */
command(async (signal) => {
  const started = Date.now();
  const space = workspace();
  const session = readSession(space);
  const state = stateOf(session);
  if (!session || state === "none") {
    await endSession(space, undefined);
    say("nothing is running");
    return 0;
  }
  if (state === "starting") {
    throw new OperatorError(
      `npm run local is still at work (process ${session.owner.pid}): stop it with Ctrl-C`,
    );
  }
  try {
    if (state === "stale") {
      say("the session is dead, and what it had was in its memory: nothing to destroy");
      return 0;
    }
    const destroyed = await destroyAll(space, session, signal);
    const { artefacts, left } = await remainsOf(session.emulators, session.before, signal);
    for (const line of artefacts) say(`  artefact: ${line}`);
    for (const line of left) say(`LEFT  ${line}`);
    say(left.length === 0 ? "\nnothing left" : `\n${left.length} resources are left`);
    return destroyed && left.length === 0 ? 0 : 1;
  } finally {
    await endSession(space, session);
    say(`emulators stopped, states removed, ${seconds(Date.now() - started)}`);
  }
});

async function destroyAll(space: Workspace, session: Session, signal: AbortSignal): Promise<boolean> {
  const binary = await terraformBinary(signal);
  const terraformEnv = terraformEnvironment(space.local);
  const account = accountEnvironment(session.emulators);
  const stacks = applicable(await synthesised(space, session, signal));
  let all = true;
  await twoAtATimeInOrder(reversed(stacks), async (stack) => {
    if (!(await destroy(stack, { binary, terraformEnv, account, signal }))) all = false;
  });
  return all;
}

/** The applied stacks' folders; made anew where a synthesis of another environment has replaced them. */
async function synthesised(
  space: Workspace,
  session: Session,
  signal: AbortSignal,
): Promise<SynthesisedStack[]> {
  const present = existsSync(join(space.outdir, "manifest.json")) ? readManifest(space.outdir) : [];
  const applied = ({ id }: SynthesisedStack) => session.stacks.includes(id);
  const found = present.filter(applied);
  if (found.length === session.stacks.length) return found;
  say("synthesising …");
  return (await synthesise(space, signal)).filter(applied);
}
