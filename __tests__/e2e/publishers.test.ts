import { PARTNER } from "../fixtures/news";
import { LiveNews, SISTER } from "../support/live-news";
import { LiveRole } from "../support/live-role";

const [HOME, STRANGER] = ["123456789012", "444444444444"];
const REFUSED = /not authorized to perform: s[nq]s:|access.*denied/i;

describe("who may publish to a fan-out, applied", () => {
  let live: LiveNews;
  beforeAll(async () => {
    live = await LiveNews.start("publishers");
    expect((await live.terraform.plan()).changes).toEqual([]);
  });
  afterAll(() => live.stop());

  const arrived = async (count: number) => (await live.inbox.takeAtLeast(count)).map(({ Body }) => Body);

  it("lets a function that was granted it, and no longer once the grant is gone", async () => {
    await live.invokeEditor("from the editor");
    expect(await arrived(1)).toEqual(["from the editor"]);
    const role = new LiveRole(live.account.env, "publishers_editor_role");
    await role.without("sns:Publish", ":publishers_news", async () => {
      await expect(live.invokeEditor("without a grant")).rejects.toThrow("the editor failed");
    });
    expect(await live.inbox.depth()).toBe(0);
  });

  it("lets the account and the organisation that were named, and rejects another account", async () => {
    await live.publishAs(PARTNER, "from the partner");
    await live.publishAs(SISTER, "from the organisation");
    expect((await arrived(2)).sort()).toEqual(["from the organisation", "from the partner"]);
    await expect(live.publishAs(STRANGER, "from a stranger")).rejects.toThrow(REFUSED);
    expect(await live.inbox.depth()).toBe(0);
  });

  it("rejects what another account sends to the queue itself", async () => {
    for (const account of [PARTNER, STRANGER]) {
      await expect(live.sendAs(account, "past the topic")).rejects.toThrow(REFUSED);
    }
  });

  it("rejects what another topic of the same account sends to the queue", async () => {
    await live.impersonate("from an impostor");
    await live.publishAs(HOME, "from home");
    expect(await arrived(1)).toEqual(["from home"]);
  });

  it("is destroyed, and only what was made by hand is left and told", async () => {
    await live.terraform.destroy();
    expect(await live.terraform.resources()).toEqual([]);
    const left = (await live.account.remains()).map((line) => line.replace(/[^ ]*[:/](?=impostor)/, ""));
    expect(left.map((line) => line.replace(/:[\w-]{36}/, "")).sort()).toEqual([
      "subscription impostor-publishers_news_inbox_queue in ministack",
      "topic impostor-publishers_news_inbox_queue in ministack",
    ]);
  });
});
