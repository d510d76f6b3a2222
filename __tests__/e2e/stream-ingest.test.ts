import { writeFileSync } from "node:fs";
import { Construct } from "constructs";
import { ApiGatewayAccount } from "../../modules/api";
import { example, parquetExample } from "../../modules/event-processing/stream-ingest-api/example";
import { say } from "../../scripts/support/print";
import { LocalAccount } from "../support/local-account";
import { Outputs, plainStack } from "../support/terraform";

describe("x", () => {
  it("y", async () => {
    const outputs = new Outputs();
    const account = await LocalAccount.start();
    try {
      const [stack] = outputs.ofApp("ingest", (app) => {
        const s = plainStack(app, "ingest");
        new ApiGatewayAccount(s, "api-gateway");
        example(new Construct(s, "a"));
        parquetExample(new Construct(s, "b"));
      });
      const terraform = await account.terraform(stack!);
      await terraform.init();
      try {
        await terraform.apply();
      } catch (e) {
        say("APPLY " + (e as Error).message);
      }
      try {
        const plan = await terraform.plan();
        say(JSON.stringify(plan.changes, null, 1));
      } catch (e) {
        say("PLAN " + (e as Error).message);
      }
      try {
        await terraform.destroy();
      } catch (e) {
        say("DESTROY " + (e as Error).message);
      }
      say(JSON.stringify(await account.remains()));
      say(account.log("ministack"));
    } finally {
      await account.stop();
      outputs.remove();
    }
  });
});
