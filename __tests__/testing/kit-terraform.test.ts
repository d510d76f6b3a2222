import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { producerOf } from "../../scripts/terraform/remote-state";
import { detach, outputsRead } from "../../testing/terraform/detach";
import { fakeOf, fakeOfUse, fakeOfValue, stateOf } from "../../testing/terraform/fakes";
import { ProviderSchema, providerSchema } from "../../testing/terraform/schema";
import { FakeTerraform } from "../support/fake-terraform";

describe("a stack that nothing ties to its account", () => {
  const json = {
    terraform: { backend: { s3: { bucket: "state" } }, cloud: {}, required_providers: { aws: {} } },
    provider: {
      aws: [
        { region: "eu-west-1", allowed_account_ids: ["1"], assume_role: [{ role_arn: "r" }], profile: "p" },
        { region: "us-east-1", alias: "us", forbidden_account_ids: ["2"] },
      ],
      other: [{ key: "value" }],
    },
    data: {
      terraform_remote_state: {
        "cross-stack-reference-input-dev-network": {
          "//": { metadata: {} },
          backend: "s3",
          config: { bucket: "state" },
          workspace: "${terraform.workspace}",
        },
      },
      aws_region: { here: {} },
    },
    resource: {
      aws_sqs_queue: {
        a: { name: "a" },
        b: { lifecycle: { prevent_destroy: true, create_before_destroy: true } },
      },
    },
  };
  const free = {
    allowed_account_ids: [],
    skip_credentials_validation: true,
    skip_metadata_api_check: "true",
    skip_requesting_account_id: true,
  };
  const once = { max_retries: 1 };

  it("has a state of its own, and providers that ask nobody who they are", () => {
    const { terraform, provider } = detach(json);
    expect(terraform).toEqual({
      backend: { local: { path: "detached.tfstate" } },
      required_providers: { aws: {} },
    });
    expect(provider).toEqual({
      aws: [
        { region: "eu-west-1", ...free, ...once },
        { region: "us-east-1", alias: "us", ...free, ...once },
      ],
      other: [{ key: "value" }],
    });
  });

  it("tries again where somebody answers", () => {
    expect(detach(json, { answered: true }).provider.aws).toEqual([
      { region: "eu-west-1", ...free },
      { region: "us-east-1", alias: "us", ...free },
    ]);
  });

  it("reads files in place of other stacks' states, and keeps the rest", () => {
    const { data, resource } = detach(json);
    expect(data).toEqual({
      terraform_remote_state: {
        "cross-stack-reference-input-dev-network": {
          "//": { metadata: {} },
          backend: "local",
          config: { path: "cross-stack-reference-input-dev-network.stub.tfstate" },
        },
      },
      aws_region: { here: {} },
    });
    expect(resource.aws_sqs_queue.a).toEqual({ name: "a" });
  });

  it("lets be destroyed what a test makes", () => {
    expect(detach(json).resource.aws_sqs_queue.b).toEqual({ lifecycle: { create_before_destroy: true } });
  });

  it("stays without data sources where it has none", () => {
    expect(detach({ resource: {} })).not.toHaveProperty("data");
  });

  it("tells which outputs it reads, and how each use goes on", () => {
    const state = "data.terraform_remote_state.net";
    const read = outputsRead({
      data: { terraform_remote_state: { net: {}, unused: {} } },
      resource: {
        aws_a: {
          x: {
            plain: `\${${state}.outputs.vpc-id}`,
            inside: `{"a":"\${${state}.outputs["vpc-id"]}"}`,
            list: `\${${state}.outputs.ids[1]}-\${${state}.outputs.tags["key"]}-\${${state}.outputs.tags.other}`,
            stranger: "${data.terraform_remote_state.elsewhere.outputs.id}",
          },
        },
      },
    });
    expect(
      Object.fromEntries([...read].map(([name, outputs]) => [name, Object.fromEntries(outputs)])),
    ).toEqual({
      net: { "vpc-id": ["", ""], ids: ["[1]"], tags: ['["key"]', ".other"] },
      unused: {},
    });
  });

  it("knows the producer by the name that cdktf gives", () => {
    expect(producerOf("cross-stack-reference-input-dev-network")).toBe("dev-network");
    expect(producerOf("network")).toBe("network");
  });
});

