import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { applicable, subsetOf } from "../../scripts/local-aws/subset";

const left = (type: string) => ({ type, reason: "no emulator holds it" });

/** A cache that nobody holds, what refers to it and what does not. */
const json = {
  "//": { metadata: { stackName: "caching" } },
  provider: { aws: [{ region: "eu-west-1" }] },
  resource: {
    aws_dax_cluster: {
      cache: { "//": { metadata: { path: "caching/cache" } }, iam_role_arn: "${aws_iam_role.cache.arn}" },
    },
    aws_dax_cluster_other: { cache: {} },
    aws_iam_role: {
      cache: { name: "cache" },
      reader: { name: "reader" },
    },
    aws_iam_role_policy: {
      reads: {
        role: "${aws_iam_role.reader.id}",
        policy: '{"Statement":[{"Effect":"Allow","Resource":"${aws_dax_cluster.cache.arn}"}]}',
      },
      // A type of a longer name, an attribute of that name, and a note of cdktf's are no references to the cluster.
      other: {
        "//": { note: "aws_dax_cluster.cache" },
        role: "${aws_iam_role.reader.id}",
        description: "not ${aws_dax_cluster_other.cache.arn} nor ${data.aws_any.there.aws_dax_cluster.cache}",
      },
    },
    aws_lambda_function: {
      late: { depends_on: ["aws_iam_role_policy.reads"] },
      early: { depends_on: ["aws_iam_role_policy.other"], role: "${aws_iam_role.reader.arn}" },
    },
    aws_sqs_queue: { replaced: { lifecycle: { replace_triggered_by: ["aws_dax_cluster.cache"] } } },
  },
  data: { aws_lambda_invocation: { there: { function_name: "${aws_lambda_function.late.function_name}" } } },
  locals: { endpoint: "${aws_dax_cluster.cache.cluster_address}", region: "eu-west-1" },
  module: { theirs: { endpoint: "${local.endpoint}" } },
  output: {
    answer: { value: "${data.aws_lambda_invocation.there.result}" },
    role: { value: "${aws_iam_role.cache.arn}" },
  },
  moved: [
    { from: "aws_dax_cluster.old", to: "aws_dax_cluster.cache" },
    { from: "aws_iam_role.old", to: "aws_iam_role.cache" },
  ],
};

describe("the subset of a stack that can be applied", () => {
  const { json: kept, listed, referring } = subsetOf(json, [left("aws_dax_cluster")]);

  it("lacks the listed types and everything that refers to them: in texts, order, triggers, locals and outputs", () => {
    expect(listed).toEqual(["aws_dax_cluster.cache"]);
    expect(Object.fromEntries(referring.map(({ address, to }) => [address, to]))).toEqual({
      "aws_iam_role_policy.reads": "aws_dax_cluster.cache",
      "aws_lambda_function.late": "aws_iam_role_policy.reads",
      "aws_sqs_queue.replaced": "aws_dax_cluster.cache",
      "data.aws_lambda_invocation.there": "aws_lambda_function.late",
      "local.endpoint": "aws_dax_cluster.cache",
      "module.theirs": "local.endpoint",
      "output.answer": "data.aws_lambda_invocation.there",
    });
  });

  it("keeps the rest as it was", () => {
    expect(kept).toEqual({
      "//": json["//"],
      provider: json.provider,
      resource: {
        aws_dax_cluster_other: { cache: {} },
        aws_iam_role: json.resource.aws_iam_role,
        aws_iam_role_policy: { other: json.resource.aws_iam_role_policy.other },
        aws_lambda_function: { early: json.resource.aws_lambda_function.early },
      },
      data: {},
      locals: { region: "eu-west-1" },
      module: {},
      output: { role: json.output.role },
      moved: [json.moved[1]],
    });
  });

  it("leaves what it was given untouched", () => {
    expect(json.resource.aws_dax_cluster.cache).toBeDefined();
    expect(json.output.answer).toBeDefined();
  });

  it("rejects an entry that leaves nothing out, the other ones aside", () => {
    expect(() => subsetOf(json, [left("aws_dax_cluster"), left("aws_dax"), left("aws_pipes_pipe")])).toThrow(
      /^aws_dax, aws_pipes_pipe: the stack has none, so nothing is left out: remove the entry$/,
    );
  });

  it("rejects to leave out what a provider refers to", () => {
    const bound = {
      ...json,
      provider: { aws: [{ assume_role: [{ role_arn: "${aws_iam_role.cache.arn}" }] }] },
    };
    expect(() => subsetOf(bound, [left("aws_iam_role")])).toThrow(
      /^a provider refers to aws_iam_role\.cache, which is left out/,
    );
  });
});

