import { DecryptCommand, EncryptCommand, GenerateDataKeyCommand, KMSClient } from "@aws-sdk/client-kms";
import { KmsKey } from "@cdktf/provider-aws/lib/kms-key";
import type { TerraformStack } from "cdktf";
import { ApiGatewayAccount } from "../../modules/api";
import { StreamIngestApi } from "../../modules/event-processing";
import { Bucket } from "../../modules/storage";
import { clientConfig } from "../../scripts/local-aws/client";
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

  /** Whether a role cannot use a key itself, past the service that it has it for. */
  const shut = async (
    role: LiveRole,
    KeyId: string,
    action: "Decrypt" | "GenerateDataKey",
  ): Promise<boolean> => {
    const kms = new KMSClient(clientConfig(await role.assume()));
    if (action === "GenerateDataKey")
      return isRefused(kms.send(new GenerateDataKeyCommand({ KeyId, KeySpec: "AES_256" })));
    const { CiphertextBlob } = await new KMSClient(clientConfig(account.env)).send(
      new EncryptCommand({ KeyId, Plaintext: Buffer.from("secret") }),
    );
    return isRefused(kms.send(new DecryptCommand({ KeyId, CiphertextBlob })));
  };

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
    const keepsShut = (
      name: string,
      concerns: RegExp,
      role: LiveRole,
      key: string,
      action: "Decrypt" | "GenerateDataKey",
    ): Behaviour => ({ name, concerns, holds: () => shut(role, keyAt(key), action) });
    const judgements = await judgePermissions({
      stack: synthesized,
      live: new LivePolicies(account.env, state),
      behaviours: [puts("record", record), puts("records", { records: [record] })],
      probes: [
        keepsShut(
          "the API cannot use the stream's key itself",
          /^events\/role\/policy$/,
          live.role,
          "events/stream/key",
          "GenerateDataKey",
        ),
        // It reads the stream; of the bucket it reads the parts of an object and writes it.
        ...(
          [
            ["events/stream/key", "Decrypt"],
            ["lake/key", "Decrypt"],
            ["lake/key", "GenerateDataKey"],
          ] as const
        ).map(([key, action]) =>
          keepsShut(
            `the delivery cannot use ${key} itself (${action})`,
            /^events\/delivery\/role\/policy$/,
            delivery,
            key,
            action,
          ),
        ),
      ],
    });
    expect(superfluousOf(judgements)).toEqual([]);
    for (const policy of ["events/role/policy", "events/delivery/role/policy"]) {
      expect(judgements.filter((each) => each.policy === policy && each.red)).not.toEqual([]);
    }
  });
});
