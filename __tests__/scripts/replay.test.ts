import {
  type EventBridgeClient,
  EventBridgeServiceException,
  ResourceNotFoundException,
} from "@aws-sdk/client-eventbridge";
import { replay, ruleArn } from "../../scripts/replay/replay";
import { type ReplayRequest, readRequest } from "../../scripts/replay/request";

const NOW = new Date("2026-11-26T12:00:00Z");
const BUS = "arn:aws:events:eu-west-1:123456789012:event-bus/shop";
const ARCHIVE = "arn:aws:events:eu-west-1:123456789012:archive/said";

describe("what the operator wants replayed", () => {
  const read = (...args: string[]) => readRequest(args, NOW);
  const whole = ["--archive", "said", "--from", "2026-11-26T10:00:00Z"];

  it("is a span of an archive, up to now and for every rule unless told otherwise", () => {
    expect(read(...whole)).toEqual({
      archive: "said",
      from: new Date("2026-11-26T10:00:00Z"),
      to: NOW,
      rules: [],
      name: "said-20261126120000",
    });
    const more = ["--to", "2026-11-26T12:00+01:00", "--rule", "count", "--rule", "ship", "--name", "again"];
    expect(read(...whole, ...more)).toMatchObject({
      to: new Date("2026-11-26T11:00:00Z"),
      rules: ["count", "ship"],
      name: "again",
    });
  });

  it.each<[string, readonly string[], string]>([
    ["no archive", ["--from", "2026-11-26T10:00:00Z"], '--archive must be the name of an archive, got ""'],
    [
      "an archive by its ARN",
      ["--archive", ARCHIVE, "--from", "2026-11-26T10:00:00Z"],
      "--archive must be the name",
    ],
    ["no beginning", ["--archive", "said"], '--from must be an instant with its zone, got ""'],
    [
      "a time without zone",
      [...whole, "--to", "2026-11-26T11:00:00"],
      "--to must be an instant with its zone",
    ],
    [
      "a day that there is not",
      ["--archive", "said", "--from", "2026-13-01T00:00:00Z"],
      "--from must be an instant",
    ],
    ["an end before the beginning", [...whole, "--to", "2026-11-26T09:00:00Z"], "--from must be before --to"],
    [
      "the future",
      ["--archive", "said", "--from", "2027-01-01T00:00:00Z", "--to", "2027-02-01T00:00:00Z"],
      "in the past",
    ],
    [
      "a rule by its ARN",
      [...whole, "--rule", "arn:aws:events:eu-west-1:1:rule/x"],
      "--rule must be the name of a rule",
    ],
    ["a name with spaces", [...whole, "--name", "once more"], "--name must be 1 to 64"],
  ])("rejects %s, and says how it is used", (_, args, message) => {
    expect(() => read(...args)).toThrow(message);
    expect(() => read(...args)).toThrow("usage: npx cdktf-aws-patterns-replay --archive");
  });

  it("rejects all of it at once, and an option that there is not", () => {
    expect(() => read("--name", "?")).toThrow(/--archive must.*--from must.*--name must/s);
    expect(() => read("--until", "now")).toThrow("Unknown option");
  });
});

