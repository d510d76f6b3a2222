import { CloudwatchEventArchive } from "@cdktf/provider-aws/lib/cloudwatch-event-archive";
import { CloudwatchEventRule } from "@cdktf/provider-aws/lib/cloudwatch-event-rule";
import { S3Bucket } from "@cdktf/provider-aws/lib/s3-bucket";
import { Token } from "cdktf";
import fc from "fast-check";
import {
  type EventPattern,
  eventPatternJson,
  match,
  s3ObjectEvents,
} from "../../modules/event-processing/event-pattern";
import { matchesPattern, patternMatchers, synthesize } from "../../testing";

expect.extend(patternMatchers);

const envelope = {
  version: "0",
  id: "17793124-05d4-b198-2fde-7ededc63b103",
  "detail-type": "EC2 Instance State-change Notification",
  source: "aws.ec2",
  account: "111122223333",
  time: "2017-10-02T18:43:48Z",
  region: "us-east-1",
  resources: ["arn:aws:ec2:us-east-1:123456789012:instance/i-b188560f"],
};
const eventOf = (detail: object) => ({ ...envelope, detail });
const takes = (values: readonly unknown[], value: unknown) =>
  matchesPattern({ detail: { field: values } }, eventOf({ field: value }));

/** EventBridge user guide, "Comparison operators for use in event patterns", in its order. */
describe("the examples of AWS's guide", () => {
  it.each<[string, object, object, boolean]>([
    ["prefix", { time: [{ prefix: "2017-10-02" }] }, {}, true],
    ["prefix of another day", { time: [{ prefix: "2017-10-03" }] }, {}, false],
    [
      "prefix in any case",
      { detail: { service: [{ prefix: { "equals-ignore-case": "EventB" } }] } },
      { service: "EVENTBridge" },
      true,
    ],
    ["suffix", { detail: { FileName: [{ suffix: ".png" }] } }, { FileName: "a.png" }, true],
    ["suffix in another case", { detail: { FileName: [{ suffix: ".png" }] } }, { FileName: "a.PNG" }, false],
    [
      "suffix in any case",
      { detail: { FileName: [{ suffix: { "equals-ignore-case": ".png" } }] } },
      { FileName: "a.PNG" },
      true,
    ],
    ["anything-but", { detail: { state: [{ "anything-but": "initializing" }] } }, { state: "running" }, true],
    [
      "anything-but, excluded",
      { detail: { state: [{ "anything-but": "initializing" }] } },
      { state: "initializing" },
      false,
    ],
    ["anything-but a number", { detail: { "x-limit": [{ "anything-but": 123 }] } }, { "x-limit": 124 }, true],
    [
      "anything-but texts",
      { detail: { state: [{ "anything-but": ["stopped", "overloaded"] }] } },
      { state: "overloaded" },
      false,
    ],
    [
      "anything-but numbers",
      { detail: { "x-limit": [{ "anything-but": [100, 200, 300] }] } },
      { "x-limit": 200.0 },
      false,
    ],
    [
      "anything-but in any case",
      { detail: { state: [{ "anything-but": { "equals-ignore-case": "initializing" } }] } },
      { state: "INITIALIZING" },
      false,
    ],
    [
      "anything-but several in any case",
      { detail: { state: [{ "anything-but": { "equals-ignore-case": ["initializing", "stopped"] } }] } },
      { state: "running" },
      true,
    ],
    [
      "anything-but a prefix",
      { detail: { state: [{ "anything-but": { prefix: "init" } }] } },
      { state: "initializing" },
      false,
    ],
    [
      "anything-but prefixes",
      { detail: { state: [{ "anything-but": { prefix: ["init", "stop"] } }] } },
      { state: "running" },
      true,
    ],
    [
      "anything-but a suffix",
      { detail: { FileName: [{ "anything-but": { suffix: ".txt" } }] } },
      { FileName: "a.rtf" },
      true,
    ],
    [
      "anything-but suffixes",
      { detail: { FileName: [{ "anything-but": { suffix: [".txt", ".rtf"] } }] } },
      { FileName: "a.rtf" },
      false,
    ],
    [
      "anything-but a wildcard",
      { detail: { FilePath: [{ "anything-but": { wildcard: "*/lib/*" } }] } },
      { FilePath: "a/lib/b" },
      false,
    ],
    [
      "anything-but wildcards",
      { detail: { FilePath: [{ "anything-but": { wildcard: ["*/lib/*", "*/bin/*"] } }] } },
      { FilePath: "a/src/b" },
      true,
    ],
    [
      "numeric",
      {
        detail: {
          "c-count": [{ numeric: [">", 0, "<=", 5] }],
          "d-count": [{ numeric: ["<", 10] }],
          "x-limit": [{ numeric: ["=", 3.018e2] }],
        },
      },
      { "c-count": 5, "d-count": 9, "x-limit": 301.8 },
      true,
    ],
    [
      "cidr",
      { detail: { sourceIPAddress: [{ cidr: "10.0.0.0/24" }] } },
      { sourceIPAddress: "10.0.0.255" },
      true,
    ],
    [
      "cidr of others",
      { detail: { sourceIPAddress: [{ cidr: "10.0.0.0/24" }] } },
      { sourceIPAddress: "10.0.1.0" },
      false,
    ],
    ["exists", { detail: { state: [{ exists: true }] } }, { state: "pending" }, true],
    ["exists not", { detail: { "c-count": [{ exists: false }] } }, { state: "pending" }, true],
    [
      "exists only at the leaves",
      { detail: { "c-count": [{ exists: false }] } },
      { "c-count": { c1: 100 } },
      true,
    ],
    [
      "equals-ignore-case",
      { "detail-type": [{ "equals-ignore-case": "ec2 instance state-change notification" }] },
      {},
      true,
    ],
    [
      "wildcard",
      { detail: { EventBusArn: [{ wildcard: "arn:*:*:role/my*" }] } },
      { EventBusArn: "arn:aws:iam::1:role/my-role" },
      true,
    ],
    ["wildcard with a sign", { detail: { path: [{ wildcard: "a\\*b\\\\*" }] } }, { path: "a*b\\c" }, true],
    ["null", { detail: { UserID: [null] } }, { UserID: null }, true],
    ["the empty text", { detail: { LastName: [""] } }, { LastName: "" }, true],
    ["null is no empty text", { detail: { LastName: [""] } }, { LastName: null }, false],
  ])("%s", (_, pattern, detail, expected) => {
    expect(matchesPattern(pattern, eventOf(detail))).toBe(expected);
  });

  it("lists of the event: one member in common is enough", () => {
    const resources = ["a", "b"].map((each) => `arn:aws:ec2:us-east-1:${each}:instance/i-b188560f`);
    expect(matchesPattern({ resources: [...resources, envelope.resources[0]] }, eventOf({}))).toBe(true);
    expect(matchesPattern({ resources }, eventOf({}))).toBe(false);
  });

  it.each<[object, boolean]>([
    [{ Location: "New York", Day: "Sunday" }, true],
    [{ Location: "Paris", Day: "Monday" }, true],
    [{ Location: "Paris", Day: "Sunday" }, false],
  ])("$or: %j is %s", (detail, expected) => {
    const $or = [{ Location: ["New York"] }, { Day: ["Monday"] }];
    expect(matchesPattern({ detail: { $or } }, eventOf(detail))).toBe(expected);
  });

  it.each<[object, boolean]>([
    [{ "c-count": 3 }, true],
    [{ "d-count": 3 }, true],
    [{ "x-limit": 301.8 }, true],
    [{ "c-count": 6, "d-count": 10 }, false],
  ])("$or of numbers, beside the source: %j is %s", (detail, expected) => {
    const $or = [
      { "c-count": [{ numeric: [">", 0, "<=", 5] }] },
      { "d-count": [{ numeric: ["<", 10] }] },
      { "x-limit": [{ numeric: ["=", 3.018e2] }] },
    ];
    expect(matchesPattern({ source: ["aws.ec2"], detail: { $or } }, eventOf(detail))).toBe(expected);
    expect(matchesPattern({ source: ["aws.s3"], detail: { $or } }, eventOf(detail))).toBe(false);
  });
});

