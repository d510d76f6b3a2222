import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Artefact, artefacts, classify, residueOf } from "../../scripts/local-aws/artefacts";
import { leftovers } from "../../scripts/local-aws/census";
import { type Emulator, stopEmulator } from "../../scripts/local-aws/emulators";
import { changedItems, takesOrders } from "../../scripts/local-aws/example-order";
import { groupRuns, isRunning, markProcess, type ProcessMark } from "../../scripts/local-aws/process-mark";
import { accountEnvironment, emulatorOf } from "../../scripts/local-aws/services";
import {
  newSession,
  readSession,
  type Session,
  stateOf,
  writeSession,
} from "../../scripts/local-aws/session";
import type { EmulatorName } from "../../scripts/local-aws/tools";
import { workspace } from "../../scripts/local-aws/workspace";
import { projectRoot } from "../../scripts/support/paths";
import { seconds, table } from "../../scripts/support/print";
import { run, waitUntil } from "../../scripts/support/process";
import type { Change } from "../../scripts/terraform/plan";

describe("a second plan", () => {
  const known: Artefact[] = [{ type: "aws_x", attributes: ["period", "unit"], reason: "forgets them" }];
  const change = (over: Partial<Change>): Change => ({
    address: "aws_x.a",
    type: "aws_x",
    path: "s/a",
    action: "update",
    attributes: ["period"],
    ...over,
  });

  test("is explained where the table names every attribute of an update", () => {
    const result = classify([change({ attributes: ["unit", "period"] })], known);
    expect(result.explained).toMatchObject([{ artefact: { reason: "forgets them" } }]);
    expect(result.unexplained).toEqual([]);
  });

  test("is explained for a replacement where the table says so, and not for an update then", () => {
    const replaced: Artefact[] = [
      { type: "aws_x", attributes: ["id", "verb"], action: "replace", reason: "says POST" },
    ];
    const replacement = change({ action: "replace", attributes: ["id", "verb"] });
    expect(classify([replacement], replaced).unexplained).toEqual([]);
    const others = [
      { ...replacement, attributes: ["id", "template", "verb"] },
      change({ attributes: ["verb"] }),
      change({ action: "create", attributes: [] }),
    ];
    expect(classify(others, replaced).unexplained).toEqual(others);
  });

  test.each<[string, Partial<Change>]>([
    ["an attribute besides", { attributes: ["period", "threshold"] }],
    ["another type", { type: "aws_y" }],
    ["a replacement", { action: "replace" }],
    ["a creation", { action: "create", attributes: [] }],
    ["an output", { type: "output", address: "output.x", attributes: [] }],
  ])("is a finding for %s", (_, over) => {
    const result = classify([change(over)], known);
    expect(result.explained).toEqual([]);
    expect(result.unexplained).toEqual([change(over)]);
  });

  test("has one entry at most for each type: the first would hide the others", () => {
    const types = artefacts.map(({ type }) => type);
    expect(types).toEqual([...new Set(types)]);
  });
});

describe("leftovers", () => {
  test("are what was not there before", () => {
    const before = { VPC: ["vpc-default"], queue: [] };
    const after = { VPC: ["vpc-default", "vpc-1"], queue: [], topic: ["t"] };
    expect(leftovers(before, after)).toEqual({ VPC: ["vpc-1"], topic: ["t"] });
  });

  test("are residue when an interface outlives its subnet on moto, and findings otherwise", () => {
    const after = { subnet: ["subnet-1"] };
    const residue = (emulator: "moto" | "ministack", kind: string, id: string) =>
      residueOf(emulator, kind, id, after);
    expect(residue("moto", "network interface", "eni-1 in subnet-2")?.reason).toMatch(/NAT gateway/);
    expect(residue("moto", "network interface", "eni-1 in subnet-1")).toBeUndefined();
    expect(residue("ministack", "network interface", "eni-1 in subnet-2")).toBeUndefined();
    expect(residue("moto", "queue", "eni-1 in subnet-2")).toBeUndefined();
  });
});

