import { randomUUID } from "node:crypto";
import { readStack } from "../../testing";
import { all } from "../fixtures/cloudtrail-events";
import { Deliveries } from "../support/deliveries";
import { LiveAlerts } from "../support/live-alerts";
import { type Judgement, judgePermissions, superfluousOf } from "../support/permission-mutation/judge";
import { LivePolicies } from "../support/permission-mutation/live-policies";

/** Judges the whole stack `alerts`, applied. What EventBridge itself may do the emulator does not ask: the edge check does. */
async function judge(live: LiveAlerts): Promise<readonly Judgement[]> {
  const deliveries = new Deliveries(live.account.log("ministack"));
  const mailed = async () => {
    const eventID = randomUUID();
    const event = { ...all.deleteTable, detail: { ...all.deleteTable.detail, eventID } };
    const look = async () =>
      (await live.mails.take()).some(({ Body = "" }) => Body.includes(eventID)) || undefined;
    const seen = await deliveries.after(() => live.tell(event), live.topicArn, live.mails.name, look);
    return seen === true;
  };
  return judgePermissions({
    stack: readStack(live.stack),
    live: new LivePolicies(live.account.env, await live.terraform.state()),
    behaviours: [{ name: "a call is told of", concerns: /^(mails|security\/topic)\b/, holds: mailed }],
    probes: [],
  });
}

describe("the permissions of an alert on API calls", () => {
  it("are all needed, here and in us-east-1", async () => {
    const live = await LiveAlerts.start();
    try {
      const judgements = await judge(live);
      expect(superfluousOf(judgements)).toEqual([]);
      expect(judgements.filter(({ policy, red }) => policy === "mails/policy" && red)).not.toEqual([]);
      const judged = new Set(judgements.map(({ policy }) => policy));
      for (const policy of [
        "security/topic/policy",
        "security/rules/dead-letters/policy",
        "security/us-east-1/rules/dead-letters/policy",
      ])
        expect(judged).toContain(policy);
    } finally {
      await live.stop();
    }
  });
});
