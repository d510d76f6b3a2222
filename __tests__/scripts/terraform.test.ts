import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { refuseDataLoss } from "../../scripts/terraform/data-loss";
import { constructPaths, faultsOf, faultsOfText, TerraformError } from "../../scripts/terraform/diagnostics";
import { EventReader, type Progress } from "../../scripts/terraform/events";
import { inOrder, readManifest, type SynthesisedStack, selectStacks } from "../../scripts/terraform/manifest";
import { type Change, changesOf, describeChanges } from "../../scripts/terraform/plan";
import { discoverMirror, terraformEnvironment } from "../../scripts/terraform/provider-mirror";
import { describeChange, printProgress } from "../../scripts/terraform/report";
import { reversed, twoAtATimeInOrder } from "../../scripts/terraform/two-at-a-time";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "scripts-test-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const stack = (id: string, ...dependencies: string[]): SynthesisedStack => ({
  id,
  folder: `/x/${id}`,
  dependencies,
});

describe("the manifest", () => {
  const ids = (stacks: readonly SynthesisedStack[]) => stacks.map(({ id }) => id);

  test("is read with absolute folders, each stack after those it depends on", () => {
    const stacks = {
      b: { name: "dev-b", workingDirectory: "stacks/dev-b", dependencies: ["dev-a"] },
      a: { name: "dev-a", workingDirectory: "stacks/dev-a", dependencies: [] },
    };
    writeFileSync(join(folder, "manifest.json"), JSON.stringify({ version: "0.21.0", stacks }));
    expect(readManifest(folder)).toEqual([
      { id: "dev-a", folder: join(folder, "stacks/dev-a"), dependencies: [] },
      { id: "dev-b", folder: join(folder, "stacks/dev-b"), dependencies: ["dev-a"] },
    ]);
  });

  test("that is missing says to synthesise", () => {
    expect(() => readManifest(folder)).toThrow(/manifest\.json does not exist: synthesise first/);
  });

  test("orders through a chain, and leaves independent stacks as they were", () => {
    const chain = [stack("z", "y"), stack("free"), stack("y", "x"), stack("x")];
    expect(ids(inOrder(chain))).toEqual(["x", "y", "z", "free"]);
  });

  test("takes a dependency outside the list as applied", () => {
    expect(ids(inOrder([stack("b", "elsewhere"), stack("a")]))).toEqual(["b", "a"]);
  });

  test("names the circle that stacks depend in", () => {
    expect(() => inOrder([stack("a", "b"), stack("b", "a")])).toThrow("a → b → a");
  });

  const all = [stack("dev-a"), stack("dev-ab"), stack("prod-a")];
  test.each([
    [["dev-*"], ["dev-a", "dev-ab"]],
    [["*-a"], ["dev-a", "prod-a"]],
    [["dev-a?"], ["dev-ab"]],
    [
      ["prod-a", "dev-a"],
      ["dev-a", "prod-a"],
    ],
  ])("selects %j in the order given", (patterns, expected) => {
    expect(ids(selectStacks(all, patterns))).toEqual(expected);
  });

  test("rejects a pattern that names nothing, and lists what exists", () => {
    expect(() => selectStacks(all, ["dev-*", "qa-*"])).toThrow(
      /"qa-\*"; there are:\n {2}dev-a\n {2}dev-ab\n {2}prod-a$/,
    );
  });

  test("takes a dot in a pattern for a dot", () => {
    expect(() => selectStacks([stack("dev-a")], ["dev.a"])).toThrow(/"dev\.a"/);
  });

  test("rejects no pattern at all", () => {
    expect(() => selectStacks(all, [])).toThrow(/name the stacks/);
  });
});

