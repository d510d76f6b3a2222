import { CloudwatchEventRule } from "@cdktf/provider-aws/lib/cloudwatch-event-rule";
import { S3Bucket } from "@cdktf/provider-aws/lib/s3-bucket";
import { SqsQueue } from "@cdktf/provider-aws/lib/sqs-queue";
import { Token } from "cdktf";
import fc from "fast-check";
import { Checks } from "../../modules/core";
import {
  alternativesOf,
  checkEventPattern,
  type EventPattern,
  eventPatternJson,
  match,
  patternFaults,
  s3ObjectEvents,
} from "../../modules/event-processing/event-pattern";
import { nearest } from "../../modules/event-processing/nearest";
import { synthesize } from "../../testing";

const faultsOf = (pattern: unknown, quotaCharacters?: number) => {
  const checks = new Checks("event rule", "x");
  checkEventPattern(checks, "pattern", pattern as EventPattern, quotaCharacters);
  return checks.messages();
};

describe("the makers of matchers", () => {
  it.each<[string, unknown, unknown]>([
    ["prefix", match.prefix("a"), { prefix: "a" }],
    ["prefix in any case", match.prefix.ignoringCase("a"), { prefix: { "equals-ignore-case": "a" } }],
    ["suffix", match.suffix("a"), { suffix: "a" }],
    ["suffix in any case", match.suffix.ignoringCase("a"), { suffix: { "equals-ignore-case": "a" } }],
    ["text in any case", match.ignoringCase("a"), { "equals-ignore-case": "a" }],
    ["wildcard", match.wildcard("a*"), { wildcard: "a*" }],
    ["one comparison", match.numeric(">", 5), { numeric: [">", 5] }],
    ["a range", match.numeric(">=", 5, "<", 9), { numeric: [">=", 5, "<", 9] }],
    ["cidr", match.cidr("10.0.0.0/8"), { cidr: "10.0.0.0/8" }],
    ["presence", match.exists(true), { exists: true }],
    ["absence", match.exists(false), { exists: false }],
    ["anything but a text", match.anythingBut("a"), { "anything-but": "a" }],
    ["anything but texts", match.anythingBut("a", "b"), { "anything-but": ["a", "b"] }],
    ["anything but a number", match.anythingBut(1), { "anything-but": 1 }],
    ["anything but numbers", match.anythingBut(1, 2), { "anything-but": [1, 2] }],
    ["anything but a beginning", match.anythingBut.prefix("a"), { "anything-but": { prefix: "a" } }],
    [
      "anything but beginnings",
      match.anythingBut.prefix("a", "b"),
      { "anything-but": { prefix: ["a", "b"] } },
    ],
    ["anything but an end", match.anythingBut.suffix("a"), { "anything-but": { suffix: "a" } }],
    ["anything but ends", match.anythingBut.suffix("a", "b"), { "anything-but": { suffix: ["a", "b"] } }],
    [
      "anything but a text in any case",
      match.anythingBut.ignoringCase("a"),
      { "anything-but": { "equals-ignore-case": "a" } },
    ],
    [
      "anything but texts in any case",
      match.anythingBut.ignoringCase("a", "b"),
      { "anything-but": { "equals-ignore-case": ["a", "b"] } },
    ],
    ["anything but a form", match.anythingBut.wildcard("a*"), { "anything-but": { wildcard: "a*" } }],
    [
      "anything but forms",
      match.anythingBut.wildcard("a*", "*b"),
      { "anything-but": { wildcard: ["a*", "*b"] } },
    ],
  ])("write %s as AWS has it, and the check takes it", (_, made, written) => {
    expect(made).toEqual(written);
    expect(faultsOf({ detail: { field: [made] } })).toEqual([]);
  });

  it("write alternatives beside the conditions around them", () => {
    const pattern: EventPattern = {
      source: ["shop"],
      detail: { kind: ["order"], ...match.anyOf({ total: [match.numeric(">", 5)] }, { urgent: [true] }) },
    };
    expect(eventPatternJson(pattern)).toBe(
      '{"source":["shop"],"detail":{"kind":["order"],"$or":[{"total":[{"numeric":[">",5]}]},{"urgent":[true]}]}}',
    );
    expect(faultsOf(pattern)).toEqual([]);
    const beside: EventPattern = match.anyOf<EventPattern>({ source: ["a"] }, { detail: { b: [1] } });
    expect(faultsOf(beside)).toEqual([]);
  });
});

