import { once } from "node:events";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { get } from "node:https";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { takeCensus } from "../../scripts/local-aws/census";
import { type Certificate, makeCertificate } from "../../scripts/local-aws/certificate";
import { deploy, destroy } from "../../scripts/local-aws/deployment";
import { type Emulator, startEmulator, stopEmulator } from "../../scripts/local-aws/emulators";
import { groupRuns, isRunning, markProcess, type ProcessMark } from "../../scripts/local-aws/process-mark";
import { endSession, newSession, readSession, stateOf, writeSession } from "../../scripts/local-aws/session";
import { printEnvironment } from "../../scripts/local-aws/summary";
import { type Workspace, workspace } from "../../scripts/local-aws/workspace";
import { OperatorError } from "../../scripts/support/command";
import { run } from "../../scripts/support/process";
import type { SynthesisedStack } from "../../scripts/terraform/manifest";
import { FakeTerraform, planned } from "../support/fake-terraform";

/** What the local AWS does with the programs that it starts; each stands here for the real one and behaves as told. */

let folder: string;
let said: string[];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "local-aws-"));
  said = [];
  jest.spyOn(process.stdout, "write").mockImplementation((text) => said.push(String(text)) > 0);
});
afterEach(() => {
  jest.restoreAllMocks();
  rmSync(folder, { recursive: true, force: true });
});

const program = (script: string): string => {
  const file = join(folder, "program");
  writeFileSync(file, `#!${process.execPath}\n${script}`, { mode: 0o755 });
  return file;
};
const errorOf = (work: Promise<unknown>): Promise<Error> =>
  work.then(
    () => new Error("nothing was thrown"),
    (error: Error) => error,
  );
const workspaceIn = (root: string): Workspace => {
  const local = join(root, ".local");
  return {
    ...workspace(),
    root,
    local,
    state: join(root, ".state", "local"),
    sessionFile: join(local, "session.json"),
    logs: join(local, "logs"),
    tmp: join(local, "tmp"),
    tls: join(local, "tls"),
  };
};

describe("a deployment", () => {
  let fake: FakeTerraform;
  let stack: SynthesisedStack;
  beforeEach(() => {
    fake = new FakeTerraform();
    stack = fake.stack("local-orders");
  });
  afterEach(() => fake.remove());
  const props = () => ({ binary: fake.binary, terraformEnv: {}, account: {} });
  const rule = "aws_vpc_security_group_egress_rule.r";

  it("applies, plans again, and counts what each emulator holds", async () => {
    const held = ["aws_vpc.v", "aws_subnet.a", "aws_sqs_queue.q", "data.aws_region.r"];
    fake.answer("state list", { stdout: held.join("\n") });
    fake.answer("output", { stdout: [{ url: { value: "u" } }] });
    expect(await deploy(stack, props())).toMatchObject({
      stack: "local-orders",
      resources: { moto: 2, ministack: 1 },
      outputs: { url: "u" },
      artefacts: 0,
    });
    expect(fake.calls().map(({ args }) => args[0])).toEqual(["init", "apply", "plan", "state", "output"]);
    expect(said).toContain("local-orders  second plan: empty\n");
  });

  it("counts the known artefacts of the second plan, and leaves no plan file", async () => {
    fake.plans({
      resource_changes: [planned(rule, ["update"], { description: "a" }, { description: null })],
    });
    expect(await deploy(stack, props())).toMatchObject({ artefacts: 1 });
    expect(said).toContain("local-orders  second plan: 1 artefacts, nothing else\n");
    await expect(run("ls", [stack.folder])).resolves.toMatchObject({ stdout: "cdk.tf.json" });
  });

  it("rejects a second plan that nothing explains, listing what it would do, and only that", async () => {
    fake.plans({
      resource_changes: [
        planned(rule, ["update"], { description: "a" }, { description: null }),
        planned("aws_sqs_queue.q", ["update"], { delay_seconds: 1 }, { delay_seconds: 0 }),
        planned("aws_vpc.v", ["create"]),
      ],
    });
    const error = await errorOf(deploy(stack, props()));
    expect(error).toBeInstanceOf(OperatorError);
    expect(error.message).toBe(
      "local-orders: the second plan is not empty, and no known artefact explains:\n" +
        "  ~ aws_sqs_queue.q: delay_seconds\n  + aws_vpc.v",
    );
  });

  it("runs Terraform as the account, and without what would lead it elsewhere", async () => {
    process.env.AWS_PROFILE = "prod";
    process.env.TF_WORKSPACE = "prod";
    fake.answer("init", {
      first:
        "log(JSON.stringify([process.env.AWS_PROFILE, process.env.TF_WORKSPACE, process.env.AWS_REGION, process.env.X]))",
    });
    await deploy(stack, { ...props(), account: { AWS_REGION: "eu-west-1" }, terraformEnv: { X: "x" } });
    delete process.env.AWS_PROFILE;
    delete process.env.TF_WORKSPACE;
    expect(fake.logged()).toEqual(['[null,null,"eu-west-1","x"]']);
  });

  it("that cannot be destroyed is told and does not keep the others from it", async () => {
    expect(await destroy(stack, props())).toBe(true);
    fake.answer("destroy", { code: 1, stderr: "Error: bucket not empty" });
    expect(await destroy(stack, props())).toBe(false);
    expect(said).toContain("local-orders  destroy FAILED\n    bucket not empty\n");
  });

  it("that cannot be destroyed for another reason ends the whole", async () => {
    await expect(destroy(stack, { ...props(), binary: join(folder, "absent") })).rejects.toThrow(/ENOENT/);
  });
});

