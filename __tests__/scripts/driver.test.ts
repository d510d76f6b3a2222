import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { describeFault, TerraformError } from "../../scripts/terraform/diagnostics";
import { Terraform } from "../../scripts/terraform/driver";
import type { Progress } from "../../scripts/terraform/events";
import type { SynthesisedStack } from "../../scripts/terraform/manifest";
import { validateAll } from "../../scripts/terraform/validation";
import { FakeTerraform, planned } from "../support/fake-terraform";

let fake: FakeTerraform;
let stack: SynthesisedStack;
let terraform: Terraform;

const synthesised = {
  resource: { aws_sqs_queue: { orders: { "//": { metadata: { path: "dev-orders/orders/Default" } } } } },
};

beforeEach(() => {
  fake = new FakeTerraform();
  stack = fake.stack("dev-orders", { synthesised });
  terraform = new Terraform(stack, { binary: fake.binary, env: process.env });
});
afterEach(() => fake.remove());

const planFiles = () => readdirSync(stack.folder).filter((name) => name.endsWith(".tfplan"));
const argsOf = (command: string) => fake.calls().find(({ args }) => args[0] === command)?.args;
const errorOf = (work: Promise<unknown>) =>
  work.then(
    () => undefined,
    (error: unknown) => error as TerraformError,
  );
const creation = { resource_changes: [planned("aws_sqs_queue.orders", ["create"])] };
const denied = {
  "@level": "error",
  type: "diagnostic",
  diagnostic: {
    severity: "error",
    summary: "creating queue",
    detail: "AccessDenied",
    address: "aws_sqs_queue.orders",
  },
};

describe("init", () => {
  test("takes the backend as it is written now, and no answers from a terminal", async () => {
    await terraform.init();
    expect(argsOf("init")).toEqual(["init", "-input=false", "-no-color", "-reconfigure"]);
  });

  test("without backend initialises the providers only", async () => {
    await terraform.init({ backend: false });
    expect(argsOf("init")).toEqual(["init", "-input=false", "-no-color", "-backend=false"]);
  });

  test("that fails tells what Terraform wrote", async () => {
    fake.answer("init", { code: 1, stderr: "╷\n│ Error: no such provider\n╵\n" });
    const error = await errorOf(terraform.init());
    expect(error).toBeInstanceOf(TerraformError);
    expect(error?.message).toBe("dev-orders: init failed\n  no such provider");
  });
});

describe("a plan", () => {
  test("that Terraform ends with 0 is empty, and nothing is shown", async () => {
    expect(await terraform.plan()).toMatchObject({ empty: true, changes: [] });
    expect(argsOf("plan")).toEqual(expect.arrayContaining(["-input=false", "-detailed-exitcode"]));
    expect(argsOf("show")).toBeUndefined();
  });

  test("that it ends with 2 has the changes of the saved plan, by construct", async () => {
    fake.plans(creation);
    const plan = await terraform.plan();
    expect(plan).toMatchObject({
      empty: false,
      changes: [{ action: "create", path: "dev-orders/orders/Default" }],
    });
    expect(argsOf("show")).toEqual(["show", "-json", plan.file]);
    expect(planFiles()).toEqual([plan.file]);
  });

  test("that it ends with 1 is an error with the diagnostics, by construct", async () => {
    fake.answer("plan", { code: 1, stdout: [denied] });
    const error = await errorOf(terraform.plan());
    expect(error?.message).toBe(
      "dev-orders: plan failed\n  dev-orders/orders/Default (aws_sqs_queue.orders): creating queue: AccessDenied",
    );
    expect(argsOf("plan")).toContain("-out=stack.tfplan");
    expect(planFiles()).toEqual([]);
  });

  test.each([
    ["cannot be shown", { code: 1, stderr: "Error: other version" }],
    ["is shown in no words of ours", { stdout: "not JSON" }],
  ])("that %s leaves no file with secrets behind", async (_, answer) => {
    fake.answer("plan", { code: 2 });
    fake.answer("show", answer);
    await expect(terraform.plan()).rejects.toThrow();
    expect(planFiles()).toEqual([]);
  });
});

describe("an apply", () => {
  test("of a plan that was shown applies that one, and never anything else", async () => {
    fake.plans(creation);
    const plan = await terraform.plan();
    await terraform.apply({ plan });
    expect(argsOf("apply")).toEqual(["apply", "-json", "-input=false", "stack.tfplan"]);
    expect(planFiles()).toEqual([]);
  });

  test("without a plan approves what it finds", async () => {
    await terraform.apply();
    expect(argsOf("apply")).toEqual(["apply", "-json", "-input=false", "-auto-approve"]);
  });

  test("that fails says why by construct, and removes the plan all the same", async () => {
    fake.plans(creation);
    fake.answer("apply", { code: 1, stdout: [denied], stderr: "noise" });
    const error = await errorOf(terraform.apply({ plan: await terraform.plan() }));
    expect(error).toBeInstanceOf(TerraformError);
    expect(error).toMatchObject({ stackId: "dev-orders", step: "apply" });
    expect(error?.faults.map(describeFault)).toEqual([
      "dev-orders/orders/Default (aws_sqs_queue.orders): creating queue: AccessDenied",
    ]);
    expect(planFiles()).toEqual([]);
  });

  test("of a shown plan counts its resources, a replacement as two steps and outputs not at all", async () => {
    const hook = {
      resource: { addr: "aws_sqs_queue.orders", resource_type: "aws_sqs_queue" },
      action: "create",
    };
    fake.plans({
      resource_changes: [
        planned("aws_sqs_queue.orders", ["create"]),
        planned("aws_sqs_queue.other", ["delete", "create"]),
      ],
      output_changes: { url: { actions: ["create"] } },
    });
    fake.answer("apply", {
      stdout: [
        { type: "planned_change", change: { action: "create" } },
        { type: "apply_complete", hook },
      ],
    });
    const seen: Progress[] = [];
    await terraform.apply({ plan: await terraform.plan(), onProgress: (progress) => seen.push(progress) });
    expect(seen).toMatchObject([{ phase: "done", done: 1, total: 3, path: "dev-orders/orders/Default" }]);
  });
});

