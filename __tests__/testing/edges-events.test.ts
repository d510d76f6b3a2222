import { CloudwatchLogGroup } from "@cdktf/provider-aws/lib/cloudwatch-log-group";
import { KmsKey } from "@cdktf/provider-aws/lib/kms-key";
import { SqsQueue } from "@cdktf/provider-aws/lib/sqs-queue";
import type { TerraformStack } from "cdktf";
import {
  busTarget,
  EventBus,
  EventRules,
  existingBus,
  logGroupTarget,
  queueTarget,
} from "../../modules/event-processing";
import { type Arguments, checkEdges, edgeMatchers, someFacts, synthesize } from "../../testing";
import { eventTargets, PATTERN, rulesForEach, schedulesForEach } from "../fixtures/event-targets";

expect.extend(edgeMatchers);

const rules = synthesize((stack) => rulesForEach(stack, eventTargets(stack)));
const schedules = synthesize((stack) => schedulesForEach(stack, eventTargets(stack)));

type World = typeof rules;

/** The stack with some policies rewritten. */
function changed(
  world: World,
  change: (statement: Arguments, path: string) => Arguments | undefined,
): { json: Arguments } {
  const json = structuredClone(world.json) as Arguments;
  for (const { address, argument, path } of world.policies) {
    const [type = "", id = ""] = address.split(".");
    const policy = JSON.parse(json.resource[type][id][argument]);
    policy.Statement = [policy.Statement].flat().flatMap((each: Arguments) => change(each, path) ?? []);
    json.resource[type][id][argument] = JSON.stringify(policy);
  }
  return { json };
}

/** Kinds of edges that are refused without the statements of an action in policies at a path. */
function without(world: World, path: RegExp, action: RegExp): readonly string[] {
  const report = checkEdges(
    changed(world, (statement, place) => {
      if (!path.test(place)) return statement;
      const left = [statement.Action].flat().filter((each: string) => !action.test(each));
      return left.length === 0 ? undefined : { ...statement, Action: left };
    }),
  );
  return [...new Set(report.unpermitted.map(({ kind }) => kind))].sort();
}

/** Kinds of edges that are refused where the conditions at a path name another source. */
function bySomebodyElse(world: World, path: RegExp): readonly string[] {
  const report = checkEdges(
    changed(world, (statement, place) =>
      path.test(place) && statement.Effect === "Allow" && statement.Condition !== undefined
        ? JSON.parse(
            JSON.stringify(statement).replaceAll(
              /\$\{aws_(cloudwatch_event_rule|scheduler_schedule_group|sns_topic)[^}]+\}/g,
              "arn:aws:x:eu-west-1:123456789012:other",
            ),
          )
        : statement,
    ),
  );
  return [...new Set(report.unpermitted.map(({ kind }) => kind))].sort();
}

/** Policies that let strangers in once their conditions are gone. */
function unbound(world: World, path: RegExp): readonly string[] {
  const report = checkEdges(
    changed(world, ({ Condition, ...statement }, place) =>
      path.test(place) && statement.Effect === "Allow" ? statement : { ...statement, Condition },
    ),
  );
  return [...new Set(report.withoutSource.map(({ service }) => service))].sort();
}