describe("a census", () => {
  const emulator: Emulator = {
    name: "moto",
    url: "https://127.0.0.1:1",
    process: { pid: 1, started: "" },
    env: {
      AWS_REGION: "eu-west-1",
      AWS_CA_BUNDLE: "/ca",
      AWS_ACCESS_KEY_ID: "1",
      AWS_SECRET_ACCESS_KEY: "2",
    },
    log: "",
  };
  /** Answers each question by its kind, as aws_query.py does; nothing exists of what is not told. */
  const answering = (answers: object) =>
    program(`
      let text = "";
      process.stdin.on("data", (part) => { text += part; }).on("end", () => {
        const request = JSON.parse(text);
        const { queries, ...to } = request;
        require("node:fs").writeFileSync(${JSON.stringify(join(folder, "to.json"))}, JSON.stringify(to));
        const answers = ${JSON.stringify(answers)};
        const found = queries.map(({ kind, params }) => [kind, answers[params?.KeyId ?? kind] ?? []]);
        process.stdout.write(JSON.stringify(Object.fromEntries(found)));
      });`);

  it("asks the emulator as its account, and gives the ids by kind", async () => {
    const census = await takeCensus(emulator, answering({ queue: ["q1", "q2"], VPC: ["v"] }));
    expect(census).toMatchObject({ queue: ["q1", "q2"], VPC: ["v"], topic: [], key: [] });
    expect(Object.keys(census).length).toBeGreaterThan(25);
    expect(JSON.parse(readFileSync(join(folder, "to.json"), "utf8"))).toEqual({
      endpoint: "https://127.0.0.1:1",
      ca: "/ca",
      region: "eu-west-1",
      key: "1",
      secret: "2",
    });
  });

  it("leaves out keys that are pending deletion, and no others", async () => {
    const states = {
      key: ["gone", "here", "off"],
      gone: ["PendingDeletion"],
      here: ["Enabled"],
      off: ["Disabled"],
    };
    expect((await takeCensus(emulator, answering(states))).key).toEqual(["here", "off"]);
  });

  it("rejects an unanswered question: nothing left must not come from silence", async () => {
    const error = await errorOf(
      takeCensus(
        emulator,
        answering({ topic: { error: "timed out" }, role: { error: "denied" }, queue: ["q"] }),
      ),
    );
    expect(error).toEqual(
      new OperatorError("moto does not say what exists:\n  topic: timed out\n  role: denied"),
    );
  });

  it.each([
    [
      "no answer at all",
      "process.stdin.resume(); console.error('no botocore')",
      /nothing came back: no botocore/,
    ],
    [
      "one that did not wait for the question",
      "console.error('no botocore'); process.exit(1)",
      /nothing came back/,
    ],
  ])("rejects %s, and says what it wrote instead", async (_, script, expected) => {
    await expect(takeCensus(emulator, program(script))).rejects.toThrow(expected);
  });

  it("ends with the reason when it is stopped", async () => {
    const stop = new AbortController();
    const census = takeCensus(emulator, program("setInterval(() => {}, 1000)"), stop.signal);
    stop.abort(new OperatorError("stopped by SIGINT"));
    await expect(census).rejects.toThrow(/^stopped by SIGINT$/);
  });
});