describe("the provider mirror", () => {
  const mirrorAt = (path: string) => {
    mkdirSync(join(path, "registry.terraform.io", "hashicorp", "aws"), { recursive: true });
    return path;
  };
  const nowhere = { folders: [], parents: [] };
  const withRandom = (path: string) => {
    mkdirSync(join(path, "registry.terraform.io", "hashicorp", "random"), { recursive: true });
    mkdirSync(join(path, "registry.terraform.io", "another", "tls"), { recursive: true });
    return path;
  };

  test("is discovered in a usual folder, else one level below a parent", () => {
    const below = mirrorAt(join(folder, "opt", "plugins"));
    const places = { folders: [join(folder, "usual")], parents: [join(folder, "opt")] };
    expect(discoverMirror(places)).toBe(below);
    expect(discoverMirror({ ...places, folders: [mirrorAt(join(folder, "usual"))] })).toBe(
      join(folder, "usual"),
    );
  });

  test("is not looked for deeper, nor found where it holds another provider", () => {
    mirrorAt(join(folder, "opt", "deep", "plugins"));
    mkdirSync(join(folder, "opt", "other", "registry.terraform.io", "hashicorp", "random"), {
      recursive: true,
    });
    expect(
      discoverMirror({ folders: [], parents: [join(folder, "opt"), join(folder, "absent")] }),
    ).toBeUndefined();
  });

  test("named by TF_PROVIDER_MIRROR gives the providers it holds, and only those: others come from the registry", () => {
    const mirror = withRandom(mirrorAt(join(folder, "mirror")));
    const env = terraformEnvironment(
      join(folder, "work"),
      { TF_PROVIDER_MIRROR: mirror, HOME: folder },
      { folders: [mirrorAt(join(folder, "usual"))], parents: [] },
    );
    expect(env).toMatchObject({ CHECKPOINT_DISABLE: "1", TF_IN_AUTOMATION: "1" });
    const config = readFileSync(env.TF_CLI_CONFIG_FILE ?? "", "utf8");
    const held = ["another/tls", "hashicorp/aws", "hashicorp/random"].map(
      (name) => `registry.terraform.io/${name}`,
    );
    const block = (name: string) => new RegExp(`${name} {([^}]*)}`).exec(config)?.[1] ?? "";
    const list = (text: string, key: string) =>
      JSON.parse(new RegExp(`${key} = (.*)`).exec(text)?.[1] ?? "null");
    expect(block("filesystem_mirror")).toContain(`path    = "${mirror}"`);
    expect(list(block("filesystem_mirror"), "include")).toEqual(held);
    expect(list(block("direct"), "exclude")).toEqual(held);
  });

  test("rejects a TF_PROVIDER_MIRROR without the provider, though one could be discovered", () => {
    const places = { folders: [mirrorAt(join(folder, "usual"))], parents: [] };
    const named = withRandom(join(folder, "named"));
    expect(() => terraformEnvironment(folder, { TF_PROVIDER_MIRROR: named, HOME: folder }, places)).toThrow(
      /does not hold registry\.terraform\.io\/hashicorp\/aws/,
    );
  });

  test("leaves the caller's own configuration alone when its file exists, and only then", () => {
    const own = join(folder, "own.tfrc");
    const named = { TF_CLI_CONFIG_FILE: own, HOME: folder };
    const { TF_CLI_CONFIG_FILE } = terraformEnvironment(join(folder, "absent"), named, nowhere);
    expect(TF_CLI_CONFIG_FILE).toBe(join(folder, "absent", "terraform.tfrc"));
    writeFileSync(own, "");
    const mirror = { TF_PROVIDER_MIRROR: mirrorAt(join(folder, "mirror")) };
    expect(terraformEnvironment(join(folder, "work"), { ...named, ...mirror }, nowhere)).toEqual({
      CHECKPOINT_DISABLE: "1",
      TF_IN_AUTOMATION: "1",
      TF_CLI_CONFIG_FILE: own,
    });
    expect(existsSync(join(folder, "work", "terraform.tfrc"))).toBe(false);
  });

  test("prefers ~/.terraformrc to a discovered mirror", () => {
    writeFileSync(join(folder, ".terraformrc"), "");
    const places = { folders: [mirrorAt(join(folder, "mirror"))], parents: [] };
    const env = terraformEnvironment(join(folder, "work"), { HOME: folder }, places);
    expect(env.TF_CLI_CONFIG_FILE).toBe(join(folder, ".terraformrc"));
  });

  test("missing everywhere gives the registry with a cache", () => {
    const env = terraformEnvironment(join(folder, "work"), { HOME: folder }, nowhere);
    const config = readFileSync(env.TF_CLI_CONFIG_FILE ?? "", "utf8");
    expect(config).toContain(`plugin_cache_dir = "${join(folder, "work", "providers")}"`);
    expect(config).not.toContain("filesystem_mirror");
  });
});

