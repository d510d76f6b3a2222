import { outputUses } from "../../scripts/terraform/remote-state";
import type { Arguments } from "../arguments";

/** What a stack reads of another one's outputs: remote state → output → how each use goes on, e.g. `[0]`, `.key`. */
export type OutputsRead = ReadonlyMap<string, ReadonlyMap<string, readonly string[]>>;

/** Settings of a provider that lead to an account, or would have it asked for. */
const TIES = [
  "assume_role",
  "assume_role_with_web_identity",
  "forbidden_account_ids",
  "profile",
  "shared_config_files",
  "shared_credentials_files",
];

const FREE = {
  // Together with skip_requesting_account_id any account listed here is refused.
  allowed_account_ids: [],
  skip_credentials_validation: true,
  skip_requesting_account_id: true,
  // A string is what the provider wants here.
  skip_metadata_api_check: "true",
};

/**
 * Where nobody answers, a call fails at once. The provider tries a refused connection nine times, half a minute, whatever
 * AWS_MAX_ATTEMPTS says and for 0 too (measured with 5.100.0): 1 is one try.
 */
const ASKS_ONCE = { max_retries: 1 };

/** The file that stands for another stack's state. */
export const stubFile = (remoteState: string): string => `${remoteState}.stub.tfstate`;

/**
 * A stack's JSON that nothing ties to its account: a state of its own, providers that ask nobody who they are, and
 * other stacks' states read from {@link stubFile}s; nothing is kept from being destroyed.
 * @param to whether somebody answers for AWS: where nobody does, providers ask once. @default - nobody
 */
export function detach(
  json: Arguments,
  { answered = false }: { readonly answered?: boolean } = {},
): Arguments {
  const { cloud: _, ...terraform } = json.terraform ?? {};
  const remote = json.data?.terraform_remote_state;
  return {
    ...json,
    terraform: { ...terraform, backend: { local: { path: "detached.tfstate" } } },
    provider: {
      ...json.provider,
      aws: [json.provider?.aws ?? []].flat().map((each) => freed(each, answered)),
    },
    ...(remote === undefined ? {} : { data: { ...json.data, terraform_remote_state: stubbed(remote) } }),
    ...(json.resource === undefined ? {} : { resource: unguarded(json.resource) }),
  };
}

/** Resources that may be destroyed: `terraform test` destroys what it made. */
function unguarded(resources: Arguments): Arguments {
  const free = ({ lifecycle, ...rest }: Arguments) => {
    if (lifecycle === undefined) return rest;
    const { prevent_destroy: _, ...others } = lifecycle;
    return { ...rest, lifecycle: others };
  };
  const each = (blocks: Arguments, change: (block: Arguments) => Arguments) =>
    Object.fromEntries(Object.entries<Arguments>(blocks).map(([name, block]) => [name, change(block)]));
  return each(resources, (blocks) => each(blocks, free));
}

function freed(provider: Arguments, answered: boolean): Arguments {
  return {
    ...Object.fromEntries(Object.entries(provider).filter(([name]) => !TIES.includes(name))),
    ...FREE,
    ...(answered ? {} : ASKS_ONCE),
  };
}

function stubbed(remote: Arguments): Arguments {
  return Object.fromEntries(
    Object.entries<Arguments>(remote).map(([name, { "//": metadata }]) => [
      name,
      { "//": metadata, backend: "local", config: { path: stubFile(name) } },
    ]),
  );
}

/** Which outputs of which other stacks a stack reads. */
export function outputsRead(json: Arguments): OutputsRead {
  const read = new Map<string, Map<string, string[]>>();
  for (const name of Object.keys(json.data?.terraform_remote_state ?? {})) read.set(name, new Map());
  for (const { state, output, use } of outputUses(JSON.stringify(json))) {
    const outputs = read.get(state);
    outputs?.set(output, [...(outputs.get(output) ?? []), use]);
  }
  return read;
}