describe("an emulator", () => {
  let certificate: Certificate;
  let tls: string;
  beforeAll(async () => {
    tls = mkdtempSync(join(tmpdir(), "tls-"));
    certificate = await makeCertificate(tls);
  });
  afterAll(() => rmSync(tls, { recursive: true }));

  const spawned: Emulator[] = [];
  afterEach(async () => {
    for (const emulator of spawned.splice(0)) await stopEmulator(emulator);
  });
  const props = (python: string, readySeconds?: number) => ({
    python,
    region: "eu-west-1",
    certificate,
    workspace: workspaceIn(folder),
    readySeconds,
    onSpawn: (emulator: Emulator) => spawned.push(emulator),
  });
  /** Serves on the port that it is told, as either of the two is told. */
  const serving = (status: number) =>
    program(`
      const { readFileSync } = require("node:fs");
      const after = (flag) => process.argv[process.argv.indexOf(flag) + 1];
      const { env } = process;
      const moto = process.argv.includes("-H");
      const [host, port, cert, key] = moto
        ? [after("-H"), after("-p"), after("-c"), after("-k")]
        : [env.BIND_HOST, env.GATEWAY_PORT, env.MINISTACK_SSL_CERT, env.MINISTACK_SSL_KEY];
      const answer = (request, response) => {
        response.writeHead(${status}).end(JSON.stringify({ url: request.url, env, host }));
      };
      require("node:https")
        .createServer({ cert: readFileSync(cert), key: readFileSync(key) }, answer)
        .listen(Number(port), host, () => console.log("listening"));`);
  const ask = (url: string): Promise<{ url: string; host: string; env: Record<string, string> }> =>
    new Promise((resolve, reject) => {
      const request = get(url, { ca: readFileSync(certificate.certificate), agent: false }, (response) => {
        let text = "";
        response.on("data", (part) => {
          text += part;
        });
        response.on("end", () => resolve(JSON.parse(text)));
      });
      request.on("error", reject);
    });

  it("listens on loopback over TLS, on a port of its own, and is led astray by nothing of the operator's", async () => {
    process.env.AWS_ENDPOINT_URL = "https://elsewhere";
    process.env.PYTHONPATH = "/elsewhere";
    const python = serving(200);
    const [ministack, moto] = await Promise.all([
      startEmulator("ministack", props(python)),
      startEmulator("moto", props(python)),
    ]);
    delete process.env.AWS_ENDPOINT_URL;
    delete process.env.PYTHONPATH;
    expect(ministack.url).not.toBe(moto.url);
    for (const emulator of [ministack, moto]) {
      const { env, host } = await ask(emulator.url);
      expect(host).toBe("127.0.0.1");
      expect(env.AWS_ENDPOINT_URL).toBeUndefined();
      expect(env.PYTHONPATH).toBeUndefined();
      expect(env.TMPDIR).toBe(join(folder, ".local", "tmp"));
      expect(emulator.env).toMatchObject({
        AWS_ENDPOINT_URL: emulator.url,
        AWS_ACCESS_KEY_ID: "123456789012",
        AWS_REGION: "eu-west-1",
        AWS_CA_BUNDLE: certificate.certificate,
      });
    }
    expect((await ask(ministack.url)).env).toMatchObject({ AUTH: "true", MINISTACK_REGION: "eu-west-1" });
    await stopEmulator(moto);
    expect(isRunning(moto.process)).toBe(false);
    expect(isRunning(ministack.process)).toBe(true);
  });

  it("gets a port that nobody listens on, and none that a system gives to outgoing connections", async () => {
    const first = await startEmulator("moto", props(serving(200)));
    const port = Number(new URL(first.url).port);
    const taken = createServer().listen(port + 1, "127.0.0.1");
    try {
      await once(taken, "listening");
      const second = await startEmulator("ministack", props(serving(200)));
      expect(Number(new URL(second.url).port)).not.toBe(port + 1);
      expect(port).toBeGreaterThanOrEqual(10_000);
      expect(port).toBeLessThan(30_000);
    } finally {
      taken.close();
    }
  });

  it("that ends while it starts is told with the end of its log", async () => {
    const script = `for (let line = 1; line <= 20; line += 1) console.log("line " + line); process.exitCode = 3;`;
    const error = await errorOf(startEmulator("moto", props(program(script))));
    expect(error).toBeInstanceOf(OperatorError);
    const lines = [13, 14, 15, 16, 17, 18, 19, 20].map((line) => `\n  line ${line}`).join("");
    expect(error.message).toBe(
      `moto ended while starting: ${join(folder, ".local", "logs", "moto.log")} ends with${lines}`,
    );
  });

  it("that answers, but not well, within the cap is not ready, and is stopped", async () => {
    const error = await errorOf(startEmulator("ministack", props(serving(503), 2)));
    expect(error.message).toMatch(/^ministack was not ready after 2 s: .*ministack\.log ends with/);
    expect(spawned).toHaveLength(1);
    expect(groupRuns(spawned[0]?.process.pid ?? 0)).toBe(false);
  });

  it("is stopped when the operator stops while it starts", async () => {
    const stop = new AbortController();
    const started = startEmulator("moto", {
      ...props(serving(503)),
      signal: stop.signal,
      onSpawn: (emulator) => {
        spawned.push(emulator);
        stop.abort(new OperatorError("stopped by SIGINT"));
      },
    });
    await expect(started).rejects.toThrow("stopped by SIGINT");
    expect(groupRuns(spawned[0]?.process.pid ?? 0)).toBe(false);
  });

  it("that cannot be run is told by its program", async () => {
    const absent = join(folder, "absent");
    await expect(startEmulator("moto", props(absent))).rejects.toThrow(
      `moto did not start: ${absent} cannot be run`,
    );
  });

  it("that ignores a request to end is killed", async () => {
    const python = program(
      `process.on("SIGTERM", () => {}); ${readFileSync(serving(200), "utf8").split("\n").slice(1).join("\n")}`,
    );
    const emulator = await startEmulator("moto", props(python));
    await stopEmulator(emulator);
    expect(groupRuns(emulator.process.pid)).toBe(false);
  });

  it("whose number another process has by now is left alone when its session ends", async () => {
    const emulator = await startEmulator("moto", props(serving(200)));
    const space = workspaceIn(folder);
    const recycled = { ...emulator, process: { ...emulator.process, started: "an earlier boot/1" } };
    writeSession(space, { ...newSession(), emulators: [recycled] });
    await endSession(space, readSession(space));
    expect(isRunning(emulator.process)).toBe(true);
  });
});