const paths = new Map([
  ["aws_sqs_queue.orders", "dev-orders/orders/Default"],
  ["data.aws_region.here", "dev-orders/here"],
]);

describe("diagnostics", () => {
  test("find the constructs in the synthesised metadata, data sources too", () => {
    const made = (path: string) => ({ "//": { metadata: { path, uniqueId: "x" } } });
    const synthesised = {
      resource: { aws_sqs_queue: { orders: made("dev-orders/orders/Default"), bare: {} } },
      data: { aws_region: { here: made("dev-orders/here") } },
    };
    writeFileSync(join(folder, "cdk.tf.json"), JSON.stringify(synthesised));
    expect(constructPaths(folder)).toEqual(paths);
  });

  test("become faults with the construct's path, from an address or from the configuration's context", () => {
    const faults = faultsOf(
      [
        {
          severity: "error",
          summary: "creating queue",
          detail: "AccessDenied",
          address: "aws_sqs_queue.orders[0]",
        },
        {
          severity: "error",
          summary: "Extraneous\n property",
          snippet: { context: "resource.aws_sqs_queue.orders" },
        },
        { severity: "error", summary: "No valid credential sources found" },
        { severity: "warning", summary: "Deprecated", address: "aws_sqs_queue.orders" },
      ],
      paths,
    );
    expect(faults).toEqual([
      {
        address: "aws_sqs_queue.orders[0]",
        path: "dev-orders/orders/Default",
        message: "creating queue: AccessDenied",
      },
      { address: "aws_sqs_queue.orders", path: "dev-orders/orders/Default", message: "Extraneous property" },
      { message: "No valid credential sources found" },
    ]);
  });

  test("of a refused destroy find the construct in the text, where alone it is named", () => {
    const [fault] = faultsOf(
      [
        {
          severity: "error",
          summary: "Instance cannot be destroyed",
          detail: "Resource aws_sqs_queue.orders has lifecycle.prevent_destroy set",
          snippet: { context: "resource.aws_sqs_queue" },
        },
      ],
      paths,
    );
    expect(fault).toMatchObject({ address: "aws_sqs_queue.orders", path: "dev-orders/orders/Default" });
  });

  test("are told once, on one line, and cut", () => {
    const long = { severity: "error", summary: "bad", detail: `a\n\n b${"x".repeat(900)}` } as const;
    const [fault, ...others] = faultsOf([long, long], paths);
    expect(others).toEqual([]);
    expect(fault?.message).toMatch(/^bad: a bx{590,600} …$/);
  });

  test("in text lose the frame and init's preamble", () => {
    const text =
      "╷\n│ Error: Terraform encountered problems during initialisation\n│ \n╵\n╷\n│ Error: Missing label\n│ \n│   on x\n╵\n";
    expect(faultsOfText(text)).toEqual([{ message: "Missing label on x" }]);
    expect(faultsOfText("plain trouble")).toEqual([{ message: "plain trouble" }]);
  });

  test("make an error of one line each", () => {
    const error = new TerraformError("dev-orders", "apply", [
      { path: "a/b", address: "aws_x.y", message: "no" },
    ]);
    expect(error.message).toBe("dev-orders: apply failed\n  a/b (aws_x.y): no");
  });
});

