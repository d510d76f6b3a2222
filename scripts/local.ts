import { takeCensus } from "./local-aws/census";
import { makeCertificate } from "./local-aws/certificate";
import { type Deployed, type DeploymentProps, deploy } from "./local-aws/deployment";
import { type Emulator, startEmulator } from "./local-aws/emulators";
import { sendExampleOrder, takesOrders } from "./local-aws/example-order";
import { takesPictures, uploadExamplePicture } from "./local-aws/example-picture";
import { accountEnvironment } from "./local-aws/services";
import {
  endSession,
  newSession,
  readSession,
  type Session,
  stateOf,
  writeSession,
} from "./local-aws/session";
import { regionOf, synthesise } from "./local-aws/stacks";
import { applicable } from "./local-aws/subset";
import { printEnvironment, printLive, printSummary } from "./local-aws/summary";
import { type EmulatorName, emulatorNames, installEmulator, requireTools } from "./local-aws/tools";
import { type Workspace, workspace } from "./local-aws/workspace";
import { command, OperatorError } from "./support/command";
import { say, seconds } from "./support/print";
import type { SynthesisedStack } from "./terraform/manifest";
import { terraformEnvironment } from "./terraform/provider-mirror";
import { twoAtATimeInOrder } from "./terraform/two-at-a-time";

/**
 * `npm run local`: the `local` stacks on emulators of AWS on this machine, applied, checked and shown at work.
 *
 * Exits 0 and leaves the emulators running, also when they run already. On a failure or a signal everything that was
 * started is stopped and the states are removed; the logs stay.
 */
command(async (signal) => {
  const started = Date.now();
  const space = workspace();
  const earlier = readSession(space);
  const state = stateOf(earlier);
  if (state === "live" && earlier) {
    say("already running:");
    printLive(earlier.emulators, earlier.startedAt);
    printEnvironment(accountEnvironment(earlier.emulators), terraformEnvironment(space.local));
    return 0;
  }
  if (state === "starting")
    throw new OperatorError(`another npm run local is at work (process ${earlier?.owner.pid})`);
  if (state === "stale") say("an earlier session died: removing what it left");

  const binary = await requireTools(signal);
  await endSession(space, earlier);
  const record = new LiveRecord(space);
  try {
    const deployed = await bringUp(space, record, binary, signal);
    say(`\nready in ${seconds(Date.now() - started)}: ${deployed.length} stacks`);
    printLive(record.session.emulators, record.session.startedAt);
    return 0;
  } catch (error) {
    say("\nstopping what was started …");
    await endSession(space, record.session);
    say(`stopped; the logs are in ${space.logs}`);
    throw error;
  }
});

/** The session on disk, which always knows what is running: a crash of ours must not leave a nameless emulator. */
class LiveRecord {
  session: Session = newSession();

  constructor(private readonly space: Workspace) {
    this.update({});
  }

  update(change: Partial<Session>): void {
    this.session = writeSession(this.space, { ...this.session, ...change });
  }

  add(emulator: Emulator): void {
    this.update({ emulators: [...this.session.emulators, emulator] });
  }
}

async function bringUp(
  space: Workspace,
  record: LiveRecord,
  binary: string,
  signal: AbortSignal,
): Promise<Deployed[]> {
  say("synthesising …");
  const stacks = applicable(await synthesise(space, signal));
  const pythons = new Map<EmulatorName, string>();
  for (const name of emulatorNames) pythons.set(name, await installEmulator(name, signal));

  say(`starting ${emulatorNames.join(" and ")} …`);
  const region = regionOf(stacks[0]);
  const certificate = await makeCertificate(space.tls, signal);
  const emulators = await allOrNothing(
    emulatorNames.map(async (name) => {
      const python = pythons.get(name) ?? "";
      const onSpawn = (emulator: Emulator) => record.add(emulator);
      const emulator = await startEmulator(name, {
        python,
        region,
        certificate,
        workspace: space,
        onSpawn,
        signal,
      });
      return { emulator, before: await takeCensus(emulator, python, signal) };
    }),
  );
  record.update({
    before: Object.fromEntries(emulators.map(({ emulator, before }) => [emulator.name, before])),
  });

  const account = accountEnvironment(record.session.emulators);
  const terraformEnv = terraformEnvironment(space.local);
  const deployed = await deployAll(stacks, record, { binary, terraformEnv, account, signal });
  printSummary(deployed);
  await showAtWork(deployed, account, signal);
  record.update({ ready: true });
  printEnvironment(account, terraformEnv);
  return deployed;
}

/** An example for each stack that takes one: told by its outputs, since an app of a test's own may have other stacks. */
async function showAtWork(
  deployed: readonly Deployed[],
  account: Readonly<Record<string, string>>,
  signal: AbortSignal,
): Promise<void> {
  const outputs = deployed.map((each) => each.outputs);
  const orders = outputs.find(takesOrders);
  if (orders) await sendExampleOrder(orders, account, signal);
  else say("\nno stack takes orders (outputs orders_topic_arn and tables): no example order sent");
  const pictures = outputs.find(takesPictures);
  if (pictures) await uploadExamplePicture(pictures, account, signal);
  else say("\nno stack takes pictures (output pictures): no example picture uploaded");
}

async function deployAll(
  stacks: readonly SynthesisedStack[],
  record: LiveRecord,
  props: DeploymentProps,
): Promise<Deployed[]> {
  say();
  const deployed = new Map<SynthesisedStack, Deployed>();
  await twoAtATimeInOrder(stacks, async (stack) => {
    record.update({ stacks: [...record.session.stacks, stack.id] });
    deployed.set(stack, await deploy(stack, props));
  });
  return stacks.flatMap((stack) => deployed.get(stack) ?? []);
}

/** Waits for all even when one fails: nobody may start an emulator while the others are being stopped. */
async function allOrNothing<T>(work: readonly Promise<T>[]): Promise<T[]> {
  const results = await Promise.allSettled(work);
  return results.map((result) => {
    if (result.status === "rejected") throw result.reason;
    return result.value;
  });
}
