import { execFileSync, spawnSync } from "node:child_process";
import { cpSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
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
  run(program: string, args: readonly string[]) {
    const options = { cwd: this.folder, encoding: "utf8", env: this.environment() } as const;
    const { status, stdout, stderr } = spawnSync(program, args, options);
    return { status, output: `${stdout}${stderr}` };
  }

  /** Of our process only what belongs to the machine: no program of our packages on the path, nothing that npm or jest told. */
  private environment(): NodeJS.ProcessEnv {
    const { PATH = "", ...others } = process.env;
    const machine = Object.entries(others).filter(
      ([name]) => !/^(npm_(?!config_)|NODE_PATH$|NODE_ENV$|JEST_|INIT_CWD$)/.test(name),
    );
    const path = PATH.split(delimiter).filter((each) => !each.includes("node_modules"));
    return {
      ...Object.fromEntries(machine),
      PATH: path.join(delimiter),
      CHECKPOINT_DISABLE: "1",
      npm_config_update_notifier: "false",
    };
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}
