import { queuePolicy } from "../../modules/core";
import { readStack } from "../../testing";
import type { Context } from "../../testing/policies";
import { PARTNER } from "../fixtures/news";
import { isRefused } from "../support/is-refused";
import { LiveNews, SISTER } from "../support/live-news";
import {
  type Behaviour,
  type Judgement,
  judgePermissions,
  superfluousOf,
} from "../support/permission-mutation/judge";
import { LivePolicies } from "../support/permission-mutation/live-policies";
import { viaService } from "../support/via-service";

const STRANGER = "444444444444";
const THROUGH_SNS = viaService("sns");

/** Judges the whole stack `news`, applied. */
async function judge(live: LiveNews): Promise<readonly Judgement[]> {
  const concerns = /^(news|editor)\b/;
  const publishes = (account: string) => () =>
    live.isPublished((message) => live.publishAs(account, message));
  const opens = (account: string, context: Context) =>
    live.keyIsOpenTo(account, {
      ...context,
      ...(account === SISTER ? { "aws:PrincipalOrgID": live.organization } : {}),
    });
  const byEvaluator = (name: string, holds: () => Promise<boolean>): Behaviour => ({
    name,
    by: "evaluator",
    concerns: /^news\/key\/policy$/,
    holds,
  });
  return judgePermissions({
    stack: readStack(live.stack),
    live: new LivePolicies(live.account.env, await live.terraform.state()),
    behaviours: [
      {
        name: "the function publishes",
        concerns,
        holds: () => live.isPublished((message) => live.invokeEditor(message)),
      },
      { name: "the partner's account publishes", concerns, holds: publishes(PARTNER) },
      { name: "the organisation publishes", concerns, holds: publishes(SISTER) },
      ...[PARTNER, SISTER].map((account) =>
        byEvaluator(`${account} uses the key through SNS`, () => opens(account, THROUGH_SNS)),
      ),
    ],
    probes: [
      {
        name: "a stranger cannot publish",
        concerns,
        holds: () => isRefused(live.publishAs(STRANGER, "from a stranger")),
      },
      {
        name: "the function cannot use the topic's key itself",
        concerns: /^editor\b/,
        holds: () => live.keepsKeyFromEditor(),
      },
      {
        name: "another topic cannot send to the queue",
        concerns,
        holds: () => live.turnsImpostorsAway(),
      },
      ...[PARTNER, SISTER].map((account) =>
        byEvaluator(`${account} cannot use the key itself`, async () => !(await opens(account, {}))),
      ),
      byEvaluator(
        "a stranger cannot use the key through SNS",
        async () => !(await opens(STRANGER, THROUGH_SNS)),
      ),
    ],
  });
}

describe("the permissions of a fan-out with publishers", () => {
  it("are all needed: each one taken away breaks a behaviour, each restriction lets somebody through", async () => {
    const live = await LiveNews.start("news");
    try {
      const judgements = await judge(live);
      expect(superfluousOf(judgements)).toEqual([]);
      for (const policy of ["news/policy", "news/inbox/queue/policy", "editor/role/policy"]) {
        expect(judgements.filter((each) => each.policy === policy && each.red)).not.toEqual([]);
      }
    } finally {
      await live.stop();
    }
  });

  it("are named where a twin has more of them", async () => {
    const live = await LiveNews.start("twin", ({ fanOut, editor }) => {
      const inbox = fanOut.subscribers.inbox.consumed?.queue;
      if (inbox === undefined) throw new Error("no queue");
      editor.allow("Surplus", { actions: ["sns:Subscribe"], resources: [fanOut.topic.arn] });
      queuePolicy(inbox).add("Surplus", {
        principal: { AWS: `arn:aws:iam::${PARTNER}:root` },
        actions: ["sqs:SendMessage"],
        resources: [inbox.arn],
      });
    });
    try {
      expect(superfluousOf(await judge(live))).toEqual([
        "editor/role/policy: Surplus without it",
        "news/inbox/queue/policy: Surplus without it",
      ]);
    } finally {
      await live.stop();
    }
  });
});