describe("a destroy", () => {
  test("asks nothing and tells its progress", async () => {
    const hook = {
      resource: { addr: "aws_sqs_queue.orders", resource_type: "aws_sqs_queue" },
      action: "delete",
    };
    fake.answer("destroy", {
      stdout: [
        { type: "planned_change", change: { action: "delete" } },
        { type: "apply_complete", hook },
      ],
    });
    const seen: Progress[] = [];
    await terraform.destroy({ onProgress: (progress) => seen.push(progress) });
    expect(argsOf("destroy")).toEqual(["destroy", "-json", "-auto-approve", "-input=false"]);
    expect(seen).toMatchObject([{ action: "delete", done: 1, total: 1 }]);
  });

  test("that fails says why by construct", async () => {
    fake.answer("destroy", { code: 1, stdout: [denied] });
    await expect(terraform.destroy()).rejects.toThrow(/destroy failed\n {2}dev-orders\/orders\/Default/);
  });
});

describe("the state", () => {
  test("lists resources, data sources left out, those of Terraform modules too", async () => {
    const addresses = [
      "aws_sqs_queue.orders",
      "data.aws_region.here",
      "module.a.data.aws_region.x",
      "module.a.aws_x.y",
    ];
    fake.answer("state list", { stdout: `${addresses.join("\n")}\n` });
    expect(await terraform.resources()).toEqual(["aws_sqs_queue.orders", "module.a.aws_x.y"]);
  });

  test("that is not there holds nothing, and one that cannot be read is an error", async () => {
    fake.answer("state list", { code: 1, stderr: "No state file was found!" });
    expect(await terraform.resources()).toEqual([]);
    fake.answer("state list", { code: 1, stderr: "Error: AccessDenied" });
    await expect(terraform.resources()).rejects.toThrow("dev-orders: state list failed\n  AccessDenied");
  });

  test("gives outputs by name, and their values alone", async () => {
    fake.answer("output", {
      stdout: [
        { url: { value: "https://q", type: "string" }, tables: { value: { a: "t" }, sensitive: true } },
      ],
    });
    expect(await terraform.outputs()).toEqual({ url: "https://q", tables: { a: "t" } });
    fake.answer("output", { code: 1, stderr: "Error: locked" });
    await expect(terraform.outputs()).rejects.toThrow("dev-orders: output failed\n  locked");
  });
});

describe("the validation of several stacks", () => {
  const all = () => [stack, ...["dev-b", "dev-c", "dev-d"].map((id) => fake.stack(id))];
  const resultsOf = async (stacks: readonly SynthesisedStack[]) => {
    const results: Record<string, readonly string[]> = {};
    await validateAll(stacks, { binary: fake.binary, env: process.env }, ({ id }, faults) => {
      results[id] = faults.map(describeFault);
    });
    return results;
  };
  const none = { "dev-orders": [], "dev-b": [], "dev-c": [], "dev-d": [] };

  test("initialises one after the other: the provider cache does not stand two writers", async () => {
    fake.answer("init", {
      first: `
        const busy = join(__dirname, "busy");
        if (existsSync(busy)) log("two at once");
        mkdirSync(busy, { recursive: true });
        await new Promise((resolve) => setTimeout(resolve, 100));
        rmSync(busy, { recursive: true, force: true });
      `,
    });
    expect(await resultsOf(all())).toEqual(none);
    expect(fake.logged()).toEqual([]);
    expect(fake.steps().slice(0, 4)).toEqual(["init dev-orders", "init dev-b", "init dev-c", "init dev-d"]);
    expect(fake.calls().every(({ args }) => args[0] !== "init" || args.includes("-backend=false"))).toBe(
      true,
    );
  });

  test("validates two at a time: the second begins while the first is at work, and no third", async () => {
    fake.answer("validate", {
      first: `
        const working = join(__dirname, "working");
        mkdirSync(join(working, stack), { recursive: true });
        mark(stack);
        await waitFor(() => ["dev-orders", "dev-b"].every(marked));
        await new Promise((resolve) => setTimeout(resolve, 100));
        if (readdirSync(working).length > 2) log("three at once");
        rmSync(join(working, stack), { recursive: true });
      `,
      stdout: [{ diagnostics: [] }],
    });
    expect(await resultsOf(all())).toEqual(none);
    expect(fake.logged()).toEqual([]);
  });

  test("tries every stack, though one cannot be initialised, one is faulty and one answers nonsense", async () => {
    fake.answer("init", { code: 1, stderr: "Error: Missing label" }, "dev-b");
    fake.answer("validate", { code: 1, stdout: [{ diagnostics: [denied.diagnostic] }] }, "dev-orders");
    fake.answer("validate", { code: 1, stdout: "crash", stderr: "Error: plugin crashed" }, "dev-c");
    expect(await resultsOf(all())).toEqual({
      "dev-orders": ["dev-orders/orders/Default (aws_sqs_queue.orders): creating queue: AccessDenied"],
      "dev-b": ["Missing label"],
      "dev-c": ["plugin crashed"],
      "dev-d": [],
    });
  });

  test("throws what is no fault of a stack", async () => {
    const nowhere = { binary: join(fake.folder, "absent"), env: process.env };
    await expect(validateAll([stack], nowhere, () => {})).rejects.toThrow(/ENOENT/);
    expect(existsSync(join(fake.folder, "calls"))).toBe(false);
  });
});
