import { readFileSync, rmSync } from "node:fs";
import { get } from "node:https";
import { join } from "node:path";
import { connect } from "node:tls";
import { makeCertificate } from "../../scripts/local-aws/certificate";
import { type Emulator, startEmulator, stopEmulator } from "../../scripts/local-aws/emulators";
import { newSession, writeSession } from "../../scripts/local-aws/session";
import { newWorkspace } from "../../scripts/local-aws/test-workspaces";
import { installEmulator } from "../../scripts/local-aws/tools";

describe("moto", () => {
  const workspace = newWorkspace();
  let moto: Emulator | undefined;
  afterEach(async () => {
    if (moto) await stopEmulator(moto);
  });
  afterAll(() => rmSync(workspace.root, { recursive: true, force: true }));

  /** Starts it. @param env beside what it needs */
  async function start(env?: Readonly<Record<string, string>>): Promise<{ url: string; ca: Buffer }> {
    const certificate = await makeCertificate(workspace.tls);
    const { url } = await startEmulator("moto", {
      python: await installEmulator("moto"),
      region: "eu-west-1",
      certificate,
      workspace,
      env,
      onSpawn: (emulator) => {
        moto = emulator;
        writeSession(workspace, { ...newSession(), emulators: [emulator] });
      },
    });
    return { url, ca: readFileSync(certificate.certificate) };
  }

  it("answers one request at a time: two at once leave half a VPC behind", async () => {
    // What counts them.
    const { url, ca } = await start({ PYTHONPATH: join(__dirname, "..", "support", "crowded") });
    const atOnce = () =>
      new Promise<string | undefined>((resolve, reject) => {
        get(`${url}/moto-api/`, { ca, agent: false }, (response) => {
          response.resume();
          resolve(response.headers["x-at-once"]?.toString());
        }).on("error", reject);
      });
    expect(await Promise.all(Array.from({ length: 8 }, atOnce))).toEqual(Array(8).fill("1"));
  });

  it("answers in one piece: between head and body the provider loses an answer", async () => {
    const { url, ca } = await start();
    const { hostname: host, port } = new URL(url);
    const pieces = await new Promise<readonly string[]>((resolve, reject) => {
      const read: string[] = [];
      const socket = connect({ host, port: Number(port), ca }, () =>
        socket.write(`POST /moto-api/reset HTTP/1.1\r\nHost: ${host}\r\nContent-Length: 0\r\n\r\n`),
      );
      // One TLS record each, which is what was written at a time.
      socket.on("data", (piece) => read.push(piece.toString()));
      socket.on("end", () => resolve(read)).on("error", reject);
    });
    expect(pieces).toEqual([expect.stringMatching(/^HTTP\/1\.1 200 OK\r\n.*\r\n\r\n.+$/s)]);
  });
});