describe("rules and their targets", () => {
  it("are permitted as our modules make them, every edge of them", () => {
    const { edges, ...faults } = checkEdges(rules);
    expect(faults).toMatchObject({ unpermitted: [], unasked: [], withoutSource: [] });
    const kinds = new Set(
      edges
        .filter(({ kind }) => /^(rule|state)/.test(kind))
        .map(({ kind, verdict }) => `${kind}: ${verdict}`),
    );
    expect([...kinds].sort()).toEqual([
      "rule encrypts for dead-letter queue: permitted",
      "rule encrypts for queue: permitted",
      "rule encrypts for topic: permitted",
      "rule encrypts in its role for kinesis: permitted",
      "rule encrypts in its role for states: permitted",
      "rule forwards to bus elsewhere: permitted",
      "rule forwards to bus: permitted",
      "rule invokes function: permitted",
      "rule makes log streams, by delivery.logs.amazonaws.com: permitted",
      "rule makes log streams, by events.amazonaws.com: permitted",
      "rule publishes to topic: permitted",
      "rule puts records in delivery stream: permitted",
      "rule puts records in stream: permitted",
      "rule sends to queue: permitted",
      "rule sets aside in dead-letter queue: permitted",
      "rule starts state machine: permitted",
      "rule takes its target's role: permitted",
      "rule writes to log group, by delivery.logs.amazonaws.com: permitted",
      "rule writes to log group, by events.amazonaws.com: permitted",
      "state machine takes its role: permitted",
      "state machine uses what its definition names: permitted",
    ]);
  });

  it.each<[string, RegExp, RegExp, readonly string[]]>([
    ["sending", /^queue\/policy$/, /^sqs:SendMessage$/, ["rule sends to queue"]],
    ["publishing", /^topic\/policy$/, /^sns:Publish$/, ["rule publishes to topic"]],
    [
      "the key of queue and topic",
      /^k\/policy$/,
      /^kms:(Decrypt|Gen)/,
      ["rule encrypts for queue", "rule encrypts for topic"],
    ],
    [
      "setting aside",
      /^orders\/dead-letters\/policy$/,
      /^sqs:SendMessage$/,
      ["rule sets aside in dead-letter queue"],
    ],
    [
      "the key of the dead letters",
      /^orders\/key\/policy$/,
      /^kms:GenerateDataKey$/,
      ["rule encrypts for dead-letter queue"],
    ],
    [
      "making a stream in the log",
      /^log-policy$/,
      /CreateLogStream/,
      [
        "rule makes log streams, by delivery.logs.amazonaws.com",
        "rule makes log streams, by events.amazonaws.com",
      ],
    ],
    [
      "writing to the log",
      /^log-policy$/,
      /PutLogEvents/,
      [
        "rule writes to log group, by delivery.logs.amazonaws.com",
        "rule writes to log group, by events.amazonaws.com",
      ],
    ],
    ["taking the role", /sent\/machine\/role$/, /AssumeRole/, ["rule takes its target's role"]],
    ["starting the machine", /sent\/machine\/role\/policy$/, /StartExecution/, ["rule starts state machine"]],
    [
      "the key of the machine",
      /sent\/machine\/role\/policy$/,
      /kms/,
      ["rule encrypts in its role for states"],
    ],
    ["putting a record", /sent\/stream\/role\/policy$/, /kinesis/, ["rule puts records in stream"]],
    [
      "the key of the stream",
      /sent\/stream\/role\/policy$/,
      /kms/,
      ["rule encrypts in its role for kinesis"],
    ],
    [
      "putting records in batches",
      /sent\/delivery\/role\/policy$/,
      /Batch/,
      ["rule puts records in delivery stream"],
    ],
    ["forwarding", /sent\/near\/role\/policy$/, /PutEvents/, ["rule forwards to bus"]],
    [
      "forwarding to another region",
      /sent\/far\/role\/policy$/,
      /PutEvents/,
      ["rule forwards to bus elsewhere"],
    ],
    [
      "what a step calls",
      /^machine-role\/policy$/,
      /SendMessage/,
      ["state machine uses what its definition names"],
    ],
  ])("are refused without %s", (_, path, action, kinds) => {
    expect(without(rules, path, action)).toEqual(kinds);
  });

  it.each<[string, RegExp, readonly string[]]>([
    ["a queue", /^queue\/policy$/, ["rule sends to queue"]],
    ["a topic", /^topic\/policy$/, ["rule publishes to topic"]],
    ["the dead letters", /^orders\/dead-letters\/policy$/, ["rule sets aside in dead-letter queue"]],
    ["the key of the dead letters", /^orders\/key\/policy$/, ["rule encrypts for dead-letter queue"]],
    [
      "the key of a topic, which names the topic",
      /^k\/policy$/,
      ["rule encrypts for queue", "rule encrypts for topic"],
    ],
    ["a role", /sent\/stream\/role$/, ["rule takes its target's role"]],
    [
      "the log",
      /^log-policy$/,
      [
        "rule writes to log group, by delivery.logs.amazonaws.com",
        "rule writes to log group, by events.amazonaws.com",
      ],
    ],
  ])("are refused where %s names another source", (_, path, kinds) => {
    expect(bySomebodyElse(rules, path)).toEqual(kinds);
  });

  it.each<[string, RegExp, readonly string[]]>([
    ["a queue", /^queue\/policy$/, ["events.amazonaws.com"]],
    ["a topic", /^topic\/policy$/, ["events.amazonaws.com"]],
    ["the dead letters", /^orders\/dead-letters\/policy$/, ["events.amazonaws.com"]],
    ["a key", /^k\/policy$/, ["events.amazonaws.com"]],
    ["a role", /sent\/stream\/role$/, ["events.amazonaws.com"]],
    ["the log", /^log-policy$/, ["delivery.logs.amazonaws.com", "events.amazonaws.com"]],
  ])("let strangers in where %s names no source", (_, path, services) => {
    expect(unbound(rules, path)).toEqual(services);
  });

  it("would be refused by a topic's key that names the rule: AWS supports no such condition there", () => {
    const report = checkEdges(
      changed(rules, (statement, path) =>
        path === "k/policy" && /topicArn/.test(JSON.stringify(statement))
          ? {
              ...statement,
              Condition: { ArnLike: { "aws:SourceArn": "arn:aws:events:eu-west-1:123456789012:rule/*" } },
            }
          : statement,
      ),
    );
    expect(report.unpermitted).toMatchObject([
      {
        kind: "rule encrypts for topic",
        statement: {
          Condition: { ArnLike: { "kms:EncryptionContext:aws:sns:topicArn": expect.any(String) } },
        },
      },
    ]);
  });

  it("on two buses are told apart though they have one name", () => {
    const json = structuredClone(rules.json) as Arguments;
    const all = json.resource.aws_cloudwatch_event_rule;
    const [first] = Object.values<Arguments>(all);
    all.twin = { ...first, event_bus_name: "another", "//": undefined };
    expect(checkEdges({ json })).toMatchObject({ unpermitted: [] });
  });

  describe("to a bus of another account", () => {
    const THEIRS = "210987654321";
    const inAccount = (account: string, build: (stack: TerraformStack) => void) => {
      const json = structuredClone(synthesize(build, { account }).json) as Arguments;
      json.provider.aws[0].allowed_account_ids = [account];
      json["//"].metadata.stackName = account;
      return { json };
    };
    const ours = (allow: (bus: EventBus) => void) =>
      inAccount(someFacts.account, (stack) => allow(new EventBus(stack, "audit")));
    const theirs = inAccount(THEIRS, (stack) => {
      const audit = existingBus(stack, { account: someFacts.account, name: "test_audit" });
      new EventRules(stack, "orders", {
        rules: {
          paid: {
            pattern: { ...PATTERN, "detail-type": ["paid"] },
            targets: { audit: { to: busTarget(audit) } },
          },
        },
      });
    });
    const refused = (allow: (bus: EventBus) => void) =>
      checkEdges([ours(allow), theirs]).unpermitted.map(({ kind }) => kind);

    it("are refused until that bus lets the account in, and told which statement it wants", () => {
      expect(checkEdges([ours(() => {}), theirs]).unpermitted).toMatchObject([
        {
          kind: "rule forwards to bus",
          policy: "test/audit/Default",
          statement: { Principal: { AWS: `arn:aws:iam::${THEIRS}:root` }, Action: ["events:PutEvents"] },
        },
      ]);
      expect([ours((bus) => bus.allowPutEventsFromAccount(THEIRS)), theirs]).toPermitItsEdges();
    });

    it.each<[string, (bus: EventBus) => void, boolean]>([
      ["their source", (bus) => bus.allowPutEventsFromAccount(THEIRS, { sources: ["shop"] }), true],
      ["another source", (bus) => bus.allowPutEventsFromAccount(THEIRS, { sources: ["bank"] }), false],
      ["their type", (bus) => bus.allowPutEventsFromAccount(THEIRS, { detailTypes: ["paid"] }), true],
      ["another type", (bus) => bus.allowPutEventsFromAccount(THEIRS, { detailTypes: ["sent"] }), false],
      ["another account", (bus) => bus.allowPutEventsFromAccount("999999999999"), false],
    ])("are judged by the bus's policy where it lets in %s", (_, allow, permitted) => {
      expect(refused(allow)).toEqual(permitted ? [] : ["rule forwards to bus"]);
    });
  });

  it("share a queue, a key and a log group, each asked for, and tell of a source in a list that nobody asks for", () => {
    const shared = synthesize((stack) => {
      const key = new KmsKey(stack, "k");
      const queue = new SqsQueue(stack, "queue", { name: "q", kmsMasterKeyId: key.arn });
      const log = new CloudwatchLogGroup(stack, "log", { name: "/aws/events/all" });
      const targets = {
        queue: { to: queueTarget(queue) },
        log: { to: logGroupTarget(log) },
        own: { to: logGroupTarget() },
      };
      const one = { pattern: PATTERN, targets };
      new EventRules(stack, "orders", { encryption: key, rules: { paid: one, sent: one } });
    });
    expect(checkEdges(shared)).toMatchObject({ unpermitted: [], unasked: [], withoutSource: [] });
    const stray = "arn:aws:events:eu-west-1:123456789012:rule/gone";
    const more = changed(shared, (statement, path) =>
      path === "queue/policy" && statement.Sid === "AllowRules"
        ? {
            ...statement,
            Condition: {
              ArnEquals: { "aws:SourceArn": [...statement.Condition.ArnEquals["aws:SourceArn"], stray] },
            },
          }
        : statement,
    );
    expect(checkEdges(more).unresolved.filter(({ where }) => !where.startsWith("alarm"))).toEqual([
      {
        where: "test/queue/policy/Default",
        why: `"AllowRules" lets in events.amazonaws.com for ${stray}, not in these stacks`,
      },
    ]);
  });

  it("tell of a log policy that is about a group of somebody else, in one statement with ours or alone", () => {
    const withTheirs = checkEdges(
      changed(rules, (statement, path) =>
        path === "log-policy" && statement.Sid === "MakeStreams"
          ? {
              ...statement,
              Resource: [statement.Resource, "arn:aws:logs:eu-west-1:1:log-group:theirs:*"].flat(),
            }
          : statement,
      ),
    );
    expect(withTheirs).toMatchObject({
      unpermitted: [],
      unresolved: expect.arrayContaining([
        expect.objectContaining({
          why: expect.stringContaining('"MakeStreams" is about a log group that is not'),
        }),
      ]),
    });

    const report = checkEdges(
      changed(rules, (statement, path) =>
        path === "log-policy"
          ? { ...statement, Resource: "arn:aws:logs:eu-west-1:123456789012:log-group:theirs:*" }
          : statement,
      ),
    );
    expect(report.unresolved.map(({ why }) => why)).toEqual(
      expect.arrayContaining([expect.stringContaining("is about a log group that is not in these stacks")]),
    );
  });
});

