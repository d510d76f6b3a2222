import {
  CancelReplayCommand,
  DescribeArchiveCommand,
  DescribeReplayCommand,
  type DescribeReplayCommandOutput,
  DescribeRuleCommand,
  type EventBridgeClient,
  EventBridgeServiceException,
  ListArchivesCommand,
  ResourceNotFoundException,
  StartReplayCommand,
} from "@aws-sdk/client-eventbridge";
import { OperatorError } from "../support/command";
import { say, seconds } from "../support/print";
import { waitUntil } from "../support/process";
import type { ReplayRequest } from "./request";

/** What a replay's end is called. */
const ENDS = ["COMPLETED", "CANCELLED", "FAILED"];
/** A replay runs as long as it takes; this is the cap of a machine that is stuck. */
const WEEK_SECONDS = 7 * 24 * 60 * 60;

/** How a replay is waited for. */
export interface Waiting {
  /** Cancels the replay. */
  readonly signal: AbortSignal;
  /** Between two looks. @default 2000 */
  readonly everyMilliseconds?: number;
}

/**
 * Starts a replay, waits for its end and tells how it goes. Aborting cancels it.
 *
 * The events go to the bus that they came from, whatever rules it has now.
 * @throws OperatorError where there is no such archive or rule, AWS refuses, or the replay failed; the signal's reason when
 * aborted
 */
export async function replay(
  client: EventBridgeClient,
  request: ReplayRequest,
  { signal, everyMilliseconds = 2000 }: Waiting,
): Promise<void> {
  try {
    await start(client, request);
    await untilEnded(client, request, { signal, everyMilliseconds });
  } catch (error) {
    if (!(error instanceof EventBridgeServiceException)) throw error;
    throw new OperatorError(`EventBridge refused: ${error.name}: ${error.message}`);
  }
}

async function start(client: EventBridgeClient, request: ReplayRequest): Promise<void> {
  const bus = await busOf(client, request.archive);
  await requireRules(client, bus.arn, request.rules);
  const { archive, name, from, to, rules } = request;
  const { ReplayArn: arn } = await client.send(
    new StartReplayCommand({
      ReplayName: name,
      EventSourceArn: bus.archiveArn,
      EventStartTime: from,
      EventEndTime: to,
      Destination: {
        Arn: bus.arn,
        FilterArns: rules.length === 0 ? undefined : rules.map((rule) => ruleArn(bus.arn, rule)),
      },
    }),
  );
  say(`replay ${name}: ${archive}, ${from.toISOString()} to ${to.toISOString()} → ${bus.arn}`);
  say(
    `  ${rules.length === 0 ? "to every rule that does not exclude replays" : `to ${rules.join(", ")} alone`}`,
  );
  say(`  ${arn}`);
}

async function untilEnded(
  client: EventBridgeClient,
  request: ReplayRequest,
  { signal, everyMilliseconds }: Required<Waiting>,
): Promise<void> {
  const started = Date.now();
  const { name } = request;
  let last: DescribeReplayCommandOutput | undefined;
  const ended = (seen: DescribeReplayCommandOutput) => {
    if (progressOf(seen, request) !== (last && progressOf(last, request))) {
      say(`  ${seconds(Date.now() - started)}  ${progressOf(seen, request)}`);
    }
    last = seen;
    return ENDS.includes(seen.State ?? "");
  };
  const look = async () => ended(await client.send(new DescribeReplayCommand({ ReplayName: name })));
  try {
    await waitUntil(look, WEEK_SECONDS, signal, everyMilliseconds);
  } catch (error) {
    if (signal.aborted) await cancel(client, name);
    throw error;
  }
  if (last?.State !== "COMPLETED") {
    throw new OperatorError(
      `replay ${name} ended as ${last?.State}: ${last?.StateReason ?? "no reason given"}`,
    );
  }
}

/** How far a replay is: its state, and up to which event of the span. */
function progressOf(
  { State, EventLastReplayedTime: last }: DescribeReplayCommandOutput,
  { from, to }: ReplayRequest,
): string {
  const state = (State ?? "UNKNOWN").toLowerCase();
  if (last === undefined || State === "COMPLETED") return state;
  const share = (last.getTime() - from.getTime()) / (to.getTime() - from.getTime());
  return `${state}, up to ${last.toISOString()} (${Math.round(Math.min(1, Math.max(0, share)) * 100)} % of the span)`;
}

async function cancel(client: EventBridgeClient, name: string): Promise<void> {
  try {
    await client.send(new CancelReplayCommand({ ReplayName: name }));
    say(`replay ${name} is cancelled: events that it has sent stay sent`);
  } catch (error) {
    say(
      `replay ${name} was not cancelled (${(error as Error).message}): aws events cancel-replay --replay-name ${name}`,
    );
  }
}

/** The bus whose events an archive keeps. */
async function busOf(
  client: EventBridgeClient,
  archive: string,
): Promise<{ arn: string; archiveArn: string }> {
  try {
    const found = await client.send(new DescribeArchiveCommand({ ArchiveName: archive }));
    return { arn: found.EventSourceArn ?? "", archiveArn: found.ArchiveArn ?? "" };
  } catch (error) {
    if (!(error instanceof ResourceNotFoundException)) throw error;
    const { Archives = [] } = await client.send(new ListArchivesCommand({}));
    const names = Archives.map(({ ArchiveName }) => ArchiveName).join(", ");
    throw new OperatorError(
      `there is no archive "${archive}" in this account and region: there is ${names || "none"}`,
    );
  }
}

/** A name that no rule of the bus has would replay to nobody. */
async function requireRules(
  client: EventBridgeClient,
  busArn: string,
  rules: readonly string[],
): Promise<void> {
  const bus = busArn.split(":event-bus/")[1];
  const missing: string[] = [];
  for (const rule of rules) {
    try {
      await client.send(new DescribeRuleCommand({ Name: rule, EventBusName: bus }));
    } catch (error) {
      if (!(error instanceof ResourceNotFoundException)) throw error;
      missing.push(rule);
    }
  }
  if (missing.length > 0)
    throw new OperatorError(`there is no rule ${missing.join(", ")} on the bus "${bus}"`);
}

/** `…:event-bus/default` and `paid` → `…:rule/paid`; on another bus `…:rule/bus/paid`. */
export function ruleArn(busArn: string, rule: string): string {
  const [start = "", bus = ""] = busArn.split(":event-bus/");
  return bus === "default" ? `${start}:rule/${rule}` : `${start}:rule/${bus}/${rule}`;
}