describe("a value of an event", () => {
  it.each<[unknown, unknown, boolean]>([
    [1, 1.0, true],
    [1, "1", false],
    ["1", 1, false],
    [true, "true", false],
    ["true", true, false],
    [true, 1, false],
    [null, null, true],
    [null, "null", false],
    [0, -0, true],
    ["a", "A", false],
    ["10.0.0.5", "010.0.0.5", true],
    ["2001:db8::1", "2001:DB8:0::1", true],
    ["10.0.0.5", "::a00:5", false],
    ["10.0.0.0/8", "10.0.0.0/9", false],
    ["a", ["b", "a"], true],
    ["a", [["b"], ["c", ["a"]]], true],
    ["a", [], false],
    ["a", { a: "a" }, false],
  ])("compared with %j: %j is %s", (expected, value, answer) => {
    expect(takes([expected], value)).toBe(answer);
  });

  it.each<[unknown, unknown, boolean]>([
    [{ prefix: "a" }, "ba", false],
    [{ suffix: "a" }, "ab", false],
    [{ prefix: { "equals-ignore-case": "a" } }, "bA", false],
    [{ suffix: { "equals-ignore-case": "a" } }, "Ab", false],
    [{ prefix: "" }, "x", true],
    [{ prefix: "" }, 5, false],
    [{ prefix: "5" }, 55, false],
    [{ suffix: "x" }, null, false],
    [{ "equals-ignore-case": "straße" }, "STRASSE", true],
    [{ "equals-ignore-case": "strasse" }, "straße", false],
    [{ prefix: { "equals-ignore-case": "a.b" } }, "AxB", false],
    [{ wildcard: "*" }, "", true],
    [{ wildcard: "*" }, 5, false],
    [{ wildcard: "a*a" }, "a", false],
    [{ wildcard: "a*a" }, "aa", true],
    [{ wildcard: "a*b*c" }, "aXbc", true],
    [{ wildcard: "a*b*c" }, "acb", false],
    [{ wildcard: "b*c" }, "abc", false],
    [{ wildcard: "a*b*b" }, "ab", false],
    [{ wildcard: "ab*a*c" }, "abc", false],
    [{ wildcard: "a?c" }, "abc", false],
    [{ wildcard: "a*c" }, "a\nc", true],
    [{ wildcard: "" }, "a", false],
    [{ numeric: ["=", 1] }, "1", false],
    [{ numeric: [">", 0] }, true, false],
    [{ numeric: [">", 1] }, 1, false],
    [{ numeric: [">=", 1] }, 1, true],
    [{ numeric: [">=", 1, "<", 2] }, 2, false],
    [{ cidr: "10.0.0.5/8" }, "10.255.0.1", true],
    [{ cidr: "10.0.0.0/8" }, "::a00:1", false],
    [{ cidr: "2001:db8::/32" }, "2001:DB8:1::", true],
    [{ cidr: "2001:db8::/32" }, "2001:db9::", false],
    [{ cidr: "0.0.0.0/0" }, "localhost", false],
    [{ cidr: "0.0.0.0/0" }, 10, false],
    [{ "anything-but": "a" }, 5, true],
    [{ "anything-but": 5 }, "5", true],
    [{ "anything-but": "a" }, null, true],
    [{ "anything-but": { prefix: "a" } }, 5, true],
    [{ "anything-but": "a" }, ["a"], false],
    [{ "anything-but": "a" }, ["a", "b"], true],
    [{ "anything-but": "a" }, [], false],
    [{ "anything-but": "a" }, undefined, false],
    [{ "anything-but": "a" }, { b: "b" }, false],
    [{ exists: true }, null, true],
    [{ exists: true }, [], false],
    [{ exists: true }, {}, false],
    [{ exists: false }, [], true],
    [{ exists: false }, null, false],
    [{ exists: false }, undefined, true],
  ])("under %j: %j is %s", (expected, value, answer) => {
    expect(takes([expected], value)).toBe(answer);
  });

  it("needs one of the list only, and may be absent if the list says so", () => {
    expect(takes(["a", { exists: false }], undefined)).toBe(true);
    expect(takes(["a", { exists: false }], "b")).toBe(false);
    expect(takes(["b", { prefix: "a" }], "ab")).toBe(true);
    const another = { detail: { absent: [{ exists: false }], field: [1] } };
    expect(matchesPattern(another, eventOf({ field: 1 }))).toBe(true);
    expect(matchesPattern(another, eventOf({ field: 2 }))).toBe(false);
  });
});