describe("the local account", () => {
  const emulator = (name: EmulatorName): Emulator => ({
    name,
    url: `https://${name}`,
    process: { pid: 1, started: "1" } as ProcessMark,
    env: { AWS_ENDPOINT_URL: `https://${name}`, AWS_REGION: "eu-west-1" },
    log: "",
  });

  test("is ministack's, with EC2 and CloudWatch led to moto", () => {
    expect(accountEnvironment([emulator("moto"), emulator("ministack")])).toEqual({
      AWS_ENDPOINT_URL: "https://ministack",
      AWS_ENDPOINT_URL_EC2: "https://moto",
      AWS_ENDPOINT_URL_CLOUDWATCH: "https://moto",
      AWS_REGION: "eu-west-1",
    });
  });

  test("rejects a missing half", () => {
    expect(() => accountEnvironment([emulator("ministack")])).toThrow("moto was not started");
  });

  test.each([
    ["aws_vpc", "moto"],
    ["aws_default_security_group", "moto"],
    ["aws_vpc_security_group_egress_rule", "moto"],
    ["aws_route_table_association", "moto"],
    ["aws_cloudwatch_metric_alarm", "moto"],
    ["aws_cloudwatch_log_group", "ministack"],
    ["aws_route53_zone", "ministack"],
    ["aws_sqs_queue", "ministack"],
  ])("has %s in %s", (type, name) => {
    expect(emulatorOf(type)).toBe(name);
  });
});

describe("a session", () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "session-test-"));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  const here = () => markProcess(process.pid) as ProcessMark;
  const recycled = (): ProcessMark => ({ ...here(), started: "an earlier boot/1" });
  const emulator = (mark: ProcessMark): Emulator => ({
    name: "moto",
    url: "u",
    process: mark,
    env: {},
    log: "l",
  });
  const session = (over: Partial<Session>): Session => ({ ...newSession(), ...over });

  test("is none without a record", () => {
    expect(stateOf(undefined)).toBe("none");
  });

  test("is live when it is ready and every emulator runs", () => {
    expect(stateOf(session({ ready: true, emulators: [emulator(here())] }))).toBe("live");
  });

  test("is stale when an emulator's number belongs to another process by now", () => {
    expect(stateOf(session({ ready: true, emulators: [emulator(here()), emulator(recycled())] }))).toBe(
      "stale",
    );
  });

  test("is starting while its owner works, and stale when the owner died half-way", () => {
    expect(stateOf(session({}))).toBe("starting");
    expect(stateOf(session({ owner: recycled() }))).toBe("stale");
  });

  test("is stale when it claims to be ready without emulators", () => {
    expect(stateOf(session({ ready: true }))).toBe("stale");
  });

  test("is read as it was written", () => {
    const space = { ...workspace(), local: folder, sessionFile: join(folder, "session.json") };
    expect(readSession(space)).toBeUndefined();
    const written = writeSession(space, session({ stacks: ["local-a"] }));
    expect(readSession(space)).toEqual(written);
  });
});

