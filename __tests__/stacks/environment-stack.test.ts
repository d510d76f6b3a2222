import { AwsProvider } from "@cdktf/provider-aws/lib/provider";
import { SqsQueue } from "@cdktf/provider-aws/lib/sqs-queue";
import { Wafv2WebAcl } from "@cdktf/provider-aws/lib/wafv2-web-acl";
import { type App, TerraformResource } from "cdktf";
import { Construct } from "constructs";
import { factsOf } from "../../modules/core";
import type { Environment } from "../../stacks/environment";
import { EnvironmentStack } from "../../stacks/environment-stack";
import { local } from "../../stacks/environments/local";
import { prod } from "../../stacks/environments/prod";
import { synthesizeApp } from "../../testing";

class SomeStack extends EnvironmentStack {
  constructor(app: App, environment: Environment, build: (stack: SomeStack) => void = () => undefined) {
    super(app, "some", environment, { alarmTopic: "none" });
    new SqsQueue(this, "q", { name: "q" });
    build(this);
  }
}

const synthesizeSome = (environment: Environment, build?: (stack: SomeStack) => void) =>
  Object.values(synthesizeApp((app) => void new SomeStack(app, environment, build)))[0]?.json ?? {};

describe("EnvironmentStack", () => {
  it("is named by environment and stack", () => {
    expect(Object.keys(synthesizeApp((app) => void new SomeStack(app, prod)))).toEqual(["prod-some"]);
  });

  it("keeps state in the environment's bucket, encrypted, with the native lock file", () => {
    expect(synthesizeSome(prod).terraform.backend.s3).toEqual({
      bucket: "cdktf-aws-patterns-state-prod-333333333333",
      key: "cdktf-aws-patterns/prod/some.tfstate",
      region: "eu-west-1",
      encrypt: true,
      kms_key_id: "arn:aws:kms:eu-west-1:333333333333:alias/prod-state-bucket/state/key",
      allowed_account_ids: ["333333333333"],
      use_lockfile: true,
      assume_role: { role_arn: "arn:aws:iam::333333333333:role/deployment" },
    });
  });

  it("keeps state in another region where the environment says so", () => {
    const elsewhere = { ...prod, state: { ...prod.state, region: "eu-central-1" } };
    expect(synthesizeSome(elsewhere).terraform.backend.s3.region).toBe("eu-central-1");
  });

  it("keeps local state outside the output folder", () => {
    expect(synthesizeSome(local).terraform.backend.local).toEqual({
      path: "../../../.state/local/some.tfstate",
    });
  });

  it("lets no other account in, and reaches it by the environment's role", () => {
    expect(synthesizeSome(prod).provider.aws[0]).toMatchObject({
      allowed_account_ids: ["333333333333"],
      assume_role: [{ role_arn: "arn:aws:iam::333333333333:role/deployment" }],
      region: "eu-west-1",
    });
    expect(synthesizeSome(local).provider.aws[0].assume_role).toBeUndefined();
  });

  it("names no endpoint: where an emulator listens is the driver's business", () => {
    expect(Object.keys(synthesizeSome(local).provider.aws[0])).not.toContain("endpoints");
  });

  it("tags everything with owner, cost centre, environment, stack and project", () => {
    expect(synthesizeSome(prod).provider.aws[0].default_tags[0].tags).toEqual({
      owner: "platform-team",
      "cost-centre": "3000",
      environment: "prod",
      stack: "some",
      project: "cdktf-aws-patterns",
      "managed-by": "terraform",
    });
  });

  it("publishes the facts to its modules", () => {
    synthesizeApp((app) => {
      const stack = new SomeStack(app, prod);
      expect(factsOf(stack)).toMatchObject({
        account: "333333333333",
        deletion: "prevent",
        alarmTopic: "none",
      });
    });
  });

  it("protects data where the environment prevents deletion, and only there", () => {
    expect(synthesizeSome(prod).resource.aws_sqs_queue.q.lifecycle).toEqual({ prevent_destroy: true });
    expect(synthesizeSome(local).resource.aws_sqs_queue.q.lifecycle).toBeUndefined();
  });

  it("says in its JSON that deletion is prevented, for whoever plans it", () => {
    expect(synthesizeSome(prod)["//"].deletion).toBe("prevent");
    expect(synthesizeSome(local)["//"].deletion).toBeUndefined();
  });

  it("makes the provider of us-east-1 when asked, once, guarded like the other", () => {
    expect(synthesizeSome(prod).provider.aws).toHaveLength(1);
    const { provider } = synthesizeSome(prod, (stack) => {
      expect(stack.usEast1).toBe(stack.usEast1);
    });
    expect(provider.aws[1]).toMatchObject({
      alias: "us-east-1",
      region: "us-east-1",
      allowed_account_ids: ["333333333333"],
    });
  });

  it("rejects a stack that is no direct child of the app", () => {
    expect(() =>
      synthesizeApp((app) => void new SomeStack(new Construct(app, "wrapper") as App, prod)),
    ).toThrow(/stack "wrapper\/prod-some": must be a direct child of App/);
  });
});