/** EventBridge user guide, "Arrays in event patterns"; aws/event-ruler, README, "JSON Array Matching". */
describe("objects in a list", () => {
  const items = (...all: object[]) => eventOf({ items: all });
  const both = { detail: { items: { kind: ["a"], size: [1] } } };

  it("must hold all conditions in one of them", () => {
    expect(matchesPattern(both, items({ kind: "a", size: 1 }, { kind: "b", size: 2 }))).toBe(true);
    expect(matchesPattern(both, items({ kind: "a", size: 2 }, { kind: "b", size: 1 }))).toBe(false);
  });

  it("are told apart on every level", () => {
    const deep = { detail: { items: { kind: ["a"], parts: { id: [1], ok: [true] } } } };
    const parts = (...all: object[]) => ({ parts: all });
    expect(matchesPattern(deep, items({ kind: "a", ...parts({ id: 2 }, { id: 1, ok: true }) }))).toBe(true);
    expect(matchesPattern(deep, items({ kind: "a", ...parts({ id: 2, ok: true }, { id: 1 }) }))).toBe(false);
    expect(matchesPattern(deep, items({ kind: "a" }, parts({ id: 1, ok: true })))).toBe(false);
  });

  it("do not bind fields of two lists to each other", () => {
    const pattern = { detail: { one: { a: [1] }, other: { a: [2] } } };
    expect(matchesPattern(pattern, eventOf({ one: [{}, { a: 1 }], other: [{ a: 2 }] }))).toBe(true);
  });

  it("lack a field only if none lacks it not, where no condition before it chose one", () => {
    const absent = { detail: { items: { size: [{ exists: false }] } } };
    expect(matchesPattern(absent, items({ kind: "a" }, { size: 1 }))).toBe(false);
    expect(matchesPattern(absent, items({ kind: "a" }))).toBe(true);
    const chosen = { detail: { items: { kind: ["a"], size: [{ exists: false }] } } };
    expect(matchesPattern(chosen, items({ kind: "a" }, { size: 1 }))).toBe(true);
    expect(matchesPattern(chosen, items({ kind: "a", size: 1 }))).toBe(false);
  });

  it("may stand among values", () => {
    const mixed = eventOf({ items: ["x", { kind: "a" }] });
    expect(matchesPattern({ detail: { items: ["x"] } }, mixed)).toBe(true);
    expect(matchesPattern({ detail: { items: { kind: ["a"] } } }, mixed)).toBe(true);
  });
});

