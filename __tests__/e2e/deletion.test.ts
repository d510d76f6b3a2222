import { DescribeTableCommand, DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { AwsProvider } from "@cdktf/provider-aws/lib/provider";
import { TerraformStack } from "cdktf";
import { provideFacts } from "../../modules/core";
import { Table } from "../../modules/storage";
import { clientConfig } from "../../scripts/local-aws/client";
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

  it("outlives terraform destroy, which names it", async () => {
    const [stack] = outputs.ofApp("kept", (app) => {
      const kept = new TerraformStack(app, "kept");
      new AwsProvider(kept, "aws", { region: "eu-west-1" });
      provideFacts(kept, { ...someFacts, deletion: "prevent" });
      new Table(kept, "orders", { partitionKey: "id", encryption: "service-managed" });
    });
    if (stack === undefined) throw new Error("nothing was synthesised");
    const terraform = await account.terraform(stack);
    await terraform.init();
    await terraform.apply();
    await expect(terraform.destroy()).rejects.toThrow(
      /kept\/orders.*(cannot be destroyed|prevent_destroy)/is,
    );
    const dynamodb = new DynamoDBClient(clientConfig(account.env));
    const { Table: table } = await dynamodb.send(new DescribeTableCommand({ TableName: "kept_orders" }));
    expect(table?.DeletionProtectionEnabled).toBe(true);
  });
});
