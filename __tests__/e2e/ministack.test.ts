import { readFileSync, rmSync } from "node:fs";
import { type ClientHttp2Session, connect } from "node:http2";
import { makeCertificate } from "../../scripts/local-aws/certificate";
import { type Emulator, startEmulator, stopEmulator } from "../../scripts/local-aws/emulators";
import { newSession, writeSession } from "../../scripts/local-aws/session";
import { newWorkspace } from "../../scripts/local-aws/test-workspaces";
import { installEmulator } from "../../scripts/local-aws/tools";

describe("ministack", () => {
  const workspace = newWorkspace();
  let ministack: Emulator | undefined;
  afterAll(async () => {
    if (ministack) await stopEmulator(ministack);
    rmSync(workspace.root, { recursive: true, force: true });
  });

  it("answers on one connection whatever an apply asks: after 1,000 requests, answers under way were lost", async () => {
    const certificate = await makeCertificate(workspace.tls);
    const { url } = await startEmulator("ministack", {
      python: await installEmulator("ministack"),
      region: "eu-west-1",
      certificate,
      workspace,
      onSpawn: (emulator) => {
        ministack = emulator;
        writeSession(workspace, { ...newSession(), emulators: [emulator] });
      },
    });
    const session = connect(url, { ca: readFileSync(certificate.certificate) });
    try {
      let asked = 0;
      // As many at a time as Terraform makes resources.
      const oneOfTen = async () => {
        while (asked++ < 1_500) expect(await statusOf(session)).toBe(200);
      };
      await Promise.all(Array.from({ length: 10 }, oneOfTen));
    } finally {
      session.destroy();
    }
  });
});

function statusOf(session: ClientHttp2Session): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    const request = session.request({ ":path": "/_ministack/health" });
    let status: number | undefined;
    request.on("response", (headers) => {
      status = headers[":status"];
    });
    request.on("error", reject).on("end", () => resolve(status));
    request.resume();
  });
}
