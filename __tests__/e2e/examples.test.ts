import type { AwsProvider } from "@cdktf/provider-aws/lib/provider";
import type { TerraformStack } from "cdktf";
import { artefacts, classify } from "../../scripts/local-aws/artefacts";
import { applicable } from "../../scripts/local-aws/subset";
import type { Terraform } from "../../scripts/terraform/driver";
import type { SynthesisedStack } from "../../scripts/terraform/manifest";
import { readStackFile, writeStackFile } from "../../scripts/terraform/stack-file";
import type { Arguments } from "../../testing";
import { placeExamples } from "../support/examples";
import { LocalAccount } from "../support/local-account";
import { Outputs, plainStack } from "../support/terraform";
import { USAGE_PLANS } from "../support/usage-plans";

/** Gives the example that stands in a network which is there already the one that another example makes. */
function withNetwork({ folder }: SynthesisedStack): void {
  const json = readStackFile<Arguments>(folder);
  const [vpc, ...others] = Object.keys(json.resource.aws_vpc);
  expect(others).toEqual([]);
  const subnets = Object.keys(json.resource.aws_subnet);
  const dynamodb = Object.entries<Arguments>(json.resource.aws_vpc_endpoint).find(([, { service_name }]) =>
    service_name.endsWith(".dynamodb"),
  );
  const made: Readonly<Record<string, string>> = {
    "vpc-0a1b2c3d": `\${aws_vpc.${vpc}.id}`,
    "subnet-0a1b2c3d": `\${aws_subnet.${subnets[0]}.id}`,
    "subnet-0b2c3d4e": `\${aws_subnet.${subnets[1]}.id}`,
    "pl-0a1b2c3d": `\${aws_vpc_endpoint.${dynamodb?.[0]}.prefix_list_id}`,
  };
  const seen = new Set<string>();
  const text = JSON.stringify(json.resource, (_, value) => {
    if (typeof value !== "string" || !(value in made)) return value;
    seen.add(value);
    return made[value];
  });
  expect([...seen].sort()).toEqual(Object.keys(made).sort());
  writeStackFile(folder, { ...json, resource: JSON.parse(text) });
}

/** Tags as an environment's stacks have them: some are forgotten by an emulator. */
function tagged(stack: TerraformStack): TerraformStack {
  const provider = stack.node.findChild("aws") as AwsProvider;
  provider.defaultTags = [{ tags: { project: "examples" } }];
  return stack;
}

describe("every example of every module, applied in one stack", () => {
  const outputs = new Outputs();
  let account: LocalAccount;
  let terraform: Terraform;

  beforeAll(async () => {
    account = await LocalAccount.start();
    const [whole] = outputs.ofApp("examples", (app) => placeExamples(tagged(plainStack(app, "examples"))));
    if (whole === undefined) throw new Error("nothing was synthesised");
    withNetwork(whole);
    const [stack = whole] = applicable([whole], { examples: USAGE_PLANS });
    terraform = await account.terraform(stack);
    await terraform.init();
    await terraform.apply();
    // Hundreds of resources: on a machine that is busy that may take longer than any test.
  }, 3_600_000);
  afterAll(async () => {
    await account?.stop();
    outputs.remove();
  });

  it("has nothing to change at a second plan but the listed artefacts, and shows all of each", async () => {
    expect((await terraform.resources()).length).toBeGreaterThan(300);
    const { explained, unexplained } = classify((await terraform.plan()).changes);
    expect(unexplained).toEqual([]);
    // An entry that explains nothing any more, or an attribute that no longer differs, would hide a fault of ours.
    const shown = artefacts.map((entry) => {
      const changes = explained.filter(({ artefact }) => artefact === entry).map(({ change }) => change);
      return { ...entry, attributes: [...new Set(changes.flatMap(({ attributes }) => attributes))].sort() };
    });
    expect(shown).toEqual(artefacts.map((entry) => ({ ...entry, attributes: [...entry.attributes].sort() })));
  });

  it("is destroyed with nothing left", async () => {
    await terraform.destroy();
    expect(await terraform.resources()).toEqual([]);
    expect(await account.remains()).toEqual([]);
  }, 3_600_000);
});
