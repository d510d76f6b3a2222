import { spawnSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { operatorEnvironment } from "../../scripts/local-aws/emulators";
import { projectRoot } from "../../scripts/support/paths";
import { readManifest } from "../../scripts/terraform/manifest";
import { stackNames } from "../support/environment-stacks";
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
      stackNames.map((stack) => `${environment}-${stack}`),
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

  it("finds no difference afterwards", () => {
    const { status, stdout, stderr } = cdktf(
      ["diff", "local-operations", "--skip-provider-lock", "--no-color", "--output", account.space.outdir],
      { ENVIRONMENTS: "local", ...account.env },
    );
    expect({ status, output: status === 0 ? "" : stdout + stderr }).toEqual({ status: 0, output: "" });
    expect(stdout).toMatch(/No changes\. Your infrastructure matches the configuration\./);
  });

  describe("and the same through our own programs", () => {
    const program = (name: string, args: readonly string[]) =>
      spawnSync(process.execPath, [join(projectRoot, ".build", "scripts", `${name}.js`), ...args], {
        encoding: "utf8",
        env: { ...operatorEnvironment(), ...account.env, CDKTF_OUTDIR: account.space.outdir },
      });

    it("plans no change but for the listed artefacts", () => {
      const { status, stdout } = program("plan", ["local-*"]);
      expect(status).toBe(0);
      const found = [...stdout.matchAll(/^(local-\S+) {2,}(.*?)(?: {2,}|$)/gm)].map(([, stack, what]) => [
        stack,
        what,
      ]);
      expect(Object.fromEntries(found)).toEqual({
        "local-operations": "no changes",
        "local-network": "no changes",
        "local-event-processing": "6 to update",
        "local-pictures": "no changes",
        "local-clicks": "2 to update",
        "local-alerts": "no changes",
      });
      const changed = stdout.split("\n").filter((line) => /^ {2}[+~±-] /.test(line));
      expect(changed.length).toBe(8);
      for (const line of changed) {
        expect(line).toMatch(
          /aws_(vpc_security_group_egress_rule\..*: description|kinesis_stream\..*: tags_all|kinesis_firehose_delivery_stream\..*: extended_s3_configuration)$/,
        );
      }
    });

    it("applies a change of the code, and only that", () => {
      const file = join(account.space.outdir, "stacks", "local-operations", "cdk.tf.json");
      const json = JSON.parse(readFileSync(file, "utf8"));
      const [topic] = Object.values<{ display_name?: string }>(json.resource.aws_sns_topic);
      if (topic === undefined) throw new Error("no topic");
      topic.display_name = "changed";
      writeFileSync(file, JSON.stringify(json));
      const { status, stdout } = program("apply", ["local-operations", "--yes"]);
      expect(status).toBe(0);
      expect(stdout).toMatch(/^ {2}~ local-operations\/alarms.*: display_name$/m);
      expect(stdout).toMatch(/^local-operations {2,}1 to update/m);
      expect(program("plan", ["local-operations"]).stdout).toMatch(/^local-operations {2,}no changes/m);
    });
  });
});