describe("silent faults of the engine", () => {
  const rejects = (build: (stack: SomeStack) => void) => expect(() => synthesizeSome(local, build));

  it("rejects two ids that become one address", () => {
    rejects((stack) => {
      new SqsQueue(stack, "a.b");
      new SqsQueue(stack, "ab");
    }).toThrow(/resource "local-some\/ab": has the address aws_sqs_queue.ab of "local-some\/a.b"/);
  });

  it("rejects overrideLogicalId after an attribute was read", () => {
    rejects((stack) => {
      const queue = new SqsQueue(stack, "a");
      new SqsQueue(stack, "b", { name: queue.arn });
      queue.overrideLogicalId("other");
    }).toThrow(/resource "local-some\/a": overrideLogicalId\("other"\) came after an attribute was read/);
  });

  it("lets overrideLogicalId be where it comes in time", () => {
    const { resource } = synthesizeSome(local, (stack) =>
      new SqsQueue(stack, "a").overrideLogicalId("other"),
    );
    expect(Object.keys(resource.aws_sqs_queue)).toContain("other");
  });

  it("rejects a second provider without alias", () => {
    rejects((stack) => void new AwsProvider(stack, "second", { region: "eu-west-1" })).toThrow(
      /provider "local-some\/second": a second aws provider without alias/,
    );
  });

  const acl = (stack: SomeStack, statement: object) =>
    new Wafv2WebAcl(stack, "acl", {
      scope: "REGIONAL",
      defaultAction: { allow: {} },
      visibilityConfig: { cloudwatchMetricsEnabled: true, metricName: "m", sampledRequestsEnabled: true },
      rule: [
        {
          name: "r",
          priority: 1,
          statement,
          visibilityConfig: { cloudwatchMetricsEnabled: true, metricName: "m", sampledRequestsEnabled: true },
        },
      ],
    });

  it("rejects camelCase in a block that the bindings copy as it is", () => {
    rejects(
      (stack) => void acl(stack, { managedRuleGroupStatement: { name: "x", vendor_name: "AWS" } }),
    ).toThrow(
      /resource "local-some\/acl": "managedRuleGroupStatement" is copied.*write "managed_rule_group_statement"/,
    );
  });

  it.each([
    ["aws_wafv2_rule_group", "rule"],
    ["aws_quicksight_analysis", "definition"],
    ["aws_quicksight_dashboard", "definition"],
    ["aws_quicksight_template", "definition"],
  ])("rejects it in %s too", (type, argument) => {
    rejects((stack) => {
      const resource = new TerraformResource(stack, "untyped", { terraformResourceType: type });
      resource.addOverride(argument, { nested: [{ wrongCase: null }] });
    }).toThrow(/resource "local-some\/untyped": "wrongCase" is copied as it is/);
  });

  it("lets snake_case be", () => {
    rejects(
      (stack) => void acl(stack, { managed_rule_group_statement: { name: "x", vendor_name: "AWS" } }),
    ).not.toThrow();
  });
});