describe("a made-up output", () => {
  const schema = new ProviderSchema([
    {
      resource_schemas: {
        aws_vpc_endpoint: {
          block: {
            attributes: {
              arn: { type: "string", computed: true },
              url: { type: "string" },
              cidr_blocks: { type: ["list", "string"] },
              tags: { type: ["map", "string"] },
              port: { type: "number" },
              private: { type: "bool" },
              dns_entry: { type: ["list", ["object", { dns_name: "string" }]] },
            },
            block_types: {
              rule: { nesting_mode: "set", block: { attributes: { id: { type: "string" } } } },
              timeouts: { nesting_mode: "single", block: { attributes: { create: { type: "string" } } } },
            },
          },
        },
      },
      data_source_schemas: { aws_vpc: { block: { attributes: { id: { type: "string" } } } } },
    },
  ]);
  const of = (way: string, address = "aws_vpc_endpoint.a") => fakeOfValue(`\${${address}${way}}`, schema);

  it.each([
    [".arn", "arn:aws:vpc:eu-west-1:123456789012:a"],
    [".url", "https://vpc.eu-west-1.amazonaws.com/123456789012/a"],
    [".cidr_blocks", ["10.0.0.0/16"]],
    [".cidr_blocks[0]", "10.0.0.0/16"],
    [".tags", { key: "a-tags" }],
    ['.tags["Name"]', "a-Name"],
    [".port", 1],
    [".private", true],
    [".dns_entry", [{ dns_name: "a-dns-name" }]],
    [".dns_entry.0.dns_name", "a-dns-name"],
    [".rule", [{ id: "a-id" }]],
    [".timeouts.create", "a-create"],
  ])("has the type that the provider's schema gives %s", (way, value) => {
    expect(of(way)).toEqual(value);
  });

  it("differs by address, and reads data sources too", () => {
    expect(of(".arn", "aws_vpc_endpoint.b")).not.toBe(of(".arn"));
    expect(of(".id", "data.aws_vpc.there")).toBe("there-id");
  });

  it.each([
    "${aws_unknown.a.id}",
    "${aws_vpc_endpoint.a.nothing}",
    '${join(",", aws_vpc_endpoint.a.cidr_blocks)}',
  ])("is not known from %s", (value) => {
    expect(fakeOfValue(value, schema)).toBeUndefined();
    expect(fakeOfValue([value], schema)).toBeUndefined();
    expect(fakeOfValue({ a: value }, schema)).toBeUndefined();
  });

  it("is what stands there already, and what lists and maps hold", () => {
    const value = { list: ["a", 1], arn: "${aws_vpc_endpoint.a.arn}" };
    expect(fakeOfValue(value, schema)).toEqual({
      list: ["a", 1],
      arn: fakeOf("string", "aws_vpc_endpoint.a", "arn"),
    });
  });

  it.each([
    [["", ""], "out"],
    [
      ["[1]", "[0]"],
      ["out", "out"],
    ],
    [[".2.id"], ["out", "out", "out"]],
    [['["a"]', ".b"], { a: "out", b: "out" }],
  ])("used as %p is %p", (uses, value) => {
    expect(fakeOfUse("out", uses)).toEqual(value);
  });

  it("stands in a state with its type", () => {
    const { outputs, version } = JSON.parse(stateOf({ a: "x", b: [1, true], c: { d: "y" } }));
    expect(version).toBe(4);
    expect(outputs).toEqual({
      a: { value: "x", type: "string" },
      b: { value: [1, true], type: ["tuple", ["number", "bool"]] },
      c: { value: { d: "y" }, type: ["object", { d: "string" }] },
    });
  });

  it("may be asked which attributes AWS gives itself", () => {
    expect(schema.computed("aws_vpc_endpoint")).toEqual(["arn"]);
    expect(schema.computed("aws_unknown")).toEqual([]);
  });
});

describe("the schema of a stack's providers", () => {
  let terraform: FakeTerraform;
  beforeEach(() => {
    terraform = new FakeTerraform();
  });
  afterEach(() => terraform.remove());

  /** A stack that was initialised with a provider, which has one type of its own. */
  const lockedTo = (id: string, provider: string) => {
    const stack = terraform.stack(id);
    writeFileSync(join(stack.folder, ".terraform.lock.hcl"), `provider "${terraform.folder}/${provider}" {}`);
    const block = { attributes: { [provider]: { type: "string" as const, computed: true } } };
    const schemas = { provider_schemas: { [provider]: { resource_schemas: { thing: { block } } } } };
    terraform.answer("providers schema", { stdout: [schemas] }, id);
    return stack;
  };
  const ask = (stack: ReturnType<typeof lockedTo>) =>
    providerSchema(stack, { binary: terraform.binary, env: process.env });

  it("is asked once for the same providers, and anew for others", async () => {
    const stacks = [lockedTo("a", "aws"), lockedTo("b", "aws"), lockedTo("c", "other")];
    const schemas = await Promise.all(stacks.map(ask));
    expect(schemas.map((each) => each.computed("thing"))).toEqual([["aws"], ["aws"], ["other"]]);
    expect(terraform.steps().sort()).toEqual(["providers a", "providers c"]);
  });

  it("rejects with what Terraform says, and is asked anew after that", async () => {
    const stack = lockedTo("a", "aws");
    terraform.answer("providers schema", { code: 1, stderr: "Error: the plugin is broken" }, "a");
    await expect(ask(stack)).rejects.toThrow(/the plugin is broken/);
    lockedTo("a", "aws");
    expect((await ask(stack)).computed("thing")).toEqual(["aws"]);
  });
});
