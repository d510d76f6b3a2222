import { KmsKey } from "@cdktf/provider-aws/lib/kms-key";
import type { TerraformStack } from "cdktf";
import { ApiGatewayAccount } from "../../modules/api";
import { StreamIngestApi } from "../../modules/event-processing";
import { Bucket } from "../../modules/storage";
import { readStack, type Synthesized } from "../../testing";
import { isRefused } from "../support/is-refused";
import { LiveIngest } from "../support/live-ingest";
import { LiveRole } from "../support/live-role";
import { LocalAccount } from "../support/local-account";
import { type Behaviour, judgePermissions, superfluousOf } from "../support/permission-mutation/judge";
import { LivePolicies } from "../support/permission-mutation/live-policies";
import { Outputs, plainStack } from "../support/terraform";

const COLUMNS = { kind: "string" };

function ingest(stack: TerraformStack): void {
  new ApiGatewayAccount(stack, "api-gateway");
  const bucket = new Bucket(stack, "lake");
  new StreamIngestApi(stack, "events", {
    authorization: "iam",
    bucket,
    format: "parquet",
    columns: COLUMNS,
    capacity: { shards: 1 },
  });
}

describe("the permissions of a stream ingest API", () => {
  const outputs = new Outputs();
  let account: LocalAccount;
  beforeAll(async () => {
    account = await LocalAccount.start();
  });
  afterAll(async () => {
    await account.stop();
    outputs.remove();
  });

  it("are all needed: each one taken away breaks a behaviour or an edge, each restriction lets somebody through", async () => {
    const [stack] = outputs.ofApp("putting", (app) => ingest(plainStack(app, "putting")));
    if (stack === undefined) throw new Error("nothing was synthesised");
    const terraform = await account.terraform(stack);
    await terraform.init();
    await terraform.apply();
    const state = await terraform.state();
    const synthesized: Synthesized = readStack(stack);
    const live = new LiveIngest(account.env, synthesized, state, "events", "lake");
    const keyAt = (path: string) => state.get(synthesized.addressAt(path, KmsKey))?.arn as string;
    const delivery = new LiveRole(account.env, live.physicalName("delivery/role"));
    const record = { data: { kind: "a" } };
    const puts = (method: "record" | "records", body: object): Behaviour => ({
      name: `the API puts a ${method}`,
      concerns: /^events\/role\/policy$/,
      holds: async () => !(await isRefused(live.put(method, body))),
    });
    const judgements = await judgePermissions({
      stack: synthesized,
      live: new LivePolicies(account.env, state),
      behaviours: [puts("record", record), puts("records", { records: [record] })],
      probes: [
        {
          name: "the API cannot use the stream's key itself",
          concerns: /^events\/role\/policy$/,
          holds: () => live.role.isKeptFrom(keyAt("events/stream/key")),
        },
        {
          name: "the delivery cannot use the keys of stream and bucket itself",
          concerns: /^events\/delivery\/role\/policy$/,
          holds: () => delivery.isKeptFrom(keyAt("events/stream/key"), keyAt("lake/key")),
        },
      ],
    });
    expect(superfluousOf(judgements)).toEqual([]);
    for (const policy of ["events/role/policy", "events/delivery/role/policy"]) {
      expect(judgements.filter((each) => each.policy === policy && each.red)).not.toEqual([]);
    }
  });
});
