import { readFileSync, rmSync } from "node:fs";
import { get } from "node:https";
import { join } from "node:path";
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
    rmSync(workspace.root, { recursive: true, force: true });
  });

  it("answers one request at a time: two at once leave half a VPC behind", async () => {
    const certificate = await makeCertificate(workspace.tls);
    const { url } = await startEmulator("moto", {
      python: await installEmulator("moto"),
      region: "eu-west-1",
      certificate,
      workspace,
      // What counts them.
      env: { PYTHONPATH: join(__dirname, "..", "support", "crowded") },
      onSpawn: (emulator) => {
        moto = emulator;
        writeSession(workspace, { ...newSession(), emulators: [emulator] });
      },
    });
    const ca = readFileSync(certificate.certificate);
    const atOnce = () =>
      new Promise<string | undefined>((resolve, reject) => {
        get(`${url}/moto-api/`, { ca, agent: false }, (response) => {
          response.resume();
          resolve(response.headers["x-at-once"]?.toString());
        }).on("error", reject);
      });
    expect(await Promise.all(Array.from({ length: 8 }, atOnce))).toEqual(Array(8).fill("1"));
  });
});