describe("the record of a session", () => {
  const here = () => markProcess(process.pid) as ProcessMark;

  it.each([
    ["cut off", '{"owner": '],
    ["null", "null"],
    ["a list", "[]"],
    ["without its owner", '{"ready": true, "emulators": []}'],
    ["another program's", '{"ready": true, "pid": 7}'],
    ["without its emulators", JSON.stringify({ owner: { pid: 1, started: "x" }, ready: true })],
  ])("that is %s counts as none", (_, text) => {
    const space = workspaceIn(folder);
    mkdirSync(space.local, { recursive: true });
    writeFileSync(space.sessionFile, text);
    expect(readSession(space)).toBeUndefined();
    expect(stateOf(readSession(space))).toBe("none");
  });

  it("is for its owner's eyes, and is left whole by a write that fails", () => {
    const space = workspaceIn(folder);
    const written = writeSession(space, newSession());
    expect(statSync(space.sessionFile).mode & 0o777).toBe(0o600);
    mkdirSync(`${space.sessionFile}.new`);
    expect(() => writeSession(space, { ...written, stacks: ["local-a"] })).toThrow();
    expect(readSession(space)).toEqual(written);
  });

  it("goes at the end with states, certificate and temporary files; the logs stay", async () => {
    const space = workspaceIn(folder);
    for (const path of [space.state, space.tls, space.tmp, space.logs]) mkdirSync(path, { recursive: true });
    writeFileSync(join(space.logs, "moto.log"), "why");
    writeSession(space, { ...newSession(), owner: here() });
    await endSession(space, readSession(space));
    const { stdout } = await run("find", [folder, "-mindepth", "1", "-type", "d"]);
    const left = stdout.split("\n").map((path) => path.slice(folder.length + 1));
    expect(left.sort()).toEqual([".local", ".local/logs", ".state"]);
    expect(readSession(space)).toBeUndefined();
    expect(readFileSync(join(space.logs, "moto.log"), "utf8")).toBe("why");
  });
});

describe("the lines to go on by hand", () => {
  it("give a shell exactly the values, whatever they hold", async () => {
    const values = { PLAIN: "https://127.0.0.1:4566/a,b", HARD: `it's "a" $HOME \`x\` & \\ b; *`, EMPTY: "" };
    printEnvironment(values, { TF_CLI_CONFIG_FILE: "/a b" });
    const exports = said
      .join("")
      .split("\n")
      .filter((line) => line.startsWith("export "));
    const names = ["ENVIRONMENTS", "TF_CLI_CONFIG_FILE", ...Object.keys(values)];
    const print = names.map((name) => `printf '%s\\n' "$${name}"`).join("; ");
    const { stdout } = await run("bash", ["-c", `set -eu; ${exports.join("\n")}\n${print}`]);
    expect(stdout.split("\n")).toEqual(["local", "/a b", ...Object.values(values)]);
    expect(exports).toContain("export PLAIN=https://127.0.0.1:4566/a,b");
  });
});
