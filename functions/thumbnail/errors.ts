/** The function was deployed with variables that say nothing it can use; it must not start. Names every fault at once. */
export class InvalidSettingsError extends Error {
  override readonly name = "InvalidSettingsError";

  constructor(readonly faults: readonly string[]) {
    super(`function "thumbnail": ${faults.join("; ")}`);
  }
}

/** The event, or one of its records, is none of S3's and never will be. */
export class MalformedEventError extends Error {
  override readonly name = "MalformedEventError";

  constructor(readonly faults: readonly string[]) {
    super(`not an event of S3: ${faults.join("; ")}`);
  }
}

/** Why there is no thumbnail of an object, and never will be; the reason stands beside the object in quarantine. */
export type Reason = "empty" | "too-many-bytes" | "no-picture" | "animated" | "too-many-pixels" | "damaged";

export class RefusedPictureError extends Error {
  override readonly name = "RefusedPictureError";

  constructor(
    readonly reason: Reason,
    /** ASCII, and nothing of the object's content: it is logged, and sent in a header. */
    readonly detail: string,
  ) {
    super(`${reason}: ${detail}`);
  }
}

/** Records that another try may save; S3's asynchronous invocation makes it, and hands the event over after the last. */
export class FailedRecordsError extends AggregateError {
  override readonly name = "FailedRecordsError";

  constructor(errors: readonly Error[], records: number) {
    super(errors, `${errors.length} of ${records} records failed: ${errors.map(String).join("; ")}`);
  }
}
