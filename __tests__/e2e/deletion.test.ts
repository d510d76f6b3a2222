import { join } from "node:path";
import { DescribeTableCommand, DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { AwsProvider } from "@cdktf/provider-aws/lib/provider";
import { LocalBackend, TerraformOutput, TerraformStack } from "cdktf";
import { provideFacts } from "../../modules/core";
import { Table } from "../../modules/storage";
import { clientConfig } from "../../scripts/local-aws/client";
import { refuseDataLoss } from "../../scripts/terraform/data-loss";
import { someFacts } from "../../testing";
import { LocalAccount } from "../support/local-account";
import { Outputs } from "../support/terraform";

describe("data whose deletion the environment prevents", () => {
  const outputs = new Outputs();
  let account: LocalAccount;

  beforeAll(async () => {
    account = await LocalAccount.start();
  });
  afterAll(async () => {
    await account.stop();
    outputs.remove();
  });

  /** The stack as its code stands, with the table or without. */
  const written = (name: string, build: (stack: TerraformStack) => void) => {
    const [stack] = outputs.ofApp(name, (app) => {
      const kept = new TerraformStack(app, "kept");
      new AwsProvider(kept, "aws", { region: "eu-west-1" });
      new LocalBackend(kept, { path: join(outputs.folder, "kept.tfstate") });
      provideFacts(kept, { ...someFacts, deletion: "prevent" });
      build(kept);
    });
    if (stack === undefined) throw new Error("nothing was synthesised");
    return stack;
  };

  it("outlives terraform destroy, which names it, and a plan without it is refused", async () => {
    const stack = written("with", (kept) => {
      new Table(kept, "orders", { partitionKey: "id", encryption: "service-managed" });
    });
    const terraform = await account.terraform(stack);
    await terraform.init();
    await terraform.apply();
    await expect(terraform.destroy()).rejects.toThrow(
      /kept\/orders.*(cannot be destroyed|prevent_destroy)/is,
    );

    const without = written(
      "without",
      (kept) => void new TerraformOutput(kept, "nothing", { value: "left" }),
    );
    const later = await account.terraform(without);
    await later.init();
    const { changes } = await later.plan();
    expect(changes).toContainEqual(expect.objectContaining({ action: "delete", type: "aws_dynamodb_table" }));
    expect(() => refuseDataLoss(without, changes)).toThrow(
      /kept: this plan deletes data.*aws_dynamodb_table.orders/s,
    );

    const dynamodb = new DynamoDBClient(clientConfig(account.env));
    const { Table: table } = await dynamodb.send(new DescribeTableCommand({ TableName: "kept_orders" }));
    expect(table?.DeletionProtectionEnabled).toBe(true);
  });
});
