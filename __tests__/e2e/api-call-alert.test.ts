import {
  all,
  createAccessKey,
  type RecordedEvent,
  rootSignsIn,
  stopLoggingRefused,
} from "../fixtures/cloudtrail-events";
import { LiveAlerts } from "../support/live-alerts";
import { eventually } from "../support/local-account";

/** Recorded calls, put in CloudTrail's place: AWS would refuse that, and sends them itself. */
describe("an alert on API calls, applied", () => {
  let live: LiveAlerts;
  beforeAll(async () => {
    live = await LiveAlerts.start();
  });
  afterAll(() => live?.stop());

  /** A mail's lines. EventBridge hands each over in its quotes. */
  const linesOf = (body = ""): readonly string[] => body.split("\n").map((line) => JSON.parse(line));
  const mailed = async (event: RecordedEvent): Promise<readonly string[]> => {
    await live.tell(event);
    const [mail] = await live.mails.takeAtLeast(1);
    return linesOf(mail?.Body);
  };

  it("is planned again, and nothing changes", async () => {
    expect((await live.terraform.plan()).changes).toEqual([]);
  });

  it("tells of a table's deletion, readably", async () => {
    expect(await mailed(all.deleteTable)).toEqual([
      "A DynamoDB table was deleted",
      "What: DeleteTable (dynamodb.amazonaws.com)",
      "Who: arn:aws:sts::123456789012:assumed-role/developer/bob (AssumedRole)",
      "When: 2026-11-26T04:00:00Z",
      "Where: eu-west-1, account 123456789012",
      "From: 192.0.2.10",
      "Table: Music",
      "Event: 954b5f74-3067-4c67-9b8e-2b1e6c3cf1b9",
    ]);
  });

  it("gives the same event whole to the other target", async () => {
    await live.record.take();
    await live.tell(all.deleteTable);
    const [message] = await live.record.takeAtLeast(1);
    expect(JSON.parse(message?.Body ?? "")).toMatchObject({
      source: "aws.dynamodb",
      detail: { eventName: "DeleteTable", requestParameters: { tableName: "Music" } },
    });
    await live.mails.takeAtLeast(1);
  });

  it.each<[string, RecordedEvent, readonly string[]]>([
    [
      "a security group that lets in everybody",
      all["ingress from everybody among others"],
      ["A security group lets in everybody", "Group: sg-0123456789abcdef0"],
    ],
    [
      "a rule that is changed to let in everybody",
      all["a rule changed to everybody, IPv6"],
      ["A security group lets in everybody", "Group: sg-0123456789abcdef0"],
    ],
    [
      "root's sign-in",
      rootSignsIn,
      [
        "Who: arn:aws:iam::123456789012:root (Root)",
        "Result: Success",
        "Second factor: No",
        "Where: us-east-1, account 123456789012",
      ],
    ],
    ["a try to stop the trail", stopLoggingRefused, ["Trail: audit", "Error: AccessDenied"]],
    ["a change of what it records", all.putEventSelectors, ["Trail: audit"]],
    ["an access key", createAccessKey, ["iam: CreateAccessKey", "What: CreateAccessKey (iam.amazonaws.com)"]],
  ])("tells of %s", async (_, event, lines) => {
    expect(await mailed(event)).toEqual(expect.arrayContaining([...lines]));
  });

  it("tells of nothing else", async () => {
    const quiet = [
      all.updateTable,
      all.deleteTableRefused,
      all["ingress from some"],
      all["ingress from everybody, refused"],
      all["egress to everybody"],
      all["a rule changed to some"],
      all.userSignsIn,
      all.startLogging,
    ];
    for (const event of quiet) await live.tell(event);
    // Whatever the others had caused would lie before the last one, which is told of.
    await live.tell(all.deleteTable);
    const mails = await live.mails.takeAtLeast(1);
    expect(mails.map(({ Body }) => linesOf(Body)[0])).toEqual(["A DynamoDB table was deleted"]);
  });

  it("hands what happens in us-east-1 over to the bus at home, and keeps the rest there", async () => {
    const handedOver = () =>
      live.log.split("event bus arn:aws:events:eu-west-1:123456789012:event-bus/default").length - 1;
    const before = handedOver();
    await live.tell(rootSignsIn, "us-east-1");
    // The emulator knows no bus of another region, and says so when it is to reach one.
    await eventually("the hand-over", async () => handedOver() > before || undefined);
    await live.tell(all.userSignsIn, "us-east-1");
    await live.tell(all.deleteTable, "us-east-1");
    await live.tell(createAccessKey, "us-east-1");
    await eventually("the second hand-over", async () => handedOver() > before + 1 || undefined);
    expect(handedOver()).toBe(before + 2);
  });

  it("is destroyed and leaves nothing, there as little as here", async () => {
    await live.terraform.destroy();
    expect(await live.terraform.resources()).toEqual([]);
    expect(await live.account.remains()).toEqual([]);
    expect(await live.remainsIn("us-east-1")).toEqual([]);
  });
});