describe("the stacks as they are applied", () => {
  let outdir: string;
  let printed: string;
  beforeEach(() => {
    outdir = mkdtempSync(join(tmpdir(), "subset-"));
    printed = "";
    jest.spyOn(process.stdout, "write").mockImplementation((text) => {
      printed += text;
      return true;
    });
  });
  afterEach(() => {
    jest.restoreAllMocks();
    rmSync(outdir, { recursive: true, force: true });
  });

  const stack = (id: string, content: object) => {
    const folder = join(outdir, "stacks", id);
    mkdirSync(join(folder, "assets"), { recursive: true });
    writeFileSync(join(folder, "assets", "code.zip"), id);
    writeFileSync(join(folder, "cdk.tf.json"), JSON.stringify(content));
    return { id, folder, dependencies: [] };
  };
  const written = ({ folder }: { folder: string }) =>
    JSON.parse(readFileSync(join(folder, "cdk.tf.json"), "utf8"));

  it("are as they were synthesised where the table leaves nothing out", () => {
    const all = [stack("local-caching", json), stack("local-empty", {})];
    expect(applicable(all)).toEqual(all);
    expect(printed).toBe("");
    expect(existsSync(`${all[0]?.folder}.applied`)).toBe(false);
  });

  it("are copies with their assets where it does, told and counted; the synthesised folder stays", () => {
    const caching = stack("local-caching", json);
    const [applied] = applicable([caching], { "local-caching": [left("aws_dax_cluster")] });
    expect(applied).toEqual({ ...caching, folder: join(outdir, "stacks", "local-caching.applied") });
    expect(written(applied ?? caching).resource).not.toHaveProperty("aws_dax_cluster");
    expect(readFileSync(join(applied?.folder ?? "", "assets", "code.zip"), "utf8")).toBe("local-caching");
    expect(written(caching)).toEqual(json);
    expect(printed).toContain("local-caching: 1 resources are left out, and 7 that refer to them\n");
    expect(printed).toContain("  - aws_dax_cluster.cache: no emulator holds it\n");
    expect(printed).toContain("  - module.theirs: refers to local.endpoint\n");
  });

  it("lack what refers to an output that another stack has no more", () => {
    const state = "cross-stack-reference-input-local-caching";
    const consumer = stack("local-consumer", {
      data: { terraform_remote_state: { [state]: { backend: "local" } } },
      resource: {
        aws_sqs_queue: {
          lost: { name: `\${data.terraform_remote_state.${state}.outputs.answer}` },
          quoted: { name: `\${data.terraform_remote_state.${state}.outputs["answer"]}` },
          kept: { name: `\${data.terraform_remote_state.${state}.outputs.role}` },
        },
      },
    });
    const table = { "local-caching": [left("aws_dax_cluster")] };
    const [, applied] = applicable([stack("local-caching", json), consumer], table);
    expect(Object.keys(written(applied ?? consumer).resource.aws_sqs_queue)).toEqual(["kept"]);
    for (const id of ["lost", "quoted"]) {
      expect(printed).toContain(
        `  - aws_sqs_queue.${id}: refers to data.terraform_remote_state.${state}.outputs.answer\n`,
      );
    }
  });

  it.each([
    [
      "a type that the stack has none of",
      { "local-caching": [left("aws_pipes_pipe")] },
      /^local-caching: aws_pipes_pipe: /,
    ],
    [
      "a stack that there is not",
      { "local-gone": [left("aws_dax_cluster")] },
      /^left-out\.ts names local-gone, /,
    ],
  ])("rejects an entry for %s", (_, table, message) => {
    expect(() => applicable([stack("local-caching", json)], table)).toThrow(message);
  });
});