describe("the events of an apply", () => {
  const planned = (action: string) => JSON.stringify({ type: "planned_change", change: { action } });
  const hook = (type: string, action = "create", elapsed_seconds = 0) =>
    JSON.stringify({
      type,
      hook: {
        resource: { addr: "aws_sqs_queue.orders", resource_type: "aws_sqs_queue" },
        action,
        elapsed_seconds,
      },
    });

  test("are counted against the planned changes, a replacement twice", () => {
    const seen: Progress[] = [];
    const reader = new EventReader(paths, (progress) => seen.push(progress));
    const lines = [
      planned("create"),
      planned("replace"),
      planned("no-op"),
      hook("apply_start"),
      hook("apply_complete", "create", 25),
    ];
    for (const line of lines) reader.read(line);
    expect(seen.map(({ phase, done, total }) => [phase, done, total])).toEqual([
      ["started", 0, 3],
      ["done", 1, 3],
    ]);
    expect(seen[1]).toMatchObject({ path: "dev-orders/orders/Default", type: "aws_sqs_queue", seconds: 25 });
  });

  test.each([7, 0])("keep a total of %i that was given", (total) => {
    const seen: Progress[] = [];
    const reader = new EventReader(paths, (progress) => seen.push(progress), total);
    for (const line of [planned("create"), hook("apply_errored")]) reader.read(line);
    expect(seen).toMatchObject([{ phase: "failed", done: 0, total }]);
  });

  test("keep the diagnostics, in their order", () => {
    const reader = new EventReader(paths);
    const [first, second] = ["a", "b"].map((summary) => ({ severity: "error", summary }) as const);
    for (const diagnostic of [first, second]) reader.read(JSON.stringify({ type: "diagnostic", diagnostic }));
    expect(reader.diagnostics).toEqual([first, second]);
  });

  test("leave out reads and lines that are none", () => {
    const onProgress = jest.fn();
    const reader = new EventReader(paths, onProgress);
    for (const line of ["", "{broken", "text", hook("apply_complete", "read")]) reader.read(line);
    expect(onProgress).not.toHaveBeenCalled();
  });
});

describe("a plan", () => {
  const change = (actions: string[], before: unknown, after: unknown, after_unknown: unknown = {}) => ({
    address: "aws_sqs_queue.orders",
    type: "aws_sqs_queue",
    mode: "managed" as const,
    change: { actions, before, after, after_unknown },
  });

  test("names the attributes that differ, nested and unknown ones too, null and absent being the same", () => {
    const rule = [{ id: "1", port: 443 }];
    const before = { name: "a", delay: 0, tags: { x: "1" }, rule, gone: null };
    const after = { name: "a", delay: 5, tags: { x: "2" }, rule, come: null };
    const [found] = changesOf(
      { resource_changes: [change(["update"], before, after, { arn: true, rule: [{ id: true }] })] },
      paths,
    );
    expect(found).toEqual({
      address: "aws_sqs_queue.orders",
      type: "aws_sqs_queue",
      path: "dev-orders/orders/Default",
      action: "update",
      attributes: ["arn", "delay", "rule", "tags"],
    });
  });

  test("leaves out what stays, reads and forgets, outputs too", () => {
    const document = {
      resource_changes: [
        change(["no-op"], {}, {}),
        change(["forget"], { name: "a" }, null),
        { ...change(["read"], null, {}), mode: "data" as const },
        { ...change(["create"], null, {}), mode: "data" as const },
      ],
      output_changes: { same: { actions: ["no-op"] } },
    };
    expect(changesOf(document, paths)).toEqual([]);
  });

  test("tells a replacement either way round, with the attributes that force it", () => {
    const ways = [
      ["delete", "create"],
      ["create", "delete"],
    ].map((actions) => change(actions, { name: "a", delay: 1 }, { name: "b", delay: 1 }, { arn: true }));
    const replaced = { action: "replace", attributes: ["arn", "name"] };
    expect(changesOf({ resource_changes: ways }, paths)).toMatchObject([replaced, replaced]);
  });

  test("has no attributes of what comes or goes: all of them do", () => {
    const resource_changes = [
      change(["create"], null, { name: "a" }),
      change(["delete"], { name: "a" }, null),
    ];
    expect(changesOf({ resource_changes }, paths)).toMatchObject([
      { action: "create", attributes: [] },
      { action: "delete", attributes: [] },
    ]);
  });

  test("counts by action, outputs apart", () => {
    const outputs = { output_changes: { url: { actions: ["update"] }, same: { actions: ["no-op"] } } };
    expect(changesOf(outputs, paths)).toMatchObject([
      { address: "output.url", type: "output", action: "update" },
    ]);
    expect(describeChanges(changesOf(outputs, paths))).toBe("outputs only");
    const resources = {
      resource_changes: [
        change(["create"], null, {}),
        change(["create"], null, {}),
        change(["delete"], {}, null),
      ],
    };
    expect(describeChanges(changesOf(resources, paths))).toBe("2 to create, 1 to delete");
    expect(describeChanges([])).toBe("no changes");
  });
});