describe("a process", () => {
  const start = async (script: string) => {
    const child = spawn("bash", ["-c", script], { detached: true, stdio: ["ignore", "pipe", "ignore"] });
    await once(child.stdout, "data");
    return child;
  };

  test("is recognised while it runs, and not after its end", async () => {
    const child = await start("echo ready; exec sleep 60");
    const mark = markProcess(child.pid ?? 0) as ProcessMark;
    expect(isRunning(mark)).toBe(true);
    child.kill("SIGKILL");
    await once(child, "exit");
    expect(isRunning(mark)).toBe(false);
  });

  test("is told from one that was started a moment later", async () => {
    const earlier = await start("echo ready; exec sleep 60");
    // The operating system counts in hundredths of a second.
    await new Promise((resolve) => setTimeout(resolve, 50));
    const later = await start("echo ready; exec sleep 60");
    expect(markProcess(later.pid ?? 0)?.started).not.toBe(markProcess(earlier.pid ?? 0)?.started);
    for (const child of [earlier, later]) child.kill("SIGKILL");
  });

  test("with a recycled number is never signalled by stopping an emulator", async () => {
    const child = await start("echo ready; exec sleep 60");
    const mark = markProcess(child.pid ?? 0) as ProcessMark;
    await stopEmulator({
      name: "moto",
      url: "",
      env: {},
      log: "",
      process: { ...mark, started: "an earlier boot/1" },
    });
    expect(isRunning(mark)).toBe(true);
    process.kill(-mark.pid, "SIGKILL");
  });

  test("is stopped with its children, also when the leader died before", async () => {
    const child = await start("sleep 60 & echo ready; wait");
    const mark = markProcess(child.pid ?? 0) as ProcessMark;
    child.kill("SIGKILL");
    await once(child, "exit");
    expect(groupRuns(mark.pid)).toBe(true);
    await stopEmulator({ name: "moto", url: "", env: {}, log: "", process: mark });
    expect(groupRuns(mark.pid)).toBe(false);
  });

  test("run by us is interrupted on abort, and killed with its children when it does not end", async () => {
    const controller = new AbortController();
    let pid = 0;
    const script = "trap '' INT; sleep 60 & echo $$; wait; sleep 60";
    const onLine = (line: string) => {
      pid = Number(line);
      controller.abort(new Error("enough"));
    };
    const outcome = run("bash", ["-c", script], { signal: controller.signal, graceSeconds: 0.3, onLine });
    await expect(outcome).rejects.toThrow("enough");
    expect(pid).toBeGreaterThan(0);
    expect(await waitUntil(() => !groupRuns(pid), 5)).toBe(true);
  });

  test("run by us may tidy up when it is interrupted", async () => {
    const controller = new AbortController();
    const lines: string[] = [];
    const onLine = (line: string) => {
      lines.push(line);
      if (line === "ready") controller.abort(new Error("enough"));
    };
    const script = "trap 'kill %1; echo tidied; exit 0' INT; sleep 60 & echo ready; wait";
    const outcome = run("bash", ["-c", script], { signal: controller.signal, graceSeconds: 3, onLine });
    await expect(outcome).rejects.toThrow("enough");
    expect(lines).toEqual(["ready", "tidied"]);
  });

  test("run by us gives its code and both streams", async () => {
    expect(await run("bash", ["-c", "echo a; echo b >&2; exit 3"])).toEqual({
      code: 3,
      stdout: "a",
      stderr: "b\n",
    });
  });
});

describe("the workspace", () => {
  test("rejects a folder outside the project, where functions would not find the SDK", () => {
    expect(() => workspace(tmpdir())).toThrow(/must lie inside/);
    expect(() => workspace(`${projectRoot}-other`)).toThrow(/must lie inside/);
    expect(workspace(join(projectRoot, ".e2e", "a")).state).toBe(
      join(projectRoot, ".e2e", "a", ".state", "local"),
    );
  });
});

describe("pinned requirements", () => {
  test.each(["ministack", "moto"])("of %s name an exact version each", (name) => {
    const text = readFileSync(join(projectRoot, "scripts", "local-aws", `requirements-${name}.txt`), "utf8");
    const lines = text.split("\n").filter((line) => line !== "" && !line.startsWith("#"));
    expect(lines.length).toBeGreaterThan(20);
    expect(lines.filter((line) => !/^[\w.-]+==[\w.]+$/.test(line))).toEqual([]);
  });
});

describe("the example order", () => {
  test("sees new items and changed ones", () => {
    const before = [{ day: "1", orders: 1 }, { day: "2" }];
    expect(changedItems(before, [{ day: "1", orders: 2 }, { day: "2" }, { day: "3" }])).toEqual([
      { day: "1", orders: 2 },
      { day: "3" },
    ]);
  });

  test("goes to a stack with both outputs", () => {
    expect(takesOrders({ orders_topic_arn: "arn", tables: { billing: "t" } })).toBe(true);
    expect(takesOrders({ orders_topic_arn: "arn" })).toBe(false);
    expect(takesOrders({ tables: {} })).toBe(false);
  });
});

describe("the print-out", () => {
  test("lines up text to the left and numbers to the right", () => {
    const rows = [
      { stack: "a", resources: 9, init: "0.7 s" },
      { stack: "longer", resources: 46, init: "12 s" },
    ];
    expect(table(rows)).toBe(
      ["stack    resources    init", "a                9   0.7 s", "longer          46    12 s"].join("\n"),
    );
  });

  test("tells seconds", () => {
    expect([seconds(849), seconds(9_940), seconds(61_600)]).toEqual(["0.8 s", "9.9 s", "62 s"]);
  });
});
