import { execFileSync, spawnSync } from "node:child_process";
import { cpSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { tarball } from "./pack";

/** Another team's project in a clean folder of its own, with nothing of this one but the tarball. */
export class AnotherTeam {
  readonly folder = mkdtempSync(join(tmpdir(), "another-team-"));

  /** Installs what its package.json asks for, and the tarball. */
  constructor() {
    cpSync(join(__dirname, "../fixtures/another-team"), this.folder, { recursive: true });
    this.install(tarball());
  }

  /** Adds packages, or other versions of them, as its developer would. */
  install(...packages: readonly string[]): void {
    const options = ["--prefer-offline", "--no-audit", "--no-fund", "--save-exact", "--loglevel=error"];
    execFileSync("npm", ["install", ...options, ...packages], {
      cwd: this.folder,
      env: this.environment(),
      stdio: ["ignore", "ignore", "inherit"],
    });
  }

  /** Runs a program in the project. */
  run(program: string, args: readonly string[], env: NodeJS.ProcessEnv = {}) {
    const { status, stdout, stderr } = spawnSync(program, args, {
      cwd: this.folder,
      encoding: "utf8",
      env: { ...this.environment(), ...env },
    });
    return { status, output: `${stdout}${stderr}` };
  }

  /** Nothing of our process: not our packages' programs on the path, not npm's or jest's settings. */
  private environment(): NodeJS.ProcessEnv {
    const ours = Object.entries(process.env)
      .filter(([name]) => !/^(npm_|NODE_PATH$|NODE_ENV$|JEST_|INIT_CWD$)/.test(name))
      .map(([name, value]) => [
        name,
        name === "PATH"
          ? value
              ?.split(":")
              .filter((each) => !each.includes("node_modules"))
              .join(":")
          : value,
      ]);
    return { ...Object.fromEntries(ours), CHECKPOINT_DISABLE: "1" };
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}