describe("names and ways", () => {
  it("are the same with a dot and nested, in the pattern and in the event", () => {
    for (const detail of [{ "a.b": [1] }, { a: { b: [1] } }]) {
      for (const given of [{ "a.b": 1 }, { a: { b: 1 } }]) {
        expect(matchesPattern({ detail }, eventOf(given))).toBe(true);
      }
    }
  });

  it("lead nowhere in a detail that is text", () => {
    const event = { ...envelope, detail: "text" };
    expect(matchesPattern({ detail: { a: [{ exists: false }] } }, event)).toBe(true);
    expect(matchesPattern({ detail: { a: ["text"] } }, event)).toBe(false);
  });
});

describe("what is given to the evaluator", () => {
  it("may be the text of a rule", () => {
    expect(matchesPattern('{"source":["aws.ec2"]}', eventOf({}))).toBe(true);
  });

  it("is read as JSON: dates are text, and nothing is undefined", () => {
    const at = new Date("2026-11-26T04:00:00Z");
    expect(takes(["2026-11-26T04:00:00.000Z"], at)).toBe(true);
    expect(takes([{ exists: false }], undefined)).toBe(true);
  });

  it.each<[string, object | string, RegExp]>([
    [
      "a pattern that AWS refuses",
      { source: "a", detail: { b: [] } },
      /no pattern that EventBridge matches:\n {2}- pattern\.source must be a list.*\n {2}- pattern\.detail\.b must hold/,
    ],
    ["a pattern that never matches", { detailType: ["a"] }, /write "detail-type"/],
    ["no JSON", "source", /no event pattern but source: /],
    ["a token", { source: [Token.asString({ resolve: () => "a" })] }, /refers to \$\{TfToken/],
    ["a reference", '{"source":["${a.b.c}"]}', /refers to \$\{a\.b\.c\}.*toMatchEvent\(event, given\)/],
  ])("rejects %s with the reason", (_, pattern, message) => {
    expect(() => matchesPattern(pattern, eventOf({}))).toThrow(message);
  });

  it.each([[[]], [null], ["event"]])("rejects the event %j, which is none", (event) => {
    expect(() => matchesPattern({ source: ["a"] }, event as object)).toThrow(
      /no event but .*: give the envelope/,
    );
  });
});

describe("for any event", () => {
  /** Without what Terraform would read as a reference. */
  const anyText = fc.string().filter((text) => !text.includes("${"));
  const values = fc.oneof(anyText, fc.integer(), fc.boolean(), fc.constant(null));
  const details = fc.dictionary(
    fc.string({ minLength: 1 }).filter((name) => !/[.$]/.test(name)),
    values,
    { minKeys: 1, maxKeys: 4 },
  );

  it("a pattern of all its values matches, and does not once one of them differs", () => {
    fc.assert(
      fc.property(details, fc.nat(), (detail, at) => {
        const pattern = Object.fromEntries(Object.entries(detail).map(([name, value]) => [name, [value]]));
        expect(matchesPattern({ detail: pattern }, eventOf(detail))).toBe(true);
        const name = Object.keys(detail)[at % Object.keys(detail).length] as string;
        expect(matchesPattern({ detail: pattern }, eventOf({ ...detail, [name]: "another value" }))).toBe(
          detail[name] === "another value",
        );
      }),
    );
  });

  it("anything-but is what its operand is not, for each value that is there", () => {
    fc.assert(
      fc.property(
        anyText.filter((text) => text !== ""),
        anyText,
        (operand, value) => {
          for (const operator of ["prefix", "suffix", "equals-ignore-case"]) {
            const but = { "anything-but": { [operator]: operand } };
            expect(takes([but], value)).toBe(!takes([{ [operator]: operand }], value));
          }
        },
      ),
    );
  });

  it("a wildcard whose signs are escaped takes its own text alone", () => {
    fc.assert(
      fc.property(anyText, fc.string({ minLength: 1 }), (text, more) => {
        const wildcard = text.replace(/[*\\]/g, "\\$&");
        expect(takes([{ wildcard }], text)).toBe(true);
        expect(takes([{ wildcard }], text + more)).toBe(false);
        expect(takes([{ wildcard: `${wildcard}*` }], text + more)).toBe(true);
      }),
    );
  });
});

describe("toMatchEvent", () => {
  const uploaded = {
    ...envelope,
    source: "aws.s3",
    "detail-type": "Object Created",
    detail: { bucket: { name: "uploads" }, object: { key: "in/photo.png", size: 5 }, reason: "PutObject" },
  };
  const ruleOf = (pattern: EventPattern, config: object = {}) =>
    synthesize((stack) => {
      new CloudwatchEventRule(stack, "rule", { eventPattern: eventPatternJson(pattern), ...config });
    }).one(CloudwatchEventRule);
  const rule = ruleOf(s3ObjectEvents({ bucket: { bucket: "uploads" }, key: [match.wildcard("in/*.png")] }));

  it("reads as a sentence on a rule of a stack", () => {
    expect(rule).toMatchEvent(uploaded);
    expect(rule).not.toMatchEvent({ ...uploaded, source: "shop" });
  });

  it("reads an archive too", () => {
    const archive = synthesize((stack) => {
      const eventPattern = eventPatternJson({ source: ["shop"] });
      new CloudwatchEventArchive(stack, "archive", { name: "a", eventSourceArn: "arn", eventPattern });
    }).one(CloudwatchEventArchive);
    expect(archive).toMatchEvent({ ...envelope, source: "shop" });
  });

  it("says which conditions fail, and what was there", () => {
    const detail = { ...uploaded.detail, bucket: {}, object: { key: ["a", "b"] } };
    expect(() => expect(rule).toMatchEvent({ ...uploaded, detail })).toThrow(
      [
        "the event does not match the pattern:",
        '- detail.bucket.name: no value is none of ["uploads"]',
        '- detail.object.key: "a", "b" is none of [{"wildcard":"in/*.png"}]',
      ].join("\n"),
    );
  });

  it("says it once for all alternatives", () => {
    const $or = [{ a: [1] }, { b: [1] }] as const;
    expect(() =>
      expect(ruleOf({ source: ["shop"], detail: { $or } })).toMatchEvent(eventOf({ a: 1 })),
    ).toThrow(
      /^the event does not match the pattern:\n- source: "aws.ec2" is none of \["shop"\]\n- detail.b: no value is none of \[1\]$/,
    );
  });

  it("says so where each condition holds alone", () => {
    const both = ruleOf({ detail: { items: { kind: ["a"], size: [1] } } });
    expect(() => expect(both).toMatchEvent(eventOf({ items: [{ kind: "a" }, { size: 1 }] }))).toThrow(
      "detail.items.kind, detail.items.size: each holds, but not in the same member of a list",
    );
  });

  it("says what matched against expectation", () => {
    expect(() => expect(rule).not.toMatchEvent(uploaded)).toThrow(
      /expected the event not to match the pattern \{"source":\["aws\.s3"\]/,
    );
  });

  it.each([{ state: "DISABLED" }, { isEnabled: false }])("fails on a rule that is off: %j", (config) => {
    const off = ruleOf({ source: ["aws.s3"] }, config);
    expect(off).not.toMatchEvent(uploaded);
    expect(() => expect(off).toMatchEvent(uploaded)).toThrow("the rule is disabled");
    expect(ruleOf({ source: ["aws.s3"] }, { state: "ENABLED" })).toMatchEvent(uploaded);
  });

  describe("with references", () => {
    const referring = synthesize((stack) => {
      const bucket = new S3Bucket(stack, "uploads");
      const pattern = s3ObjectEvents({ bucket, key: [match.prefix("in/$${x}")] });
      new CloudwatchEventRule(stack, "rule", { eventPattern: eventPatternJson(pattern) });
    }).one(CloudwatchEventRule);
    const object = { key: "in/${x}/photo.png", size: 5 };
    const event = { ...uploaded, detail: { ...uploaded.detail, object } };

    it("takes what they stand for", () => {
      expect(referring).toMatchEvent(event, { "aws_s3_bucket.uploads.bucket": "uploads" });
      expect(referring).not.toMatchEvent(event, { "aws_s3_bucket.uploads.bucket": 'up"loads' });
    });

    it("rejects what it is not told, with .not too", () => {
      const message = 'say what it is, such as {"aws_s3_bucket.uploads.bucket":"…"}';
      expect(() => expect(referring).toMatchEvent(event)).toThrow(message);
      expect(() => expect(referring).not.toMatchEvent(event)).toThrow(message);
    });

    it("takes a number for one without quotes", () => {
      expect({ event_pattern: '{"detail":{"a":[${x.y.z}]}}' }).toMatchEvent(eventOf({ a: 5 }), {
        "x.y.z": 5,
      });
    });
  });

  it.each([undefined, {}, { event_pattern: undefined }])(
    "rejects %j, which has no pattern, with .not too",
    (received) => {
      expect(() => expect(received).toMatchEvent(uploaded)).toThrow(/no rule with a pattern but/);
      expect(() => expect(received).not.toMatchEvent(uploaded)).toThrow(/no rule with a pattern but/);
    },
  );

  it("rejects a pattern that AWS refuses, with .not too", () => {
    const broken = { event_pattern: '{"source":"a"}' };
    expect(() => expect(broken).not.toMatchEvent(uploaded)).toThrow(/pattern\.source must be a list/);
  });
});
