import { rmSync } from "node:fs";
import { basename, dirname } from "node:path";

/** After a run: its temporary folder goes. */
export default function temporaryFolderAway(): void {
  const folder = process.env.TMPDIR ?? "";
  if (!basename(folder).startsWith("cdktf-aws-patterns-test-"))
    throw new Error(`"${folder}" is not this run's own`);
  rmSync(folder, { recursive: true, force: true });
  process.env.TMPDIR = dirname(folder);
}
