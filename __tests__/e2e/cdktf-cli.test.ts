import { spawnSync } from "node:child_process";
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { operatorEnvironment } from "../../scripts/local-aws/emulators";
import { projectRoot } from "../../scripts/support/paths";
import { readManifest } from "../../scripts/terraform/manifest";
import { eventually, LocalAccount } from "../support/local-account";
import { Orders, someOrder } from "../support/orders";

describe("the real cdktf CLI", () => {
  let account: LocalAccount;
  beforeAll(async () => {
    account = await LocalAccount.start();
  });
  afterAll(() => account.stop());

  const cdktf = (args: readonly string[], env: NodeJS.ProcessEnv = {}) =>
    spawnSync("npx", ["--no-install", "cdktf", ...args], {
      cwd: projectRoot,
      encoding: "utf8",
      env: { ...operatorEnvironment(), CHECKPOINT_DISABLE: "1", CI: "1", ...env },
    });

  it("synthesises every stack of dev, staging and prod", () => {
    const output = join(account.space.root, "aws.out");
    const { status, stdout, stderr } = cdktf(["synth", "--output", output]);
    expect({ status, output: status === 0 ? "" : stdout + stderr }).toEqual({ status: 0, output: "" });
    const stacks = ["dev", "staging", "prod"].flatMap((environment) =>
      ["operations", "network", "event-processing"].map((stack) => `${environment}-${stack}`),
    );
    expect(readdirSync(join(output, "stacks")).sort()).toEqual([...stacks].sort());
    for (const { folder } of readManifest(output)) expect(existsSync(join(folder, "cdk.tf.json"))).toBe(true);
  });

  it("deploys the local stacks from nothing, in order, and they work", async () => {
    const output = account.space.outdir;
    const { status, stdout, stderr } = cdktf(
      ["deploy", "local-*", "--auto-approve", "--skip-provider-lock", "--output", output],
      { ENVIRONMENTS: "local", ...account.env },
    );
    expect({ status, output: status === 0 ? "" : stdout + stderr }).toEqual({ status: 0, output: "" });
    const orders = new Orders(account.env);
    const order = someOrder(200);
    await orders.publish(order);
    await eventually("the invoice", () => orders.item("invoices", { orderId: order.orderId }));
  });
});
