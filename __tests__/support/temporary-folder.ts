import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/**
 * Before a run: a temporary folder of its own, for the tests, jest's workers and every program they start. Whatever is
 * left there goes with it: a worker is killed at its end, and the hooks that would tidy up do not run.
 */
export default function temporaryFolder(): void {
  process.env.TMPDIR = mkdtempSync(join(tmpdir(), "cdktf-aws-patterns-test-"));
}
