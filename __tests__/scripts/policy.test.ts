import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { blindSpots, type Findings, judge, skipsOf } from "../../scripts/policy/judge";
import { describeReports, faultsOf } from "../../scripts/policy/report";
import { fillSkips } from "../../scripts/policy/skips-table";
import { addressAt, CANARIES, plantedCopy, resourcesOf } from "../../scripts/policy/stack-copy";
import { withWholePolicies } from "../../scripts/policy/whole-policies";
import { projectRoot } from "../../scripts/support/paths";
import { readStackFile, STACK_FILE } from "../../scripts/terraform/stack-file";

const REASON = "It is right as it is.";
const stack = {
  id: "a",
  json: {
    resource: {
      aws_sqs_queue: {
        one: { name: "one", "//": { skip_checks: { CKV_AWS_27: REASON } } },
        two: { name: "two" },
      },
    },
  },
};
const result = (address: string, check: string, passed: boolean) => ({ address, check, passed, name: check });
/** What both formats say alike. */
const both = (...results: ReturnType<typeof result>[]): Findings => ({
  terraform_json: new Map([["a", results]]),
  terraform_plan: new Map([["a", results]]),
});
const [one, two] = ["aws_sqs_queue.one", "aws_sqs_queue.two"];
const judged = (findings: Findings) => judge([stack], findings)[0];

describe("the verdict on a stack", () => {
  it("subtracts a skip from its own resource and check only, and counts a check once", () => {
    const findings = both(
      result(one, "CKV_AWS_27", false),
      result(two, "CKV_AWS_27", false),
      result(one, "CKV_AWS_168", true),
    );
    expect(judged(findings)).toMatchObject({
      passed: 1,
      failed: [{ address: two, check: "CKV_AWS_27" }],
      skipped: [{ address: one, check: "CKV_AWS_27", reason: REASON }],
      unmet: [],
    });
  });

  it("is as bad as the worse of the two formats", () => {
    const findings = {
      ...both(result(one, "CKV_AWS_27", false), result(two, "CKV_AWS_168", true)),
      terraform_plan: new Map([["a", [result(one, "CKV_AWS_27", true), result(two, "CKV_AWS_168", false)]]]),
    };
    expect(judged(findings)).toMatchObject({
      passed: 0,
      failed: [{ address: two, check: "CKV_AWS_168" }],
      skipped: [{ address: one }],
    });
  });

  it("tells of a skip that has nothing to skip", () => {
    const report = judged(both(result(one, "CKV_AWS_27", true), result(two, "CKV_AWS_27", true)));
    expect(report).toMatchObject({ passed: 2, skipped: [], unmet: [{ address: one, check: "CKV_AWS_27" }] });
    expect(report && faultsOf(report)).toEqual([
      `a: ${one} skips CKV_AWS_27 ("${REASON}"), which finds nothing there: remove the skip`,
    ]);
  });

  it("tells of a resource that was not looked at, where others of its type were", () => {
    const findings = {
      ...both(result(one, "CKV_AWS_27", false), result(two, "CKV_AWS_168", true)),
      terraform_plan: new Map([["a", [result(one, "CKV_AWS_27", false)]]]),
    };
    expect(judged(findings)?.overlooked).toEqual([`terraform_plan ${two}`]);
  });

  it("lists what passed, failed and was skipped for each stack and for all", () => {
    const report = {
      stack: "a",
      passed: 3,
      failed: [],
      skipped: skipsOf(stack.json),
      unmet: [],
      overlooked: [],
    };
    const failed = [{ address: two, check: "CKV_AWS_27", name: "encrypted" }];
    const lines = describeReports([report, { ...report, stack: "b", failed, skipped: [] }]).split("\n");
    expect(lines.map((line) => line.trim().split(/ +/))).toEqual([
      ["stack", "passed", "failed", "skipped"],
      ["a", "3", "0", "1"],
      ["b", "3", "1", "0"],
      ["all", "6", "1", "1"],
    ]);
  });
});

describe("what was planted", () => {
  const found = (format: keyof typeof CANARIES) =>
    new Map([["a", CANARIES[format].map(([address, check]) => result(address, check, false))]]);
  const all = { terraform_json: found("terraform_json"), terraform_plan: found("terraform_plan") };

  it("must be found in each stack and format", () => {
    expect(blindSpots(["a"], all)).toEqual([]);
    expect(blindSpots(["a"], { ...all, terraform_plan: new Map() })).toEqual(
      CANARIES.terraform_plan.map(([address, check]) => `a (terraform_plan): ${check} of ${address}`),
    );
    expect(blindSpots(["a", "b"], all)).toHaveLength(6);
  });

  it("counts as overlooked where its check passes", () => {
    const [[address, check]] = CANARIES.terraform_json as [readonly [string, string]];
    const passed = (found("terraform_json").get("a") ?? []).map((each) =>
      each.address === address ? { ...each, passed: true } : each,
    );
    expect(blindSpots(["a"], { ...all, terraform_json: new Map([["a", passed]]) })).toEqual([
      `a (terraform_json): ${check} of ${address}`,
    ]);
  });

  it("is in no verdict", () => {
    const report = judged(all);
    expect(report).toMatchObject({ passed: 0, failed: [] });
  });
});

