import { isAbsolute, join, relative, resolve } from "node:path";
import { OperatorError } from "../support/command";
import { projectRoot } from "../support/paths";

/** Where the local environment keeps its things; all of it is ignored by git and may be deleted when nothing runs. */
export interface Workspace {
  readonly root: string;
  /** Synthesis output. */
  readonly outdir: string;
  /** Terraform's states of the `local` stacks, whose backend path is relative to their folder in `outdir`. */
  readonly state: string;
  /** The live session: record, certificate, logs, temporary files. */
  readonly local: string;
  readonly sessionFile: string;
  readonly logs: string;
  readonly tmp: string;
  readonly tls: string;
}

/**
 * The project root, or `LOCAL_WORKSPACE` (tests: several environments beside each other).
 *
 * @throws OperatorError when LOCAL_WORKSPACE lies outside the project
 */
export function workspace(folder: string = process.env.LOCAL_WORKSPACE || projectRoot): Workspace {
  const root = resolve(folder);
  const below = relative(projectRoot, root);
  if (below.startsWith("..") || isAbsolute(below)) {
    // The emulator unpacks functions into its temporary folder, and Node looks for packages upwards from there.
    throw new OperatorError(
      `LOCAL_WORKSPACE=${root} must lie inside ${projectRoot}: deployed functions find the AWS SDK in its node_modules`,
    );
  }
  const local = join(root, ".local");
  return {
    root,
    outdir: join(root, "cdktf.out"),
    state: join(root, ".state", "local"),
    local,
    sessionFile: join(local, "session.json"),
    logs: join(local, "logs"),
    tmp: join(local, "tmp"),
    tls: join(local, "tls"),
  };
}
