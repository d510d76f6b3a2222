import { existsSync, mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { join, resolve } from "node:path";
import { OperatorError } from "../support/command";

const registry = "registry.terraform.io";
const wanted = join(registry, "hashicorp", "aws");

export interface MirrorPlaces {
  /** Folders that may hold `registry.terraform.io/`. */
  readonly folders: readonly string[];
  /** Folders whose children (one level, no deeper) may hold it. */
  readonly parents: readonly string[];
}

/** Where packagers and Terraform itself put provider mirrors. */
const usualPlaces: MirrorPlaces = {
  folders: [
    "/opt/tf-plugins",
    join(homedir(), ".terraform.d", "plugins"),
    "/usr/local/share/terraform/plugins",
    "/usr/share/terraform/plugins",
  ],
  parents: ["/opt"],
};

/**
 * The first folder that mirrors hashicorp/aws; the search is bounded: no folder is walked.
 *
 * @returns undefined where there is none: the provider then comes from the registry
 */
export function discoverMirror(places: MirrorPlaces = usualPlaces): string | undefined {
  const children = places.parents.flatMap((parent) => subfolders(parent).map((name) => join(parent, name)));
  return [...places.folders, ...children].find((folder) => existsSync(join(folder, wanted)));
}

/**
 * What Terraform's environment needs so that `init` finds the provider, offline where a mirror is at hand.
 *
 * Order: the caller's own `TF_CLI_CONFIG_FILE` if that file exists; `TF_PROVIDER_MIRROR`; the caller's `~/.terraformrc`
 * (it may hold credentials and a mirror); a discovered mirror; the registry, with a cache, because every stack has its
 * own working folder and the provider is 700 MB.
 *
 * @param workFolder gets the CLI configuration file: a machine's path is written there and never committed
 * @returns variables to merge into the environment of each Terraform run
 * @throws OperatorError when TF_PROVIDER_MIRROR holds no hashicorp/aws
 */
export function terraformEnvironment(
  workFolder: string,
  caller: NodeJS.ProcessEnv = process.env,
  places: MirrorPlaces = usualPlaces,
): Record<string, string> {
  const quiet = { CHECKPOINT_DISABLE: "1", TF_IN_AUTOMATION: "1" };
  const own = caller.TF_CLI_CONFIG_FILE;
  if (own && existsSync(own)) return { ...quiet, TF_CLI_CONFIG_FILE: resolve(own) };

  const mirror = caller.TF_PROVIDER_MIRROR;
  if (mirror && !existsSync(join(mirror, wanted))) {
    throw new OperatorError(
      `TF_PROVIDER_MIRROR=${mirror} does not hold ${wanted}: name the folder that holds ${registry}/`,
    );
  }
  const habitual = join(caller.HOME ?? homedir(), ".terraformrc");
  if (!mirror && existsSync(habitual)) return { ...quiet, TF_CLI_CONFIG_FILE: habitual };

  mkdirSync(workFolder, { recursive: true });
  const file = resolve(workFolder, "terraform.tfrc");
  const found = mirror ? resolve(mirror) : discoverMirror(places);
  writeFileSync(file, found ? mirrorConfig(found) : cacheConfig(workFolder));
  return { ...quiet, TF_CLI_CONFIG_FILE: file };
}

/** Mirrored providers come from the folder and only from there; any other comes from its registry. */
function mirrorConfig(mirror: string): string {
  const providers = subfolders(join(mirror, registry)).flatMap((namespace) =>
    subfolders(join(mirror, registry, namespace)).map((name) => `${registry}/${namespace}/${name}`),
  );
  return `disable_checkpoint = true
provider_installation {
  filesystem_mirror {
    path    = ${JSON.stringify(mirror)}
    include = ${JSON.stringify(providers)}
  }
  direct {
    exclude = ${JSON.stringify(providers)}
  }
}
`;
}

function cacheConfig(workFolder: string): string {
  const cache = resolve(workFolder, "providers");
  mkdirSync(cache, { recursive: true });
  // Without a lock file (synthesis wipes it with the rest of cdktf.out) the cache would only be filled, never read.
  return `disable_checkpoint = true
plugin_cache_dir = ${JSON.stringify(cache)}
plugin_cache_may_break_dependency_lock_file = true
`;
}

function subfolders(folder: string): string[] {
  try {
    return readdirSync(folder, { withFileTypes: true })
      .filter((entry) => entry.isDirectory() || entry.isSymbolicLink())
      .map((entry) => entry.name)
      .sort();
  } catch {
    // Absent or forbidden: nothing to find there.
    return [];
  }
}
