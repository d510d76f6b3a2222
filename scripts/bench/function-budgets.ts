/** Bytes that a function may take. */
export interface Budget {
  readonly bytes: number;
  /** Why it is more than others have. */
  readonly reason?: string;
}

/** What a bundle of JavaScript may weigh, unzipped and with its source map. */
export const DEFAULT_BUDGET: Budget = { bytes: 1_000_000 };

/**
 * The functions that carry a payload, by their folder: everything in their zip, unzipped. A new one declares it here, with the
 * reason; everything else has the default. What a payload may weigh zipped is refused at synthesis (`payload.ts`).
 */
const WITH_PAYLOAD: Readonly<Record<string, Required<Budget>>> = {
  thumbnail: { bytes: 6_000_000, reason: "libvips in WebAssembly: 5.2 MB, and 2.1 MB zipped" },
};

/** What a function may weigh. @param declared those with a payload */
export function budgetOf(name: string, declared: Readonly<Record<string, Budget>> = WITH_PAYLOAD): Budget {
  return declared[name] ?? DEFAULT_BUDGET;
}
