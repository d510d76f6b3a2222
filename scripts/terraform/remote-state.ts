/** The id of the stack that a remote state is of, as cdktf names what it makes; a name of somebody's own as it is. */
export const producerOf = (remoteState: string): string =>
  remoteState.replace(/^cross-stack-reference-input-/, "");

/** One reading of an output of another stack. */
export interface OutputUse {
  /** The id of the data source. */
  readonly state: string;
  readonly output: string;
  /** How it goes on, e.g. `[0]`, `.key`; empty where the value is used whole. */
  readonly use: string;
}

const USES =
  /data\.terraform_remote_state\.([\w-]+)\.outputs(?:\.([\w-]+)|\[\\*"([\w-]+)\\*"\])(\[[^\]]*\]|\.[\w-]+)?/g;

/** Every reading of an output of another stack in a text of JSON, `outputs.a` and `outputs["a"]` alike. */
export function outputUses(json: string): readonly OutputUse[] {
  return [...json.matchAll(USES)].map(([, state = "", plain, quoted, use = ""]) => ({
    state,
    output: plain ?? quoted ?? "",
    use: use.replaceAll("\\", ""),
  }));
}