describe("schedules and what they call", () => {
  it("are permitted as our modules make them, every edge of them", () => {
    const { edges, ...faults } = checkEdges(schedules);
    expect(faults).toMatchObject({ unpermitted: [], unasked: [], withoutSource: [] });
    const kinds = new Set(
      edges.filter(({ kind }) => /^schedule/.test(kind)).map(({ kind, verdict }) => `${kind}: ${verdict}`),
    );
    expect([...kinds].sort()).toEqual([
      "schedule encrypts in its role for kinesis: permitted",
      "schedule encrypts in its role for sns: permitted",
      "schedule encrypts in its role for sqs: permitted",
      "schedule encrypts in its role for states: permitted",
      "schedule invokes function: permitted",
      "schedule publishes to topic: permitted",
      "schedule puts records in delivery stream: permitted",
      "schedule puts records in stream: permitted",
      "schedule sends to queue: permitted",
      "schedule starts state machine: permitted",
      "schedule takes its role: permitted",
      "schedule's dead letters: sends to queue: permitted",
    ]);
  });

  it.each<[string, RegExp, RegExp, readonly string[]]>([
    ["its role", /^queue-daily\/role$/, /AssumeRole/, ["schedule takes its role"]],
    [
      "sending",
      /^queue-daily\/role\/policy$/,
      /SendMessage/,
      ["schedule sends to queue", "schedule's dead letters: sends to queue"],
    ],
    ["publishing", /^topic-daily\/role\/policy$/, /Publish/, ["schedule publishes to topic"]],
    ["invoking", /^work-daily\/role\/policy$/, /Invoke/, ["schedule invokes function"]],
    ["starting", /^machine-daily\/role\/policy$/, /Start/, ["schedule starts state machine"]],
    ["putting a record", /^stream-daily\/role\/policy$/, /PutRecord/, ["schedule puts records in stream"]],
    [
      "putting a record in Firehose",
      /^delivery-daily\/role\/policy$/,
      /PutRecord/,
      ["schedule puts records in delivery stream"],
    ],
    ["a key", /^queue-daily\/role\/policy$/, /kms/, ["schedule encrypts in its role for sqs"]],
  ])("are refused without %s", (_, path, action, kinds) => {
    expect(without(schedules, path, action)).toEqual(kinds);
  });

  it("are refused in another group's name, and let strangers in with none", () => {
    expect(bySomebodyElse(schedules, /^queue-daily\/role$/)).toEqual(["schedule takes its role"]);
    expect(unbound(schedules, /^queue-daily\/role$/)).toEqual(["scheduler.amazonaws.com"]);
  });
});

describe("what a role may do beyond its target", () => {
  it("is told", () => {
    const report = checkEdges(
      changed(rules, (statement, path) =>
        /sent\/stream\/role\/policy$/.test(path)
          ? { ...statement, Action: [statement.Action, "kinesis:DeleteStream"].flat() }
          : statement,
      ),
    );
    expect(report.unasked.map(({ action }) => action)).toContain("kinesis:DeleteStream");
  });
});
