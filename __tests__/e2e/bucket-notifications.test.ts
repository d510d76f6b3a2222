import { CloudwatchEventRule } from "@cdktf/provider-aws/lib/cloudwatch-event-rule";
import { CloudwatchEventTarget } from "@cdktf/provider-aws/lib/cloudwatch-event-target";
import type { TerraformStack } from "cdktf";
import { queuePolicy } from "../../modules/core";
import { queue } from "../../modules/event-processing/queues";
import type { Bucket } from "../../modules/storage";
import { LivePictures } from "../support/live-pictures";
import { LiveRole } from "../support/live-role";
import { eventually } from "../support/local-account";

/** Everything that EventBridge hears of the bucket, in one queue: a key there is one that S3 has told everybody else of. */
function everything(stack: TerraformStack, bucket: Bucket): void {
  bucket.sendToEventBridge();
  const all = queue(stack, "everything", { ordering: "standard" }, {});
  const rule = new CloudwatchEventRule(stack, "rule", {
    name: "everything",
    eventPattern: JSON.stringify({
      source: ["aws.s3"],
      detail: { bucket: { name: [bucket.bucket.bucket] } },
    }),
  });
  const policy = queuePolicy(all);
  policy.add("AllowRule", {
    principal: { Service: "events.amazonaws.com" },
    actions: ["sqs:SendMessage"],
    resources: [all.arn],
    conditions: { ArnEquals: { "aws:SourceArn": rule.arn } },
  });
  new CloudwatchEventTarget(stack, "target", {
    rule: rule.name,
    targetId: "queue",
    arn: all.arn,
    dependsOn: [policy.resource],
  });
}

