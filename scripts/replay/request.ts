import { parseArgs } from "node:util";
import { OperatorError } from "../support/command";

/** What the operator wants replayed. */
export interface ReplayRequest {
  /** Name of the archive. */
  readonly archive: string;
  readonly from: Date;
  readonly to: Date;
  /** Names of rules that alone see the events; none is every rule of the bus. */
  readonly rules: readonly string[];
  /** Name of the replay, which each replayed event carries as `replay-name`. */
  readonly name: string;
}

const USAGE =
  "usage: npx cdktf-aws-patterns-replay --archive <name> --from <instant> [--to <instant>] [--rule <name> …] [--name <replay>]\n" +
  "an instant is such as 2030-01-31T08:00:00Z; --to is now unless given; without --rule every rule of the bus sees the events, " +
  "but for those that exclude replays";

/** What `--help` tells. */
export const HELP =
  `sends what an archive of EventBridge kept of a span of time through its bus again, and waits until it is through\n${USAGE}\n` +
  "account and region are those of the environment (AWS_PROFILE, AWS_REGION; AWS_ENDPOINT_URL for a local AWS); Ctrl-C cancels";

/** Whether the operator asks what there is, whatever else is said. */
export function wantsHelp(args: readonly string[]): boolean {
  return args.some((arg) => arg === "--help" || arg === "-h");
}

/** EventBridge API reference, StartReplay: names of archives and replays. */
const ARCHIVE = /^[\w.-]{1,48}$/;
const REPLAY = /^[\w.-]{1,64}$/;
const RULE = /^[\w.-]{1,64}$/;
const INSTANT = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:\d{2})$/;

/**
 * Reads the command's arguments.
 * @throws OperatorError with every fault at once, and how it is used
 */
export function readRequest(args: readonly string[], now = new Date()): ReplayRequest {
  const { values } = parseArgs({
    args: [...args],
    options: {
      archive: { type: "string" },
      from: { type: "string" },
      to: { type: "string" },
      rule: { type: "string", multiple: true },
      name: { type: "string" },
    },
  });
  const { archive = "", from = "", rule: rules = [] } = values;
  const [start, end] = [instant(from), values.to === undefined ? now : instant(values.to)];
  const name = values.name ?? replayName(archive, now);
  const faults = [
    ARCHIVE.test(archive) ? "" : `--archive must be the name of an archive, got ${JSON.stringify(archive)}`,
    start === undefined ? `--from must be an instant with its zone, got ${JSON.stringify(from)}` : "",
    end === undefined ? `--to must be an instant with its zone, got ${JSON.stringify(values.to)}` : "",
    start !== undefined && end !== undefined && start >= end
      ? `--from must be before --to, got ${start.toISOString()} and ${end.toISOString()}`
      : "",
    start !== undefined && start > now ? `--from must be in the past, got ${start.toISOString()}` : "",
    ...rules.map((each) =>
      RULE.test(each) ? "" : `--rule must be the name of a rule, got ${JSON.stringify(each)}`,
    ),
    REPLAY.test(name) ? "" : `--name must be 1 to 64 letters, digits, ., _ or -, got ${JSON.stringify(name)}`,
  ].filter((fault) => fault !== "");
  if (start === undefined || end === undefined || faults.length > 0) {
    throw new OperatorError([...faults, USAGE].join("\n"));
  }
  return { archive, from: start, to: end, rules, name };
}

function instant(text: string): Date | undefined {
  const time = new Date(text);
  return INSTANT.test(text) && !Number.isNaN(time.getTime()) ? time : undefined;
}

/** An account keeps the name of a replay for 90 days: the time makes it new. */
function replayName(archive: string, now: Date): string {
  return `${archive.slice(0, 48)}-${now.toISOString().slice(0, 19).replaceAll(/[-:T]/g, "")}`;
}
