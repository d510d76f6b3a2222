/** The id of the stack that a remote state is of, as cdktf names what it makes; a name of somebody's own as it is. */
export const producerOf = (remoteState: string): string =>
  remoteState.replace(/^cross-stack-reference-input-/, "");