describe("a pattern", () => {
  it.each<[string, unknown, RegExp]>([
    [
      "nothing",
      undefined,
      /: pattern must be an object of fields, got undefined: write \{ source: \[ … \] \}$/,
    ],
    ["a list", [], /pattern must be an object of fields, got \[\]/],
    ["no field", {}, /pattern must name at least one field: AWS refuses an empty object/],
    [
      "a bare value",
      { source: "shop" },
      /pattern\.source must be a list of values, got "shop": write \["shop"\]/,
    ],
    [
      "a bare value below detail",
      { detail: { a: { b: 5 } } },
      /pattern\.detail\.a\.b must be a list of values, got 5: write \[5\]/,
    ],
    [
      "a field without a value",
      { source: undefined },
      /pattern\.source must be a list.*: leave the name out/,
    ],
    ["an empty list", { detail: { a: [] } }, /pattern\.detail\.a must hold at least one value/],
    ["an empty object", { detail: { a: {} } }, /pattern\.detail\.a must name at least one field/],
    [
      "a list in a list",
      { detail: { a: [["x"]] } },
      /pattern\.detail\.a must compare with .*got \[\["x"\]\]|got \["x"\]/,
    ],
    ["not a number", { detail: { a: [Number.NaN] } }, /pattern\.detail\.a must compare with .*got NaN/],
    [
      "two operators",
      { detail: { a: [{ prefix: "a", suffix: "b" }] } },
      /must hold conditions of one operator each .*: write one condition for each/,
    ],
    [
      "a misspelt operator",
      { detail: { a: [{ prefx: "a" }] } },
      /must hold conditions of one operator each .*got \{"prefx":"a"\}: write prefix$/,
    ],
    ["an operator in camel case", { detail: { a: [{ anythingBut: "a" }] } }, /: write anything-but$/],
    ["an operator of another language", { detail: { a: [{ regex: "a" }] } }, /: write one of them$/],
    [
      "a word of JavaScript's own",
      { detail: { a: [{ constructor: "a" }] } },
      /must hold conditions of one operator each/,
    ],
    [
      "a misspelt field",
      { detailType: ["a"] },
      /pattern\.detailType is no field of an event \(source, detail-type, .*: write "detail-type"$/,
    ],
    ["a field in capitals", { Source: ["a"] }, /: write "source"$/],
    [
      "a field that belongs below",
      { orderId: ["a"] },
      /pattern\.orderId is no field of an event .*: write \{ detail: \{ "orderId": … \} \}$/,
    ],
    [
      "a misspelt field in an alternative",
      { $or: [{ source: ["a"] }, { resource: ["b"] }] },
      /pattern\.\$or\[1\]\.resource is no field .*: write "resources"$/,
    ],
    [
      "fields where text is",
      { source: { name: ["a"] } },
      /pattern\.source holds no fields in any event: write \{ "source": \[ … \] \}/,
    ],
    [
      "fields where text is, with a dot",
      { "source.name": ["a"] },
      /pattern\.source\.name holds no fields in any event/,
    ],
    ["values where fields are", { detail: ["a"] }, /pattern\.detail must be an object of fields, got a list/],
    [
      "an account that is a number",
      { account: [123_456_789_012] },
      /pattern\.account is text in every event, got 123456789012: write such as "123456789012"/,
    ],
    [
      "a size beyond the quota",
      { source: ["x".repeat(2048)] },
      /pattern takes 2063 characters, and the account's quota is 2048: use prefixes.*fact eventPatternCharacters/,
    ],
  ])("rejects %s", (_, pattern, message) => {
    expect(faultsOf(pattern)).toEqual([expect.stringMatching(message)]);
  });

  it("tells all its faults at once, each with the way to it", () => {
    const pattern = { detailType: ["a"], detail: { a: "x", b: { c: [{ exists: 1 }] } } };
    expect(faultsOf(pattern).map((fault) => fault.replace(/^event rule "x": (\S+) .*$/, "$1"))).toEqual([
      "pattern.detailType",
      "pattern.detail.a",
      "pattern.detail.b.c",
    ]);
  });

  const BILLION = 5_000_000_000;
  it.each<[string, unknown, RegExp]>([
    [
      "prefix",
      1,
      /a string or \{ equals-ignore-case \} with one, got \{"prefix":1\}: write such as \{"prefix":"order-"\}/,
    ],
    ["prefix", ["a"], /a string or/],
    ["prefix", { wildcard: "a" }, /a string or/],
    ["prefix", { "equals-ignore-case": 1 }, /a string or/],
    ["suffix", { "equals-ignore-case": "a", prefix: "b" }, /a string or/],
    ["suffix", null, /a string or/],
    ["equals-ignore-case", ["a"], /a string, got/],
    ["wildcard", "a**b", /a string without \*\*/],
    ["wildcard", "\\***", /a string without \*\*/],
    ["wildcard", "a\\b", /\\ stands before \* or \\ only/],
    ["wildcard", "a\\", /\\ stands before/],
    ["wildcard", 1, /a string without/],
    ["wildcard", ["a*"], /a string without/],
    ["anything-but", [], /strings or numbers/],
    ["anything-but", ["a", 1], /strings or numbers/],
    ["anything-but", true, /strings or numbers/],
    ["anything-but", [null], /strings or numbers/],
    ["anything-but", {}, /strings or numbers/],
    ["anything-but", { prefix: "" }, /strings or numbers/],
    ["anything-but", { suffix: ["a", ""] }, /strings or numbers/],
    ["anything-but", { suffix: [] }, /strings or numbers/],
    ["anything-but", { prefix: { "equals-ignore-case": "a" } }, /strings or numbers/],
    ["anything-but", { "equals-ignore-case": ["a", 1] }, /strings or numbers/],
    ["anything-but", { wildcard: ["a", "**"] }, /strings or numbers/],
    ["anything-but", { cidr: "10.0.0.0/8" }, /strings or numbers/],
    ["anything-but", { prefix: "a", suffix: "b" }, /strings or numbers/],
    ["numeric", 1, /one comparison, or a range from low to high/],
    ["numeric", [">"], /one comparison/],
    ["numeric", ["==", 1], /one comparison/],
    ["numeric", [">", "1"], /one comparison/],
    ["numeric", [">", 5, "<", 1], /from low to high/],
    ["numeric", ["<", 5, ">", 1], /from low to high/],
    ["numeric", ["=", 1, "<", 5], /from low to high/],
    ["numeric", [">=", BILLION + 1], /numbers from -5000000000 to 5000000000/],
    ["numeric", ["<", -BILLION - 1], /numbers from -5000000000/],
    ["numeric", ["=", 0.1 + 0.2], /with up to 6 decimals, got .*0\.30000000000000004/],
    ["cidr", "10.0.0.1", /an IPv4 range up to \/31/],
    ["cidr", "10.0.0.1/32", /a single address is a plain value/],
    ["cidr", "2001:db8::/128", /an IPv6 range up to \/127/],
    ["cidr", "::ffff:10.0.0.0/100", /an IPv6 range/],
    ["cidr", "10.0.0.256/8", /an IPv4 range/],
    ["cidr", 10, /an IPv4 range/],
    ["exists", "yes", /true or false/],
    ["exists", null, /true or false/],
  ])("rejects %s with %j, saying what it takes", (operator, operand, message) => {
    const [fault, ...others] = faultsOf({ detail: { order: { kind: [{ [operator]: operand }] } } });
    expect(others).toEqual([]);
    expect(fault).toContain(`event rule "x": pattern.detail.order.kind must give ${operator} `);
    expect(fault).toMatch(message);
  });

  it("takes every form at its limits", () => {
    const values = [
      ...["a", "", 1, 0.000001, 123_456_789_012, true, null],
      ...[
        { prefix: "" },
        { suffix: "" },
        { wildcard: "" },
        { wildcard: "*" },
        { wildcard: "a\\*\\\\*" },
        { wildcard: "\\**" },
      ],
      ...[
        { numeric: ["=", BILLION] },
        { numeric: [">=", -BILLION, "<=", BILLION] },
        { numeric: [">", 0.123456] },
      ],
      ...[
        { cidr: "10.0.0.5/31" },
        { cidr: "0.0.0.0/0" },
        { cidr: "2001:DB8::1/127" },
        { "anything-but": "" },
      ],
    ];
    expect(faultsOf({ detail: { field: values } })).toEqual([]);
  });

  it("takes every field of an event, and a dot as the way below", () => {
    const text = ["a"];
    const named = { source: text, "detail-type": text, account: text, region: text, resources: text };
    const others = { time: text, id: text, version: text, "replay-name": [match.exists(false)] };
    expect(faultsOf({ ...named, ...others, detail: { "order.kind": text }, "detail.other": text })).toEqual(
      [],
    );
  });

  it("takes what Terraform knows only, wherever a value stands", () => {
    const unknown = Token.asAny({ resolve: () => "x" });
    const [text, number] = [Token.asString(unknown), Token.asNumber(unknown)];
    const values = [
      ...[text, `${text}-a`, number, unknown, { prefix: text }, { prefix: { "equals-ignore-case": text } }],
      ...[
        { numeric: [">", number] },
        { numeric: [">", number, "<", 5] },
        { cidr: text },
        { exists: unknown },
      ],
      ...[
        { "anything-but": text },
        { "anything-but": [text, "a"] },
        { "anything-but": { suffix: [text] } },
        { wildcard: text },
      ],
    ];
    expect(faultsOf({ source: [text], account: [unknown], detail: { a: values } }, 4096)).toEqual([]);
    expect(faultsOf(unknown)).toEqual([]);
  });

  it("rejects a list that only Terraform knows, which no JSON text can hold", () => {
    const list = Token.asList({ resolve: () => ["a"] });
    expect(faultsOf({ resources: list })).toEqual([
      expect.stringMatching(/pattern\.resources is a list that only Terraform knows.*: write its members/),
    ]);
  });

  it("reaches the rule with its references spelled out", () => {
    const rule = synthesize((stack) => {
      const [bucket, queue] = [new S3Bucket(stack, "bucket"), new SqsQueue(stack, "queue")];
      const pattern: EventPattern = { source: [bucket.bucket], detail: { delay: [queue.delaySeconds] } };
      new CloudwatchEventRule(stack, "rule", { eventPattern: eventPatternJson(pattern) });
    }).one(CloudwatchEventRule);
    expect(rule.event_pattern).toBe(
      '{"source":["${aws_s3_bucket.bucket.bucket}"],"detail":{"delay":[${aws_sqs_queue.queue.delay_seconds}]}}',
    );
  });
});

describe("the size of a pattern", () => {
  const ofSize = (characters: number) => ({ source: ["x".repeat(characters - '{"source":[""]}'.length)] });

  it.each([
    [2048, undefined],
    [4096, 4096],
  ])("may be %s characters with the quota %s, and not one more", (most, quota) => {
    expect(faultsOf(ofSize(most), quota)).toEqual([]);
    expect(faultsOf(ofSize(most + 1), quota)).toEqual([
      expect.stringContaining(`takes ${most + 1} characters, and the account's quota is ${most}`),
    ]);
  });

  it("counts what only Terraform knows as one character, so that nothing is refused that would fit", () => {
    const text = Token.asString({ resolve: () => "x" });
    const { source } = ofSize(2046);
    expect(faultsOf({ source: [`${source[0]}${text}${text}`] })).toEqual([]);
    expect(faultsOf({ source: [`${source[0]}${text}${text}${text}`] })).toEqual([
      expect.stringContaining("takes 2049 characters"),
    ]);
    const number = Token.asNumber({ resolve: () => 1 });
    const detail = { a: [number] };
    expect(faultsOf({ source: ofSize(2029).source, detail })).toEqual([]);
    expect(faultsOf({ source: ofSize(2030).source, detail })).toHaveLength(1);
  });
});

describe("alternatives", () => {
  it.each<[string, unknown, RegExp]>([
    [
      "no list",
      { a: ["x"] },
      /pattern\.detail\.\$or must be a list of at least two alternatives, got \{"a":\["x"\]\}/,
    ],
    ["none", [], /must be a list of at least two alternatives, got \[\]/],
    ["a single one", [{ a: ["x"] }], /must be a list of at least two alternatives/],
    ["an empty one", [{ a: ["x"] }, {}], /pattern\.detail\.\$or\[1\] must name at least one field/],
    ["a value", [{ a: ["x"] }, "b"], /pattern\.detail\.\$or\[1\] must be an object of fields, got "b"/],
    [
      "the word of an operator",
      [{ a: ["x"] }, { prefix: ["b"] }],
      /pattern\.detail\.\$or\[1\]\.prefix is a word of AWS's own.*write \{ name: \[\{ prefix: … \}\] \}/,
    ],
    [
      "such a word deeper",
      [{ a: ["x"] }, { b: { regex: ["b"] } }],
      /\$or\[1\]\.b\.regex is a word of AWS's own/,
    ],
    [
      "a wrong value",
      [{ a: ["x"] }, { b: [{ prefix: 1 }] }],
      /pattern\.detail\.\$or\[1\]\.b must give prefix/,
    ],
  ])("rejects %s", (_, $or, message) => {
    expect(faultsOf({ detail: { $or } })).toEqual([expect.stringMatching(message)]);
  });

  it("leaves the words of operators to names elsewhere", () => {
    expect(faultsOf({ detail: { prefix: ["a"], numeric: { "=": ["b"] } } })).toEqual([]);
  });

  it("rejects a field beside $or and in it, of which AWS drops one", () => {
    const $or = [{ kind: ["b"] }, { total: [1] }];
    expect(faultsOf({ detail: { kind: ["a"], $or } })).toEqual([
      expect.stringMatching(
        /pattern\.detail\.kind has two conditions in one alternative.*into every alternative of \$or/,
      ),
    ]);
    expect(faultsOf({ detail: { $or: [{ kind: ["a"] }, { kind: ["b"] }] } })).toEqual([]);
  });

  it.each([
    ["with a dot and nested", { "a.b": ["x"], a: { b: ["y"] } }, "pattern.detail.a.b"],
    ["as a value and as fields", { a: ["x"], "a.b": ["y"] }, "pattern.detail.a"],
  ])("rejects a field written twice, %s", (_, detail, path) => {
    expect(faultsOf({ detail })).toEqual([expect.stringContaining(`${path} has two conditions`)]);
  });

  it("takes names that only begin alike", () => {
    expect(faultsOf({ detail: { ab: ["x"], a: { c: ["y"] }, abc: ["z"] } })).toEqual([]);
  });

  it("multiply, and may be 1000 and not more", () => {
    const $or = (name: string, count: number) => ({
      [name]: { $or: Array.from({ length: count }, (_, index) => ({ [`f${index}`]: [1] })) },
    });
    expect(faultsOf({ detail: { ...$or("a", 10), ...$or("b", 10), ...$or("c", 10) } }, 4096)).toEqual([]);
    expect(faultsOf({ detail: { ...$or("a", 10), ...$or("b", 10), ...$or("c", 11) } }, 4096)).toEqual([
      expect.stringMatching(
        /has 1100 combinations of alternatives, and EventBridge takes 1000: split it over rules/,
      ),
    ]);
  });

  it("count those inside each other too", () => {
    const inner = { $or: Array.from({ length: 32 }, (_, index) => ({ [`g${index}`]: [1] })) };
    const nested = (count: number) => [
      inner,
      ...Array.from({ length: count - 1 }, (_, index) => ({ [`f${index}`]: [1] })),
    ];
    expect(faultsOf({ detail: { $or: nested(31) } }, 4096)).toEqual([]);
    expect(faultsOf({ detail: { $or: nested(32) } }, 4096)).toEqual([
      expect.stringContaining("has 1024 combinations"),
    ]);
  });

  it("mean each with what stands around them, in the order of their paths", () => {
    const pattern = { source: ["s"], detail: { z: [1], $or: [{ a: [2] }, { b: { c: [3] } }] } };
    expect(alternativesOf(pattern)).toEqual([
      [
        { path: "detail.a", values: [2] },
        { path: "detail.z", values: [1] },
        { path: "source", values: ["s"] },
      ],
      [
        { path: "detail.b.c", values: [3] },
        { path: "detail.z", values: [1] },
        { path: "source", values: ["s"] },
      ],
    ]);
  });
});

describe("the pattern of S3's events on objects", () => {
  const bucket = { bucket: "uploads" };
  const created = { source: ["aws.s3"], "detail-type": ["Object Created"] };

  it("takes what is created in the bucket, by default", () => {
    expect(s3ObjectEvents({ bucket })).toEqual({ ...created, detail: { bucket: { name: ["uploads"] } } });
  });

  it.each([
    ["key", { key: [match.wildcard("in/*.png")] }, { object: { key: [{ wildcard: "in/*.png" }] } }],
    ["size", { size: [match.numeric(">", 0)] }, { object: { size: [{ numeric: [">", 0] }] } }],
    ["reason", { reason: ["CopyObject"] as const }, { reason: ["CopyObject"] }],
    ["requester", { requester: ["123456789012"] }, { requester: ["123456789012"] }],
  ])("takes the %s where S3 writes it", (_, props, detail) => {
    const pattern = s3ObjectEvents({ bucket, ...props });
    expect(pattern).toEqual({ ...created, detail: { bucket: { name: ["uploads"] }, ...detail } });
    expect(faultsOf(pattern)).toEqual([]);
  });

  it("takes other events by S3's names", () => {
    const events = ["Object Deleted", "Object Tags Added"] as const;
    expect(s3ObjectEvents({ bucket, events })["detail-type"]).toEqual(events);
  });

  it.each([
    [
      "user metadata",
      "user-metadata",
      /pattern\.detail\.object\.user-metadata is in no event of S3, which sends key, size, etag, version-id, sequencer and neither metadata nor tags/,
    ],
    ["one header of it", "x-amz-meta-kind", /neither metadata nor tags/],
    ["tags", "tags", /neither metadata nor tags: tell objects apart by their key/],
    ["a spelling of the notifications", "versionId", /is in no event of S3: write "version-id"/],
    ["another", "eTag", /write "etag"/],
  ])("rejects %s, which no event of S3 tells", (_, field, message) => {
    const pattern = { ...created, detail: { object: { [field]: ["x"] } } };
    expect(faultsOf(pattern)).toEqual([expect.stringMatching(message)]);
    expect(faultsOf({ ...pattern, source: ["shop"] })).toEqual([]);
  });

  it("takes names that S3 may add, and any below another part", () => {
    const detail = {
      object: { "storage-class": ["GLACIER"], stage: ["x"] },
      bucket: { "aws-generated-tags": { a: ["b"] } },
    };
    expect(faultsOf({ ...created, detail })).toEqual([]);
  });

  it("rejects the size of what is deleted, which S3 does not tell", () => {
    const deleted = (...size: (typeof big)[]) =>
      s3ObjectEvents({ bucket, events: ["Object Created", "Object Deleted"], size });
    const big: ReturnType<typeof match.exists> | { numeric: readonly [">", number] } = { numeric: [">", 5] };
    expect(faultsOf(deleted(big))).toEqual([
      expect.stringMatching(
        /pattern\.detail\.object\.size is in no "Object Deleted" of S3.*add \{ exists: false \}/,
      ),
    ]);
    expect(faultsOf(deleted(match.exists(true)))).toHaveLength(1);
    expect(faultsOf(deleted(big, match.exists(false)))).toEqual([]);
  });
});

describe("the nearest word", () => {
  const words = ["source", "detail-type", "detail", "prefix", "anything-but"];

  it.each([
    ["detailType", "detail-type"],
    ["DetailType", "detail-type"],
    ["detail_type", "detail-type"],
    ["prefx", "prefix"],
    ["prefixes", "prefix"],
    ["anything-butt", "anything-but"],
    ["details", "detail"],
  ])("to %s is %s", (given, word) => {
    expect(nearest(given, words)).toBe(word);
  });

  it.each(["order", "x", ""])("to %j is none", (given) => {
    expect(nearest(given, words)).toBeUndefined();
  });

  it("to a word is itself, whatever its case", () => {
    fc.assert(
      fc.property(fc.constantFrom(...words), (word) => {
        expect(nearest(word.toUpperCase(), words)).toBe(word);
      }),
    );
  });
});

/** What nobody thought of: values of any shape must be judged, not crash. */
it("judges whatever is given as a pattern, without failing", () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      expect(Array.isArray(patternFaults(value))).toBe(true);
    }),
  );
});