describe("the report", () => {
  const progress = (over: Partial<Progress>): Progress => ({
    address: "aws_sqs_queue.orders",
    type: "aws_sqs_queue",
    path: "dev-orders/orders/Default",
    action: "create",
    phase: "done",
    done: 3,
    total: 12,
    seconds: 25,
    ...over,
  });
  const said = (over: Partial<Progress>, stack?: string): string => {
    const write = jest.spyOn(process.stdout, "write").mockReturnValue(true);
    printProgress(progress(over), stack);
    const text = write.mock.calls.map(([line]) => line).join("");
    write.mockRestore();
    return text;
  };

  test.each<[Partial<Progress>, string]>([
    [{}, "   3/12  created dev-orders/orders/Default (aws_sqs_queue), 25 s\n"],
    [{ action: "replace" }, "   3/12  replaced dev-orders/orders/Default (aws_sqs_queue), 25 s\n"],
    [{ phase: "failed" }, "   3/12  FAILED to create dev-orders/orders/Default (aws_sqs_queue), 25 s\n"],
    [{ phase: "waiting" }, "   3/12  … dev-orders/orders/Default (aws_sqs_queue): create since 25 s\n"],
    [{ phase: "started" }, ""],
  ])("of %j is %j", (over, line) => {
    expect(said(over)).toBe(line);
  });

  test("opens with the stack where several are at work", () => {
    expect(said({}, "local-orders")).toMatch(/^local-orders {3}3\/12 {2}created /);
    expect(said({ phase: "waiting" }, "local-orders")).toMatch(/^local-orders {3}3\/12 {2}… /);
  });

  const change = (over: Partial<Change>): Change => ({
    address: "aws_sqs_queue.orders",
    type: "aws_sqs_queue",
    path: "dev-orders/orders/Default",
    action: "create",
    attributes: [],
    ...over,
  });
  test.each<[Partial<Change>, string]>([
    [{}, "+ dev-orders/orders/Default (aws_sqs_queue.orders)"],
    [{ action: "delete" }, "- dev-orders/orders/Default (aws_sqs_queue.orders)"],
    [
      { action: "update", attributes: ["delay", "name"] },
      "~ dev-orders/orders/Default (aws_sqs_queue.orders): delay, name",
    ],
    [{ action: "replace", attributes: ["name"] }, "± dev-orders/orders/Default (aws_sqs_queue.orders): name"],
    [{ path: "aws_sqs_queue.orders" }, "+ aws_sqs_queue.orders"],
  ])("of a change %j is %j", (over, line) => {
    expect(describeChange(change(over))).toBe(line);
  });
});

