import { spawn } from "node:child_process";
import { closeSync, mkdirSync, openSync, readFileSync } from "node:fs";
import { get } from "node:https";
import { createServer } from "node:net";
import { join } from "node:path";
import { OperatorError } from "../support/command";
import { projectRoot } from "../support/paths";
import { signalGroup, waitUntil } from "../support/process";
import type { Certificate } from "./certificate";
import { groupRuns, isRunning, markProcess, type ProcessMark } from "./process-mark";
import type { EmulatorName } from "./tools";
import type { Workspace } from "./workspace";

/** A key of twelve digits is the account in both emulators, so one account guard fits both. */
const localAccount = "123456789012";

/** A running emulator. */
export interface Emulator {
  readonly name: EmulatorName;
  /** e.g. `https://127.0.0.1:41234`. */
  readonly url: string;
  /** Leader of its process group; the functions it runs are in the group too. */
  readonly process: ProcessMark;
  /** What Terraform, the SDKs and the CLI need to talk to it. */
  readonly env: Readonly<Record<string, string>>;
  readonly log: string;
}

export interface StartProps {
  /** The Python of the emulator's virtual environment. */
  readonly python: string;
  readonly region: string;
  readonly certificate: Certificate;
  readonly workspace: Workspace;
  /** Called as soon as the process exists, before it is ready: whoever records it can stop it after a crash of ours. */
  readonly onSpawn?: (emulator: Emulator) => void;
  /** Variables beside those that it needs. @default - none */
  readonly env?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal;
  /** The cap on getting ready; importing all services takes seconds on a slow disk. @default 90 */
  readonly readySeconds?: number;
}

interface Recipe {
  readonly args: (port: number, certificate: Certificate) => readonly string[];
  readonly env: (port: number, props: StartProps) => Record<string, string>;
  readonly health: string;
}

/** An emulator's own server, with what our file about it mends. */
function server(name: EmulatorName): string {
  return join(projectRoot, "scripts", "local-aws", `${name}_server.py`);
}

const recipes: Readonly<Record<EmulatorName, Recipe>> = {
  ministack: {
    args: () => [server("ministack")],
    env: (port, { region, certificate }) => ({
      // By default it binds every interface and opens an MQTT listener besides.
      BIND_HOST: "127.0.0.1",
      GATEWAY_PORT: String(port),
      IOT_MTLS_ENABLED: "0",
      AUTH: "true",
      USE_SSL: "1",
      MINISTACK_SSL_CERT: certificate.certificate,
      MINISTACK_SSL_KEY: certificate.key,
      MINISTACK_REGION: region,
      MINISTACK_ACCOUNT_ID: localAccount,
      // Functions inherit it and so trust the emulator.
      NODE_EXTRA_CA_CERTS: certificate.certificate,
    }),
    health: "/_ministack/health",
  },
  moto: {
    args: (port, { certificate, key }) => [
      server("moto"),
      ...["-H", "127.0.0.1", "-p", String(port), "-c", certificate, "-k", key],
    ],
    env: () => ({ MOTO_IAM_LOAD_MANAGED_POLICIES: "true" }),
    health: "/moto-api/",
  },
};

/**
 * Starts an emulator on a free loopback port and waits until it answers.
 *
 * It outlives us: detached, in a process group of its own, logging to a file. When it does not get ready it is stopped.
 *
 * @throws OperatorError with the end of its log when it dies or exceeds the cap
 */
