import { readFileSync } from "node:fs";
import { type ClientHttp2Session, connect } from "node:http2";
import type { Emulator } from "../../scripts/local-aws/emulators";
import { type Emulators, startEmulators } from "../support/emulators";

describe("ministack", () => {
  let emulators: Emulators | undefined;
  afterAll(() => emulators?.stop());

  it("answers on one connection whatever an apply asks: after 1,000 requests, answers under way were lost", async () => {
    emulators = await startEmulators(["ministack"]);
    const [{ url, env }] = emulators.started as readonly [Emulator];
    const session = connect(url, { ca: readFileSync(env.AWS_CA_BUNDLE as string) });
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