describe("a plan that deletes data", () => {
  const written = (deletion?: string) => {
    writeFileSync(join(folder, "cdk.tf.json"), JSON.stringify({ "//": { metadata: {}, deletion } }));
    return { ...stack("prod-orders"), folder };
  };
  const change = (action: Change["action"], type = "aws_sqs_queue"): Change => ({
    address: `${type}.x`,
    type,
    path: `${type}.x`,
    action,
    attributes: [],
  });

  test.each(["delete", "replace"] as const)(
    "rejects to %s a store where the environment prevents it",
    (action) => {
      expect(() => refuseDataLoss(written("prevent"), [change(action)])).toThrow(
        /prod-orders: this plan deletes data.*aws_sqs_queue\.x.*set the environment's deletion to "allow"/s,
      );
    },
  );

  test("is let through where the environment allows it, and where only other things go", () => {
    expect(() => refuseDataLoss(written(), [change("delete")])).not.toThrow();
    expect(() =>
      refuseDataLoss(written("prevent"), [change("delete", "aws_sns_topic"), change("update")]),
    ).not.toThrow();
  });
});

describe("stacks in dependency order, two at a time", () => {
  /** Random stacks, each of which may depend on any before it. */
  const someStacks = fc.array(fc.array(fc.nat()), { maxLength: 8 }).map((drawn): SynthesisedStack[] =>
    drawn.map((dependencies, index) => ({
      id: `s${index}`,
      folder: "",
      dependencies: index === 0 ? [] : [...new Set(dependencies.map((each) => `s${each % index}`))],
    })),
  );
  /** Runs them, ending what is at work in an order of chance, and notes how each began and ended. */
  const runAll = async (stacks: readonly SynthesisedStack[], failing: readonly string[] = []) => {
    const log: string[] = [];
    let working = 0;
    let most = 0;
    const failed = await twoAtATimeInOrder(stacks, async ({ id }) => {
      log.push(`begin ${id}`);
      working += 1;
      most = Math.max(most, working);
      for (let turns = 0; turns < id.length * 7 + log.length; turns += 1) await undefined;
      working -= 1;
      log.push(`end ${id}`);
      if (failing.includes(id)) throw new Error(`${id} failed`);
    }).then(
      () => undefined,
      (error: Error) => error.message,
    );
    return { log, most, failed, working };
  };

  test("begin after all they depend on has ended, every one of them, and never three at once", async () => {
    await fc.assert(
      fc.asyncProperty(someStacks, async (stacks) => {
        const { log, most, failed } = await runAll(stacks);
        expect(failed).toBeUndefined();
        expect(log).toHaveLength(2 * stacks.length);
        expect(most).toBeLessThanOrEqual(2);
        for (const { id, dependencies } of stacks) {
          for (const each of dependencies) {
            expect(log.indexOf(`end ${each}`)).toBeLessThan(log.indexOf(`begin ${id}`));
          }
        }
      }),
    );
  });

  test("are two at work where nothing keeps them apart", async () => {
    expect((await runAll([stack("a"), stack("b")])).log.slice(0, 2)).toEqual(["begin a", "begin b"]);
  });

  test("begin nothing new after a failure, and wait for what is at work", async () => {
    const run = await runAll([stack("a"), stack("much-longer"), stack("c", "a"), stack("d")], ["a"]);
    expect(run.failed).toBe("a failed");
    expect(run.log).toEqual(["begin a", "begin much-longer", "end a", "end much-longer"]);
    expect(run.working).toBe(0);
  });

  test("are destroyed in the opposite order", async () => {
    await fc.assert(
      fc.asyncProperty(someStacks, async (stacks) => {
        const { log } = await runAll(reversed(stacks));
        expect(log).toHaveLength(2 * stacks.length);
        for (const { id, dependencies } of stacks) {
          for (const each of dependencies) {
            expect(log.indexOf(`end ${id}`)).toBeLessThan(log.indexOf(`begin ${each}`));
          }
        }
      }),
    );
  });
});