describe("the copy that is scanned", () => {
  let folder: string;
  const write = () => {
    mkdirSync(join(folder, "a"));
    writeFileSync(join(folder, "a", STACK_FILE), JSON.stringify(stack.json));
    return plantedCopy({ id: "a", folder: join(folder, "a"), dependencies: [] }, join(folder, "copy"));
  };
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "policy-test-"));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it("holds the stack and the planted faults, and leaves the stack as it was", () => {
    const copy = write();
    const addresses = [...resourcesOf(readStackFile(copy.folder)).keys()];
    expect(addresses).toEqual(expect.arrayContaining([one, two]));
    expect(addresses).toEqual(expect.arrayContaining(CANARIES.terraform_json.map(([address]) => address)));
    expect(JSON.parse(readFileSync(join(folder, "a", STACK_FILE), "utf8"))).toEqual(stack.json);
  });

  it("tells by a line whose resource it is, where two types share an id", () => {
    const json = {
      provider: { aws: [{ region: "eu-west-1" }] },
      resource: { aws_sns_topic: { orders: { name: "x" } }, aws_sqs_queue: { orders: { name: "x" } } },
      terraform: { backend: { local: { path: "x" } } },
    };
    const text = JSON.stringify(json, null, 2);
    const lines = text.split("\n").map((line, index) => ({ line, address: addressAt(text, index + 1) }));
    expect(lines.filter(({ line }) => line.includes('"name"')).map(({ address }) => address)).toEqual([
      "aws_sns_topic.orders",
      "aws_sqs_queue.orders",
    ]);
    expect(lines.find(({ line }) => line.includes('"region"'))?.address).toBeUndefined();
    expect(lines.find(({ line }) => line.includes('"path"'))?.address).toBeUndefined();
  });
});

describe("a plan made whole", () => {
  const policy = (resource: string) =>
    JSON.stringify({
      Version: "2012-10-17",
      Statement: [{ Effect: "Allow", Action: "a:b", Resource: resource }],
    });
  const planned = (values: object) =>
    JSON.stringify({
      planned_values: { root_module: { resources: [{ address: "aws_iam_role_policy.p", values }] } },
    });
  const whole = (values: object, resource: string) =>
    JSON.parse(
      withWholePolicies(planned(values), {
        resource: { aws_iam_role_policy: { p: { policy: policy(resource) } } },
      }),
    ).planned_values.root_module.resources[0].values;

  it("keeps a variable of AWS's own", () => {
    const { policy: text } = whole({}, "arn:aws:s3:::b/$${aws:username}");
    expect(JSON.parse(text).Statement[0].Resource).toBe("arn:aws:s3:::b/${aws:username}");
  });

  it("has the synthesised policy where Terraform knows none, a made-up ARN for each reference", () => {
    const { policy: text, name } = whole({ name: "p" }, "${aws_sqs_queue.a.arn}");
    expect(JSON.parse(text).Statement[0].Resource).toMatch(/^arn:aws:/);
    expect(name).toBe("p");
  });

  it("keeps a wildcard a wildcard, and what Terraform knows", () => {
    expect(JSON.parse(whole({}, "*").policy).Statement[0].Resource).toBe("*");
    expect(whole({ policy: "known" }, "*").policy).toBe("known");
  });
});

describe("the README of a module", () => {
  const modules = join(projectRoot, "modules");
  const folders = readdirSync(modules, { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith("example.ts"))
    .map(dirname);

  it.each(folders)("lists what its example skips: %s", (name) => {
    const folder = join(modules, name);
    const page = readFileSync(join(folder, "README.md"), "utf8");
    expect(page).toContain("<!-- skips -->");
    expect(fillSkips(page, folder)).toBe(page);
  });

  it("names check, type and reason, once each", () => {
    const filled = fillSkips(
      "<!-- skips -->\nwhat was\n<!-- /skips -->",
      join(modules, "operations", "state-bucket"),
    );
    expect(filled).toMatch(/\| CKV_AWS_18 \| `aws_s3_bucket` \| Access logs need a second bucket/);
    expect(filled).not.toContain("what was");
    expect(filled.split("\n")).toHaveLength(7);
  });
});