describe("a replay", () => {
  const request: ReplayRequest = {
    archive: "said",
    from: new Date("2026-11-26T10:00:00Z"),
    to: new Date("2026-11-26T12:00:00Z"),
    rules: [],
    name: "again",
  };
  let said: string[];
  beforeEach(() => {
    said = [];
    jest.spyOn(process.stdout, "write").mockImplementation((text) => said.push(String(text)) > 0);
  });
  afterEach(() => jest.restoreAllMocks());

  type Answers = Readonly<Record<string, (input: object, count: number) => object>>;

  /** EventBridge, as far as a replay calls it. */
  const eventBridge = (answers: Answers = {}) => {
    const calls: { readonly name: string; readonly input: object }[] = [];
    const all: Answers = {
      DescribeArchiveCommand: () => ({ EventSourceArn: BUS, ArchiveArn: ARCHIVE }),
      DescribeRuleCommand: () => ({}),
      StartReplayCommand: () => ({ ReplayArn: "arn:replay" }),
      DescribeReplayCommand: () => ({ State: "COMPLETED" }),
      CancelReplayCommand: () => ({}),
      ...answers,
    };
    const send = async (command: { input: object }) => {
      const { name } = command.constructor;
      calls.push({ name, input: command.input });
      const answer = all[name];
      if (answer === undefined) throw new Error(`nobody expected ${name}`);
      return answer(command.input, calls.filter((each) => each.name === name).length);
    };
    return { client: { send } as unknown as EventBridgeClient, calls };
  };
  const waiting = (signal = new AbortController().signal) => ({ signal, everyMilliseconds: 1 });
  const notFound = () => {
    throw new ResourceNotFoundException({ message: "no", $metadata: {} });
  };

  it("is started on the bus that the archive is of", async () => {
    const { client, calls } = eventBridge();
    await replay(client, request, waiting());
    expect(calls.find(({ name }) => name === "StartReplayCommand")?.input).toEqual({
      ReplayName: "again",
      EventSourceArn: ARCHIVE,
      EventStartTime: request.from,
      EventEndTime: request.to,
      Destination: { Arn: BUS, FilterArns: undefined },
    });
  });

  it("goes to named rules alone, once it is known that there are such", async () => {
    const { client, calls } = eventBridge();
    await replay(client, { ...request, rules: ["count"] }, waiting());
    expect(calls.map(({ name }) => name)).toEqual([
      "DescribeArchiveCommand",
      "DescribeRuleCommand",
      "StartReplayCommand",
      "DescribeReplayCommand",
    ]);
    expect(calls[1]?.input).toEqual({ Name: "count", EventBusName: "shop" });
    expect(calls[2]?.input).toMatchObject({
      Destination: { FilterArns: ["arn:aws:events:eu-west-1:123456789012:rule/shop/count"] },
    });
  });

  it("is waited for, and tells how far it is when that changes", async () => {
    const states = [
      { State: "STARTING" },
      { State: "RUNNING", EventLastReplayedTime: new Date("2026-11-26T10:30:00Z") },
      { State: "RUNNING", EventLastReplayedTime: new Date("2026-11-26T10:30:00Z") },
      { State: "COMPLETED", EventLastReplayedTime: request.to },
    ];
    const { client } = eventBridge({ DescribeReplayCommand: (_, count) => states[count - 1] as object });
    await replay(client, request, waiting());
    expect(said.join("").split("\n").slice(3)).toEqual([
      expect.stringMatching(/ s {2}starting$/),
      expect.stringMatching(/ s {2}running, up to 2026-11-26T10:30:00.000Z \(25 % of the span\)$/),
      expect.stringMatching(/ s {2}completed$/),
      "",
    ]);
  });

  it("that failed is told with AWS's reason", async () => {
    const { client } = eventBridge({
      DescribeReplayCommand: () => ({ State: "FAILED", StateReason: "the bus is gone" }),
    });
    await expect(replay(client, request, waiting())).rejects.toThrow(
      "replay again ended as FAILED: the bus is gone",
    );
  });

  it("is cancelled where the operator stops it", async () => {
    const controller = new AbortController();
    const { client, calls } = eventBridge({
      DescribeReplayCommand: () => {
        controller.abort(new Error("stopped"));
        return { State: "RUNNING" };
      },
    });
    await expect(replay(client, request, waiting(controller.signal))).rejects.toThrow("stopped");
    expect(calls.at(-1)).toEqual({ name: "CancelReplayCommand", input: { ReplayName: "again" } });
    expect(said.join("")).toContain("replay again is cancelled: events that it has sent stay sent");
  });

  it("that cannot be cancelled is said so, with the command that would", async () => {
    const controller = new AbortController();
    const { client } = eventBridge({
      DescribeReplayCommand: () => {
        controller.abort(new Error("stopped"));
        return { State: "RUNNING" };
      },
      CancelReplayCommand: () => {
        throw new Error("too late");
      },
    });
    await expect(replay(client, request, waiting(controller.signal))).rejects.toThrow("stopped");
    expect(said.join("")).toContain(
      "replay again was not cancelled (too late): aws events cancel-replay --replay-name again",
    );
  });

  it("rejects an archive that there is not, and names those that there are", async () => {
    const { client } = eventBridge({
      DescribeArchiveCommand: notFound,
      ListArchivesCommand: () => ({ Archives: [{ ArchiveName: "heard" }, { ArchiveName: "seen" }] }),
    });
    await expect(replay(client, request, waiting())).rejects.toThrow(
      'there is no archive "said" in this account and region: there is heard, seen',
    );
    const none = eventBridge({ DescribeArchiveCommand: notFound, ListArchivesCommand: () => ({}) });
    await expect(replay(none.client, request, waiting())).rejects.toThrow("there is none");
  });

  it("rejects rules that there are not, before anything is started", async () => {
    const { client, calls } = eventBridge({ DescribeRuleCommand: notFound });
    await expect(replay(client, { ...request, rules: ["a", "b"] }, waiting())).rejects.toThrow(
      'there is no rule a, b on the bus "shop"',
    );
    expect(calls.map(({ name }) => name)).not.toContain("StartReplayCommand");
  });

  it("rejects what AWS refuses, in AWS's words", async () => {
    const { client } = eventBridge({
      StartReplayCommand: () => {
        throw new EventBridgeServiceException({
          name: "ValidationException",
          $fault: "client",
          message: "EventEndTime is too late",
          $metadata: {},
        });
      },
    });
    await expect(replay(client, request, waiting())).rejects.toThrow(
      "EventBridge refused: ValidationException: EventEndTime is too late",
    );
  });
});

describe("the ARN of a rule", () => {
  it("names the bus, but for the default one", () => {
    expect(ruleArn(BUS, "paid")).toBe("arn:aws:events:eu-west-1:123456789012:rule/shop/paid");
    expect(ruleArn(BUS.replace("shop", "default"), "paid")).toBe(
      "arn:aws:events:eu-west-1:123456789012:rule/paid",
    );
  });
});