describe("a bucket that notifies, applied", () => {
  let live: LivePictures;
  beforeAll(async () => {
    live = await LivePictures.start("pictures", ({ bucket }, stack) => everything(stack, bucket));
    expect((await live.terraform.plan()).changes).toEqual([]);
  });
  afterAll(() => live.stop());

  const seen: string[] = [];
  /** Waits until EventBridge has heard of every key, and so everybody else. */
  const heardOf = (what: "Object Created" | "Object Deleted", keys: readonly string[]) =>
    eventually(`EventBridge to hear of ${keys.join(", ")}`, async () => {
      for (const { Body = "" } of await live.queue("everything").take()) {
        const { "detail-type": type, detail } = JSON.parse(Body);
        seen.push(`${type} ${detail.object.key}`);
      }
      return keys.every((key) => seen.includes(`${what} ${key}`)) || undefined;
    });
  const put = async (...keys: readonly string[]) => {
    for (const key of keys) await live.put(key);
    await heardOf("Object Created", keys);
  };

  it("was tried by S3 with a test event at each queue", async () => {
    for (const name of ["jpgs", "pngs"]) {
      const bodies = (await live.queue(name).takeAtLeast(1)).map(({ Body = "" }) => JSON.parse(Body));
      expect(bodies).toEqual([expect.objectContaining({ Event: "s3:TestEvent", Bucket: live.bucket })]);
    }
  });

  it("tells of an object exactly those whose prefix and suffix match", async () => {
    await put(
      "uploads/a.jpg",
      "uploads/b.png",
      "uploads/c.gif",
      "uploads/.jpg.txt",
      "elsewhere/d.jpg",
      "e.png",
    );
    const told = { event: "ObjectCreated:Put" };
    expect(await live.toldTo("jpgs")).toEqual([
      { ...told, key: "uploads/a.jpg", by: "pictures/uploads/jpgs" },
    ]);
    expect(await live.toldTo("pngs")).toEqual([
      { ...told, key: "uploads/b.png", by: "pictures/uploads/pngs" },
    ]);
    expect(await live.toldTo("removals_inbox_queue")).toEqual([]);
  });

  it("tells keys with spaces, signs and letters of any script", async () => {
    const keys = ["uploads/a b+c.jpg", "uploads/größe & 100%.jpg", "uploads/日本/☂.jpg"];
    await put(...keys);
    expect((await live.toldTo("jpgs")).map(({ key }) => key).sort()).toEqual([...keys].sort());
    // The emulator lists them to the provider unencoded, who then cannot empty the bucket.
    await live.erase(keys);
    await heardOf("Object Deleted", keys);
    await live.toldTo("removals_inbox_queue");
  });

  it("tells the topic of what is removed, and nobody else", async () => {
    await put("uploads/gone.jpg");
    await live.toldTo("jpgs");
    await live.remove("uploads/gone.jpg");
    await heardOf("Object Deleted", ["uploads/gone.jpg"]);
    expect(await live.toldTo("removals_inbox_queue")).toEqual([
      { event: "ObjectRemoved:DeleteMarkerCreated", key: "uploads/gone.jpg", by: "pictures/others/removed" },
    ]);
    expect([await live.toldTo("jpgs"), await live.toldTo("pngs")]).toEqual([[], []]);
  });

  it("has the function work on its objects, and is not told of what it writes", async () => {
    await live.put("documents/brief über alles.txt", "Hello");
    const copied = () => live.get("copies/documents/brief über alles.txt");
    expect(await eventually("the copy", copied)).toBe("Hello");
    await heardOf("Object Created", ["copies/documents/brief über alles.txt"]);
    expect(await live.keysBelow("copies/")).toEqual(["copies/documents/brief über alles.txt"]);
  });

  it("sets an event aside that the function fails every time, with the error, and works on the others", async () => {
    await live.put("documents/poison.txt");
    await live.put("documents/sound.txt");
    const failures = live.queue("copyist_failures");
    const [record] = (await failures.takeAtLeast(1)).map(({ Body = "" }) => JSON.parse(Body));
    expect(record).toMatchObject({
      requestContext: { condition: "RetriesExhausted", approximateInvokeCount: 3 },
      requestPayload: { Records: [{ s3: { object: { key: "documents/poison.txt" } } }] },
      responsePayload: { errorMessage: "cannot stand documents/poison.txt" },
    });
    await eventually("the sound one", () => live.get("copies/documents/sound.txt"));
    expect(await failures.depth()).toBe(0);
  });

  it("has the function do no more than it was granted", async () => {
    const role = new LiveRole(live.account.env, "pictures_copyist_role");
    await role.without("s3:PutObject", "/copies/*", async () => {
      await live.put("documents/refused.txt");
      const [record] = (await live.queue("copyist_failures").takeAtLeast(1)).map(({ Body = "" }) =>
        JSON.parse(Body),
      );
      expect(record.responsePayload.errorMessage).toMatch(/denied|not authorized/i);
    });
    expect(await live.get("copies/documents/refused.txt")).toBeUndefined();
  });

  it("rejects another bucket of the same account at the queue and at the topic", async () => {
    const [queueArn, topicArn] = [
      live.attribute("aws_sqs_queue.jpgs", "arn"),
      live.attribute("aws_sns_topic.removals", "arn"),
    ];
    const denied = async (kind: "queue" | "topic", arn: string, named: string) =>
      live.deliveries.after(
        () => live.impersonate(kind, arn, `uploads/impostor-${kind}.jpg`),
        live.impostor,
        named,
        async () => undefined,
      );
    expect(await denied("queue", queueArn, live.queue("jpgs").name)).toBe("denied");
    expect(await denied("topic", topicArn, topicArn)).toBe("denied");
    expect([await live.toldTo("jpgs"), await live.toldTo("removals_inbox_queue")]).toEqual([[], []]);
    const Events = ["s3:ObjectCreated:*" as const];
    const asked = live.notify(
      live.impostor,
      { QueueConfigurations: [{ QueueArn: queueArn, Events }] },
      false,
    );
    await expect(asked).rejects.toThrow(/Unable to validate/);
  });

  it("is destroyed with all its objects and versions, and only what was made by hand is left and told", async () => {
    expect((await live.keysBelow("")).length).toBeGreaterThan(5);
    await live.terraform.destroy();
    expect(await live.terraform.resources()).toEqual([]);
    expect(await live.account.remains()).toEqual(["bucket pictures-impostor in ministack"]);
  });
});