export async function startEmulator(name: EmulatorName, props: StartProps): Promise<Emulator> {
  const { workspace, certificate, signal, readySeconds = 90 } = props;
  const port = await freePort();
  const recipe = recipes[name];
  const log = join(workspace.logs, `${name}.log`);
  for (const folder of [workspace.logs, workspace.tmp]) mkdirSync(folder, { recursive: true });
  const output = openSync(log, "w");
  const child = spawn(props.python, recipe.args(port, certificate), {
    cwd: workspace.local,
    env: { ...operatorEnvironment(), TMPDIR: workspace.tmp, ...recipe.env(port, props), ...props.env },
    detached: true,
    stdio: ["ignore", output, output],
  });
  closeSync(output);
  child.on("error", () => {});
  child.unref();
  const mark = child.pid === undefined ? undefined : markProcess(child.pid);
  if (!mark) throw new OperatorError(`${name} did not start: ${props.python} cannot be run`);

  const url = `https://127.0.0.1:${port}`;
  const emulator: Emulator = { name, url, process: mark, env: clientEnvironment(url, props), log };
  try {
    props.onSpawn?.(emulator);
    const ready = await waitUntil(
      () => {
        if (!isRunning(mark)) throw new OperatorError(`${name} ended while starting: ${endOf(log)}`);
        return answers(`${url}${recipe.health}`, readFileSync(certificate.certificate));
      },
      readySeconds,
      signal,
    );
    if (!ready) throw new OperatorError(`${name} was not ready after ${readySeconds} s: ${endOf(log)}`);
    return emulator;
  } catch (error) {
    await stopEmulator(emulator);
    throw error;
  }
}

/**
 * Ends an emulator and the functions it runs, and waits until the last of them is gone; one that is gone is fine.
 *
 * @throws OperatorError when something of the group survives even a kill
 */
export async function stopEmulator({ name, process: mark }: Emulator): Promise<void> {
  // Another process may have got the number since; as long as anything of our group lives nobody can.
  const successor = markProcess(mark.pid);
  if (successor && successor.started !== mark.started) return;
  const gone = () => !groupRuns(mark.pid);
  signalGroup(mark.pid, "SIGTERM");
  if (await waitUntil(gone, 5)) return;
  // All it has is in memory: nothing is lost by a kill.
  signalGroup(mark.pid, "SIGKILL");
  if (!(await waitUntil(gone, 10)))
    throw new OperatorError(`${name} (process group ${mark.pid}) cannot be stopped`);
}

function clientEnvironment(url: string, { region, certificate }: StartProps): Record<string, string> {
  return {
    AWS_ENDPOINT_URL: url,
    AWS_ACCESS_KEY_ID: localAccount,
    AWS_SECRET_ACCESS_KEY: "test",
    AWS_REGION: region,
    AWS_DEFAULT_REGION: region,
    AWS_CA_BUNDLE: certificate.certificate,
    NODE_EXTRA_CA_CERTS: certificate.certificate,
    AWS_EC2_METADATA_DISABLED: "true",
  };
}

/** The operator's environment without what would lead an AWS client, or the emulator, elsewhere. */
export function operatorEnvironment(): NodeJS.ProcessEnv {
  const misleading =
    /^(AWS_|MINISTACK_|MOTO_|LOCALSTACK_|PYTHONHOME$|PYTHONPATH$|VIRTUAL_ENV$|TF_WORKSPACE$|TF_DATA_DIR$)/;
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !misleading.test(name)));
}

/** Below the ports that systems give to outgoing connections: such a one could be taken between our look and the emulator's. */
const [FIRST_PORT, PORTS] = [10_000, 20_000];
/** Each process begins elsewhere, and goes on from what it looked at: several start emulators at a time. */
let looked = process.pid * 16;

async function freePort(): Promise<number> {
  for (let tries = 0; tries < PORTS; tries += 1) {
    const port = FIRST_PORT + (looked++ % PORTS);
    if (await isFree(port)) return port;
  }
  throw new OperatorError(`no port of ${FIRST_PORT} to ${FIRST_PORT + PORTS - 1} is free on 127.0.0.1`);
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer().on("error", () => resolve(false));
    server.listen(port, "127.0.0.1", () => server.close(() => resolve(true)));
  });
}

function answers(url: string, ca: Buffer): Promise<boolean> {
  return new Promise((resolve) => {
    const request = get(url, { ca, timeout: 2000, agent: false }, (response) => {
      response.resume();
      resolve(response.statusCode === 200);
    });
    request.on("timeout", () => request.destroy());
    request.on("error", () => resolve(false));
  });
}

/** What an emulator said last. */
export function endOf(log: string, lines = 8): string {
  return `${log} ends with\n  ${readFileSync(log, "utf8").trim().split("\n").slice(-lines).join("\n  ")}`;
}
