/** The function was deployed without variables it needs; it must not start. */
export class MissingEnvironmentError extends Error {
  override readonly name = "MissingEnvironmentError";

  constructor(
    readonly functionName: string,
    readonly variables: readonly string[],
  ) {
    super(`function "${functionName}": environment variable ${variables.join(", ")} is missing or empty`);
  }
}

/** The record is not an order and never will be. Names every fault, quotes no value: it is logged. */
export class MalformedOrderError extends Error {
  override readonly name = "MalformedOrderError";

  constructor(readonly faults: readonly string[]) {
    super(`not an order: ${faults.join("; ")}`);
  }
}
